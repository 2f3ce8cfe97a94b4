use std::env::consts::EXE_SUFFIX;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use assert_cmd::Command;
use assert_cmd::assert::Assert;

pub(crate) fn example(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let target = this.parent().unwrap().parent().unwrap();
    let path = target.join("examples").join(format!("{name}{EXE_SUFFIX}"));
    assert!(
        path.is_file(),
        "run `cargo build -p cli-ux --example {name}` first"
    );
    path
}

pub(crate) fn run_with(variables: &[(&str, &str)], command_line: &str) -> Assert {
    let mut words = command_line.split(' ');
    let mut command = Command::new(example(words.next().unwrap()));
    command
        .env_clear()
        .envs(variables.iter().copied())
        .args(words);
    command.assert()
}

pub(crate) fn run(command_line: &str) -> Assert {
    run_with(&[], command_line)
}

fn stderr_of(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn result_goes_to_stdout_and_messages_to_stderr() {
    run("greet Ada")
        .success()
        .stdout("Hello, Ada!\n")
        .stderr("It is a fine day.\n");
}

#[test]
fn failure_prints_error_and_hints_and_sets_the_exit_status() {
    let check = |ending: &str, status| {
        run(&format!("endings {ending}"))
            .code(status)
            .stdout("")
            .stderr("endings: error: the failure: the cause\nhint: first\nhint: second\n");
    };
    check("interrupted", 130);
    check("usage", 252);
    check("configuration", 253);
    check("service", 254);
    check("other", 255);
}

#[test]
fn invalid_command_line_exits_with_252() {
    let check = |arguments: &str, expected: &str| {
        let refused = run(&format!("endings {arguments}")).code(252).stdout("");
        let stderr = stderr_of(&refused);
        assert!(stderr.starts_with("endings: error: "), "{stderr}");
        assert!(stderr.contains(expected), "{arguments}: {stderr}");
    };
    check("unknown", "invalid value 'unknown'");
    check("messages --nonsense", "unexpected argument '--nonsense'");
    check("messages -q -v", "cannot be used with");
    check(
        "messages --profile a --sso-session b",
        "cannot be used with",
    );
    check("messages --color sometimes", "invalid value 'sometimes'");
    for seconds in ["0", "-1", "inf", "NaN", "86401", "1m", "1e-10"] {
        check(
            &format!("messages --connect-timeout={seconds}"),
            "a number of seconds",
        );
    }
}

#[test]
fn a_line_break_as_an_argument_keeps_the_lines_of_the_message() {
    let stderr = stderr_of(&run("endings other --line\nbreak").code(252));
    assert!(
        stderr.starts_with("endings: error: unexpected argument '--line\\nbreak' found\n\n"),
        "{stderr}"
    );
}

#[test]
fn every_failure_prints_the_failure_output() {
    let check = |arguments: &str, status, stdout: &'static str| {
        run(&format!("endings {arguments}"))
            .code(status)
            .stdout(stdout);
    };
    check("other --for-eval", 255, "false\n");
    check("interrupted --for-eval", 130, "false\n");
    check("panic --for-eval", 255, "false\n");
    check("panic-in-thread --for-eval", 255, "false\n");
    check("other --for-eval --nonsense", 252, "false\n");
    check("--for-eval", 252, "false\n");
    check("other", 255, "");
    check("waiting --for-eval -q", 0, "result\n");
    check(
        "--version --for-eval",
        0,
        concat!("endings ", env!("CARGO_PKG_VERSION"), "\n"),
    );
}

#[test]
fn help_and_version_go_to_stdout() {
    let help = run("endings --help").success().stderr("");
    let stdout = String::from_utf8(help.get_output().stdout.clone()).unwrap();
    for heading in ["Profile selection:", "Network:", "Output:"] {
        assert!(stdout.contains(heading), "{stdout}");
    }
    let version = format!("endings {}\n", env!("CARGO_PKG_VERSION"));
    run("endings --version")
        .success()
        .stdout(version)
        .stderr("");
}

#[test]
fn panic_report_has_the_location_but_not_the_message() {
    for ending in ["panic", "panic-in-thread"] {
        let ended = run(&format!("endings {ending} -vv")).code(255).stdout("");
        let stderr = stderr_of(&ended);
        let lines: Vec<_> = stderr.lines().collect();
        assert_eq!(lines.len(), 2, "{stderr}");
        assert!(
            lines[0].starts_with("endings: error: internal error at "),
            "{stderr}"
        );
        assert!(lines[0].contains("endings.rs:"), "{stderr}");
        assert!(lines[1].starts_with("hint: please report"), "{stderr}");
        assert!(!stderr.contains("hunter2"), "{stderr}");
    }
}

#[test]
fn a_panic_waits_for_a_write_in_another_thread() {
    let mut command = std::process::Command::new(example("endings"));
    command.env_clear().arg("panic-during-write");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.contains("internal error"), "{line}");
    // The write ends at the end of the input.
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(255));
    assert_eq!(output.stdout, b"written\n");
}

#[test]
fn a_panic_at_the_end_of_the_process_ends_it() {
    let mut command = Command::new(example("endings"));
    command.env_clear().args(["panic-at-end", "--for-eval"]);
    let ended = command.timeout(Duration::from_secs(60)).assert();
    let ended = ended.code(255).stdout("false\n");
    let stderr = stderr_of(&ended);
    assert!(stderr.contains("error: internal error at "), "{stderr}");
}

#[test]
fn closed_pipe_is_not_an_error() {
    let mut command = std::process::Command::new(example("endings"));
    command.env_clear().arg("flood");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_is_an_error() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = std::process::Command::new(example("endings"));
    let output = command
        .env_clear()
        .arg("flood")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(255), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    let expected = "endings: error: cannot write to stdout: ";
    assert!(stderr.starts_with(expected), "{stderr}");
}

#[test]
fn colour_is_used_on_demand_and_never_on_stdout() {
    let check = |variables: &[(&str, &str)], option: &str, is_coloured| {
        let ended = run_with(variables, &format!("endings messages{option}")).success();
        assert_eq!(ended.get_output().stdout, b"result\n");
        let stderr = stderr_of(&ended);
        assert_eq!(
            stderr.contains('\u{1b}'),
            is_coloured,
            "{variables:?}{option}: {stderr}"
        );
    };
    let (forced, disabled) = (("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1"));
    check(&[], "", false);
    check(&[], " --color auto", false);
    check(&[], " --color always", true);
    check(&[], " --color never", false);
    check(&[forced], "", true);
    check(&[forced, disabled], "", false);
    check(&[forced], " --color never", false);
    check(&[disabled], " --color always", true);
}

#[test]
fn removing_colour_leaves_the_same_text() {
    let coloured = stderr_of(&run("endings other --color always"));
    assert!(
        coloured.contains("\u{1b}[1m\u{1b}[31merror\u{1b}[0m"),
        "{coloured:?}"
    );
    let mut plain = coloured;
    for escape in ["\u{1b}[1m", "\u{1b}[31m", "\u{1b}[36m", "\u{1b}[0m"] {
        plain = plain.replace(escape, "");
    }
    assert_eq!(plain, stderr_of(&run("endings other")));
}

#[test]
fn quiet_keeps_results_errors_and_instructions() {
    run("endings messages")
        .success()
        .stdout("result\n")
        .stderr("said\nendings: warning: warned\nasked\n\n    ASKED\n\n");
    run("endings messages -q")
        .success()
        .stdout("result\n")
        .stderr("asked\n\n    ASKED\n\n");
    run("endings other --quiet")
        .code(255)
        .stderr("endings: error: the failure: the cause\nhint: first\nhint: second\n");
}

#[test]
fn log_messages_of_listed_crates_are_shown_up_to_the_verbosity() {
    let check = |option: &str, lines: &[&str]| {
        let ended = run(&format!("endings logs{option}")).success();
        assert_eq!(
            stderr_of(&ended).lines().collect::<Vec<_>>(),
            lines,
            "{option}"
        );
    };
    let all = [
        "endings: warning: listed error",
        "endings: warning: listed warn",
        "listed info",
        "listed debug",
        "listed trace",
    ];
    check(" -q", &[]);
    check("", &all[..2]);
    check(" -v", &all[..3]);
    check(" -vv", &all);
    check(" -vvvvv", &all);
}

#[test]
fn spinner_prints_one_line_without_a_terminal() {
    run("endings waiting")
        .success()
        .stderr("Waiting for approval (1m 30s at most)\n");
    run("endings waiting --color always")
        .success()
        .stderr("Waiting for approval (1m 30s at most)\n");
    run("endings waiting -q").success().stderr("");
}
