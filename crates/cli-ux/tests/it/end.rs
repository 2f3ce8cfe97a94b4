//! The end of a program whose output is not read, or that writes in another thread.

use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::run::example;

/// Time after which a test fails, long enough for a slow machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Starts the example, and waits until it has printed `ready` and its first thread sleeps.
fn start_and_wait(ending: &str, ready: &str, stderr: Stdio) -> Child {
    let mut command = Command::new(example("endings"));
    command.env_clear().args([ending, "--for-eval"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(stderr).spawn().unwrap();
    let mut printed = vec![0; ready.len()];
    let stdout = child.stdout.as_mut().unwrap();
    stdout.read_exact(&mut printed).unwrap();
    assert_eq!(printed, ready.as_bytes());
    let begun = Instant::now();
    while !sleeps(child.id()) {
        assert!(begun.elapsed() < TIMEOUT, "{ending} does not wait");
    }
    child
}

fn sleeps(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/task/{id}/stat")).unwrap_or_default();
    // A process that has ended stays a zombie.
    stat.contains(") S ") || stat.contains(") Z ")
}

/// Returns a pipe that accepts no more bytes, and its reader.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    // The default capacity of Linux.
    writer.write_all(&vec![b'x'; 65_536]).unwrap();
    (reader, writer)
}

fn send(signal: &str, child: &Child) {
    let kill = Command::new("kill")
        .args([&format!("-{signal}"), &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

fn wait(child: &mut Child, name: &str) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > TIMEOUT {
            child.kill().unwrap();
            panic!("{name} does not end");
        }
    }
}

#[test]
fn every_signal_ends_a_program_whose_messages_are_not_read() {
    let check = |ending: &str, signal: &str, number: i32| {
        let (_reader, writer) = full_pipe();
        let mut child = start_and_wait(ending, "ready\n", writer.into());
        send(signal, &child);
        let status = wait(&mut child, &format!("{ending} after SIG{signal}"));
        let ended = status
            .signal()
            .map_or(status.code(), |signal| Some(signal + 128));
        assert_eq!(ended, Some(number + 128), "{ending}, {signal}");
    };
    let signals = [
        ("INT", 2),
        ("TERM", 15),
        ("HUP", 1),
        ("QUIT", 3),
        ("USR1", 10),
        ("ALRM", 14),
    ];
    for (signal, number) in signals {
        check("handled-error", signal, number);
    }
    for (signal, number) in [("TERM", 15), ("USR1", 10)] {
        check("handled-warning", signal, number);
        check("handled-warning-during-write", signal, number);
    }
}

/// stdout is the pipe of the failure output, which no process reads either.
#[test]
fn a_signal_ends_a_program_whose_messages_and_output_are_not_read() {
    let (_reader, stderr) = full_pipe();
    let (_other_reader, stdout) = full_pipe();
    let mut command = Command::new(example("endings"));
    command.env_clear().args(["handled-error", "--for-eval"]);
    command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    let mut child = command.spawn().unwrap();
    // The program is then at its first write, and has handlers.
    let begun = Instant::now();
    while !(sleeps(child.id()) && handles_signals(child.id())) {
        assert!(begun.elapsed() < TIMEOUT, "the program does not wait");
    }
    send("TERM", &child);
    assert_eq!(wait(&mut child, "the program").code(), Some(143));
}

fn handles_signals(id: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
    // SIGXCPU is the last one.
    caught & 1 << 23 != 0
}

#[test]
fn a_panic_ends_a_program_whose_messages_are_not_read() {
    let (_reader, writer) = full_pipe();
    let mut child = start_and_wait("handled-panic", "ready\n", writer.into());
    assert_eq!(wait(&mut child, "the program").code(), Some(255));
}

#[test]
fn a_signal_during_a_write_waits_for_it_although_the_messages_are_not_read() {
    let (_reader, writer) = full_pipe();
    let mut child = start_and_wait("signal-during-write", "ready\n", writer.into());
    send("TERM", &child);
    // The message about the wait is given up before.
    assert_written(&mut child, "false\n", Some(143));
}

/// The process would end before the end of the input.
#[test]
fn every_end_waits_for_a_write_in_another_thread() {
    let check = |ending, ready, rest, code| {
        let mut child = start_and_wait(ending, ready, Stdio::null());
        assert_written(&mut child, rest, Some(code));
    };
    check("success-during-write", "result\n", "", 0);
    check("error-during-write", "ready\nfalse\n", "", 255);
    if cfg!(feature = "wrapped") {
        check("command-during-write", "ready\n", "ran\n", 0);
        check("missing-command-during-write", "ready\n", "false\n", 127);
    }
    let mut child = start_and_wait("signal-during-write", "ready\n", Stdio::null());
    send("TERM", &child);
    assert_written(&mut child, "false\n", Some(143));
}

/// Closes stdin, and asserts that the write comes before the rest of the output.
fn assert_written(child: &mut Child, rest: &str, code: Option<i32>) {
    assert_eq!(child.try_wait().unwrap(), None);
    drop(child.stdin.take());
    let status = wait(child, "the program");
    let mut output = String::new();
    let stdout = child.stdout.as_mut().unwrap();
    stdout.read_to_string(&mut output).unwrap();
    assert_eq!(output, format!("written\n{rest}"));
    assert_eq!(status.code(), code);
}
