use std::collections::BTreeSet;
use std::fs::File;
use std::time::Duration;

use identity_center_emulator::sign_in::rfc3339;
use insta::assert_snapshot;
use serde_json::Value;
use sso_test_support::{TestEnv, Transcript, tool};
use time::OffsetDateTime;

use crate::home;

const PRINTED: &str = r#"{"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "hunter2"}"#;

fn scripted(script: &str) -> TestEnv {
    let env = TestEnv::offline();
    env.write_config("[profile dev]\ncredential_process = sh ./tool.sh\n");
    env.write("tool.sh", script);
    env
}

fn exported(env: &TestEnv, profile: &str) -> Value {
    let export = env.run(&format!(
        "export-credentials --profile {profile} --format process"
    ));
    serde_json::from_str(export.expect_code(0).stdout()).unwrap()
}

fn run(script: &str) -> Transcript {
    scripted(script).run("export-credentials --profile dev")
}

#[test]
fn printed_credentials_are_exported() {
    let env = scripted(&format!("echo '{PRINTED}'; echo message >&2"));
    let export = env
        .run("export-credentials --profile dev --format env-no-export")
        .expect_code(0);
    assert_eq!(
        export.stdout(),
        "AWS_ACCESS_KEY_ID=AKIA\nAWS_SECRET_ACCESS_KEY=hunter2\n"
    );
    assert_eq!(export.stderr(), "");
    assert!(
        env.files().iter().all(|file| !file.contains("cache")),
        "nothing is cached"
    );
}

#[test]
fn expiration_is_optional_and_accepts_several_formats() {
    let check = |expiration: &str, expected: Value| {
        let printed = PRINTED.replace('}', &format!(r#", "SessionToken": "t", {expiration}}}"#));
        let env = scripted(&format!("echo '{printed}'"));
        assert_eq!(
            exported(&env, "dev")["Expiration"],
            expected,
            "{expiration}"
        );
    };
    check(r#""Other": 1"#, Value::Null);
    check(r#""Expiration": null"#, Value::Null);
    check(
        r#""Expiration": "2099-01-02T03:04:05Z""#,
        "2099-01-02T03:04:05+00:00".into(),
    );
    check(
        r#""Expiration": "2099-01-02T03:04:05.678+01:00""#,
        "2099-01-02T02:04:05+00:00".into(),
    );
    check(
        r#""Expiration": "2099-01-02T03:04:05+0000""#,
        "2099-01-02T03:04:05+00:00".into(),
    );
}

/// The AWS CLI reads the document with Python's `json`, and compares `Version != 1`.
#[test]
fn output_that_the_aws_cli_accepts_is_accepted() {
    for version in ["1.0", "1e0", "true", "2, \"Version\": 1"] {
        let printed = PRINTED.replace("1,", &format!("{version},"));
        let env = scripted(&format!("echo '{printed}'"));
        assert_eq!(
            exported(&env, "dev")["SecretAccessKey"],
            "hunter2",
            "{version}"
        );
    }
    let last =
        r#"{"AccessKeyId": 1, "SecretAccessKey": "a", "SessionToken": "t", "AccountId": "1","#;
    let last = PRINTED.replacen('{', last, 1);
    let last = last.replace('}', r#", "SessionToken": null}"#);
    let env = scripted(&format!("echo '{last}'"));
    let exported = exported(&env, "dev");
    assert_eq!(exported["AccessKeyId"], "AKIA");
    assert_eq!(exported["SecretAccessKey"], "hunter2");
    assert_eq!(exported["SessionToken"], Value::Null);
}

#[test]
fn credentials_below_min_validity_are_used_with_a_warning() {
    let soon = rfc3339(OffsetDateTime::now_utc() + Duration::from_secs(300));
    let printed = PRINTED.replace('}', &format!(r#", "Expiration": "{soon}"}}"#));
    let export = run(&format!("echo '{printed}'")).expect_code(0);
    assert!(
        export
            .stderr()
            .contains("warning: the credentials from the credential_process are valid for only 4m"),
        "{export}"
    );
}

#[test]
fn the_command_line_is_not_interpreted_by_a_shell() {
    let env = TestEnv::offline();
    env.write(
        "tool.sh",
        format!("printf '%s\\n' \"$@\" >recorded; echo '{PRINTED}'"),
    );
    let line = r#"sh ./tool.sh $HOME "two words" 'it''s' a\ b ; | > # * $(id) "\$x""#;
    env.write_config(&format!("[profile dev]\ncredential_process = {line}\n"));
    exported(&env, "dev");
    let recorded = String::from_utf8(env.read("recorded")).unwrap();
    let expected = "$HOME\ntwo words\nits\na b\n;\n|\n>\n#\n*\n$(id)\n\\$x\n";
    assert_eq!(recorded, expected);
}

/// The process has ended, but its child process keeps the streams open.
#[test]
fn a_process_that_outlives_the_program_does_not_delay_the_result() {
    let check = |redirection: &str, end: &str, code: i32| {
        let env = scripted(&format!(
            "cat waits {redirection} &\necho '{PRINTED}'; echo message >&2; {end}"
        ));
        let fifo = env.home().join("waits");
        let made = env.command("mkfifo").arg(&fifo).status().unwrap();
        assert!(made.success());
        let export = env.run("export-credentials --profile dev --format env");
        // Opening a pipe for writing waits for a reader, and closing it ends the read.
        drop(File::options().write(true).open(&fifo).unwrap());
        let export = export.expect_code(code);
        match code {
            0 => assert!(export.stdout().contains("hunter2"), "{export}"),
            _ => assert!(
                export.stderr().contains("exit status 3: message"),
                "{export}"
            ),
        }
    };
    for redirection in ["", ">/dev/null", "2>/dev/null"] {
        check(redirection, "", 0);
        check(redirection, "exit 3", 255);
    }
}

#[test]
fn stderr_of_a_failed_process_is_part_of_the_error() {
    assert_snapshot!(run("echo 'no luck\u{1b}[31m today' >&2; echo '{\"SecretAccessKey\": \"hunter2\"}'; exit 3"), @r#"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: [HOME]/.aws/config:2: the credential_process of profile "dev" failed: the process ended with exit status 3: no luck\u{1b}[31m today
    --- exit: 255
    "#);
    let printed = "{\"SecretAccessKey\":\"q7Lw2Zt9KxVb4/Nc8RmYp3Hs6Jf+GdT1uEa5QoWi\"}";
    let export = run(&format!("echo '{printed}' >&2; exit 1")).expect_code(255);
    let masked = "exit status 1: {\"SecretAccessKey\":\"****\"}\n";
    assert!(export.stderr().ends_with(masked), "{export}");
    assert_snapshot!(run("kill -TERM $$"), @r#"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: [HOME]/.aws/config:2: the credential_process of profile "dev" failed: the process ended with signal 15 (SIGTERM)
    --- exit: 255
    "#);
}

#[test]
fn invalid_output_is_an_error_that_does_not_quote_it() {
    let check = |printed: &str, words: &str| {
        let export = run(&format!("cat <<'END'\n{printed}\nEND")).expect_code(255);
        assert!(export.stderr().contains(words), "{export}");
        assert!(!export.to_string().contains("hunter2"), "{export}");
    };
    check("hunter2", "the output is not valid JSON credentials");
    check("", "the output is not valid JSON credentials");
    check(
        r#"[1, "AKIA", "hunter2"]"#,
        "the output is not valid JSON credentials",
    );
    check("[\"hunter2\"]", "the output is not valid JSON credentials");
    check(&PRINTED.replace("1,", "2,"), "has no supported Version");
    check(&PRINTED.replace("1,", "\"1\","), "has no supported Version");
    check(
        &PRINTED.replace("Version", "version"),
        "has no supported Version",
    );
    check(
        &PRINTED.replace("AccessKeyId", "Id"),
        "no valid AccessKeyId",
    );
    for blank in ["", " ", "\\t", "\\u00a0"] {
        let blank = format!("\"{blank}\"");
        check(
            &PRINTED.replace("\"hunter2\"", &blank),
            "no valid SecretAccessKey",
        );
        check(&PRINTED.replace("\"AKIA\"", &blank), "no valid AccessKeyId");
    }
    check(
        &PRINTED.replace('}', ", \"Expiration\": \"tomorrow\"}"),
        "no valid Expiration",
    );
    for field in ["AccountId", "SessionToken", "Expiration"] {
        for value in ["123456789012", "true", "[]", "{\"a\": \"hunter2\"}"] {
            let printed = PRINTED.replace('}', &format!(", \"{field}\": {value}}}"));
            check(&printed, &format!("no valid {field}"));
        }
    }
    check(&PRINTED.replace("\"AKIA\"", "1"), "no valid AccessKeyId");
    check(
        &PRINTED.replace("\"hunter2\"", "1"),
        "no valid SecretAccessKey",
    );
    check(
        &PRINTED.replace('}', ", \"Expiration\": \"2020-01-01T00:00:00Z\"}"),
        "the credentials in the output have expired",
    );
}

#[test]
fn endless_output_is_truncated() {
    let export = run("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2").expect_code(255);
    assert!(
        export.stderr().contains("longer than 1048576 bytes"),
        "{export}"
    );
    let export = run("head -c 3000000 /dev/zero >&2; exit 1").expect_code(255);
    assert!(export.stderr().len() < 1000, "{export}");
}

#[test]
fn an_invalid_command_line_is_a_configuration_error() {
    let check = |line: &str| {
        let env = TestEnv::offline();
        env.write_config(&format!("[profile dev]\ncredential_process = {line}\n"));
        env.run("export-credentials --profile dev")
    };
    assert_snapshot!(check("no-such-program --secret hunter2"), @r#"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: [HOME]/.aws/config:2: the credential_process of profile "dev" failed: cannot run no-such-program: No such file or directory (os error 2)
    hint: use the full path of the program in credential_process; it is not run by a shell
    --- exit: 253
    "#);
    assert_snapshot!(check("tool 'hunter2"), @r#"
    $ export-credentials --profile dev
    --- stderr
    export-credentials: error: [HOME]/.aws/config:2: the credential_process of profile "dev" is not a valid command line
    hint: set credential_process to a command line with balanced quotes
    --- exit: 253
    "#);
}

#[test]
fn sso_keys_take_precedence_over_a_credential_process_of_the_same_profile() {
    let (center, env) = home();
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    env.write_config(&TestEnv::SAMPLE_CONFIG.replace(
        "[profile dev]\n",
        "[profile dev]\ncredential_process = export-credentials --profile dev --format process\n",
    ));
    assert!(
        exported(&env, "dev")["AccessKeyId"]
            .as_str()
            .unwrap()
            .starts_with("ASIA")
    );
}

#[test]
fn a_cycle_of_credential_processes_is_an_error() {
    let env = TestEnv::offline();
    let call = |profile: &str| {
        format!("credential_process = export-credentials --profile {profile} --format process\n")
    };
    env.write_config(&format!(
        "[profile a]\n{}[profile b]\nrole_arn = arn:aws:iam::222222222222:role/x\n\
         source_profile = c\n[profile c]\n{}[profile own]\n{}",
        call("b"),
        call("a"),
        call("own"),
    ));
    assert_snapshot!(env.run("export-credentials --profile a"), @r#"
    $ export-credentials --profile a
    --- stderr
    export-credentials: error: [HOME]/.aws/config:2: the credential_process of profile "a" failed: the process ended with exit status 253: export-credentials: error: [HOME]/.aws/config:7: the credential_process of profile "c" failed: the process ended with exit status 253: export-credentials: error: the profiles form a cycle: a → b → c → a hint: change source_profile or credential_process in one of these profiles
    --- exit: 253
    "#);
    let own = env.run("export-credentials --profile own").expect_code(253);
    assert!(own.stderr().contains("own → own"), "{own}");
}

#[test]
fn a_credential_process_can_export_another_profile() {
    let env = TestEnv::offline();
    env.write_config(
        "[profile a]\ncredential_process = export-credentials --profile b --format process\n\
         [profile b]\naws_access_key_id = AKIA\naws_secret_access_key = hunter2\n",
    );
    assert_eq!(exported(&env, "a")["AccessKeyId"], "AKIA");
}

#[test]
fn the_environment_of_the_process_is_the_callers_without_the_endpoint() {
    assert_environment_is_the_callers("");
    // The companion then starts with another shell.
    if tool("bash").is_some() {
        assert_environment_is_the_callers("exec 10>file; exec ");
    }
}

/// While the process runs again, the endpoint serves the first credentials. `shell` is the beginning
/// of a script.
fn assert_environment_is_the_callers(shell: &str) {
    let soon = rfc3339(OffsetDateTime::now_utc() + Duration::from_secs(20));
    let printed = PRINTED.replace('}', &format!(r#", "Expiration": "{soon}"}}"#));
    let env = scripted(&format!("env | cut -d= -f1 >>recorded; echo '{printed}'"));
    let until_second_run = r#"sh -c 'until [ "$(grep -c ^HOME$ recorded)" -gt 1 ]; do :; done'"#;
    let serve = format!("export-credentials --profile dev --serve -- {until_second_run}");
    let line = if shell.is_empty() {
        serve
    } else {
        env.write("script", format!("{shell}env -u SHLVL {serve}"));
        "bash script".to_owned()
    };
    env.run(&line).expect_code(0);
    let recorded = String::from_utf8(env.read("recorded")).unwrap();
    let recorded: BTreeSet<_> = recorded.lines().collect();
    let callers = env.run("sh -c 'env | cut -d= -f1'").expect_code(0);
    let callers: BTreeSet<_> = callers.stdout().lines().collect();
    let added: Vec<_> = recorded.difference(&callers).collect();
    assert_eq!(added, [&"AWS_SSO_TOOLS_PROFILE_CHAIN"]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_wait_for_the_process() {
    let env = scripted("echo started >started; exec sleep 5");
    let running = env.start("export-credentials --profile dev");
    while !env.files().contains(&"started".to_owned()) {
        std::thread::yield_now();
    }
    running.interrupt();
    running.finish().expect_code(130);
}

#[test]
fn a_process_with_endless_output_is_ended() {
    let export = run("exec cat /dev/zero").expect_code(255);
    let expected = "the output is longer than 1048576 bytes";
    assert!(export.stderr().contains(expected), "{export}");
}

#[cfg(unix)]
#[test]
fn the_hint_for_a_command_with_shell_syntax_names_the_characters() {
    let fails = [
        ("not-on-the-path | cat", "|", "cannot run not-on-the-path: "),
        ("~/tool", "~", "cannot run ~/tool: "),
        (
            "sh ./tool.sh 2>out",
            ">",
            "the process ended with exit status 3",
        ),
        (
            "echo `date` \"$HOME\"",
            "` $",
            "the output is not valid JSON credentials",
        ),
    ];
    for (command, syntax, reason) in fails {
        let env = TestEnv::offline();
        env.write_config(&format!("[profile dev]\ncredential_process = {command}\n"));
        env.write("tool.sh", "exit 3");
        let run = env.run("export-credentials --profile dev");
        let expected =
            format!("config:2: the credential_process of profile \"dev\" failed: {reason}");
        assert!(run.stderr().contains(&expected), "{run}");
        let hint = format!(
            "hint: its shell syntax ({syntax}) may be the reason: the SDKs for Go, Java, JavaScript and \
             Rust run the command in a shell, but the AWS CLI and boto3 do not; write it as sh -c \
             'COMMAND', without a space before ; or #\n"
        );
        assert!(run.stderr().contains(&hint), "{run}");
    }
}

#[cfg(unix)]
#[test]
fn shell_syntax_is_no_error_if_the_command_succeeds_or_does_not_contain_it() {
    let env = TestEnv::offline();
    env.write("tool.sh", format!("echo '{PRINTED}'"));
    for command in ["sh ./tool.sh | $HOME", "sh -c 'sh ./tool.sh | cat'"] {
        env.write_config(&format!("[profile dev]\ncredential_process = {command}\n"));
        let run = env.run("export-credentials --profile dev").expect_code(0);
        assert_eq!(run.stderr(), "");
    }
    for command in [
        "sh -c 'exit 3 | exit 3'",
        "false --url https://x/?a=b",
        "false --tags [a]",
        "false # comment",
        "false ; true",
    ] {
        env.write_config(&format!("[profile dev]\ncredential_process = {command}\n"));
        let run = env.run("export-credentials --profile dev").expect_code(255);
        assert!(!run.stderr().contains("shell"), "{run}");
    }
}
