//! The rules of `check`, each with a fixture: a directory `fixtures/check/CODE` that is copied to
//! `~/.aws`, and its output in `findings.snap`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::{Value, json};
use sso_test_support::{Relay, TestEnv, Transcript};

#[cfg(unix)]
use crate::check_access::{run_with_fault, run_without_modes, set_mode};

/// Preparation for a rule that files alone cannot violate.
type Prepare = fn(&Emulator, &TestEnv);

const PREPARED: &[(&str, Prepare)] = &[
    ("clock-off", |emulator, _| {
        for operation in [Operation::ListAccounts, Operation::CreateToken] {
            emulator.fail_always(operation, Fault::DateSkew(-7200));
        }
    }),
    ("expired-registration", |emulator, env| {
        let scopes = ["sso:account:access"];
        let mut registration = emulator.sign_in(&[]).registration_file(&scopes);
        registration["expiresAt"] = "2020-01-01T00:00:00Z".into();
        env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &registration);
    }),
    #[cfg(unix)]
    ("dangling-link", |_, env| {
        std::os::unix::fs::symlink("missing", env.credentials_path()).unwrap();
    }),
    #[cfg(unix)]
    ("foreign-owner", |_, env| {
        std::os::unix::fs::chown(env.config_path(), Some(4711), None).unwrap();
    }),
    ("leftover-file", |_, env| {
        let path = env.sso_cache().join("aws-sso-tools/.locked-file-x.tmp");
        env.write(&path, "");
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
    }),
    ("late-expiry", |emulator, env| {
        plant(emulator, env, "expiresAt", &json!("2999-01-01T00:00:00Z"));
    }),
    ("missing-scopes", |emulator, env| {
        let tokens = emulator.sign_in(&["sso:account:access"]);
        env.plant_my_sso(&tokens);
        let registration = tokens.registration_file(&["sso:account:access"]);
        env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &registration);
    }),
    #[cfg(unix)]
    ("no-modes", |_, env| set_mode(&env.aws_dir(), 0o777)),
    #[cfg(unix)]
    ("open-mode", |_, env| {
        set_mode(&env.credentials_path(), 0o644);
    }),
    #[cfg(unix)]
    ("read-only-directory", |_, env| {
        fs::create_dir_all(env.sso_cache()).unwrap();
        for directory in [env.sso_cache(), env.aws_dir().join("sso")] {
            set_mode(&directory, 0o700);
        }
    }),
    #[cfg(unix)]
    ("read-only-file", |_, env| {
        set_mode(&env.config_path(), 0o400);
    }),
    #[cfg(unix)]
    ("relative-program", |_, env| add_tool(env, 0o700)),
    #[cfg(unix)]
    ("replaceable-by-others", |_, env| {
        set_mode(env.home(), 0o777);
    }),
    #[cfg(unix)]
    ("same-file", |_, env| {
        std::os::unix::fs::symlink("config", env.credentials_path()).unwrap();
    }),
    ("start-url-lookup", |emulator, env| {
        // The relay runs until the end of the test process.
        let server = Box::leak(Box::new(Relay::tls(emulator.address(), &[])));
        env.write(".aws/ca.pem", server.ca_pem());
        let config = String::from_utf8(env.read(env.config_path())).unwrap();
        env.write_config(&config.replace("SERVER", &server.url()));
    }),
    ("token-mismatch", |emulator, env| {
        let other = json!("https://other.awsapps.com/start");
        plant(emulator, env, "startUrl", &other);
    }),
    ("token-refused", |emulator, env| {
        env.plant_my_sso(&emulator.sign_in(&["sso:account:access"]));
        emulator.revoke_access_tokens();
    }),
    ("unassigned-role", |emulator, env| {
        env.plant_my_sso(&emulator.sign_in(&["sso:account:access"]));
    }),
    ("unrefreshable-token", |emulator, env| {
        plant(emulator, env, "clientSecret", &json!(null));
    }),
    #[cfg(unix)]
    ("writable-program", |_, env| {
        add_tool(env, 0o757);
        let tool = env.home().join("tool");
        let process = format!(
            "\n[profile process]\ncredential_process = {}\n",
            tool.display()
        );
        let config = fs::read_to_string(env.config_path()).unwrap();
        env.write_config(&(config + &process));
    }),
    #[cfg(unix)]
    ("writable-by-others", |_, env| {
        set_mode(&env.config_path(), 0o666);
    }),
];

/// Writes the token of `my-sso` with another value of a field.
fn plant(emulator: &Emulator, env: &TestEnv, field: &str, value: &Value) {
    let tokens = emulator.sign_in(&["sso:account:access"]);
    let mut file = tokens.token_file(TestEnv::START_URL, "us-east-1");
    file[field] = value.clone();
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &file);
}

/// Variables that violate a rule.
const VARIABLES: &[(&str, &[(&str, &str)])] = &[
    ("ambiguous-path", &[("AWS_CONFIG_FILE", ".aws/config")]),
    (
        "credentials-and-profile",
        &[
            ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "example"),
            ("AWS_PROFILE", "dev"),
        ],
    ),
    (
        "expired-credentials",
        &[
            ("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "example"),
            ("AWS_SESSION_TOKEN", "example"),
            ("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"),
        ],
    ),
    (
        "missing-file",
        &[("AWS_SHARED_CREDENTIALS_FILE", "/missing/credentials")],
    ),
    (
        "partial-credentials",
        &[("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")],
    ),
    (
        "two-profiles",
        &[("AWS_PROFILE", "dev"), ("AWS_DEFAULT_PROFILE", "prod")],
    ),
    (
        "two-regions",
        &[
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
        ],
    ),
    ("unknown-profile", &[("AWS_PROFILE", "dve")]),
    ("unusable-variable", &[("AWS_RETRY_MODE", "fast")]),
    ("unused-credentials", &[("AWS_SESSION_TOKEN", "example")]),
];

/// Rules that do not apply on Windows.
const ONLY_UNIX: &[&str] = &[
    "dangling-link",
    "foreign-owner",
    "no-modes",
    "open-mode",
    "read-only-directory",
    "read-only-file",
    "relative-program",
    "replaceable-by-others",
    "same-file",
    "unknown-exported-profile",
    "unreadable-directory",
    "unreadable-file",
    "unusable-program",
    "writable-by-others",
    "writable-program",
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
    copy(&fixture, &env.aws_dir(), &env);
    if let Some((_, prepare)) = PREPARED.iter().find(|(it, _)| *it == code) {
        prepare(&emulator, &env);
    }
    let variables = VARIABLES.iter().find(|(it, _)| *it == code);
    for (name, value) in variables.map_or(&[] as &[_], |(_, variables)| variables) {
        env.set(name, value);
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
        "clock-off" | "not-reached" | "start-url-lookup" | "token-refused" | "unassigned-role" => {
            Some(env.run("sso-configure check"))
        }
        #[cfg(unix)]
        "no-modes" => run_without_modes(env, None, offline),
        #[cfg(unix)]
        "read-only-directory" => {
            let fault = "?access,?faccessat,?faccessat2:error=EACCES";
            run_with_fault(env, Some(&env.sso_cache()), fault, offline)
        }
        #[cfg(unix)]
        "unreadable-file" => {
            let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
            run_with_fault(env, Some(&token), "openat:error=EIO", offline)
        }
        _ => Some(env.run(offline)),
    }
}

fn copy(from: &Path, to: &Path, env: &TestEnv) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target, env);
        } else if entry.path().extension().is_none_or(|it| it != "snap") {
            env.write(&target, fs::read(entry.path()).unwrap());
            make_private(&target);
        }
    }
    make_private(to);
}

#[cfg(unix)]
fn add_tool(env: &TestEnv, mode: u32) {
    env.write("tool", "#!/bin/sh\n");
    set_mode(&env.home().join("tool"), mode);
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
