//! Who runs against whom, and in what home.

use std::fs;
use std::process::Command;
use std::rc::Rc;

use sso_test_support::{FakeIdentityCenter, Settings, TestEnv, aws_cli, tool};

use super::build::Built;
use super::measure::Contestant;

/// Role credentials in the cache, good for a long time: nobody asks a service.
pub(super) fn warm(built: &Built) -> Vec<Contestant> {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_cli_file(TestEnv::CREDENTIALS_OF_DEV, &role_credentials());
    let env = Rc::new(env);

    let mut contestants = vec![hello(&env, built)];
    for format in ["shell", "process"] {
        let arguments = ["--profile", "dev", "--format", format];
        contestants.push(export_credentials(&env, built, &arguments));
    }
    if let Some(aws) = aws_cli() {
        let name = "aws configure export-credentials --profile dev --format process";
        contestants.push(Contestant::slow(name, move || {
            let mut command = env.command(&aws.to_string_lossy());
            command.args(name.split(' ').skip(1));
            command
        }));
    }
    contestants
}

/// A token and no role credentials: each run makes one `GetRoleCredentials` request, to an
/// emulator on the loopback interface, over plain HTTP.
pub(super) fn cold(built: &Built) -> Vec<Contestant> {
    let identity_center = FakeIdentityCenter::start_with(Settings::default());
    let signed_in = identity_center.sign_in(&["sso:account:access"]);
    let env = TestEnv::new(&identity_center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_my_sso(&signed_in);
    let env = Rc::new(env);

    let mut contestants = vec![hello(&env, built)];
    if let Some(curl) = tool("curl") {
        let url = format!(
            "{}/federation/credentials?role_name=ReadOnly&account_id=111122223333",
            identity_center.url()
        );
        let header = format!("x-amz-sso_bearer_token: {}", signed_in.access_token);
        let env = Rc::clone(&env);
        contestants.push(Contestant::new("curl, for the same request", move || {
            let mut command = env.command(&curl.to_string_lossy());
            command.args(["--silent", "--fail", "--header", &header, &url]);
            command
        }));
    }
    let cached = env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV);
    let export = export_credentials(&env, built, &["--profile", "dev"]);
    contestants.push(export.prepared_by(move || {
        // Keeps the emulator alive as long as somebody runs against it.
        let _ = &identity_center;
        // It is missing before the first run.
        let _ = fs::remove_file(&cached);
    }));
    contestants
}

/// A token with time left, and a hundred profiles.
pub(super) fn prompt(built: &Built) -> Vec<Contestant> {
    let identity_center = FakeIdentityCenter::start_with(Settings::default());
    let env = TestEnv::offline();
    let profiles = (4..=100).map(|number| {
        format!(
            "\n[profile p{number}]\nsso_session = my-sso\nsso_account_id = {number:012}\n\
             sso_role_name = ReadOnly\nregion = eu-west-1\n"
        )
    });
    let config = [TestEnv::SAMPLE_CONFIG.to_owned()]
        .into_iter()
        .chain(profiles);
    env.write_config(&config.collect::<String>());
    env.plant_my_sso(&identity_center.sign_in(&["sso:account:access"]));
    let env = Rc::new(env);
    let arguments = ["--format", "prompt", "--profile", "p100"];
    let program = built.program("sso-status");
    let program = program.to_string_lossy().into_owned();
    vec![
        hello(&env, built),
        contestant("sso-status --format prompt", &env, program, &arguments),
    ]
}

fn hello(env: &Rc<TestEnv>, built: &Built) -> Contestant {
    contestant(
        "hello world",
        env,
        built.hello.to_string_lossy().into_owned(),
        &[],
    )
}

fn export_credentials(env: &Rc<TestEnv>, built: &Built, arguments: &[&str]) -> Contestant {
    let name = format!("export-credentials {}", arguments.join(" "));
    let program = built.program("export-credentials");
    contestant(
        &name,
        env,
        program.to_string_lossy().into_owned(),
        arguments,
    )
}

fn contestant(name: &str, env: &Rc<TestEnv>, program: String, arguments: &[&str]) -> Contestant {
    let env = Rc::clone(env);
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
