//! Sign-out with an unusable config or credentials file.

use identity_center_emulator::Operation;
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{CREDENTIALS_OF_NO_PROFILE, cached, role_credentials, signed_in};

/// Replaces the config file by an unusable one.
type Break = fn(&TestEnv);

const BROKEN: [(&str, Break, &str); 4] = [
    (
        "syntax",
        |env| env.write_config("[profile a]\nregion = x\n[profile a]\n"),
        "/.aws/config:3:1: duplicate section; the file is ignored",
    ),
    (
        "not UTF-8",
        |env| env.write(".aws/config", b"[profile a]\nregion = \xff\n"),
        "/.aws/config:2:10: the file is not UTF-8; the file is ignored",
    ),
    (
        "directory",
        |env| {
            std::fs::remove_file(env.config_path()).unwrap();
            env.write(".aws/config/file", "");
        },
        "/.aws/config: Is a directory (os error 21); the file is ignored",
    ),
    #[cfg(unix)]
    (
        "socket",
        |env| {
            std::fs::remove_file(env.config_path()).unwrap();
            drop(std::os::unix::net::UnixListener::bind(env.config_path()).unwrap());
        },
        "/.aws/config: No such device or address (os error 6); the file is ignored",
    ),
];

#[test]
fn a_logout_without_a_selection_needs_no_config() {
    for (name, break_config, warning) in BROKEN {
        let (center, env) = signed_in();
        break_config(&env);
        let logout = env.run("sso-logout").expect_code(0);
        assert!(logout.stderr().contains(warning), "{name}: {logout}");
        assert_eq!(logout.stderr().matches("warning").count(), 1, "{logout}");
        assert!(cached(&env).is_empty(), "{name}: {:?}", cached(&env));
        assert_eq!(center.count(Operation::Logout), 2, "{name}");
    }
}

#[test]
fn a_start_url_and_a_cached_session_need_no_config() {
    for (name, break_config, warning) in BROKEN {
        let check = |selection: &str, ended: usize| {
            let (center, env) = signed_in();
            break_config(&env);
            let logout = env.run(&format!("sso-logout {selection}")).expect_code(0);
            assert!(logout.stderr().contains(warning), "{name}: {logout}");
            assert_eq!(center.count(Operation::Logout), ended, "{name}");
            let removed = TestEnv::TOKEN_OF_MY_SSO.to_owned();
            assert!(!cached(&env).contains(&removed), "{name}");
        };
        check("--start-url https://my-sso-portal.awsapps.com/start", 2);
        check("--sso-session my-sso", 1);
    }
}

#[test]
fn a_profile_and_an_unknown_session_need_the_config() {
    for (name, break_config, warning) in BROKEN {
        let (center, env) = signed_in();
        break_config(&env);
        let before = cached(&env);
        let error = warning.replace("; the file is ignored", "");
        for selection in [
            "--profile dev",
            "--sso-session other",
            "--sso-session my-sso --profile dev",
        ] {
            let logout = env.run(&format!("sso-logout {selection}")).expect_code(253);
            assert!(logout.stderr().contains(&error), "{name}: {logout}");
            assert!(!logout.stderr().contains("warning"), "{name}: {logout}");
        }
        assert_eq!(cached(&env), before, "{name}");
        assert!(center.requests().is_empty(), "{name}");
    }
}

#[test]
fn files_that_only_the_config_can_attribute_are_listed() {
    let (_center, env) = signed_in();
    env.write_config("nonsense\n");
    let mut assumed = role_credentials();
    assumed.as_object_mut().unwrap().remove("ProviderType");
    assumed["AssumedRoleUser"] = serde_json::json!({});
    env.plant_cli_file(CREDENTIALS_OF_NO_PROFILE, &assumed);
    assert_snapshot!(env.run("sso-logout"), @"
    $ sso-logout
    --- stderr
    sso-logout: warning: [HOME]/.aws/config:1:1: text before the first section header; the file is ignored
    1 file was kept because it cannot be attributed to a sign-in:
      [HOME]/.aws/cli/cache/00000000000000000000000000000000000000ff.json
    Successfully signed out of all SSO profiles.
    --- exit: 0
    ");
    assert_eq!(cached(&env), [CREDENTIALS_OF_NO_PROFILE]);
}

#[test]
fn an_unusable_credentials_file_is_a_warning_or_explains_a_missing_profile() {
    let check = |selection: &str, code: i32| {
        let (_center, env) = signed_in();
        env.write(".aws/credentials/file", "");
        let logout = env
            .run(&format!("sso-logout {selection}"))
            .expect_code(code);
        let expected = "/.aws/credentials: Is a directory";
        assert!(logout.stderr().contains(expected), "{logout}");
        assert_eq!(logout.stderr().matches(expected).count(), 1, "{logout}");
    };
    check("", 0);
    check("--profile dev", 0);
    check("--profile missing", 253);
}
