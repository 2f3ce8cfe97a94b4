//! A command under `--serve` behaves as if the shell had started it.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use sso_test_support::{Key, RunningProgram, Terminal, TestEnv, tool};

use crate::companion::has_companion;
use crate::signed_in;

const SERVE: &str = "export-credentials --profile dev --serve --";

#[test]
fn the_command_has_the_process_id_that_the_caller_knows() {
    if !has_companion() {
        return;
    }
    let (_center, env) = signed_in();
    let running = env.start(&format!("{SERVE} sh -c 'echo $$'"));
    let id = running.id();
    assert_eq!(running.finish().expect_code(0).stdout(), format!("{id}\n"));
}

#[test]
fn the_process_ends_in_the_way_in_which_the_command_ends() {
    if !has_companion() {
        return;
    }
    let (_center, env) = signed_in();
    let check = |script: &str, status| {
        let run = env.run(&format!("{SERVE} sh -c '{script}'"));
        assert_eq!(run.code(), status, "{run}");
    };
    check("exit 0", Some(0));
    check("exit 7", Some(7));
    check("exit 255", Some(255));
    for signal in ["INT", "TERM", "KILL", "HUP", "ABRT", "USR1", "ALRM"] {
        check(&format!("kill -{signal} $$"), None);
    }
}

/// Waits until a process has a handler for a signal. Some handlers are installed only after the
/// command has started.
#[cfg(target_os = "linux")]
fn wait_until_handled(signal: u32, by: &RunningProgram) {
    let handles = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", by.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
        caught & (1 << (signal - 1)) != 0
    };
    let begun = Instant::now();
    while !handles() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "signal {signal} has no handler"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn every_signal_reaches_the_command() {
    if !has_companion() {
        return;
    }
    let (_center, env) = signed_in();
    let signals = [
        ("HUP", 1),
        ("INT", 2),
        ("QUIT", 3),
        ("USR1", 10),
        ("USR2", 12),
        ("ALRM", 14),
        ("TERM", 15),
        ("CONT", 18),
        ("TSTP", 20),
        ("URG", 23),
        ("WINCH", 28),
        ("IO", 29),
        ("PWR", 30),
    ];
    for (signal, number) in signals {
        let line = format!(
            "{SERVE} sh -c 'trap \"exit {number}\" {number}; echo ready; while :; do sleep 0.01; done'"
        );
        let mut running = env.start(&line);
        running.wait_for_line(|line| line == "ready");
        wait_until_handled(number, &running);
        running.send(signal);
        running.finish().expect_code(i32::try_from(number).unwrap());
    }
}

#[test]
fn a_signal_that_the_command_ignores_does_not_end_export_credentials() {
    if !has_companion() {
        return;
    }
    let (_center, env) = signed_in();
    let line = format!("{SERVE} sh -c 'trap \"\" TERM; echo ready; read end; exit 9'");
    let mut running = env.start(&line);
    running.wait_for_line(|line| line == "ready");
    running.send("TERM");
    running.send("WINCH");
    running.write_line("end");
    running.finish().expect_code(9);
}

/// Starts a command that counts interrupts, calls `interrupt` with its ID, and checks the count.
fn assert_interrupted_once(interrupt: impl FnOnce(&TestEnv, &mut Terminal, &str)) {
    let (_center, env) = signed_in();
    let script = "n=0; trap 'n=$((n+1)); echo interrupted' INT; echo \"ready as $$.\"; \
                  while read line; do [ \"$line\" != end ] || break; done; echo $n times";
    env.write("script", script);
    let mut terminal = env.start_on_terminal(&format!("{SERVE} bash script"));
    let screen = terminal.wait_until(|screen| screen.contains("ready as") && screen.contains('.'));
    let (_, id) = screen.split_once("ready as ").unwrap();
    let (id, _) = id.split_once('.').unwrap();
    interrupt(&env, &mut terminal, id);
    terminal.wait_for("interrupted");
    terminal.type_text("end");
    terminal.press(Key::Enter);
    terminal.wait_for("times");
    let ended = terminal.finish().expect_code(0);
    assert!(ended.to_string().contains("1 times"), "{ended}");
}

#[test]
fn ctrl_c_reaches_the_command_once() {
    if !has_companion() {
        return;
    }
    assert_interrupted_once(|_, terminal, _| terminal.press(Key::Ctrl('c')));
}

#[test]
fn a_signal_to_the_process_group_reaches_the_command_once() {
    if !has_companion() {
        return;
    }
    assert_interrupted_once(|env, _, id| {
        env.run(&format!("kill -INT -- -{id}")).expect_code(0);
    });
}

#[test]
fn a_signal_to_the_process_reaches_the_command_once() {
    if !has_companion() {
        return;
    }
    assert_interrupted_once(|env, _, id| {
        env.run(&format!("kill -INT {id}")).expect_code(0);
    });
}

#[test]
fn ctrl_c_ends_a_loop_of_the_shell() {
    if !has_companion() {
        return;
    }
    let command = format!("{SERVE} sh -c 'echo begun; exec sleep 1000'");
    let check = |shell: &str, script: &str| {
        let Some(shell) = tool(shell) else { return };
        let (_center, env) = signed_in();
        env.write("script", script.replace("COMMAND", &command));
        let caller = format!(
            "sh -c 'trap : INT; {} script; echo \"status $?.\"'",
            shell.display()
        );
        let mut terminal = env.start_on_terminal(&caller);
        terminal.wait_for("begun");
        terminal.press(Key::Ctrl('c'));
        terminal.wait_for("status 130.");
        let ended = terminal.finish().expect_code(0);
        assert_eq!(ended.terminal().matches("begun").count(), 1, "{ended}");
    };
    for shell in ["bash", "dash", "zsh"] {
        check(shell, "while :; do COMMAND; done");
    }
    check("fish", "while true; COMMAND; end");
}

/// Starts an interactive shell, types `command`, and waits until it prints `ready`.
fn in_shell(env: &TestEnv, shell: &str, command: &str) -> Option<Terminal> {
    let arguments = match shell {
        "bash" => "--norc --noprofile -i",
        "zsh" => "-f -i",
        _ => "--no-config -i",
    };
    let mut terminal = env.start_on_terminal(&format!("{} {arguments}", tool(shell)?.display()));
    terminal.type_text(command);
    terminal.press(Key::Enter);
    terminal.wait_until(|screen| screen.lines().any(|line| line.trim() == "ready"));
    Some(terminal)
}

/// Asserts that the shell has the terminal.
fn assert_shell_reads(terminal: &mut Terminal) {
    terminal.type_text("printf '%s-%s\\n' shell reads");
    terminal.press(Key::Enter);
    terminal.wait_for("shell-reads");
}

#[test]
fn ctrl_z_stops_the_command_and_fg_continues_it() {
    if !has_companion() {
        return;
    }
    for shell in ["bash", "zsh", "fish"] {
        let (_center, env) = signed_in();
        // Without child processes: a child that stops between `vfork` and `execve` blocks the stop of
        // its parent, so that the shell waits forever.
        let script = "echo ready; until [ -e go ]; do :; done; echo continued; \
                      read line; echo \"command got $line\"";
        env.write("script", script);
        let Some(mut terminal) = in_shell(&env, shell, &format!("{SERVE} sh script")) else {
            continue;
        };
        terminal.press(Key::Ctrl('z'));
        assert_shell_reads(&mut terminal);
        env.write("go", "");
        terminal.type_text("fg");
        terminal.press(Key::Enter);
        terminal.wait_for("continued");
        terminal.type_text("input");
        terminal.press(Key::Enter);
        terminal.wait_for("command got input");
        assert_shell_reads(&mut terminal);
    }
}

#[test]
fn a_command_that_stops_itself_gives_the_terminal_back() {
    if !has_companion() {
        return;
    }
    for shell in ["bash", "zsh", "fish"] {
        let (_center, env) = signed_in();
        env.write(
            "script",
            "echo ready; kill -STOP $$; echo \"command continued\"",
        );
        let Some(mut terminal) = in_shell(&env, shell, &format!("{SERVE} sh script")) else {
            continue;
        };
        assert_shell_reads(&mut terminal);
        terminal.type_text("fg");
        terminal.press(Key::Enter);
        terminal.wait_for("command continued");
        assert_shell_reads(&mut terminal);
    }
}

#[test]
fn a_script_without_an_interpreter_line_runs_like_without_serve() {
    if !has_companion() {
        return;
    }
    let (_center, env) = signed_in();
    env.write("script", "echo \"ran with $1\"\n");
    let mode = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(env.home().join("script"), mode).unwrap();
    for serve in ["", "--serve "] {
        let line = format!("export-credentials --profile dev {serve}-- ./script x");
        assert_eq!(env.run(&line).expect_code(0).stdout(), "ran with x\n");
    }
}
