use std::time::Duration;

use identity_center_emulator::settings::{ACCESS_KEY, AssumableRole};
use identity_center_emulator::{Emulator, Fault, Operation, RecordedRequest};
use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::{TestEnv, aws_cli};

use crate::home;
use crate::interop::without_account;

/// botocore's cache file name for the role `x` without further parameters.
const CREDENTIALS_OF_X: &str = "95d09881ce2b8640037689ba1232104a0ff278d8.json";

fn arn(role: &str) -> String {
    format!("arn:aws:iam::222222222222:role/{role}")
}

fn keys() -> String {
    let [id, secret] = ACCESS_KEY;
    format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
}

fn role(name: &str, source: &str) -> String {
    format!("role_arn = {}\nsource_profile = {source}\n", arn(name))
}

/// Creates a home with the profiles `x`, which assumes a role with the keys of `base`, `y`, which
/// assumes one with the credentials of `x`, and `sso-x`, which assumes one with those of `dev`.
fn with_roles() -> (Emulator, TestEnv) {
    let (center, env) = home();
    env.write_config(&format!(
        "{}[profile base]\n{}[profile x]\n{}[profile y]\n{}[profile sso-x]\n{}",
        TestEnv::SAMPLE_CONFIG,
        keys(),
        role("x", "base"),
        role("y", "x"),
        role("x", "dev"),
    ));
    (center, env)
}

fn export(env: &TestEnv, arguments: &str) -> Value {
    let export = env.run(&format!("export-credentials --format process {arguments}"));
    serde_json::from_str(export.expect_code(0).stdout()).unwrap()
}

fn assumed(center: &Emulator) -> Vec<RecordedRequest> {
    let requests = center.requests().into_iter();
    requests
        .filter(|request| request.operation == Operation::AssumeRole)
        .collect()
}

#[test]
fn an_assumed_role_is_cached_like_by_the_aws_cli() {
    let (center, env) = with_roles();
    let first = export(&env, "--profile x");
    assert_eq!(first, export(&env, "--profile x"));
    assert_eq!(center.requests().len(), 1);
    let file = env.read_json(env.cli_cache().join(CREDENTIALS_OF_X));
    assert_eq!(file["Credentials"]["AccessKeyId"], first["AccessKeyId"]);
    assert_eq!(file["Credentials"]["AccountId"], "222222222222");
    let name = assumed(&center)[0].form()["RoleSessionName"].clone();
    assert_eq!(
        file["AssumedRoleUser"],
        serde_json::json!({
            "AssumedRoleId": format!("AROAEXAMPLE:{name}"),
            "Arn": format!("arn:aws:sts::222222222222:assumed-role/x/{name}"),
        })
    );
    assert_eq!(file["ProviderType"], Value::Null);
}

#[test]
fn the_aws_cli_uses_a_cached_role_without_requests() {
    let Some(aws) = aws_cli() else { return };
    let (center, mut env) = with_roles();
    let ours = export(&env, "--profile y");
    center.forget_requests();
    // The AWS CLI 2.9 ignores AWS_ENDPOINT_URL; the proxy records its requests.
    let proxy = sso_test_support::Proxy::start();
    env.set("HTTPS_PROXY", proxy.url());
    env.set("HTTP_PROXY", proxy.url());
    let command = "configure export-credentials --profile y --format process";
    let output = env
        .command(aws.to_str().unwrap())
        .args(command.split(' '))
        .output()
        .unwrap();
    let theirs: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(theirs, without_account(ours));
    assert!(proxy.targets().is_empty(), "{:?}", proxy.targets());
}

#[test]
fn a_chain_assumes_each_role_with_the_credentials_of_the_previous_one() {
    let (center, env) = with_roles();
    export(&env, "--profile y");
    let roles: Vec<_> = assumed(&center)
        .iter()
        .map(|request| request.form()["RoleArn"].clone())
        .collect();
    assert_eq!(roles, [arn("x"), arn("y")]);
    export(&env, "--profile x");
    assert_eq!(
        assumed(&center).len(),
        2,
        "the first role of the chain is cached"
    );
}

#[test]
fn a_role_is_assumed_with_credentials_of_iam_identity_center() {
    let (center, env) = with_roles();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    export(&env, "--profile sso-x");
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
    assert_eq!(assumed(&center).len(), 1);
}

#[test]
fn a_role_is_cached_with_its_session_and_only_while_signed_in() {
    let (center, env) = with_roles();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    export(&env, "--profile sso-x");
    let file = env.cli_cache().join(CREDENTIALS_OF_X);
    assert_eq!(
        env.read_json(&file)["SsoTokenKey"],
        TestEnv::TOKEN_OF_MY_SSO.trim_end_matches(".json")
    );
    std::fs::remove_file(&file).unwrap();
    std::fs::remove_file(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO)).unwrap();
    export(&env, "--profile sso-x");
    assert!(!file.exists(), "the credentials outlive the sign-out");
    export(&env, "--profile x");
    assert_eq!(env.read_json(&file)["SsoTokenKey"], Value::Null);
}

#[test]
fn a_source_profile_without_a_token_has_the_sign_in_command_as_its_hint() {
    let (center, env) = with_roles();
    let refused = env
        .run("export-credentials --profile sso-x")
        .expect_code(253);
    assert!(
        refused.stderr().contains("hint: sso-login --profile dev\n"),
        "{refused}"
    );
    assert!(center.requests().is_empty());
}

#[test]
fn all_role_settings_are_sent() {
    let (center, env) = with_roles();
    center.configure(|settings| {
        let role = AssumableRole::new(&arn("path/to/external")).with_external_id("a:b/c=d");
        settings.assumable_roles.push(role);
    });
    env.write_config(&format!(
        "[profile base]\n{}[profile dev]\n{}external_id = a:b/c=d\nrole_session_name = me@example\n\
         duration_seconds = 7200\n",
        keys(),
        role("path/to/external", "base"),
    ));
    export(&env, "--profile dev");
    let form = assumed(&center)[0].form();
    assert_eq!(form["ExternalId"], "a:b/c=d");
    assert_eq!(form["RoleSessionName"], "me@example");
    assert_eq!(form["DurationSeconds"], "7200");
    export(&env, "--profile dev --duration 3h");
    assert_eq!(assumed(&center)[1].form()["DurationSeconds"], "10800");
    assert_eq!(
        assumed(&center).len(),
        2,
        "the cache key depends on the duration"
    );
}

#[test]
fn duration_requires_a_role_and_is_limited() {
    let (center, env) = with_roles();
    let base = env
        .run("export-credentials --profile base --duration 1h")
        .expect_code(252);
    assert!(base.stderr().contains("hint: omit --duration"), "{base}");
    for duration in ["899s", "13h", "soon"] {
        env.run(&format!(
            "export-credentials --profile x --duration {duration}"
        ))
        .expect_code(252);
    }
    let chained = env
        .run("export-credentials --profile y --duration 2h")
        .expect_code(254);
    assert!(
        chained.stderr().contains("1 hour session limit"),
        "{chained}"
    );
    assert_eq!(assumed(&center).len(), 2);
}

/// Returns the Region in the signature of the first request.
fn signed_region(center: &Emulator) -> String {
    let authorization = assumed(center)[0].headers["authorization"].clone();
    authorization.split('/').nth(2).unwrap().to_owned()
}

#[test]
fn the_sts_region_comes_from_the_environment_the_profile_or_the_default_us_east_1() {
    let check = |line: &str, variable: Option<(&str, &str)>, expected: &str| {
        let (center, mut env) = with_roles();
        let config = String::from_utf8(env.read(env.config_path())).unwrap();
        env.write_config(&config.replace("[profile x]\n", &format!("[profile x]\n{line}")));
        if let Some((name, value)) = variable {
            env.set(name, value);
        }
        export(&env, "--profile x");
        assert_eq!(signed_region(&center), expected);
    };
    check("", None, "us-east-1");
    check("region = eu-central-1\n", None, "eu-central-1");
    let default = ("AWS_DEFAULT_REGION", "ap-south-1");
    check("region = eu-central-1\n", Some(default), "ap-south-1");
    check("", Some(("AWS_REGION", "sa-east-1")), "sa-east-1");

    let (_center, mut env) = with_roles();
    env.set("AWS_REGION", "evil.example.com/");
    assert_snapshot!(env.run("export-credentials --profile x"), @"
    $ export-credentials --profile x
    --- stderr
    export-credentials: error: AWS_REGION must be a Region such as us-east-1
    --- exit: 253
    ");
}

#[test]
fn the_sts_endpoint_comes_from_its_variable_the_services_section_or_the_profile() {
    let check = |line: &str, variable: Option<&str>| {
        let (center, mut env) = with_roles();
        env.unset("AWS_ENDPOINT_URL");
        let config = String::from_utf8(env.read(env.config_path())).unwrap();
        let line = line.replace("URL", &center.url());
        let config = config.replace("[profile x]\n", &format!("[profile x]\n{line}"));
        let url = center.url();
        env.write_config(&format!(
            "{config}[services local]\nsts =\n  endpoint_url = {url}\n"
        ));
        if let Some(name) = variable {
            env.set(name, url);
        }
        export(&env, "--profile x");
        assert_eq!(assumed(&center).len(), 1);
    };
    check("", Some("AWS_ENDPOINT_URL_STS"));
    check("services = local\n", None);
    check("endpoint_url = URL\n", None);
}

#[test]
fn concurrent_processes_assume_a_role_once() {
    let (center, env) = with_roles();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    center.set_latency(Operation::AssumeRole, Duration::from_millis(300));
    let running: Vec<_> = (0..16)
        .map(|_| env.start("export-credentials --profile sso-x"))
        .collect();
    for program in running {
        program.finish().expect_code(0);
    }
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
    assert_eq!(assumed(&center).len(), 1);
}

#[test]
fn a_refusal_names_the_role_and_the_keys_to_check() {
    let (center, env) = with_roles();
    center.configure(|settings| settings.assumable_roles.clear());
    assert_snapshot!(env.run("export-credentials --profile x"), @"
    $ export-credentials --profile x
    --- stderr
    export-credentials: error: cannot assume the role arn:aws:iam::222222222222:role/x: access is denied: User is not authorized to perform: sts:AssumeRole on this resource (AccessDenied, status 403)
    hint: compare role_arn, source_profile, external_id and mfa_serial of [profile x] with the role's trust policy
    --- exit: 254
    ");
    center.fail_next(Operation::AssumeRole, Fault::sts("InvalidClientTokenId"));
    assert_snapshot!(env.run("export-credentials --profile x"), @"
    $ export-credentials --profile x
    --- stderr
    export-credentials: error: cannot assume the role arn:aws:iam::222222222222:role/x: the credentials are invalid or have expired: injected fault (InvalidClientTokenId, status 403)
    hint: check the access keys at [HOME]/.aws/config:23
    --- exit: 254
    ");
    center.fail_next(Operation::AssumeRole, Fault::CaptivePortal);
    let captive = env.run("export-credentials --profile x").expect_code(255);
    assert!(
        captive.stderr().contains("open a web page in a browser"),
        "{captive}"
    );
}

#[test]
fn throttling_of_sts_is_recognized_by_the_code_and_retried() {
    let (center, env) = with_roles();
    center.fail_next(Operation::AssumeRole, Fault::sts("Throttling"));
    env.run("export-credentials --profile x").expect_code(0);
    assert_eq!(center.count(Operation::AssumeRole), 2);

    let (center, env) = with_roles();
    let hour = Duration::from_secs(3600);
    center.fail_always(Operation::AssumeRole, Fault::Throttle(Some(hour)));
    let failed = env.run("export-credentials --profile x").expect_code(254);
    let hint = "STS is throttling requests: slow down (TooManyRequestsException, status 429); the \
                service requests a pause of 60m\nhint: try again in 60m\n";
    assert!(failed.stderr().ends_with(hint), "{failed}");
    assert_eq!(center.count(Operation::AssumeRole), 1);
}

#[test]
fn credentials_about_to_expire_are_used_if_the_request_fails() {
    let (center, env) = with_roles();
    let issued = export(&env, "--profile x --duration 15m");
    center.fail_always(Operation::AssumeRole, Fault::CaptivePortal);
    let command = "export-credentials --profile x --duration 15m --format process --min-validity";
    let again = env.run(&format!("{command} 5m")).expect_code(0);
    assert_eq!(
        serde_json::from_str::<Value>(again.stdout()).unwrap(),
        issued
    );
    env.run(&format!("{command} 30m")).expect_code(255);
}

#[test]
fn unsupported_kinds_have_the_aws_cli_command_as_their_hint() {
    let check = |lines: &str, key: &str| {
        let env = TestEnv::offline();
        env.write_config(&format!("[profile dev]\n{lines}"));
        let refused = env.run("export-credentials --profile dev").expect_code(253);
        assert!(refused.stderr().contains(key), "{refused}");
        let hint = "hint: aws configure export-credentials --profile dev\n";
        assert!(refused.stderr().ends_with(hint), "{refused}");
    };
    let role = format!("role_arn = {}\n", arn("x"));
    check(
        &format!("{role}web_identity_token_file = /x\n"),
        "web_identity_token_file",
    );
    check(
        &format!("{role}credential_source = Environment\n"),
        "credential_source",
    );
    check("login_session = arn:x\n", "login_session");
}

#[test]
fn static_keys_come_from_the_profile_not_from_the_environment() {
    let mut env = TestEnv::offline();
    env.write_credentials("[dev]\naws_access_key_id = AKIA\naws_secret_access_key = s+/=\n");
    env.set("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT");
    env.set("AWS_SECRET_ACCESS_KEY", "hunter2");
    let export = env
        .run("export-credentials --profile dev --format env-no-export")
        .expect_code(0);
    let expected = "AWS_ACCESS_KEY_ID=AKIA\nAWS_SECRET_ACCESS_KEY=s+/=\n";
    assert_eq!(export.stdout(), expected);
}

#[test]
fn logs_of_a_role_chain_contain_no_secrets() {
    let (center, env) = with_roles();
    let export = env
        .run("export-credentials --profile y -vvv")
        .expect_code(0);
    for secret in center
        .issued_secrets()
        .iter()
        .chain([&ACCESS_KEY[1].to_owned()])
    {
        assert!(!export.stderr().contains(secret), "{export}");
    }
    assert!(export.stderr().contains("AssumeRole"), "{export}");
}

#[test]
fn refused_credentials_of_an_sso_profile_have_a_hint_that_names_the_sign_in() {
    let (center, env) = with_roles();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    export(&env, "--profile dev");
    center.fail_always(Operation::AssumeRole, Fault::sts("ExpiredToken"));
    for _ in 0..2 {
        env.run("export-credentials --profile sso-x").expect_error(
            254,
            "hint: start a new access portal session: sso-login --profile dev --force --new-session",
        );
    }
    center.clear_faults();
    center.fail_next(Operation::AssumeRole, Fault::sts("ExpiredToken"));
    export(&env, "--profile sso-x");
}
