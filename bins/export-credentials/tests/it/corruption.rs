//! Files that are broken, in the way, or not to be written.

use std::fs;
use std::path::Path;
use std::process::Command;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};
use sso_test_support::{TestEnv, Transcript, tool};

use crate::{signed_in, signed_in_long_ago};

const EXPORT: &str = "export-credentials --profile dev";

/// Puts something in place of the file at the path.
type Put = fn(&TestEnv, &Path);

/// What may be found where a cache file should be.
const CORRUPTIONS: [(&str, Put); 9] = [
    ("cut off", |env, path| {
        env.write(path, r#"{"accessToken": "aoa"#);
    }),
    ("empty", |env, path| env.write(path, "")),
    ("zeros", |env, path| env.write(path, [0; 4096])),
    ("no object", |env, path| env.write(path, "[1, 2]")),
    ("wrong types", |env, path| {
        env.write(path, r#"{"accessToken": 5, "Credentials": []}"#);
    }),
    ("no time", |env, path| {
        let credentials = json!({
            "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "soon",
        });
        let entry = json!({"accessToken": "a", "expiresAt": "soon", "Credentials": credentials});
        env.write(path, entry.to_string());
    }),
    ("a folder", |env, path| {
        env.write(path.join("inside"), "kept");
    }),
    ("huge", |env, path| env.write(path, " ".repeat(2 << 20))),
    ("a link to itself", |env, path| {
        env.write(path, "");
        fs::remove_file(env.home().join(path)).unwrap();
        std::os::unix::fs::symlink(env.home().join(path), env.home().join(path)).unwrap();
    }),
];

fn credentials_file() -> String {
    format!(".aws/cli/cache/{}", TestEnv::CREDENTIALS_OF_DEV)
}

fn token_file() -> String {
    format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO)
}

fn count_quarantined(env: &TestEnv) -> usize {
    let names = fs::read_dir(env.sso_cache().join("aws-sso-tools"));
    let names = names.into_iter().flatten().flatten();
    names
        .filter(|entry| entry.file_name().to_string_lossy().contains(".corrupt"))
        .count()
}

#[test]
fn damaged_credentials_are_named_set_aside_once_and_replaced() {
    for (what, put) in CORRUPTIONS {
        let (center, env) = signed_in();
        put(&env, credentials_file().as_ref());
        let export = env.run(EXPORT).expect_code(0);
        let named = export.stderr().contains(TestEnv::CREDENTIALS_OF_DEV);
        let quarantined = export.stderr().contains("was set aside as");
        assert!(named && quarantined, "{what}: {export}");
        assert_eq!(count_quarantined(&env), 1, "{what}");

        let again = env.run(EXPORT).expect_code(0);
        assert_eq!(again.stderr(), "", "{what}");
        assert_eq!(center.count(Operation::GetRoleCredentials), 1, "{what}");
    }
}

#[test]
fn a_damaged_token_is_named_and_calls_for_a_sign_in_that_replaces_it() {
    for (what, put) in CORRUPTIONS {
        let (center, env) = signed_in();
        fs::remove_file(env.home().join(token_file())).unwrap();
        put(&env, token_file().as_ref());
        let export = env.run(EXPORT).expect_code(253);
        let named = export.stderr().contains(TestEnv::TOKEN_OF_MY_SSO);
        let hint = export.stderr().contains("hint: sso-login");
        assert!(named && hint, "{what}: {export}");
        assert!(center.requests().is_empty(), "{what}");

        center.set_consent(Consent::Granted);
        let login = env
            .run("sso-login --profile dev --use-device-code --no-browser")
            .expect_code(0);
        assert!(
            login.stderr().contains("was set aside as"),
            "{what}: {login}"
        );
        assert_eq!(count_quarantined(&env), 1, "{what}");
        let again = env.run(EXPORT).expect_code(0);
        assert_eq!(again.stderr(), "", "{what}");
    }
}

/// Runs an export with this fault in its system calls; `None` where nothing can be traced here.
fn export_with(env: &TestEnv, fault: &str) -> Option<Transcript> {
    let strace = tool("strace")?;
    let works = Command::new(&strace)
        .args(["-o", "/dev/null", "true"])
        .status();
    assert!(
        works.is_ok_and(|status| status.success()),
        "strace may not trace"
    );
    let strace = strace.display();
    Some(env.run(&format!(
        "{strace} -f -qq -o /dev/null -e inject={fault} {EXPORT}"
    )))
}

#[test]
fn credentials_that_may_not_be_read_are_named_and_replaced() {
    let (center, env) = signed_in();
    env.run(EXPORT).expect_code(0);
    let path = env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV);
    let fault = format!("openat:error=EACCES -P '{}'", path.display());
    let Some(export) = export_with(&env, &fault) else {
        return;
    };
    let export = export.expect_code(0);
    assert!(export.stderr().contains("Permission denied"), "{export}");
    assert_eq!(count_quarantined(&env), 1);
    let again = env.run(EXPORT).expect_code(0);
    assert_eq!(again.stdout(), export.stdout());
    assert_eq!(center.count(Operation::GetRoleCredentials), 2);
}

#[test]
fn from_a_read_only_folder_everything_works_that_is_still_valid() {
    let check = |(center, env): (Emulator, TestEnv), code| {
        let Some(export) = export_with(&env, "/access:error=EROFS") else {
            return;
        };
        let export = export.expect_code(code);
        assert!(
            export.stderr().contains("Read-only file system"),
            "{export}"
        );
        assert_eq!(center.count_grants(REFRESH_TOKEN), 0);
        let requests = usize::from(code == 0);
        assert_eq!(center.count(Operation::GetRoleCredentials), requests);
    };
    check(signed_in(), 0);
    check(signed_in_to_a_token_that_is_due(), 0);
    check(signed_in_long_ago(), 253);
}

fn signed_in_to_a_token_that_is_due() -> (Emulator, TestEnv) {
    let (center, env) = signed_in();
    center
        .configure(|settings| settings.access_token_lifetime = std::time::Duration::from_secs(600));
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

#[test]
fn on_a_full_disk_everything_works_that_is_still_valid() {
    let check = |(center, env): (Emulator, TestEnv), code, words| {
        let line = format!("sh -c \"trap '' XFSZ; ulimit -f 0; exec {EXPORT}\"");
        let export = env.run(&line).expect_code(code);
        assert!(export.stderr().contains(words), "{export}");
        assert_eq!(center.count_grants(REFRESH_TOKEN), 0);
    };
    check(signed_in(), 0, "the credentials are not cached");
    check(
        signed_in_to_a_token_that_is_due(),
        0,
        "the token serves until it expires",
    );
    check(signed_in_long_ago(), 253, "File too large");
}

#[test]
fn times_at_the_ends_of_the_calendar_are_times() {
    let check = |expires_at: &str, refreshes| {
        let (center, env) = signed_in();
        let mut token: Value = env.read_json(token_file());
        token["expiresAt"] = json!(expires_at);
        env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
        env.run(EXPORT).expect_code(0);
        assert_eq!(
            center.count_grants(REFRESH_TOKEN),
            refreshes,
            "{expires_at}"
        );
        env.run("sso-login --profile dev").expect_code(0);

        let mut credentials = env.read_json(credentials_file());
        credentials["Credentials"]["Expiration"] = json!(expires_at);
        env.plant_cli_file(TestEnv::CREDENTIALS_OF_DEV, &credentials);
        env.run(EXPORT).expect_code(0);
        let requests = 1 + refreshes;
        assert_eq!(
            center.count(Operation::GetRoleCredentials),
            requests,
            "{expires_at}"
        );
    };
    check("9999-12-31T23:59:59Z", 0);
    check("9999-12-31T23:59:59-23:59", 0);
    check("2020-06-17T10:02:08UTC", 1);
    check("1970-01-01T00:00:00Z", 1);
    check("0000-01-01T00:00:00Z", 1);
    check("0000-01-01T00:00:00+23:59", 1);
}
