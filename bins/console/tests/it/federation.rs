//! Sign-in to the console with the credentials of assumed roles, of processes and of users.

use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};
use sso_test_support::{Browser, TestEnv};

use crate::{home, printed};

/// Opens the login URL, and returns the destination on the page.
fn destination(url: &str) -> String {
    let page = Browser::new().visit(url);
    assert_eq!(page.status, 200, "{page:?}");
    let (_, rest) = page.body.split_once("<p id=\"destination\">").unwrap();
    rest.split("</p>").next().unwrap().to_owned()
}

fn session_duration(center: &Emulator) -> Option<String> {
    let requests = center.requests();
    let mut requests = requests.iter().rev();
    let request = requests.find(|it| it.operation == Operation::GetSigninToken);
    request.unwrap().form().get("SessionDuration").cloned()
}

#[test]
fn an_assumed_role_signs_in_with_a_token_and_without_a_duration() {
    let (center, env) = home();
    let url = printed(&env, "chain --service ec2");
    let login = format!(
        "{}/federation?Action=login&Issuer=aws-sso-tools&",
        center.url()
    );
    assert!(url.starts_with(&login), "{url}");
    assert_eq!(
        destination(&url),
        "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1"
    );
    assert_eq!(session_duration(&center), None);
    let requests = center.requests();
    let request = requests
        .iter()
        .find(|it| it.operation == Operation::GetSigninToken);
    assert_eq!(
        (
            request.unwrap().method.as_str(),
            request.unwrap().target.as_str()
        ),
        ("POST", "/federation")
    );
}

#[test]
fn a_role_of_a_user_and_a_process_accept_a_duration() {
    let (center, env) = home();
    let url = printed(&env, "user-role --duration 8h");
    assert_eq!(destination(&url), "https://console.aws.amazon.com/");
    assert_eq!(session_duration(&center).as_deref(), Some("28800"));

    let exported = env.run("export-credentials --profile user-role --format process");
    env.write("credentials.json", exported.expect_code(0).stdout());
    destination(&printed(&env, "printed --duration 15m --region eu-west-1"));
    assert_eq!(session_duration(&center).as_deref(), Some("900"));
}

#[test]
fn a_duration_that_the_service_does_not_accept_is_a_usage_error() {
    let (center, env) = home();
    center.forget_requests();
    let mut config = String::from_utf8(env.read(".aws/config")).unwrap();
    config.push_str(
        "[profile chain-process]\ncredential_process = export-credentials --profile chain\n",
    );
    env.write_config(&config);
    for profile in ["dev", "chain", "exported", "chain-process"] {
        let error =
            format!("--duration does not apply to the credentials of profile \"{profile}\"");
        env.run(&format!("sso-console {profile} --duration 1h --print"))
            .expect_error(252, &error);
    }
    assert!(center.requests().is_empty());
}

#[test]
fn long_term_keys_are_an_error() {
    let (center, env) = home();
    env.write(
        "credentials.json",
        json!({ "Version": 1, "AccessKeyId": "AKIA1", "SecretAccessKey": "hunter2" }).to_string(),
    );
    for profile in ["user", "printed"] {
        let run = env.run(&format!("sso-console {profile} --print"));
        assert!(
            run.stderr().contains("hint: select a profile with a role"),
            "{run}"
        );
        let error = format!(
            "the AWS console cannot be opened with the long-term access keys of profile \"{profile}\""
        );
        run.expect_error(253, &error);
    }
    assert_eq!(center.count(Operation::GetSigninToken), 0);
}

#[test]
fn a_sign_in_is_required_for_a_role_chain_but_not_for_a_link() {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(&format!(
        "{}{}",
        TestEnv::SAMPLE_CONFIG,
        crate::OTHER_PROFILES
    ));
    let run = env.run("sso-console chain --print");
    assert!(run.stderr().contains("hint: sso-login"), "{run}");
    run.expect_error(253, "not signed in to SSO session my-sso");
    printed(&env, "dev");
}

#[test]
fn the_sign_out_precedes_the_sign_in() {
    let (center, env) = home();
    let url = printed(&env, "chain --logout-first");
    let sign_out = format!("{}/oauth?Action=logout&redirect_uri=", center.url());
    assert!(url.starts_with(&sign_out), "{url}");
    destination(&url);
}

#[test]
fn json_contains_the_url_only_on_request() {
    let (_center, env) = home();
    let run = env.run("sso-console chain --print --json").expect_code(0);
    let document: Value = serde_json::from_str(run.stdout()).unwrap();
    destination(document["url"].as_str().unwrap());
    let expected = json!({
        "schemaVersion": 1,
        "profile": "chain",
        "urlKind": "login",
        "accountId": "222222222222",
        "roleName": "x",
        "region": "eu-west-1",
        "destination": "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1",
        "url": document["url"],
    });
    assert_eq!(document, expected);
}

#[test]
fn the_endpoint_of_the_partition_is_used() {
    let env = TestEnv::offline();
    let config = |arn: &str| {
        format!(
            "[profile r]\nrole_arn = {arn}\nsource_profile = k\n\
             [profile k]\naws_access_key_id = AKIA1\naws_secret_access_key = x\n"
        )
    };
    env.write_config(&config("arn:aws-us-gov:iam::222222222222:role/x"));
    env.run("sso-console r --print --region eu-west-1")
        .expect_error(
            252,
            "the Region eu-west-1 in --region is not in the partition aws-us-gov of the role",
        );
    let mut env = env;
    env.set("AWS_USE_FIPS_ENDPOINT", "true");
    env.unset("AWS_ENDPOINT_URL");
    env.write_config(&config("arn:aws:iam::222222222222:role/x"));
    env.run("sso-console r --print").expect_error(
        253,
        "cannot use FIPS endpoints, which AWS_USE_FIPS_ENDPOINT turns on: the service has no FIPS \
             endpoint in this partition",
    );
    env.unset("AWS_USE_FIPS_ENDPOINT");
    let key = "source_profile = k\nuse_fips_endpoint = true\n";
    env.write_config(
        &config("arn:aws:iam::222222222222:role/x").replace("source_profile = k\n", key),
    );
    let run = env.run("sso-console r --print");
    let setting = "which use_fips_endpoint at ";
    assert!(run.stderr().contains(setting), "{run}");
    let hint = "hint: set AWS_USE_FIPS_ENDPOINT to false for this command\n";
    assert!(run.stderr().contains(hint), "{run}");
    let _ = run.expect_code(253);
    env.set("AWS_USE_FIPS_ENDPOINT", "false");
    let run = env.run("sso-console r --print --connect-timeout 1");
    assert!(!run.stderr().contains("FIPS"), "{run}");
}
