//! Findings of `check` about owners and modes.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;

use identity_center_emulator::Emulator;
use sso_test_support::{FileAttribute, TestEnv, Transcript, tool};

use crate::signed_in;

const CHECK: &str = "sso-configure check --offline";

pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn paths_that_other_users_can_change_are_found_and_fixed() {
    let check = |path: &str, mode: u32, fixed: u32| {
        let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
        let path = env.home().join(path);
        if !path.exists() {
            fs::create_dir_all(&path).unwrap();
        }
        set_mode(&path, mode);
        let finding = format!("{}: error: writable-by-others: ", path.display());
        let run = env.run(CHECK).expect_code(1);
        assert!(run.stdout().starts_with(&finding), "{run}");
        assert_eq!(run.stdout().matches("writable-by-others").count(), 1);
        assert_eq!(mode_of(&path), mode, "only --fix changes the mode");
        env.run("sso-configure check --offline --fix")
            .expect_code(0);
        assert_eq!(mode_of(&path), fixed);
        env.run(CHECK).expect_code(0);
    };
    check(".aws/config", 0o664, 0o644);
    check(".aws/config", 0o646, 0o644);
    check(".aws", 0o775, 0o755);
    check(".aws/sso", 0o770, 0o750);
    check(".aws/sso/cache", 0o777, 0o755);
    check(".aws/cli", 0o775, 0o755);
    check(".aws/cli/cache", 0o775, 0o755);
    check(".aws/sso/cache/aws-sso-tools", 0o770, 0o750);
}

#[test]
fn secrets_that_other_users_can_access_are_found_and_fixed() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    env.write_credentials("");
    let credentials = env.aws_dir().join("credentials");
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    for path in [&credentials, &token] {
        for mode in [0o640, 0o660, 0o604, 0o602, 0o610] {
            set_mode(&credentials, 0o600);
            set_mode(path, mode);
            let run = env.run(CHECK).expect_code(1);
            let finding = format!(
                "{}: error: open-mode: the file is accessible to other users (mode {mode:04o})\n",
                path.display()
            );
            assert!(run.stdout().starts_with(&finding), "{run}");
            assert_eq!(run.stdout().matches("open-mode").count(), 1, "{run}");
            env.run("sso-configure check --offline --fix")
                .expect_code(0);
            assert_eq!(mode_of(path), 0o600);
        }
    }
}

#[test]
fn a_sticky_directory_is_not_reported_and_the_target_of_a_link_not_changed() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    set_mode(&env.aws_dir(), 0o1777);
    env.run(CHECK).expect_code(0);
    let elsewhere = env.home().join("elsewhere");
    env.write("elsewhere", TestEnv::SAMPLE_CONFIG);
    fs::remove_file(env.config_path()).unwrap();
    std::os::unix::fs::symlink(&elsewhere, env.config_path()).unwrap();
    set_mode(&elsewhere, 0o666);
    let run = env
        .run("sso-configure check --offline --fix")
        .expect_code(1);
    let hint = "hint: remove the write permissions of other users from the target of the link\n";
    assert!(run.stdout().contains("writable-by-others"), "{run}");
    assert!(run.stdout().contains(hint), "{run}");
    assert_eq!(mode_of(&elsewhere), 0o666);
}

#[test]
fn files_of_other_users_are_found() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    if !env.is_of_root() {
        return;
    }
    let state_dir = env.sso_cache().join("aws-sso-tools");
    fs::create_dir_all(&state_dir).unwrap();
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    env.write_credentials("");
    let credentials = env.aws_dir().join("credentials");
    set_mode(&credentials, 0o600);
    for path in [&token, &state_dir, &env.config_path(), &credentials] {
        chown(path, Some(4711), None).unwrap();
        let run = env.run(CHECK).expect_code(1);
        let finding = format!(
            "{}: error: foreign-owner: the owner is user ID 4711",
            path.display()
        );
        assert!(run.stdout().starts_with(&finding), "{run}");
        assert_eq!(run.stdout().lines().count(), 1, "{run}");
        chown(path, Some(0), None).unwrap();
    }
    env.run(CHECK).expect_code(0);
}

#[test]
fn a_mode_that_cannot_be_changed_is_not_counted_as_fixed() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    if !env.is_of_root() {
        return;
    }
    let (directory, config) = (env.aws_dir().join("cli"), env.config_path());
    fs::create_dir_all(&directory).unwrap();
    for path in [&directory, &config] {
        set_mode(path, 0o775);
    }
    chown(&directory, Some(4711), None).unwrap();
    let run = env.run("sso-configure check --offline --fix");
    assert!(run.stderr().contains("Problems fixed: 1"), "{run}");
    assert!(run.stdout().contains("writable-by-others"), "{run}");
    assert_eq!(mode_of(&config), 0o755);
}

#[test]
fn the_mode_of_a_device_is_not_reported_and_other_fixes_are_applied() {
    let (_center, mut env) = signed_in(TestEnv::SAMPLE_CONFIG);
    env.set("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    env.run(CHECK).expect_code(0);
    set_mode(&env.config_path(), 0o664);
    env.run("sso-configure check --offline --fix")
        .expect_code(0);
    assert_eq!(mode_of(&env.config_path()), 0o644);
    env.set("AWS_CONFIG_FILE", "/dev/null");
    env.run(CHECK).expect_code(0);
}

#[test]
fn a_credentials_file_behind_a_link_has_a_hint_instead_of_a_fix() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    env.write("elsewhere", "");
    let target = env.home().join("elsewhere");
    set_mode(&target, 0o644);
    std::os::unix::fs::symlink(&target, env.aws_dir().join("credentials")).unwrap();
    let run = env
        .run("sso-configure check --offline --fix")
        .expect_code(1);
    assert!(
        run.stdout()
            .contains("error: open-mode: the file is accessible to other users (mode 0644)\n  hint: remove the access of other users from the target of the link\n"),
        "{run}"
    );
    assert_eq!(mode_of(&target), 0o644);
}

#[test]
fn a_fix_is_followed_by_the_checks_that_the_problem_prevented() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    env.write_config(&format!("\u{feff}{}", TestEnv::SAMPLE_CONFIG));
    let skipped = "sessions and profiles are not checked";
    let run = env.run(CHECK).expect_code(1);
    assert!(run.stderr().contains(skipped), "{run}");
    let run = env.run(FIX).expect_code(0);
    assert!(!run.stderr().contains(skipped), "{run}");
    assert!(run.stderr().contains("No problems found."), "{run}");
    env.write_config("\u{feff}[profile a]\nsso_session = gone\n");
    let run = env.run(FIX).expect_code(1);
    assert!(run.stdout().contains("unknown-session"), "{run}");
}

const FIX: &str = "sso-configure check --offline --fix";

/// Runs a command whose changes of modes succeed without an effect, only at `path` if it is given.
pub(crate) fn run_without_modes(
    env: &TestEnv,
    path: Option<&Path>,
    command: &str,
) -> Option<Transcript> {
    run_with_fault(env, path, "fchmod:retval=0", command)
}

/// Runs a command with a fault of `strace --inject`, only at `path` if it is given. Returns `None`
/// without strace.
pub(crate) fn run_with_fault(
    env: &TestEnv,
    path: Option<&Path>,
    fault: &str,
    command: &str,
) -> Option<Transcript> {
    let strace = tool("strace")?;
    let only = path.map_or_else(String::new, |path| format!("-P {} ", path.display()));
    Some(env.run(&format!(
        "{} -f -qq -o /dev/null {only}-e inject={fault} {command}",
        strace.display()
    )))
}

#[test]
fn a_file_system_without_modes_is_reported_once() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    set_mode(&token, 0o666);
    set_mode(&env.sso_cache(), 0o777);
    set_mode(&env.aws_dir(), 0o777);
    let files = env.files();
    for fix in ["", " --fix"] {
        let Some(run) = run_without_modes(&env, None, &format!("{CHECK}{fix}")) else {
            return;
        };
        let run = run.expect_code(1);
        let finding = format!(
            "{}: advice: no-modes: the file system does not store modes (mode 0777 for all files); \
             other users may have access\n",
            env.aws_dir().display()
        );
        assert_eq!(run.stdout(), finding, "{run}");
        assert!(!run.stderr().contains("Applying fix"), "{run}");
        assert_eq!((mode_of(&token), env.files()), (0o666, files.clone()));
    }
    // Without an open directory, the first file is reported.
    for dir in [env.sso_cache(), env.aws_dir()] {
        set_mode(&dir, 0o755);
    }
    let run = run_without_modes(&env, None, CHECK).unwrap().expect_code(1);
    let finding = format!("{}: advice: no-modes: ", token.display());
    assert!(run.stdout().starts_with(&finding), "{run}");
    assert_eq!(run.stdout().lines().count(), 1, "{run}");
    for dir in [env.sso_cache(), env.aws_dir()] {
        set_mode(&dir, 0o777);
    }
    // Nor do other programs say that they have narrowed a mode.
    let status = run_without_modes(&env, None, "sso-status").unwrap();
    assert!(!status.stderr().contains("accessible"), "{status}");
    let run = env.run(CHECK).expect_code(1);
    assert_eq!(run.stdout().matches("writable-by-others").count(), 2);
    assert_eq!(run.stdout().matches("open-mode").count(), 1);
    assert!(!run.stdout().contains("no-modes"), "{run}");
}

#[test]
fn a_fix_without_effect_does_not_count_as_fixed() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    set_mode(&token, 0o644);
    set_mode(&env.aws_dir(), 0o775);
    let fix = "sso-configure check --offline --fix";
    let Some(run) = run_without_modes(&env, Some(&token), fix) else {
        return;
    };
    let run = run.expect_code(1);
    let finding = "error: open-mode: the file is accessible to other users (mode 0644)\n  \
                   hint: the mode did not change: if the path is immutable, run chattr -i on it; \
                   otherwise move it to a file system with modes\n";
    assert!(run.stdout().ends_with(finding), "{run}");
    assert_eq!(run.stdout().lines().count(), 2, "{run}");
    assert!(run.stderr().contains("Problems fixed: 1\n"), "{run}");
    assert_eq!((mode_of(&token), mode_of(&env.aws_dir())), (0o644, 0o755));
    let run = env.run(fix).expect_code(0);
    assert!(run.stderr().contains("Problems fixed: 1\n"), "{run}");
    assert_eq!(mode_of(&token), 0o600);
}

#[test]
fn a_fix_that_fails_does_not_hide_other_findings() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    let unknown = "[profile unknown]\nsso_session = gone\n";
    env.write_config(&format!("{}{unknown}", TestEnv::SAMPLE_CONFIG));
    let immutable = env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY);
    env.write(&immutable, "{");
    set_mode(&immutable, 0o600);
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    set_mode(&token, 0o644);
    let Some(_set) = FileAttribute::set('i', &immutable) else {
        return;
    };
    let run = env
        .run("sso-configure check --offline --fix")
        .expect_code(1);
    let path = immutable.display();
    let failed = format!(
        "; the fix failed: cannot replace {path}: the file is immutable\n  \
         hint: sudo chattr -i {path}\n"
    );
    assert!(run.stdout().contains("error: unknown-session: "), "{run}");
    assert!(run.stdout().contains(&failed), "{run}");
    assert!(run.stderr().contains("Problems fixed: 1\n"), "{run}");
    assert!(run.stderr().contains("2 problems found"), "{run}");
    assert_eq!(mode_of(&token), 0o600);
}

/// The fixes of the config file are one edit.
#[test]
fn an_edit_that_fails_does_not_hide_other_findings() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    let contradictions = "[profile unknown]\nsso_session = gone\n\
        [profile other]\nsso_session = my-sso\nsso_region = us_east_1\n\
        [profile another]\nsso_session = my-sso\nsso_region = US-EAST-1\n";
    env.write_config(&format!("{}{contradictions}", TestEnv::SAMPLE_CONFIG));
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    set_mode(&token, 0o644);
    let path = env.config_path();
    let before = env.read(&path);
    let Some(set) = FileAttribute::set('i', &path) else {
        return;
    };
    let fix = "sso-configure check --offline --fix";
    let run = env.run(fix).expect_code(1);
    let path = path.display();
    let failed = format!(
        "; the fix failed: cannot replace {path}: the file is immutable\n  profile: NAME\n  \
         hint: sudo chattr -i {path}\n"
    );
    for name in ["other", "another"] {
        assert!(
            run.stdout().contains(&failed.replace("NAME", name)),
            "{run}"
        );
    }
    assert!(run.stdout().contains("error: unknown-session: "), "{run}");
    assert!(run.stderr().contains("Problems fixed: 1\n"), "{run}");
    assert!(run.stderr().contains("3 problems found"), "{run}");
    assert_eq!(mode_of(&token), 0o600);
    assert_eq!(env.read(env.config_path()), before);
    drop(set);
    let run = env.run(fix).expect_code(1);
    assert!(run.stderr().contains("Problems fixed: 2\n"), "{run}");
    assert!(run.stderr().contains("1 problem found"), "{run}");
}

#[test]
fn a_corrupt_file_that_cannot_be_moved_is_copied_once() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_LEGACY);
    let copies = |count: usize| {
        let files = env.files();
        let found = files.iter().filter(|path| path.contains(".corrupt"));
        assert_eq!(found.count(), count, "{files:?}");
    };
    let mount = format!("mount --bind {path} {path}", path = path.display());
    let large = "x".repeat(2 << 20);
    for (count, text) in [(1, "{"), (2, &large), (3, "[")] {
        env.write(&path, text);
        set_mode(&path, 0o600);
        for _ in 0..2 {
            let fix = "sso-configure check --offline --fix";
            let Some(run) = env.run_with_mounts(&mount, fix) else {
                return;
            };
            let run = run.expect_code(1);
            assert!(run.stdout().contains("the file cannot be moved"), "{run}");
            copies(count);
        }
    }
}

const MOUNTED: &str = "  hint: it is mounted from elsewhere, and its file system is read-only here; correct it \
                       where it is mounted from, or mount it with write access\n";

const NOT_WRITABLE: &str = "  hint: its file system is read-only; mount it with write access, then run \
                            sso-configure check --fix\n";

/// Mounts `mounted` read-only, and checks that neither `check` nor `check --fix` leads to a fix of the
/// finding `code`, and that the fix succeeds without the mount.
fn check_read_only(code: &str, mounted: &Path, hint: &str, prepare: fn(&Emulator, &TestEnv)) {
    let (center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    prepare(&center, &env);
    let path = mounted.display();
    let mount = format!("mount --bind {path} {path}; mount -o remount,bind,ro {path}");
    let fix = "sso-configure check --offline --fix";
    for command in [CHECK, fix, CHECK] {
        let Some(run) = env.run_with_mounts(&mount, command) else {
            return;
        };
        let finding = format!(": {code}: ");
        assert_eq!(run.stdout().matches(&finding).count(), 1, "{run}");
        assert_eq!(run.stdout().matches(hint).count(), 1, "{run}");
        assert!(!run.stdout().contains("fix: "), "{run}");
        assert!(!run.stderr().contains("check --fix"), "{run}");
        assert!(!run.stderr().contains("Applying"), "{run}");
    }
    let run = env.run(fix);
    assert!(run.stderr().contains("Problems fixed: 1\n"), "{run}");
    env.run(CHECK).expect_code(0);
}

#[test]
fn a_file_on_a_read_only_file_system_has_a_hint_instead_of_a_fix() {
    let token = Path::new(".aws/sso/cache").join(TestEnv::TOKEN_OF_MY_SSO);
    let set_mode_of_token = |_: &Emulator, env: &TestEnv| {
        set_mode(&env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO), 0o644);
    };
    let (config, aws_dir) = (Path::new(".aws/config"), Path::new(".aws"));
    check_read_only("open-mode", &token, MOUNTED, set_mode_of_token);
    check_read_only("open-mode", aws_dir, NOT_WRITABLE, set_mode_of_token);
    let set_mode_of_config = |_: &Emulator, env: &TestEnv| set_mode(&env.config_path(), 0o666);
    check_read_only("writable-by-others", config, MOUNTED, set_mode_of_config);
    check_read_only("writable-by-others", aws_dir, MOUNTED, |_, env| {
        set_mode(&env.aws_dir(), 0o777);
    });
    check_read_only("corrupt-file", &token, MOUNTED, |_, env| {
        let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        env.write(&path, "{");
        set_mode(&path, 0o600);
    });
    let registration = Path::new(".aws/sso/cache").join(TestEnv::REGISTRATION_OF_MY_SSO);
    check_read_only(
        "expired-registration",
        &registration,
        MOUNTED,
        |center, env| {
            let tokens = center.sign_in(&[]);
            let mut registration = tokens.registration_file(&["sso:account:access"]);
            registration["expiresAt"] = "2020-01-01T00:00:00Z".into();
            env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &registration);
        },
    );
    check_read_only("encoding", config, MOUNTED, |_, env| {
        let config = format!("\u{feff}{}", TestEnv::SAMPLE_CONFIG);
        env.write_config(&config);
    });
    check_read_only("invalid-account-id", config, MOUNTED, |_, env| {
        let other = "[profile other]\nsso_session = my-sso\nsso_account_id = 1111-2222-3333\nsso_role_name = x\n";
        env.write_config(&format!("{}{other}", TestEnv::SAMPLE_CONFIG));
    });
}

#[test]
fn a_link_to_a_read_only_file_system_has_a_hint_instead_of_a_fix() {
    check_read_only(
        "invalid-account-id",
        Path::new("mounted"),
        NOT_WRITABLE,
        |_, env| {
            let other = "[profile other]\nsso_session = my-sso\nsso_account_id = 1111-2222-3333\nsso_role_name = x\n";
            env.write(
                "mounted/config",
                format!("{}{other}", TestEnv::SAMPLE_CONFIG),
            );
            fs::remove_file(env.config_path()).unwrap();
            std::os::unix::fs::symlink(env.home().join("mounted/config"), env.config_path())
                .unwrap();
        },
    );
}
