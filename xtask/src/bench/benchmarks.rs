//! Benchmarks with their command lines and home directories.

mod concurrent;
mod edit;
mod profile;
mod session;

use std::fs;
use std::process::Command;
use std::rc::Rc;

use sso_test_support::{TestEnv, aws_cli, tool};

use super::build::Built;
use super::measure::Benchmark;
use super::service::Service;

pub(super) use concurrent::concurrent;
pub(super) use edit::edit;
pub(super) use profile::profile;
pub(super) use session::{login, logout, status};

/// Returns benchmarks with valid cached role credentials, which need no requests.
pub(super) fn warm(built: &Built) -> Vec<Benchmark> {
    let env = warm_home(3);
    let mut benchmarks = vec![hello(&env, built)];
    for format in ["shell", "process"] {
        let arguments = ["--profile", "dev", "--format", format];
        benchmarks.push(export_credentials(&env, built, &arguments));
    }
    benchmarks.push(one_of(built, 100));
    benchmarks.push(assumed_role(built));
    if let Some(aws) = aws_cli() {
        let name = "aws configure export-credentials --profile dev --format process";
        let words: Vec<_> = name.split(' ').skip(1).collect();
        benchmarks.push(benchmark(name, &env, &aws.to_string_lossy(), &words).rare());
    }
    benchmarks
}

/// Returns benchmarks like [`warm`] with a large config file. They run separately, because they evict
/// the data of the other benchmarks from the processor's caches.
pub(super) fn warm_and_large(built: &Built) -> Vec<Benchmark> {
    let hello = hello(&warm_home(3), built);
    vec![hello, one_of(built, 10_000)]
}

fn one_of(built: &Built, profiles: usize) -> Benchmark {
    let arguments = ["--profile", "dev", "--format", "process"];
    let export = export_credentials(&warm_home(profiles), built, &arguments);
    export.named(&format!("export-credentials, one of {profiles} profiles"))
}

/// Creates a home directory with `profiles` profiles, and cached credentials for `dev`.
fn warm_home(profiles: usize) -> Rc<TestEnv> {
    let env = TestEnv::offline();
    env.write_config(&config_of(profiles));
    env.plant_cli_file(TestEnv::CREDENTIALS_OF_DEV, &role_credentials());
    Rc::new(env)
}

/// Returns a benchmark with an assumed role. Both sets of credentials are cached in the first run,
/// which is not measured.
fn assumed_role(built: &Built) -> Benchmark {
    let service = Rc::new(Service::plain());
    service.env.write_config(&format!(
        "{}\n[profile deploy]\nrole_arn = arn:aws:iam::222222222222:role/x\n\
         source_profile = dev\n",
        TestEnv::SAMPLE_CONFIG
    ));
    let arguments = ["--profile", "deploy", "--format", "process"];
    let export = export_credentials(&service.env, built, &arguments);
    let export = export.named("export-credentials, with an assumed role");
    export.with_setup(move || keep_alive(&service))
}

/// Returns benchmarks with a token and without role credentials: each run sends one
/// `GetRoleCredentials` request to `service`.
pub(super) fn cold(built: &Built, service: Service) -> Vec<Benchmark> {
    let service = Rc::new(service);
    let curl = tool("curl").map(|curl| {
        let url = format!(
            "{}/federation/credentials?role_name=ReadOnly&account_id=111122223333",
            service.url()
        );
        let header = format!("x-amz-sso_bearer_token: {}", service.access_token);
        let arguments = ["--silent", "--fail", "--header", &header, &url];
        let curl = curl.to_string_lossy();
        benchmark(
            "curl, for the same request",
            &service.env,
            &curl,
            &arguments,
        )
    });
    let cached = service.env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV);
    let export = export_credentials(&service.env, built, &["--profile", "dev"]);
    let export = export.with_setup(move || {
        keep_alive(&service);
        // The file is missing before the first run.
        let _ = fs::remove_file(&cached);
    });
    curl.into_iter().chain([export]).collect()
}

/// Makes a closure own `service`, which stops when it is dropped.
fn keep_alive(_service: &Service) {}

/// Returns the sample config, which has three profiles, with more profiles up to `profiles`.
fn config_of(profiles: usize) -> String {
    let more = (4..=profiles).map(|number| {
        format!(
            "\n[profile p{number}]\nsso_session = my-sso\nsso_account_id = {number:012}\n\
             sso_role_name = ReadOnly\nregion = eu-west-1\n"
        )
    });
    let sample = [TestEnv::SAMPLE_CONFIG.to_owned()];
    sample.into_iter().chain(more).collect()
}

fn hello(env: &Rc<TestEnv>, built: &Built) -> Benchmark {
    benchmark("hello world", env, &built.hello.to_string_lossy(), &[])
}

fn export_credentials(env: &Rc<TestEnv>, built: &Built, arguments: &[&str]) -> Benchmark {
    let name = format!("export-credentials {}", arguments.join(" "));
    benchmark(&name, env, &built.program("export-credentials"), arguments)
}

fn benchmark(name: &str, env: &Rc<TestEnv>, program: &str, arguments: &[&str]) -> Benchmark {
    let (env, program) = (Rc::clone(env), program.to_owned());
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    Benchmark::new(name, move || -> Command {
        let mut command = env.command(&program);
        command.args(&arguments);
        command
    })
}

fn role_credentials() -> serde_json::Value {
    serde_json::json!({
        "ProviderType": "sso",
        "Credentials": {
            "AccessKeyId": "ASIAEXAMPLEEXAMPLE00",
            "SecretAccessKey": "wJalrXUtnFEMIEXAMPLEKEYwJalrXUtnFEMIEXAM",
            // A realistic length.
            "SessionToken": "IQoJb3JpZ2luX2Vj".repeat(60),
            "Expiration": "2099-12-31T23:59:59Z",
            "AccountId": "111122223333",
        },
    })
}
