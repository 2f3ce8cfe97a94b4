//! Caches on other file systems, on read-only ones, and on ones without locks.

use std::fs;

use identity_center_emulator::Operation;
use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::settings::Consent;
use sso_test_support::{TestEnv, tool};

use crate::{signed_in, signed_in_with_expired_token};

const EXPORT: &str = "export-credentials --profile dev";
const LOGIN: &str = "sso-login --profile dev --use-device-code --no-browser";

/// Shell commands that make a directory read-only.
fn read_only(dir: &str) -> String {
    format!("mount --bind {dir} {dir}; mount -o remount,ro,bind {dir}")
}

#[test]
fn role_credentials_are_cached_if_only_the_token_cache_is_read_only() {
    let (center, env) = signed_in();
    for _ in 0..2 {
        let Some(export) = env.run_with_mounts(&read_only(".aws/sso/cache"), EXPORT) else {
            return;
        };
        assert_eq!(export.expect_code(0).stderr(), "");
        assert_eq!(center.count(Operation::GetRoleCredentials), 1);
    }
    // The credentials are also found without the mount, and removed by a sign-out.
    assert_eq!(env.run(EXPORT).expect_code(0).stderr(), "");
    assert_eq!(center.count(Operation::GetRoleCredentials), 1);
    let state_dir = env.cli_cache().join("aws-sso-tools");
    assert!(fs::read_dir(&state_dir).unwrap().count() > 0);
    let temporary = state_dir.join(".locked-file-dead.tmp");
    env.write(&temporary, "hunter2");
    env.run("sso-logout").expect_code(0);
    assert!(!temporary.exists());
    assert!(!env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV).exists());
    assert!(!env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO).exists());
}

#[test]
fn credentials_that_cannot_be_cached_are_issued_with_one_warning() {
    let read_only_roles = read_only(".aws/cli/cache");
    let both = format!("{}; {read_only_roles}", read_only(".aws/sso/cache"));
    for mounts in [read_only_roles, both, read_only(".aws")] {
        let (center, env) = signed_in();
        fs::create_dir_all(env.cli_cache()).unwrap();
        for count in 1..=2 {
            let Some(export) = env.run_with_mounts(&mounts, EXPORT) else {
                return;
            };
            let export = export.expect_code(0);
            assert_eq!(center.count(Operation::GetRoleCredentials), count);
            let warning = "Read-only file system (os error 30); the credentials are not cached\n";
            assert!(export.stderr().ends_with(warning), "{export}");
            assert_eq!(export.stderr().lines().count(), 1, "{export}");
        }
    }
}

#[test]
fn two_homes_with_a_link_to_one_token_refresh_it_once() {
    let (center, env) = signed_in_with_expired_token();
    env.write("other/.aws/config", env.read(".aws/config"));
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let other = env.home().join("other/.aws/sso/cache");
    fs::create_dir_all(&other).unwrap();
    std::os::unix::fs::symlink(&token, other.join(TestEnv::TOKEN_OF_MY_SSO)).unwrap();
    let both = "for home in \"$HOME\" other \"$HOME\" other; do \
                HOME=$home export-credentials --profile dev > /dev/null & done; wait";
    let run = env.run(&format!("sh -c '{both}'")).expect_code(0);
    assert_eq!(center.count_grants(REFRESH_TOKEN), 1, "{run}");
    assert!(
        !other
            .join("aws-sso-tools")
            .join("0ad374308c5a4e22f723adf10145eafad7c4031c.lock")
            .exists()
    );
}

#[test]
fn a_cut_off_token_behind_a_link_to_another_file_system_is_replaced() {
    for content in ["", "{cut"] {
        let (center, env) = signed_in();
        let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(env.home().join("elsewhere/token.json"), &path).unwrap();
        fs::create_dir(env.home().join("elsewhere")).unwrap();
        center.set_consent(Consent::Granted);
        let mounts =
            format!("mount -t tmpfs none elsewhere; printf %s {content:?} > elsewhere/token.json");
        let both = format!("sh -c \"{LOGIN} && {EXPORT} && cat elsewhere/token.json\"");
        let Some(run) = env.run_with_mounts(&mounts, &both) else {
            return;
        };
        let run = run.expect_code(0);
        assert!(run.stderr().contains("was quarantined as"), "{run}");
        assert!(run.stdout().contains("refreshToken"), "{run}");
        assert!(path.is_symlink());
        let quarantined = env.sso_cache().join("aws-sso-tools");
        let name = TestEnv::TOKEN_OF_MY_SSO.replace(".json", ".corrupt");
        assert_eq!(env.read(quarantined.join(name)), content.as_bytes());
    }
}

#[test]
fn sign_in_and_refresh_work_on_file_systems_without_locks() {
    let Some(strace) = tool("strace") else {
        return;
    };
    for error in ["ENOLCK", "EINVAL", "EPERM", "EACCES", "EIO"] {
        let strace = format!(
            "{} -f -qq -o /dev/null -e inject=flock:error={error}",
            strace.display()
        );
        let warning = "cannot be locked; other processes may write at the same time";
        let (center, env) = signed_in_with_expired_token();
        let export = env.run(&format!("{strace} {EXPORT}")).expect_code(0);
        assert!(export.stderr().contains(warning), "{export}");
        assert_eq!(center.count_grants(REFRESH_TOKEN), 1);

        center.set_consent(Consent::Granted);
        let login = env.run(&format!("{strace} {LOGIN} --force")).expect_code(0);
        assert!(login.stderr().contains(warning), "{login}");
    }
}
