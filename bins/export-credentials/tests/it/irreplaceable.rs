//! Token files that cannot be replaced.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use identity_center_emulator::Operation;
use identity_center_emulator::grant_type::REFRESH_TOKEN;
use sso_test_support::{FileAttribute, TestEnv, Transcript, tool};

use crate::{signed_in_with_expired_token, signed_in_with_expiring_token};

const EXPORT: &str = "export-credentials --profile dev";

fn token_file() -> String {
    format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO)
}

/// Checks that a token that cannot be replaced is used until it expires, and that `error` and
/// `hint` are displayed after that. No refresh is sent.
fn check_refused(
    run: impl Fn(&TestEnv, &Path) -> Option<Transcript>,
    error: &str,
    hint: impl Fn(&Path) -> String,
) {
    for (is_valid, (center, env)) in [
        (true, signed_in_with_expiring_token()),
        (false, signed_in_with_expired_token()),
    ] {
        let path = env.home().join(token_file());
        let before = fs::read(&path).unwrap();
        let Some(export) = run(&env, &path) else {
            return;
        };
        let export = export.expect_code(if is_valid { 0 } else { 253 });
        assert_eq!(center.count(Operation::CreateToken), 0, "{export}");
        assert_eq!(fs::read(&path).unwrap(), before);
        let error = format!("{}: {error}", path.display());
        assert!(export.stderr().contains(&error), "{export}");
        if is_valid {
            let warning = "; using the token until it expires";
            assert!(export.stderr().contains(warning), "{export}");
        } else {
            let hint = hint(&path);
            assert!(export.stderr().contains(&hint), "{hint} in {export}");
        }
    }
}

#[test]
fn an_immutable_or_append_only_token_is_not_refreshed() {
    for (attribute, error) in [
        ('i', "the file is immutable"),
        ('a', "the file is append-only"),
    ] {
        let run = |env: &TestEnv, path: &Path| {
            let _set = FileAttribute::set(attribute, path)?;
            Some(env.run(EXPORT))
        };
        let hint = |path: &Path| format!("hint: sudo chattr -{attribute} {}", path.display());
        check_refused(run, error, hint);
    }
}

#[test]
fn a_token_that_is_mounted_read_only_is_not_refreshed() {
    let run = |env: &TestEnv, path: &Path| {
        let path = path.display();
        let mount = format!("mount --bind {path} {path}; mount -o remount,ro,bind {path}");
        env.run_with_mounts(&mount, EXPORT)
    };
    check_refused(run, "Read-only file system", |_| String::new());
}

#[test]
fn a_token_that_is_a_mount_point_is_refreshed_in_place() {
    let (center, env) = signed_in_with_expired_token();
    let path = env.home().join(token_file());
    let (inode, old) = (fs::metadata(&path).unwrap().ino(), fs::read(&path).unwrap());
    let mount = format!("mount --bind {path} {path}", path = path.display());
    let Some(export) = env.run_with_mounts(&mount, EXPORT) else {
        return;
    };
    assert_eq!(export.expect_code(0).stderr(), "");
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
    assert_ne!(fs::read(&path).unwrap(), old);
    assert_eq!(fs::metadata(&path).unwrap().ino(), inode);

    // The new refresh token is saved too.
    let mut token = env.read_json(token_file());
    token["expiresAt"] = "2020-01-01T00:00:00Z".into();
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    fs::remove_file(env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV)).unwrap();
    let export = env.run_with_mounts(&mount, EXPORT).unwrap();
    assert_eq!(export.expect_code(0).stderr(), "");
    assert_eq!(center.count_grants(REFRESH_TOKEN), 2);
}

#[test]
fn a_token_in_an_append_only_directory_is_refreshed_in_place() {
    let (center, env) = signed_in_with_expired_token();
    env.write(".aws/sso/cache/aws-sso-tools/made", "");
    let Some(_set) = FileAttribute::set('a', &env.sso_cache()) else {
        return;
    };
    let export = env.run(EXPORT).expect_code(0);
    assert_eq!(export.stderr(), "");
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
    let names = fs::read_dir(env.sso_cache()).unwrap();
    assert_eq!(names.count(), 2, "{:?}", env.files());
}

#[test]
fn a_refreshed_token_is_saved_and_reported_if_the_rename_fails_unexpectedly() {
    let (center, env) = signed_in_with_expired_token();
    let Some(strace) = tool("strace") else {
        return;
    };
    let strace = strace.display();
    let fault = "rename,renameat,renameat2:error=EPERM:when=1";
    let export = env.run(&format!(
        "{strace} -f -qq -o /dev/null -e inject={fault} {EXPORT}"
    ));
    let export = export.expect_code(0);
    let warning = "Operation not permitted (os error 1); its content was overwritten instead";
    assert!(export.stderr().contains(warning), "{export}");
    // The next program uses the saved token.
    fs::remove_file(env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV)).unwrap();
    assert_eq!(env.run(EXPORT).expect_code(0).stderr(), "");
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1);
}
