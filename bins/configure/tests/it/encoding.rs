use sso_test_support::TestEnv;

use crate::SESSION;

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

/// Converts `file` with the fix and reverts the conversion.
#[track_caller]
fn check(file: &str, bytes: &[u8], text: &str, problem: &str) {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    env.write(file, bytes);
    let checked = env.run("sso-configure check --offline").expect_code(1);
    let finding =
        format!("{file}: error: encoding: {problem}\n  fix: convert [HOME]/{file} to UTF-8\n");
    assert!(checked.to_string().contains(&finding), "{checked}");
    assert_eq!(
        checked.stdout().matches(": encoding:").count(),
        1,
        "{checked}"
    );
    assert!(
        checked
            .stderr()
            .contains("hint: sso-configure check --fix --offline\n"),
        "{checked}"
    );
    env.run("sso-configure check --fix --offline --severity error")
        .expect_code(0);
    assert_eq!(env.read(file), text.as_bytes());
    env.run("sso-configure check --offline --severity error")
        .expect_code(0);
    env.run("sso-configure undo").expect_code(0);
    assert_eq!(env.read(file), bytes);
}

#[test]
fn a_file_in_another_encoding_is_converted_and_restored() {
    const UTF16: &str = "the file is in UTF-16 instead of UTF-8";
    const MARK: &str = "the file begins with a byte order mark";
    let config = SESSION.replace('\n', "\r\n");
    let credentials = "[größe]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = hunter2\n";
    for (file, text) in [
        (".aws/config", config.as_str()),
        (".aws/credentials", credentials),
    ] {
        let marked = format!("\u{feff}{text}");
        check(file, marked.as_bytes(), text, MARK);
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            check(file, &utf16(text, to_bytes), text, UTF16);
            check(file, &utf16(&marked, to_bytes), text, UTF16);
        }
    }
}

#[test]
fn a_file_in_another_encoding_is_named_in_the_error() {
    let env = TestEnv::offline();
    let text = "[profile dev]\nsso_session = my-sso\n";
    env.write(".aws/config", utf16(text, u16::to_le_bytes));
    env.run("sso-status").expect_error(
        253,
        "/.aws/config:1:1: the file is in UTF-16 instead of UTF-8",
    );
    env.write(".aws/config", format!("\u{feff}{text}"));
    env.run("sso-status").expect_error(
        253,
        "/.aws/config:1:1: the file begins with a byte order mark",
    );
}

#[test]
fn a_conversion_prints_no_secrets() {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    let text = "[dev]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = hunter2\n";
    env.write(".aws/credentials", utf16(text, u16::to_be_bytes));
    let fixed = env.run("sso-configure check --fix --offline");
    let undone = env.run("sso-configure undo");
    for transcript in [fixed, undone] {
        let transcript = transcript.expect_code(0);
        assert!(!transcript.to_string().contains("hunter2"), "{transcript}");
    }
}

#[test]
fn a_file_that_only_begins_like_utf16_is_not_converted() {
    let env = TestEnv::offline();
    for bytes in [&b"\xff\xfe[\0x"[..], b"\xff\xfe[default]\nregion=x\n"] {
        env.write(".aws/config", bytes);
        let run = env.run("sso-configure check --offline --fix");
        let run = run.expect_code(1);
        assert!(
            run.stdout()
                .contains("error: syntax: the file is not UTF-8"),
            "{run}"
        );
        assert!(!run.stdout().contains(": encoding:"), "{run}");
        assert_eq!(env.read(".aws/config"), bytes);
    }
}

#[test]
fn undo_restores_the_edited_credentials_file_and_no_other_one() {
    let mut env = TestEnv::offline();
    env.write_config(SESSION);
    let original = "\u{feff}[a]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = S\n";
    env.write(".aws/credentials", original);
    env.run("sso-configure check --fix --offline")
        .expect_code(0);
    let other = "[other]\naws_access_key_id = AKIDOTHER\n";
    env.write("other", other);
    let path = env.home().join("other");
    env.set("AWS_SHARED_CREDENTIALS_FILE", path);
    env.run("sso-configure undo").expect_code(0);
    assert_eq!(env.read("other"), other.as_bytes());
    assert_eq!(env.read(".aws/credentials"), original.as_bytes());
}

#[test]
fn a_fix_of_a_pipe_is_refused_before_any_change() {
    for (variable, bytes) in [
        (
            "AWS_CONFIG_FILE",
            &b"\xef\xbb\xbf[default]\nregion = us-east-1\n"[..],
        ),
        ("AWS_SHARED_CREDENTIALS_FILE", b"\xef\xbb\xbf[default]\n"),
    ] {
        let env = TestEnv::offline();
        env.write("text", bytes);
        // The pipe contains the text before it is opened, and has no writer that could be late.
        let script = "mkfifo pipe; exec 3<>pipe 4<pipe; cat text >&3; exec 3>&-; \
                      exec sso-configure check --fix --offline";
        let mut command = env.command("sh");
        command.args(["-c", script]);
        let output = command.env(variable, "pipe").output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(
            stdout.contains("; the fix failed: cannot edit pipe: it is not a regular file"),
            "{output:?}"
        );
        assert!(
            stdout.contains(&format!("hint: set {variable} to a regular file")),
            "{output:?}"
        );
        assert!(!stderr.contains("Applying fix"), "{stderr}");
    }
}
