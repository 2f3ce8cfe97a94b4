//! Files of other users in the home directory.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::process::Command;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use insta::assert_snapshot;
use sso_test_support::{TestEnv, Transcript};

use crate::home;

/// Another user than root, who need not exist.
const OTHER: u32 = 4711;

const STATE_DIR: &str = ".aws/sso/cache/aws-sso-tools";

const LOGIN: &str = "sso-login --profile dev --use-device-code --no-browser";

/// Only root can change owners. Returns `None` for other users.
fn home_of_root() -> Option<(Emulator, TestEnv)> {
    let (center, env) = home();
    center.set_consent(Consent::Granted);
    env.is_of_root().then_some((center, env))
}

fn give_to(user: u32, path: &Path) {
    chown(path, Some(user), None).unwrap();
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            give_to(user, &entry.unwrap().path());
        }
    }
}

fn run_as_other(env: &TestEnv, command_line: &str) -> Transcript {
    let programs = sso_test_support::programs_dir();
    env.run(&format!(
        "setpriv --reuid={OTHER} --clear-groups -- {}/{command_line}",
        programs.display()
    ))
}

#[test]
fn a_token_of_another_user_is_ignored_with_its_owner_named_and_replaced() {
    let Some((center, env)) = home_of_root() else {
        return;
    };
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    give_to(OTHER, &token);
    let run = env.run("export-credentials --profile dev").expect_code(253);
    let warning = format!(
        "warning: cannot read {0}: it is owned by user ID {OTHER}; it counts as missing",
        "[HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json"
    );
    assert!(run.to_string().contains(&warning), "{run}");
    assert!(run.stderr().contains("not signed in"), "{run}");

    let run = env.run(LOGIN).expect_code(0);
    let owner = format!(
        "cannot read {}: it is owned by user ID {OTHER}",
        token.display()
    );
    let quarantined = format!("{owner}; it was quarantined as ");
    assert!(run.stderr().contains(&quarantined), "{run}");
    assert!(!run.stderr().contains("corrupt;"), "{run}");
    assert_eq!(fs::metadata(&token).unwrap().uid(), 0);
    env.run("export-credentials --profile dev").expect_code(0);
}

#[test]
fn a_state_directory_of_another_user_is_an_error() {
    let Some((_center, env)) = home_of_root() else {
        return;
    };
    fs::create_dir_all(env.home().join(STATE_DIR)).unwrap();
    give_to(OTHER, &env.home().join(STATE_DIR));
    assert_snapshot!(env.run(LOGIN), @"
    $ sso-login --profile dev --use-device-code --no-browser
    --- stderr
    sso-login: error: cannot open the lock file [HOME]/.aws/sso/cache/aws-sso-tools/0ad374308c5a4e22f723adf10145eafad7c4031c.login.lock: [HOME]/.aws/sso/cache/aws-sso-tools is owned by user ID 4711
    hint: remove [HOME]/.aws/sso/cache/aws-sso-tools; or, if its files are yours, run: sudo chown -R 0 [HOME]/.aws/sso/cache/aws-sso-tools
    --- exit: 253
    ");
}

#[test]
fn files_of_the_owner_of_the_aws_directory_are_used_by_root() {
    let Some((center, env)) = home_of_root() else {
        return;
    };
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    give_to(OTHER, &env.aws_dir());
    let run = env.run("export-credentials --profile dev").expect_code(0);
    assert_eq!(run.stderr(), "");
    let state_dir = env.home().join(STATE_DIR);
    env.run(&format!("{LOGIN} --force")).expect_code(0);
    give_to(OTHER, &state_dir);
    env.run(&format!("{LOGIN} --force")).expect_code(0);
}

#[test]
fn the_hint_returns_files_that_root_left() {
    let Some((_center, env)) = home_of_root() else {
        return;
    };
    env.run(LOGIN).expect_code(0);
    give_to(OTHER, env.home());
    let state_dir = env.home().join(STATE_DIR);
    give_to(0, &state_dir);
    give_to(0, &env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));

    let run = run_as_other(&env, LOGIN).expect_code(253);
    let owner = format!("{} is owned by root\n", state_dir.display());
    assert!(run.stderr().contains(&owner), "{run}");
    let hint = run.stderr();
    let (_, hint) = hint.split_once("hint: sudo ").unwrap();
    let chown = Command::new("sh").args(["-c", hint]).status().unwrap();
    assert!(chown.success());
    run_as_other(&env, LOGIN).expect_code(0);
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    assert_eq!(fs::metadata(token).unwrap().uid(), OTHER);
}

#[test]
fn a_lock_file_of_root_is_named() {
    let Some((_center, env)) = home_of_root() else {
        return;
    };
    env.run(LOGIN).expect_code(0);
    give_to(OTHER, env.home());
    let lock = env
        .home()
        .join(STATE_DIR)
        .join(TestEnv::TOKEN_OF_MY_SSO.replace(".json", ".login.lock"));
    give_to(0, &lock);
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o600)).unwrap();
    let run = run_as_other(&env, &format!("{LOGIN} --force")).expect_code(253);
    let hint = format!("hint: sudo chown -R {OTHER} {}\n", lock.display());
    assert!(run.stderr().contains(&hint), "{run}");
}
