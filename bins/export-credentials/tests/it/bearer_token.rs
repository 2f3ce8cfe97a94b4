use identity_center_emulator::Operation;
use serde_json::Value;
use sso_test_support::TestEnv;

use crate::{home, signed_in, signed_in_with_expired_token};

fn token_in_cache(env: &TestEnv) -> Value {
    env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO))
}

#[test]
fn bearer_token_prints_only_the_access_token() {
    let (center, env) = signed_in();
    let token = token_in_cache(&env);
    let line = format!("{}\n", token["accessToken"].as_str().unwrap());
    for selection in ["--profile dev", "--sso-session my-sso", "dev", "my-sso"] {
        let run = env.run(&format!("export-credentials {selection} --bearer-token"));
        let run = run.expect_code(0);
        assert_eq!((run.stdout(), run.stderr()), (line.as_str(), ""));
    }
    assert!(center.requests().is_empty());
}

#[test]
fn bearer_token_requires_no_account_and_role() {
    let (_center, env) = signed_in();
    let bearer_only = "[profile bearer]\nsso_session = my-sso\n";
    env.write_config(&format!("{}{bearer_only}", TestEnv::SAMPLE_CONFIG));
    env.run("export-credentials --profile bearer --bearer-token")
        .expect_code(0);
}

#[test]
fn json_output_contains_the_token_and_its_metadata() {
    let (_center, env) = signed_in();
    let token = token_in_cache(&env);
    let run = env.run("export-credentials --profile dev --bearer-token --output json");
    let document: Value = serde_json::from_str(run.expect_code(0).stdout()).unwrap();
    let expected = serde_json::json!({
        "schemaVersion": 1,
        "accessToken": token["accessToken"],
        "expiresAt": token["expiresAt"],
        "startUrl": TestEnv::START_URL,
        "region": "us-east-1",
        "sessionName": "my-sso",
    });
    assert_eq!(document, expected);
}

#[test]
fn a_token_about_to_expire_is_refreshed() {
    let (center, env) = signed_in_with_expired_token();
    let before = token_in_cache(&env);
    let run = env.run("export-credentials --profile dev --bearer-token");
    let run = run.expect_code(0);
    assert_ne!(run.stdout().trim_end(), before["accessToken"]);
    assert_eq!(run.stdout().trim_end(), token_in_cache(&env)["accessToken"]);
    assert_eq!(center.count(Operation::GetRoleCredentials), 0);
}

#[test]
fn a_missing_token_has_the_sign_in_command_as_its_hint() {
    let (_center, env) = home();
    let run = env.run("export-credentials --sso-session my-sso --bearer-token");
    assert!(
        run.stderr()
            .ends_with("hint: sso-login --sso-session my-sso\n"),
        "{run}"
    );
    run.expect_code(253);
}

#[test]
fn the_hints_for_a_session_without_a_role_work() {
    let (_center, mut env) = signed_in();
    let select = "hint: my-sso is an SSO session; select it with --sso-session\n";
    let add = "hint: for a role of the session, add --account-id and --role-name; for its token, add \
               --bearer-token\n";
    let check = |env: &TestEnv, arguments: &str| {
        let run = env.run(&format!("export-credentials {arguments}"));
        let run = run.expect_code(253);
        assert!(run.stderr().contains(select), "{run}");
        assert!(run.stderr().contains(add), "{run}");
    };
    check(&env, "my-sso");
    check(&env, "--profile my-sso");
    check(&env, "my-sso -- true");
    #[cfg(unix)]
    check(&env, "my-sso --serve -- true");
    let role = "--account-id 111122223333 --role-name ReadOnly";
    for line in [role, "--bearer-token"] {
        let line = format!("export-credentials --sso-session my-sso {line}");
        env.run(&line).expect_code(0);
    }
    // The first hint is enough.
    let run = env.run(&format!("export-credentials --profile my-sso {role}"));
    let run = run.expect_code(253);
    assert!(run.stderr().contains(select), "{run}");
    assert!(!run.stderr().contains(add), "{run}");
    env.set("AWS_PROFILE", "my-sso");
    check(&env, "");
}
