//! Corrupt cache files, unreadable files and directories that cannot be written.

use std::fs;
use std::path::Path;
use std::process::Command;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};
use sso_test_support::{TestEnv, Transcript, tool};

use crate::{signed_in, signed_in_with_expired_token, signed_in_with_expiring_token};

const EXPORT: &str = "export-credentials --profile dev";

/// Creates a corrupt file at a path in the home.
type Corrupt = fn(&TestEnv, &Path);

const CORRUPTIONS: [(&str, Corrupt); 14] = [
    ("truncated", |env, path| {
        env.write(path, r#"{"accessToken": "aoa"#);
    }),
    ("empty", |env, path| env.write(path, "")),
    ("zeros", |env, path| env.write(path, [0; 4096])),
    ("not an object", |env, path| env.write(path, "[1, 2]")),
    ("wrong types", |env, path| {
        env.write(path, r#"{"accessToken": 5, "Credentials": []}"#);
    }),
    ("invalid time", |env, path| {
        let credentials = json!({
            "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "soon",
        });
        let entry = json!({"accessToken": "a", "expiresAt": "soon", "Credentials": credentials});
        env.write(path, entry.to_string());
    }),
    ("blank key", |env, path| {
        write_blank(env, path, "SecretAccessKey");
    }),
    ("blank session token", |env, path| {
        write_blank(env, path, "SessionToken");
    }),
    ("directory", |env, path| {
        env.write(path.join("inside"), "kept");
    }),
    ("huge", |env, path| env.write(path, " ".repeat(2 << 20))),
    ("pipe", |env, path| {
        make_way(env, path);
        let mkfifo = Command::new("mkfifo").arg(env.home().join(path)).status();
        assert!(mkfifo.unwrap().success());
    }),
    ("socket", |env, path| {
        make_way(env, path);
        // The path of a socket is short, and the file remains without a listener.
        let short = env.home().join("s");
        drop(std::os::unix::net::UnixListener::bind(&short).unwrap());
        fs::hard_link(&short, env.home().join(path)).unwrap();
        fs::remove_file(short).unwrap();
    }),
    ("link to a device", |env, path| {
        make_way(env, path);
        std::os::unix::fs::symlink("/dev/zero", env.home().join(path)).unwrap();
    }),
    ("symlink to itself", |env, path| {
        make_way(env, path);
        std::os::unix::fs::symlink(env.home().join(path), env.home().join(path)).unwrap();
    }),
];

/// Writes valid credentials except for one field, which is blank. The token is corrupt too.
fn write_blank(env: &TestEnv, path: &Path, name: &str) {
    let mut credentials = json!({
        "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t",
        "Expiration": "2099-01-01T00:00:00Z",
    });
    credentials[name] = json!(" ");
    env.write(path, json!({"Credentials": credentials}).to_string());
}

/// Creates the directory of `path`, without a file.
fn make_way(env: &TestEnv, path: &Path) {
    env.write(path, "");
    fs::remove_file(env.home().join(path)).unwrap();
}

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
fn corrupt_credentials_are_reported_quarantined_once_and_replaced() {
    for (name, corrupt) in CORRUPTIONS {
        let (center, env) = signed_in();
        corrupt(&env, credentials_file().as_ref());
        let export = env.run(EXPORT).expect_code(0);
        let named = export.stderr().contains(TestEnv::CREDENTIALS_OF_DEV);
        let quarantined = export.stderr().contains("was quarantined as");
        assert!(named && quarantined, "{name}: {export}");
        assert_eq!(count_quarantined(&env), 1, "{name}");

        let again = env.run(EXPORT).expect_code(0);
        assert_eq!(again.stderr(), "", "{name}");
        assert_eq!(center.count(Operation::GetRoleCredentials), 1, "{name}");
    }
}

#[test]
fn a_corrupt_token_is_reported_and_replaced_by_a_sign_in() {
    for (name, corrupt) in CORRUPTIONS {
        let (center, env) = signed_in();
        fs::remove_file(env.home().join(token_file())).unwrap();
        corrupt(&env, token_file().as_ref());
        let export = env.run(EXPORT).expect_code(253);
        let named = export.stderr().contains(TestEnv::TOKEN_OF_MY_SSO);
        let hint = export.stderr().contains("hint: sso-login");
        assert!(named && hint, "{name}: {export}");
        assert!(center.requests().is_empty(), "{name}");

        center.set_consent(Consent::Granted);
        let login = env
            .run("sso-login --profile dev --use-device-code --no-browser")
            .expect_code(0);
        assert!(
            login.stderr().contains("was quarantined as"),
            "{name}: {login}"
        );
        assert_eq!(count_quarantined(&env), 1, "{name}");
        let again = env.run(EXPORT).expect_code(0);
        assert_eq!(again.stderr(), "", "{name}");
    }
}

/// Runs an export with a fault injected into its system calls. Returns `None` without strace.
fn export_with(env: &TestEnv, fault: &str) -> Option<Transcript> {
    let strace = tool("strace")?;
    let works = Command::new(&strace)
        .args(["-o", "/dev/null", "true"])
        .status();
    assert!(
        works.is_ok_and(|status| status.success()),
        "strace is not permitted to trace"
    );
    let strace = strace.display();
    Some(env.run(&format!(
        "{strace} -f -qq -o /dev/null -e inject={fault} {EXPORT}"
    )))
}

#[test]
fn unreadable_credentials_are_reported_and_replaced() {
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
fn a_read_only_cache_directory_allows_exports_with_a_valid_token() {
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
    check(signed_in_with_expiring_token(), 0);
    check(signed_in_with_expired_token(), 253);
}

#[test]
fn a_full_disk_allows_exports_with_a_valid_token() {
    let check = |(center, env): (Emulator, TestEnv), code, words| {
        let line = format!("sh -c \"trap '' XFSZ; ulimit -f 0; exec {EXPORT}\"");
        let export = env.run(&line).expect_code(code);
        assert!(export.stderr().contains(words), "{export}");
        assert_eq!(center.count_grants(REFRESH_TOKEN), 0);
    };
    check(signed_in(), 0, "the credentials are not cached");
    check(
        signed_in_with_expiring_token(),
        0,
        "using the token until it expires",
    );
    check(signed_in_with_expired_token(), 253, "File too large");
}

#[test]
fn the_first_and_last_years_are_accepted_as_expiry() {
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
