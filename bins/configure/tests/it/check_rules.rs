//! The rules of `check`, each with a fixture: a directory `fixtures/check/CODE` that is copied to
//! `~/.aws`, and its output in `findings.snap`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use sso_test_support::{TestEnv, Transcript};

#[cfg(unix)]
use crate::check_access::{run_with_fault, run_without_modes, set_mode};

/// Preparation for a rule that files alone cannot violate.
type Prepare = fn(&Emulator, &TestEnv);

const PREPARED: &[(&str, Prepare)] = &[
    ("clock-off", |emulator, _| {
        emulator.fail_always(Operation::ListAccounts, Fault::DateSkew(-7200));
    }),
    ("expired-registration", |emulator, env| {
        let scopes = ["sso:account:access"];
        let mut registration = emulator.sign_in(&[]).registration_file(&scopes);
        registration["expiresAt"] = "2020-01-01T00:00:00Z".into();
        env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &registration);
    }),
    #[cfg(unix)]
    ("foreign-owner", |_, env| {
        std::os::unix::fs::chown(env.config_path(), Some(4711), None).unwrap();
    }),
    #[cfg(unix)]
    ("no-modes", |_, env| set_mode(&env.aws_dir(), 0o777)),
    #[cfg(unix)]
    ("open-mode", |_, env| {
        set_mode(&env.credentials_path(), 0o644)
    }),
    ("token-refused", |emulator, env| {
        env.plant_my_sso(&emulator.sign_in(&["sso:account:access"]));
        emulator.revoke_access_tokens();
    }),
    #[cfg(unix)]
    ("writable-by-others", |_, env| {
        set_mode(&env.config_path(), 0o666)
    }),
];

/// Rules that do not apply on Windows.
const ONLY_UNIX: &[&str] = &[
    "foreign-owner",
    "no-modes",
    "open-mode",
    "unreadable-directory",
    "unreadable-file",
    "writable-by-others",
];

#[test]
fn each_rule_has_a_fixture_with_its_problem() {
    let codes = codes();
    let directories = fs::read_dir(fixtures()).unwrap();
    let names = directories.map(|it| it.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.collect::<BTreeSet<_>>(), codes);
    for code in codes {
        if cfg!(unix) || !ONLY_UNIX.contains(&code.as_str()) {
            check(&code);
        }
    }
}

#[test]
fn there_are_at_least_40_rules() {
    assert!(codes().len() >= 40);
}

fn check(code: &str) {
    let emulator = Emulator::start();
    let mut env = TestEnv::new(&emulator);
    if code == "foreign-owner" && !env.is_of_root() {
        return;
    }
    if code == "not-reached" {
        env = TestEnv::offline();
    }
    let fixture = fixtures().join(code);
    copy(&fixture, &env.aws_dir());
    if let Some((_, prepare)) = PREPARED.iter().find(|(it, _)| *it == code) {
        prepare(&emulator, &env);
    }
    let Some(run) = run(code, &env) else {
        return;
    };
    let run = run.expect_code(1);
    assert!(run.stdout().contains(&format!("{code}: ")), "{code}: {run}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&fixture);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!("findings", run));
}

/// Returns `None` if the machine lacks a tool.
fn run(code: &str, env: &TestEnv) -> Option<Transcript> {
    let offline = "sso-configure check --offline";
    match code {
        "clock-off" | "not-reached" | "token-refused" => Some(env.run("sso-configure check")),
        #[cfg(unix)]
        "no-modes" => run_without_modes(env, None, offline),
        #[cfg(unix)]
        "unreadable-file" => {
            let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
            run_with_fault(env, Some(&token), "openat:error=EIO", offline)
        }
        _ => Some(env.run(offline)),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else if entry.path().extension().is_none_or(|it| it != "snap") {
            fs::write(&target, fs::read(entry.path()).unwrap()).unwrap();
            make_private(&target);
        }
    }
    make_private(to);
}

#[cfg(unix)]
fn make_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = if path.is_dir() { 0o700 } else { 0o600 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn make_private(_: &Path) {}

/// Returns the codes in the reference page, which `cargo xtask docs --check` compares with the registry.
fn codes() -> BTreeSet<String> {
    let page = root().join("docs/reference/check.md");
    let page = fs::read_to_string(page).unwrap();
    let codes = page.lines().filter_map(|line| {
        let (code, _) = line.strip_prefix("| [`")?.split_once('`')?;
        Some(code.to_owned())
    });
    codes.collect()
}

fn fixtures() -> PathBuf {
    root().join("fixtures/check")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
