//! Who runs against whom, and in what home.

mod crowd;
mod edit;
mod session;

use std::fs;
use std::process::Command;
use std::rc::Rc;

use sso_test_support::{TestEnv, aws_cli, tool};

use super::build::Built;
use super::measure::Contestant;
use super::service::Service;

pub(super) use crowd::crowd;
pub(super) use edit::edit;
pub(super) use session::{login, logout, status};

/// Role credentials in the cache, good for a long time: nobody asks a service.
pub(super) fn warm(built: &Built) -> Vec<Contestant> {
    let env = warm_home(3);
    let mut contestants = vec![hello(&env, built)];
    for format in ["shell", "process"] {
        let arguments = ["--profile", "dev", "--format", format];
        contestants.push(export_credentials(&env, built, &arguments));
    }
    contestants.push(one_of(built, 100));
    contestants.push(assumed_role(built));
    if let Some(aws) = aws_cli() {
        let name = "aws configure export-credentials --profile dev --format process";
        let words: Vec<_> = name.split(' ').skip(1).collect();
        contestants.push(contestant(name, &env, &aws.to_string_lossy(), &words).rarely());
    }
    contestants
}

/// The same in a config that takes longer to read: by itself, since whoever comes next finds less in
/// the processor's caches.
pub(super) fn warm_and_large(built: &Built) -> Vec<Contestant> {
    let hello = hello(&warm_home(3), built);
    vec![hello, one_of(built, 10_000)]
}

fn one_of(built: &Built, profiles: usize) -> Contestant {
    let arguments = ["--profile", "dev", "--format", "process"];
    let export = export_credentials(&warm_home(profiles), built, &arguments);
    export.called(&format!("export-credentials, one of {profiles} profiles"))
}

/// A home where `dev`, one of so many profiles, has cached credentials.
fn warm_home(profiles: usize) -> Rc<TestEnv> {
    let env = TestEnv::offline();
    env.write_config(&config_of(profiles));
    env.plant_cli_file(TestEnv::CREDENTIALS_OF_DEV, &role_credentials());
    Rc::new(env)
}

/// The credentials of a role that was taken on with those of another: both are cached after the
/// first run, which does not count.
fn assumed_role(built: &Built) -> Contestant {
    let service = Rc::new(Service::plain());
    service.env.write_config(&format!(
        "{}\n[profile deploy]\nrole_arn = arn:aws:iam::222222222222:role/x\n\
         source_profile = dev\n",
        TestEnv::SAMPLE_CONFIG
    ));
    let arguments = ["--profile", "deploy", "--format", "process"];
    let export = export_credentials(&service.env, built, &arguments);
    let export = export.called("the same, of an assumed role");
    export.prepared_by(move || keep_alive(&service))
}

/// A token and no role credentials: each run makes one `GetRoleCredentials` request to `service`.
pub(super) fn cold(built: &Built, service: Service) -> Vec<Contestant> {
    let service = Rc::new(service);
    let curl = tool("curl").map(|curl| {
        let url = format!(
            "{}/federation/credentials?role_name=ReadOnly&account_id=111122223333",
            service.url()
        );
        let header = format!("x-amz-sso_bearer_token: {}", service.access_token);
        let arguments = ["--silent", "--fail", "--header", &header, &url];
        let curl = curl.to_string_lossy();
        contestant(
            "curl, for the same request",
            &service.env,
            &curl,
            &arguments,
        )
    });
    let cached = service.env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV);
    let export = export_credentials(&service.env, built, &["--profile", "dev"]);
    let export = export.prepared_by(move || {
        keep_alive(&service);
        // It is missing before the first run.
        let _ = fs::remove_file(&cached);
    });
    curl.into_iter().chain([export]).collect()
}

/// Has a closure own `service`, which answers as long as somebody runs against it.
fn keep_alive(_service: &Service) {}

/// The sample config, which has three profiles, and more up to so many.
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

fn hello(env: &Rc<TestEnv>, built: &Built) -> Contestant {
    contestant("hello world", env, &built.hello.to_string_lossy(), &[])
}

fn export_credentials(env: &Rc<TestEnv>, built: &Built, arguments: &[&str]) -> Contestant {
    let name = format!("export-credentials {}", arguments.join(" "));
    contestant(&name, env, &built.program("export-credentials"), arguments)
}

fn contestant(name: &str, env: &Rc<TestEnv>, program: &str, arguments: &[&str]) -> Contestant {
    let (env, program) = (Rc::clone(env), program.to_owned());
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    Contestant::new(name, move || -> Command {
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
            // As long as a real one.
            "SessionToken": "IQoJb3JpZ2luX2Vj".repeat(60),
            "Expiration": "2099-12-31T23:59:59Z",
            "AccountId": "111122223333",
        },
    })
}
