//! Findings of `check` about files, programs and variables.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sso_test_support::TestEnv;

use crate::check_access::set_mode;

const CHECK: &str = "sso-configure check --offline";

/// Returns the codes of the findings.
fn codes(env: &TestEnv) -> Vec<String> {
    let run = env.run("sso-configure check --offline --output json");
    assert!(!run.to_string().contains("hunter2"), "{run}");
    let output: Value = serde_json::from_str(run.stdout()).unwrap();
    let findings = output["findings"].as_array().unwrap().iter();
    let codes = findings.map(|it| it["code"].as_str().unwrap().to_owned());
    codes.collect()
}

fn configured() -> TestEnv {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env
}

fn with_process(line: &str) -> TestEnv {
    let env = configured();
    let process = format!("[profile process]\ncredential_process = {line}\n");
    env.write_config(&format!("{}{process}", TestEnv::SAMPLE_CONFIG));
    env
}

#[test]
fn a_program_that_cannot_be_started_is_found_by_the_words_of_the_execution() {
    let check = |line: &str, reason: &str| {
        let env = with_process(line);
        env.write("plain", "x");
        for (name, text) in [
            ("script", "echo x\n"),
            ("interpreted", "#!/missing/sh -e\n"),
        ] {
            env.write(name, text);
            set_mode(&env.home().join(name), 0o700);
        }
        let run = env.run(CHECK).expect_code(1);
        assert_eq!(
            run.stdout().matches("error: unusable-program: ").count(),
            1,
            "{run}"
        );
        assert!(run.stdout().contains(reason), "{line}: {run}");
        assert!(!run.stdout().contains("shell-syntax"), "{run}");
        assert!(!run.stdout().contains("hunter2"), "{run}");
    };
    check(
        "missing-tool --token hunter2",
        "is not in a directory of PATH",
    );
    check("'missing tool' --x", "\"missing…\" is not in");
    check("/missing/tool", "does not exist");
    check("/", "is a directory");
    check("./plain", "is not executable");
    check("./script", "is a script without a #! line");
    check(
        "./interpreted",
        "interpreter \"/missing/sh\" does not exist",
    );
    check("\"unclosed", "a quote is not closed");
    let in_shell = "hint: write it as sh -c 'COMMAND'";
    check("~/tool", in_shell);
    check("$HOME/tool", in_shell);
    check("NAME=VALUE true", in_shell);
    check("exec true", in_shell);
}

#[test]
fn a_program_that_starts_is_not_reported() {
    for line in [
        "true --profile dev",
        "/bin/sh -c 'exit 1'",
        "'/bin/sh' -c x",
        "export-credentials --profile dev --format process",
        "export-credentials --profile=dev -- x --profile gone",
    ] {
        let env = with_process(line);
        env.run(CHECK).expect_code(0);
    }
}

#[test]
fn an_inherited_command_is_reported_once() {
    let env = TestEnv::offline();
    env.write_config("[DEFAULT]\ncredential_process = missing\n[profile a]\n[profile b]\n");
    let codes = codes(&env);
    let found = codes.iter().filter(|code| *code == "unusable-program");
    assert_eq!(found.count(), 1, "{codes:?}");
}

#[test]
fn variables_that_programs_read_alike_are_not_reported() {
    for variables in [
        &[("AWS_PROFILE", "dev")] as &[_],
        &[("AWS_PROFILE", "dev"), ("AWS_DEFAULT_PROFILE", "dev")],
        &[
            ("AWS_REGION", "us-east-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
        ],
        &[
            ("AWS_RETRY_MODE", "standard"),
            ("AWS_EC2_METADATA_DISABLED", "TRUE"),
        ],
        &[
            ("AWS_ACCESS_KEY_ID", "AKIA"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2"),
        ],
        &[
            ("AWS_ACCESS_KEY_ID", "AKIA"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2"),
            ("AWS_SESSION_TOKEN", "hunter2"),
            ("AWS_CREDENTIAL_EXPIRATION", "2099-01-01T00:00:00Z"),
        ],
        &[("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")],
        &[("AWS_PAGER", ""), ("BROWSER", "missing:true")],
    ] {
        let mut env = configured();
        for (name, value) in variables {
            env.set(name, *value);
        }
        assert!(codes(&env).is_empty(), "{variables:?}");
    }
}

#[test]
fn unusable_variables_are_found() {
    let check = |variables: &[(&str, &str)], expected: &[&str]| {
        let mut env = configured();
        for (name, value) in variables {
            env.set(name, *value);
        }
        assert_eq!(codes(&env), expected, "{variables:?}");
    };
    check(&[("AWS_DEFAULT_PROFILE", "gone")], &["unknown-profile"]);
    check(
        &[("AWS_SECRET_ACCESS_KEY", "hunter2")],
        &["unused-credentials"],
    );
    check(
        &[("AWS_USE_FIPS_ENDPOINT", "maybe")],
        &["unusable-variable"],
    );
    check(
        &[("AWS_EC2_METADATA_DISABLED", "1")],
        &["unusable-variable"],
    );
    check(&[("AWS_DEFAULT_OUTPUT", "xml")], &["unusable-variable"]);
    check(&[("AWS_PAGER", "missing-pager -x")], &["unusable-program"]);
    check(&[("BROWSER", "missing-browser")], &["missing-browser"]);
    check(
        &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/")],
        &["unusable-token-file"],
    );
    check(
        &[("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/gone")],
        &["missing-file", "ambiguous-path"],
    );
}

#[test]
fn a_profile_variable_that_is_not_unicode_is_found() {
    use std::os::unix::ffi::OsStringExt as _;
    let mut env = configured();
    env.set("AWS_PROFILE", std::ffi::OsString::from_vec(vec![0xe9]));
    assert_eq!(codes(&env), ["unusable-variable"]);
}

#[test]
fn directories_that_the_user_cannot_write_to_are_found() {
    let env = configured();
    if !env.is_of_root() {
        return;
    }
    fs::create_dir_all(env.cli_cache()).unwrap();
    let config = env.aws_dir().join("config.history");
    fs::create_dir_all(&config).unwrap();
    let run = env.run(&format!("chown -R 65534 {}", env.home().display()));
    run.expect_code(0);
    for directory in [env.aws_dir(), env.cli_cache(), config] {
        set_mode(&directory, 0o500);
        let as_user = "setpriv --reuid=65534 --regid=65534 --clear-groups";
        let run = env.run(&format!("{as_user} {CHECK}")).expect_code(1);
        let finding = format!("{}: error: read-only-directory: ", directory.display());
        assert!(run.stdout().starts_with(&finding), "{run}");
        assert_eq!(run.stdout().matches("read-only").count(), 1, "{run}");
        set_mode(&directory, 0o700);
    }
}

#[test]
fn a_leftover_file_is_removed_and_one_in_use_is_kept() {
    let env = configured();
    let state = env.sso_cache().join("aws-sso-tools");
    let file = |name: &str| {
        let path = state.join(name);
        env.write(&path, "hunter2");
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
        (path, file)
    };
    let (left, _) = file(".locked-file-left.tmp");
    let (used, lock) = file(".locked-file-used.tmp");
    lock.lock().unwrap();
    assert_eq!(codes(&env), ["leftover-file"]);
    env.run("sso-configure check --offline --fix")
        .expect_code(0);
    assert!(!left.exists());
    assert!(used.exists());
}

fn role_credentials(env: &TestEnv, expiration: &str) -> Vec<String> {
    let credentials = json!({"ProviderType": "sso", "Credentials": {
        "AccessKeyId": "ASIA", "SecretAccessKey": "hunter2", "SessionToken": "hunter2",
        "Expiration": expiration,
    }});
    let path = env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV);
    env.write(path, credentials.to_string());
    codes(env)
}

#[test]
fn an_impossible_expiry_is_removed_and_an_invalid_one_is_corrupt() {
    let env = configured();
    assert!(role_credentials(&env, "2020-01-01T00:00:00Z").is_empty());
    assert_eq!(role_credentials(&env, "tomorrow"), ["corrupt-file"]);
    let expected = ["impossible-expiry"];
    assert_eq!(role_credentials(&env, "9999-01-01T00:00:00Z"), expected);
    env.run("sso-configure check --offline --fix")
        .expect_code(0);
    assert!(!env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV).exists());
}

#[test]
fn a_token_without_a_required_field_is_corrupt() {
    let env = configured();
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    env.write(path, json!({"accessToken": "hunter2"}).to_string());
    assert_eq!(codes(&env), ["corrupt-file"]);
}

#[test]
fn a_dangling_directory_and_a_replaceable_parent_are_found() {
    let env = configured();
    fs::create_dir_all(env.aws_dir().join("cli")).unwrap();
    set_mode(&env.aws_dir().join("cli"), 0o700);
    std::os::unix::fs::symlink(Path::new("gone"), env.cli_cache()).unwrap();
    assert_eq!(codes(&env), ["dangling-link"]);
    fs::remove_file(env.cli_cache()).unwrap();
    set_mode(env.home(), 0o1777);
    assert!(codes(&env).is_empty());
    set_mode(env.home(), 0o773);
    assert_eq!(codes(&env), ["replaceable-by-others"]);
}

#[test]
fn a_history_that_other_users_can_change_is_found_and_fixed() {
    let env = configured();
    let history = env.aws_dir().join("config.history");
    fs::create_dir_all(&history).unwrap();
    let backup = env.aws_dir().join("config.bak");
    env.write(&backup, "");
    for path in [&history, &backup] {
        set_mode(path, 0o700);
    }
    assert!(codes(&env).is_empty());
    for path in [&history, &backup] {
        set_mode(path, 0o770);
        assert_eq!(codes(&env), ["writable-by-others"]);
        env.run("sso-configure check --offline --fix")
            .expect_code(0);
    }
}

#[test]
fn a_corrupt_last_entry_of_the_history_blocks_undo() {
    let env = configured();
    let entry = "config.history/000001.json";
    env.write(env.aws_dir().join(entry), "{\"hunter2\"");
    set_mode(&env.aws_dir().join("config.history"), 0o700);
    assert_eq!(codes(&env), ["corrupt-history"]);
    env.run("sso-configure undo").expect_code(253);
    fs::remove_file(env.aws_dir().join(entry)).unwrap();
    assert!(codes(&env).is_empty());
}
