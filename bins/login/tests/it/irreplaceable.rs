//! Token and registration files that cannot be replaced, a full disk, and flushes to disk.

use std::fs;

use identity_center_emulator::Operation;
use identity_center_emulator::settings::Consent;
use sso_test_support::{FileAttribute, TestEnv};

use crate::home;

const LOGINS: [&str; 2] = ["sso-login --profile dev --no-browser", DEVICE_CODE_LOGIN];

const DEVICE_CODE_LOGIN: &str = "sso-login --profile dev --no-browser --use-device-code";

/// A token or registration of another client that has expired.
fn expired() -> serde_json::Value {
    serde_json::json!({
        "accessToken": "aoaEXPIRED", "clientId": "old", "clientSecret": "s",
        "expiresAt": "2020-01-01T00:00:00Z",
    })
}

#[test]
fn login_fails_before_the_sign_in_if_the_token_cannot_be_saved() {
    for login in LOGINS {
        for (attribute, error) in [
            ('i', "the file is immutable"),
            ('a', "the file is append-only"),
        ] {
            let (center, env) = home();
            env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &expired());
            let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
            let Some(_set) = FileAttribute::set(attribute, &path) else {
                return;
            };
            let path = path.display();
            let lines = format!(
                "error: cannot replace {path}: {error}\n\
                 hint: sudo chattr -{attribute} {path}\n"
            );
            env.run(login).expect_error(253, &lines);
            assert!(center.requests().is_empty(), "{login}");
        }
    }
}

#[test]
fn a_corrupt_token_file_that_cannot_be_moved_is_quarantined_once() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    env.write(&path, "{");
    let Some(_set) = FileAttribute::set('a', &env.sso_cache()) else {
        return;
    };
    let run = env.run(DEVICE_CODE_LOGIN).expect_code(0);
    let warnings = run.stderr().matches("it was quarantined as").count();
    assert_eq!(warnings, 1, "{run}");
    let files = env.files();
    let copies = files.iter().filter(|path| path.contains(".corrupt"));
    assert_eq!(copies.count(), 1, "{files:?}");
}

#[test]
fn login_fails_before_the_sign_in_if_the_file_system_is_full() {
    let full = "mount -t tmpfs -o size=256k,mode=700 none .aws
        cp -a config .aws/config
        ! head -c 1M /dev/zero 2>&- > .aws/other";
    for login in LOGINS {
        let (center, env) = home();
        env.write("config", TestEnv::SAMPLE_CONFIG);
        let Some(login) = env.run_with_mounts(full, login) else {
            return;
        };
        let login = login.expect_code(253);
        let words = "No space left on device";
        assert!(login.stderr().contains(words), "{login}");
        assert!(center.requests().is_empty(), "{login}");
    }
}

#[test]
fn login_reports_a_registration_that_cannot_be_saved_and_does_not_need_it() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &expired());
    let path = env.sso_cache().join(TestEnv::REGISTRATION_OF_MY_SSO);
    let Some(_set) = FileAttribute::set('i', &path) else {
        return;
    };
    let login = env.run(DEVICE_CODE_LOGIN).expect_code(0);
    let warning = "the file is immutable; the client registration is not cached";
    assert!(login.stderr().contains(warning), "{login}");
    assert_eq!(center.count(Operation::RegisterClient), 1);
    let again = env.run(DEVICE_CODE_LOGIN).expect_code(0);
    assert!(again.stderr().contains("Already signed in"), "{again}");
}

#[test]
fn login_overwrites_a_token_and_a_registration_that_are_mount_points() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    let mut mounts = "true".to_owned();
    for name in [TestEnv::TOKEN_OF_MY_SSO, TestEnv::REGISTRATION_OF_MY_SSO] {
        // Container runtimes need an existing file, which may be empty.
        env.write(format!(".aws/sso/cache/{name}"), "");
        let path = env.sso_cache().join(name);
        let path = path.display();
        mounts = format!("{mounts}; mount --bind {path} {path}");
    }
    let Some(login) = env.run_with_mounts(&mounts, DEVICE_CODE_LOGIN) else {
        return;
    };
    let _ = login.expect_code(0);
    let again = env.run_with_mounts(&mounts, DEVICE_CODE_LOGIN).unwrap();
    let again = again.expect_code(0);
    assert!(again.stderr().contains("Already signed in"), "{again}");
    assert_eq!(center.count(Operation::RegisterClient), 1);
    let registration = env.sso_cache().join(TestEnv::REGISTRATION_OF_MY_SSO);
    assert!(!fs::read(registration).unwrap().is_empty());
}

#[test]
fn login_flushes_the_registration_and_the_token_to_disk() {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    let Some((login, calls)) = env.run_traced(DEVICE_CODE_LOGIN) else {
        return;
    };
    let _ = login.expect_code(0);
    let saved = |name: &str| {
        let rename = format!("rename .aws/sso/cache/{name}");
        let at = calls.iter().position(|call| *call == rename).unwrap();
        // The reservation, the content, the rename.
        let expected = ["write T", "fsync T", "write T", "fsync T"];
        assert_eq!(calls[at - 4..at], expected, "{calls:#?}");
        assert_eq!(calls[at + 1], "fsync .aws/sso/cache", "{calls:#?}");
        at
    };
    assert!(saved(TestEnv::REGISTRATION_OF_MY_SSO) < saved(TestEnv::TOKEN_OF_MY_SSO));
}
