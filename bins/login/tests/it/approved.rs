//! Approved sign-ins whose token cannot be saved at this moment.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use identity_center_emulator::Emulator;
use identity_center_emulator::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE};
use sso_test_support::{Browser, FileAttribute, RunningProgram, TestEnv, Transcript, tool};

use crate::{home, shown_code};

const DEVICE_CODE_LOGIN: &str = "sso-login --profile dev --no-browser --use-device-code";

const BROWSER_LOGIN: &str = "sso-login --profile dev --no-browser";

const CONTINUES: &str = "and the sign-in continues";

fn is_saved(env: &TestEnv) -> bool {
    let token = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    token["accessToken"]
        .as_str()
        .is_some_and(|token| !token.is_empty())
}

fn lock_path(env: &TestEnv) -> PathBuf {
    let name = TestEnv::TOKEN_OF_MY_SSO.replace(".json", ".lock");
    env.sso_cache().join("aws-sso-tools").join(name)
}

#[expect(clippy::disallowed_methods, reason = "no content is written")]
fn rename(from: &Path, to: &Path) {
    fs::rename(from, to).unwrap();
}

/// Approves the device code after `change`, and checks that the token is saved without a warning.
fn check_saved_after(change: impl Fn(&TestEnv)) {
    let (center, env) = home();
    let mut login = env.start(DEVICE_CODE_LOGIN);
    let url = login.wait_for_url();
    let code = shown_code(&mut login);
    change(&env);
    Browser::new().approve_code(&url, &code);
    let login = login.finish().expect_code(0);
    assert!(!login.stderr().contains("warning"), "{login}");
    assert!(is_saved(&env));
    assert!(center.count_grants(DEVICE_CODE) >= 2);
    let mode = fs::metadata(env.sso_cache()).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o700);
}

#[test]
fn a_token_is_saved_in_a_cache_that_was_removed_or_replaced_before_the_approval() {
    check_saved_after(|env| fs::remove_dir_all(env.sso_cache()).unwrap());
    check_saved_after(|env| fs::remove_dir_all(env.sso_cache().join("aws-sso-tools")).unwrap());
    check_saved_after(|env| {
        let cache = env.sso_cache();
        rename(&cache, &cache.with_extension("old"));
        fs::create_dir(&cache).unwrap();
        fs::set_permissions(cache, PermissionsExt::from_mode(0o700)).unwrap();
    });
    check_saved_after(|env| {
        let (cache, target) = (env.sso_cache(), env.home().join("other"));
        rename(&cache, &target);
        std::os::unix::fs::symlink(target, cache).unwrap();
    });
}

/// Approves the device code after `change`, and calls `revert` when the program has warned that it
/// cannot save the token.
fn run_with_obstacle(
    env: &TestEnv,
    command_line: &str,
    change: impl FnOnce(),
    revert: impl FnOnce(),
) -> Transcript {
    let mut login = env.start(command_line);
    let url = login.wait_for_url();
    let code = shown_code(&mut login);
    change();
    Browser::new().approve_code(&url, &code);
    login.wait_for_line(|line| line.contains(CONTINUES));
    revert();
    let login = login.finish().expect_code(0);
    assert_eq!(login.stderr().matches(CONTINUES).count(), 1, "{login}");
    login
}

fn replace_with_file(dir: &Path) {
    fs::remove_dir_all(dir).unwrap();
    File::create(dir).unwrap();
}

#[test]
fn an_approval_of_a_device_code_is_kept_until_the_cache_is_a_directory_again() {
    let (_center, env) = home();
    let state_dir = env.sso_cache().join("aws-sso-tools");
    for dir in [state_dir, env.sso_cache(), env.aws_dir().join("sso")] {
        let change = || replace_with_file(&dir);
        let revert = || fs::remove_file(&dir).unwrap();
        run_with_obstacle(
            &env,
            &format!("{DEVICE_CODE_LOGIN} --force"),
            change,
            revert,
        );
        assert!(is_saved(&env));
    }
}

#[test]
fn an_approval_of_a_device_code_is_kept_until_the_token_can_be_replaced() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let before = env.read_json(env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let Some(trial) = FileAttribute::set('i', &path) else {
        return;
    };
    drop(trial);
    let attribute = std::cell::RefCell::new(None);
    let login = run_with_obstacle(
        &env,
        &format!("{DEVICE_CODE_LOGIN} --force"),
        || drop(attribute.replace(FileAttribute::set('i', &path))),
        || drop(attribute.take()),
    );
    let hint = format!("hint: sudo chattr -i {}", path.display());
    assert!(login.stderr().contains(&hint), "{login}");
    assert_ne!(env.read_json(path)["accessToken"], before["accessToken"]);
}

/// The superuser may write to any directory. Runs the program as another user then.
#[test]
fn an_approval_of_a_device_code_is_kept_until_the_cache_is_writable() {
    const OTHER: u32 = 4711;
    let (_center, env) = home();
    let command_line = if env.is_of_root() {
        let owner = format!("{OTHER}:{OTHER}");
        let mut chown = Command::new("chown");
        assert!(
            chown
                .args(["-R", &owner])
                .arg(env.home())
                .status()
                .unwrap()
                .success()
        );
        let programs = sso_test_support::programs_dir();
        format!(
            "setpriv --reuid={OTHER} --clear-groups -- {}/{DEVICE_CODE_LOGIN}",
            programs.display()
        )
    } else {
        DEVICE_CODE_LOGIN.to_owned()
    };
    let set_mode = |mode| {
        fs::set_permissions(env.sso_cache(), PermissionsExt::from_mode(mode)).unwrap();
    };
    let login = run_with_obstacle(&env, &command_line, || set_mode(0o500), || set_mode(0o700));
    assert!(login.stderr().contains("Permission denied"), "{login}");
    assert!(is_saved(&env));
}

/// A shell in the mount namespace of the program, which runs commands in the home directory.
struct Namespace {
    commands: File,
    answers: BufReader<File>,
}

impl Namespace {
    /// Starts a command line after the shell commands `mounts`.
    fn start(env: &TestEnv, mounts: &str, command_line: &str) -> (RunningProgram, Self) {
        let fifos = ["commands", "answers"].map(|name| env.home().join(name));
        assert!(
            Command::new("mkfifo")
                .args(&fifos)
                .status()
                .unwrap()
                .success()
        );
        let script = format!(
            "set -e; {mounts}
            while read -r line; do sh -c \"$line\" && echo 0 || echo 1; done < commands > answers 2>&- &
            exec \"$@\""
        );
        env.write("namespace.sh", script);
        let unshare = tool("unshare").unwrap();
        let line = format!(
            "{} --map-root-user --mount sh namespace.sh {command_line}",
            unshare.display()
        );
        let program = env.start(&line);
        let [commands, answers] = fifos;
        let namespace = Self {
            commands: fs::OpenOptions::new().write(true).open(commands).unwrap(),
            answers: BufReader::new(File::open(answers).unwrap()),
        };
        (program, namespace)
    }

    fn run(&mut self, command: &str) {
        writeln!(self.commands, "{command}").unwrap();
        let mut status = String::new();
        self.answers.read_line(&mut status).unwrap();
        assert_eq!(status, "0\n", "{command}");
    }
}

fn may_mount(env: &TestEnv) -> bool {
    env.run_with_mounts("true", "true").is_some()
}

const TMPFS: &str = "mount -t tmpfs -o size=1m,mode=700 none .aws; cp -a config .aws/config";

/// Approves the device code after `change` in a mount namespace.
fn check_in_namespace(change: &str, revert: &str, reason: &str) {
    let (_center, env) = home();
    if !may_mount(&env) {
        return;
    }
    env.write("config", TestEnv::SAMPLE_CONFIG);
    let (mut login, mut namespace) = Namespace::start(&env, TMPFS, DEVICE_CODE_LOGIN);
    let url = login.wait_for_url();
    let code = shown_code(&mut login);
    namespace.run(change);
    Browser::new().approve_code(&url, &code);
    let warning = login.wait_for_line(|line| line.contains(CONTINUES));
    assert!(warning.contains(reason), "{warning}");
    namespace.run(revert);
    let _ = login.finish().expect_code(0);
    namespace.run(&format!(
        "grep -q accessToken .aws/sso/cache/{}",
        TestEnv::TOKEN_OF_MY_SSO
    ));
}

#[test]
fn an_approval_of_a_device_code_is_kept_until_there_is_disk_space() {
    check_in_namespace(
        "head -c 4M /dev/zero > .aws/other; test -s .aws/other",
        "rm .aws/other",
        "No space left on device",
    );
}

#[test]
fn an_approval_of_a_device_code_is_kept_until_the_file_system_is_writable() {
    check_in_namespace(
        "mount -t tmpfs -o ro none .aws/sso/cache",
        "umount .aws/sso/cache",
        "Read-only file system",
    );
}

/// Starts a login, and takes the lock of the token after the prompt.
fn start_and_lock() -> (Emulator, TestEnv, RunningProgram, File, String) {
    let (center, env) = home();
    let mut login = env.start(DEVICE_CODE_LOGIN);
    let url = login.wait_for_url();
    let lock = File::options().write(true).open(lock_path(&env)).unwrap();
    lock.try_lock().unwrap();
    (center, env, login, lock, url)
}

/// The program waits for 30 seconds.
#[test]
fn a_token_is_saved_without_a_lock_that_another_process_does_not_release() {
    let (center, env, mut login, _lock, url) = start_and_lock();
    let code = shown_code(&mut login);
    Browser::new().approve_code(&url, &code);
    let login = login.finish().expect_code(0);
    let warning =
        "is still locked by another process; the token of the sign-in is saved without the lock";
    assert!(login.stderr().contains(warning), "{login}");
    assert!(is_saved(&env));
    assert!(center.count_grants(DEVICE_CODE) >= 2);
}

/// The program waits for the lock to save the token.
#[test]
fn a_signal_between_the_approval_and_the_rename_does_not_lose_the_token() {
    for signal in ["TERM", "INT", "HUP", "QUIT"] {
        let (_center, env, mut login, lock, url) = start_and_lock();
        let code = shown_code(&mut login);
        Browser::new().approve_code(&url, &code);
        login.wait_for_line(|line| line.contains("waiting for"));
        login.send(signal);
        drop(lock);
        let login = login.finish();
        assert!(is_saved(&env), "{signal}: {login}");
    }
}

#[test]
fn an_approval_in_the_browser_is_kept_until_the_token_can_be_saved() {
    let (center, env) = home();
    let mut login = env.start(BROWSER_LOGIN);
    let url = login.wait_for_url();
    replace_with_file(&env.sso_cache());
    let browser = thread::spawn(move || Browser::new().approve(&url));
    login.wait_for_line(|line| line.contains(CONTINUES));
    fs::remove_file(env.sso_cache()).unwrap();
    let _ = login.finish().expect_code(0);
    let page = browser.join().unwrap();
    assert!(page.body.contains("You are signed in"), "{}", page.body);
    assert!(is_saved(&env));
    assert_eq!(center.count_grants(AUTHORIZATION_CODE), 1);
}

#[test]
fn ctrl_c_ends_the_wait_for_a_token_that_cannot_be_saved() {
    let (_center, env) = home();
    let mut login = env.start(DEVICE_CODE_LOGIN);
    approve_after(&mut login, || replace_with_file(&env.sso_cache()));
    login.wait_for_line(|line| line.contains(CONTINUES));
    login.interrupt();
    let _ = login.finish().expect_code(130);
}

fn approve_after(login: &mut RunningProgram, change: impl FnOnce()) {
    let url = login.wait_for_url();
    let code = shown_code(login);
    change();
    Browser::new().approve_code(&url, &code);
}
