//! Sign-out without a selection.

#[cfg(unix)]
use std::fs;

use identity_center_emulator::Operation;
use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::TestEnv;

use crate::{CREDENTIALS_OF_NO_PROFILE, cached, role_credentials, signed_in};

#[test]
fn all_tokens_are_removed_and_their_sessions_ended() {
    let (center, env) = signed_in();
    env.plant_cli_file(CREDENTIALS_OF_NO_PROFILE, &role_credentials());
    env.plant_sso_file(
        TestEnv::REGISTRATION_OF_MY_SSO,
        &center
            .sign_in(&[])
            .registration_file(&["sso:account:access"]),
    );
    assert_snapshot!(env.run("sso-logout"), @"
    $ sso-logout
    --- stderr
    Successfully signed out of all SSO profiles.
    --- exit: 0
    ");
    assert_eq!(cached(&env), [TestEnv::REGISTRATION_OF_MY_SSO]);
    assert_eq!(center.count(Operation::Logout), 2);
    // The first request ends the session of both. If the second one has the token of `my-sso`, this
    // token is refreshed.
    let refreshes = center.count(Operation::CreateToken);
    assert!(refreshes <= 1);
    assert_eq!(center.requests().len(), 2 + refreshes);
}

#[test]
fn logout_without_a_token_succeeds() {
    let env = TestEnv::offline();
    assert_snapshot!(env.run("sso-logout"), @"
    $ sso-logout
    --- stderr
    Already signed out of all SSO profiles.
    No SSO sessions or profiles found. Run sso-configure to create one.
    --- exit: 0
    ");
    assert!(env.files().is_empty(), "{:?}", env.files());
}

#[test]
fn aws_profile_does_not_select_a_session() {
    let (_center, mut env) = signed_in();
    env.set("AWS_PROFILE", "dev");
    env.run("sso-logout").expect_code(0);
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
}

#[test]
fn the_token_of_a_session_missing_from_the_config_is_removed() {
    let (center, env) = signed_in();
    env.write_config("");
    env.run("sso-logout").expect_code(0);
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
    assert_eq!(center.count(Operation::Logout), 2);
}

#[test]
fn a_token_without_an_expiry_is_removed() {
    let (center, env) = signed_in();
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let mut token = env.read_json(&path);
    token["expiresAt"] = Value::Null;
    token["region"] = Value::Null;
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    // Another token would end the session, before the refresh of this one or after it.
    env.run("sso-logout --sso-session my-sso").expect_code(0);
    assert!(!path.exists());
    let requests = [Operation::CreateToken, Operation::Logout].map(|it| center.count(it));
    assert_eq!(requests, [1, 1], "the Region comes from the config");
}

#[test]
fn quarantined_and_temporary_files_are_removed() {
    let (_center, env) = signed_in();
    let own = ".aws/sso/cache/aws-sso-tools";
    env.write(
        format!(
            "{own}/{}",
            TestEnv::TOKEN_OF_MY_SSO.replace("json", "corrupt")
        ),
        "aoa",
    );
    env.write(
        format!(
            "{own}/{}",
            TestEnv::CREDENTIALS_OF_DEV.replace("json", "corrupt.2")
        ),
        "x",
    );
    env.write(
        format!("{own}/.locked-file-dead.tmp"),
        "{\"accessToken\": \"aoa",
    );
    assert_snapshot!(env.run("sso-logout -v"), @"
    $ sso-logout -v
    --- stderr
    removed [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json (token for SSO session my-sso)
    removed [HOME]/.aws/sso/cache/c7aaaf71fcc8777ae2475525ed049d39fe16c484.json (token for start URL https://my-sso-portal.awsapps.com/start)
    removed [HOME]/.aws/cli/cache/0521d1f6a6c4e68f9e18540309367cc3cccb6305.json (role credentials for ReadOnly in account 111122223333 of profile dev)
    removed [HOME]/.aws/cli/cache/a86fc0ef036e01b9ff8f964ffab896b19c6ff372.json (role credentials for ReadOnly in account 111122223333 of profile legacy)
    removed [HOME]/.aws/sso/cache/aws-sso-tools/.locked-file-dead.tmp (leftover)
    removed [HOME]/.aws/sso/cache/aws-sso-tools/0521d1f6a6c4e68f9e18540309367cc3cccb6305.corrupt.2 (leftover)
    removed [HOME]/.aws/sso/cache/aws-sso-tools/0ad374308c5a4e22f723adf10145eafad7c4031c.corrupt (leftover)
    Successfully signed out of all SSO profiles.
    --- exit: 0
    ");
    assert!(cached(&env).is_empty(), "{:?}", cached(&env));
}

#[test]
fn forget_clients_removes_attributable_registrations_and_lists_the_others() {
    let (center, env) = signed_in();
    let registration = center
        .sign_in(&[])
        .registration_file(&["sso:account:access"]);
    env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &registration);
    let mut of_token = registration.clone();
    let token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY));
    of_token["clientId"] = token["clientId"].clone();
    env.plant_sso_file("of-the-token.json", &of_token);
    env.plant_sso_file("aws-toolkit-client-id.json", &registration);
    assert_snapshot!(env.run("sso-logout --forget-clients"), @"
    $ sso-logout --forget-clients
    --- stderr
    1 file was kept because it cannot be attributed to a sign-in:
      [HOME]/.aws/sso/cache/aws-toolkit-client-id.json
    Successfully signed out of all SSO profiles.
    --- exit: 0
    ");
    assert_eq!(cached(&env), ["aws-toolkit-client-id.json"]);
    // A registration is not a session.
    assert_snapshot!(env.run("sso-logout --forget-clients"), @"
    $ sso-logout --forget-clients
    --- stderr
    1 file was kept because it cannot be attributed to a sign-in:
      [HOME]/.aws/sso/cache/aws-toolkit-client-id.json
    Already signed out of all SSO profiles.
    --- exit: 0
    ");
}

#[test]
fn forget_clients_removes_the_registration_for_a_start_url_that_is_not_configured() {
    for option in ["", "--start-url https://my-sso-portal.awsapps.com/start"] {
        let (center, env) = signed_in();
        env.write_config("");
        let registration = center.sign_in(&[]).registration_file(&[]);
        let of_start_url = "0e093f10f65cee6c5c1898a8e240f5726875bf08.json";
        env.plant_sso_file(of_start_url, &registration);
        env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &registration);
        let location = env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY);
        let mut token = env.read_json(&location);
        token.as_object_mut().unwrap().remove("clientId");
        env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &token);
        env.run(&format!("sso-logout --forget-clients {option}"))
            .expect_code(0);
        let left = cached(&env);
        assert!(!left.iter().any(|it| it == of_start_url), "{left:?}");
        let of_session = TestEnv::REGISTRATION_OF_MY_SSO;
        assert!(left.iter().any(|it| it == of_session), "{left:?}");
    }
}

#[test]
fn a_dry_run_lists_files_and_changes_nothing() {
    let (center, env) = signed_in();
    #[cfg(unix)]
    open_to_others(&env);
    let before = env.files();
    assert_snapshot!(env.run("sso-logout --dry-run"), @"
    $ sso-logout --dry-run
    --- stdout
    Would be removed:
    [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json (token for SSO session my-sso)
    [HOME]/.aws/sso/cache/c7aaaf71fcc8777ae2475525ed049d39fe16c484.json (token for start URL https://my-sso-portal.awsapps.com/start)
    [HOME]/.aws/cli/cache/0521d1f6a6c4e68f9e18540309367cc3cccb6305.json (role credentials for ReadOnly in account 111122223333 of profile dev)
    [HOME]/.aws/cli/cache/a86fc0ef036e01b9ff8f964ffab896b19c6ff372.json (role credentials for ReadOnly in account 111122223333 of profile legacy)
    --- exit: 0
    ");
    assert_eq!(env.files(), before);
    assert!(center.requests().is_empty());
    #[cfg(unix)]
    assert_eq!(mode(&env), 0o644);
}

#[cfg(unix)]
fn open_to_others(env: &TestEnv) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
}

#[cfg(unix)]
fn mode(env: &TestEnv) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn json_output_is_one_document() {
    let (_center, env) = signed_in();
    assert_snapshot!(env.run("sso-logout --output json --quiet"), @r#"
    $ sso-logout --output json --quiet
    --- stdout
    {
      "schemaVersion": 1,
      "dryRun": false,
      "tokens": [
        {
          "sessionName": "my-sso",
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "region": "us-east-1",
          "file": "[HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json",
          "server": "ended",
          "reason": null
        },
        {
          "sessionName": null,
          "startUrl": "https://my-sso-portal.awsapps.com/start",
          "region": "us-east-1",
          "file": "[HOME]/.aws/sso/cache/c7aaaf71fcc8777ae2475525ed049d39fe16c484.json",
          "server": "ended",
          "reason": null
        }
      ],
      "keptTokens": [],
      "roleCredentials": [
        {
          "file": "[HOME]/.aws/cli/cache/0521d1f6a6c4e68f9e18540309367cc3cccb6305.json",
          "accountId": "111122223333",
          "roleName": "ReadOnly",
          "profiles": [
            "dev"
          ]
        },
        {
          "file": "[HOME]/.aws/cli/cache/a86fc0ef036e01b9ff8f964ffab896b19c6ff372.json",
          "accountId": "111122223333",
          "roleName": "ReadOnly",
          "profiles": [
            "legacy"
          ]
        }
      ],
      "assumedRoleCredentials": [],
      "clientRegistrations": [],
      "leftovers": [],
      "temporaryFiles": [],
      "unattributed": [],
      "unreadable": [],
      "sameStartUrl": [],
      "beingSignedInTo": [],
      "problems": []
    }
    --- exit: 0
    "#);
    let again = env.run("sso-logout --output json --dry-run").expect_code(0);
    let again: Value = serde_json::from_str(again.stdout()).unwrap();
    assert_eq!(again["dryRun"], true);
    assert_eq!(again["tokens"], serde_json::json!([]));
}

#[test]
fn a_sign_out_in_an_empty_home_leads_to_the_wizard() {
    let env = TestEnv::offline();
    let text = "\nNo SSO sessions or profiles found. Run sso-configure to create one.\n";
    let logout = env.run("sso-logout").expect_code(0);
    assert!(logout.stderr().ends_with(text), "{logout}");
    for command in [
        "sso-logout --quiet",
        "sso-logout --start-url https://a.awsapps.com/start",
    ] {
        let logout = env.run(command).expect_code(0);
        assert!(!logout.stderr().contains("sso-configure"), "{logout}");
    }
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let logout = env.run("sso-logout").expect_code(0);
    assert!(!logout.stderr().contains("sso-configure"), "{logout}");
}
