//! A command under `--serve` behaves as if the shell had started it.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use identity_center_emulator::{Emulator, Operation};
use sso_test_support::{Behaviour, Key, Relay, RunningProgram, Terminal, TestEnv, tool};

use crate::companion::has_companion;
use crate::{home, signed_in, signed_in_with_expired_token};

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

/// Process IDs of a command that counts interrupts, as the test knows them.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "the parent is that of a container")
)]
pub(crate) struct Ids {
    pub(crate) command: String,
    pub(crate) parent: String,
    pub(crate) group: String,
}

/// Starts a command that counts interrupts, calls `interrupt`, and asserts that the count is 1.
/// `container` is the beginning of the command line.
pub(crate) fn assert_interrupted_once(
    container: &str,
    interrupt: impl FnOnce(&TestEnv, &mut Terminal, &Ids),
) {
    assert_interrupted(container, 1, interrupt);
}

/// Like [`assert_interrupted_once`], with another `count`.
pub(crate) fn assert_interrupted(
    container: &str,
    count: usize,
    interrupt: impl FnOnce(&TestEnv, &mut Terminal, &Ids),
) {
    assert_interrupted_by(&format!("{container}{SERVE}"), count, interrupt);
}

/// Like [`assert_interrupted`]. `start` is the command line that starts bash.
pub(crate) fn assert_interrupted_by(
    start: &str,
    count: usize,
    interrupt: impl FnOnce(&TestEnv, &mut Terminal, &Ids),
) {
    let (_center, env) = signed_in();
    // In a container, the ID of the shell in `/proc` differs from `$$`.
    let script = "n=0; trap 'n=$((n+1)); echo interrupted' INT; trap 'echo reached' USR1; \
                  if [ -e /proc/self/stat ]; \
                  then read id name state parent group rest </proc/self/stat; \
                  else read id parent group <<<$(ps -o pid=,ppid=,pgid= -p $$); fi; \
                  echo \"ready: $id $parent $group.\"; \
                  while read line; do [ \"$line\" != end ] || break; done; echo $n times";
    env.write("script", script);
    let mut terminal = env.start_on_terminal(&format!("{start} bash script"));
    let screen = terminal.wait_until(|screen| screen.contains("ready: ") && screen.contains('.'));
    let (_, ids) = screen.split_once("ready: ").unwrap();
    let mut ids = ids.split(['.', ' ']).map(str::to_owned);
    let mut next = || ids.next().unwrap();
    let (command, parent, group) = (next(), next(), next());
    let ids = Ids {
        command,
        parent,
        group,
    };
    interrupt(&env, &mut terminal, &ids);
    terminal.wait_until(|screen| screen.matches("interrupted").count() == count);
    terminal.type_text("end");
    terminal.press(Key::Enter);
    terminal.wait_for("times");
    let ended = terminal.finish().expect_code(0);
    let times = format!("{count} times");
    assert!(ended.to_string().contains(&times), "{ended}");
}

pub(crate) fn send_interrupt(env: &TestEnv, target: &str) {
    env.run(&format!("kill -INT -- {target}")).expect_code(0);
}

#[test]
fn ctrl_c_reaches_the_command_once() {
    if !has_companion() {
        return;
    }
    assert_interrupted_once("", |_, terminal, _| terminal.press(Key::Ctrl('c')));
}

#[test]
fn a_signal_to_the_process_group_reaches_the_command_once() {
    if !has_companion() {
        return;
    }
    assert_interrupted_once("", |env, _, ids| {
        send_interrupt(env, &format!("-{}", ids.group));
    });
}

#[test]
fn a_signal_to_the_process_reaches_the_command_once() {
    if !has_companion() {
        return;
    }
    assert_interrupted_once("", |env, _, ids| send_interrupt(env, &ids.command));
}

#[test]
fn ctrl_c_ends_a_loop_of_the_shell() {
    if !has_companion() {
        return;
    }
    for (shell, script) in LOOPS {
        let (_center, env) = signed_in();
        assert_ctrl_c_ends_loop("", shell, script, &env, SERVE, |terminal| {
            terminal.wait_for("begun");
        });
    }
}

/// Scripts that run `COMMAND` for ever, by shell.
pub(crate) const LOOPS: [(&str, &str); 4] = [
    ("bash", "while :; do COMMAND; done"),
    ("dash", "while :; do COMMAND; done"),
    ("zsh", "while :; do COMMAND; done"),
    ("fish", "while true; COMMAND; end"),
];

/// Runs a loop around a command that follows `export`, and presses Ctrl-C after `wait`. `container` is
/// the beginning of the command line of the shell.
pub(crate) fn assert_ctrl_c_ends_loop(
    container: &str,
    shell: &str,
    script: &str,
    env: &TestEnv,
    export: &str,
    wait: impl FnOnce(&mut Terminal),
) {
    let Some(shell) = tool(shell) else { return };
    let shell = shell.display();
    let command = format!("{export} sh -c 'echo begun; exec sleep 1000'");
    // If the loop continued, the first round would be shown.
    let marked = format!("echo next-round; {command}");
    env.write("script", script.replace("COMMAND", &marked));
    let caller = format!("sh -c 'trap : INT; {container}{shell} script; echo \"status $?.\"'");
    let mut terminal = env.start_on_terminal(&caller);
    wait(&mut terminal);
    terminal.press(Key::Ctrl('c'));
    terminal.wait_for("status 130.");
    let ended = terminal.finish().expect_code(0);
    assert_eq!(ended.terminal().matches("next-round").count(), 1, "{ended}");
}

const BEFORE: [&str; 2] = [
    "export-credentials --profile dev --",
    "export-credentials --profile dev --serve --",
];

/// Returns a home in which the credentials are never obtained.
fn with_held_request() -> (Emulator, Relay, TestEnv) {
    let (center, mut env) = signed_in();
    let relay = Relay::plain(center.address());
    relay.behave(Behaviour::Hold);
    env.set("AWS_ENDPOINT_URL", relay.url());
    (center, relay, env)
}

#[test]
fn ctrl_c_before_the_command_starts_ends_a_loop_of_the_shell() {
    for export in BEFORE {
        for (shell, script) in LOOPS {
            let (_center, relay, env) = with_held_request();
            assert_ctrl_c_ends_loop("", shell, script, &env, export, |_| relay.wait_until_held());
        }
    }
}

#[test]
fn ctrl_c_during_a_sign_in_for_a_command_ends_a_loop_of_the_shell() {
    for rest in ["--login --", "--login --serve --"] {
        let (_center, env) = home();
        let export = format!("export-credentials --profile dev {rest}");
        assert_ctrl_c_ends_loop("", LOOPS[0].0, LOOPS[0].1, &env, &export, |terminal| {
            terminal.wait_for_url();
        });
    }
}

#[test]
fn ctrl_c_at_an_mfa_prompt_for_a_command_ends_a_loop_of_the_shell() {
    for export in BEFORE {
        let (_center, env) = home();
        env.write_config(
            "[profile dev]\nrole_arn = arn:aws:iam::222222222222:role/mfa\nsource_profile = dev\n\
             mfa_serial = arn:aws:iam::111122223333:mfa/otter\n\
             aws_access_key_id = AKIA\naws_secret_access_key = secret\n",
        );
        assert_ctrl_c_ends_loop("", LOOPS[0].0, LOOPS[0].1, &env, export, |terminal| {
            terminal.wait_for("Enter MFA code for");
            terminal.wait_until_unechoed();
        });
    }
}

#[test]
fn a_signal_before_the_command_starts_ends_the_process() {
    let check = |signal: &str, number: i32, export: &str| {
        let (_center, relay, env) = with_held_request();
        let running = env.start(&format!("{export} touch ran"));
        relay.wait_until_held();
        running.send(signal);
        let ended = running.finish();
        assert_eq!(ended.signal(), Some(number), "{ended}");
        assert!(ended.stderr().contains("error: interrupted"), "{ended}");
        assert!(!env.home().join("ran").exists());
    };
    for export in BEFORE {
        for (signal, number) in [("HUP", 1), ("INT", 2), ("QUIT", 3), ("TERM", 15)] {
            check(signal, number, export);
        }
    }
}

#[test]
fn a_refresh_is_saved_before_a_signal_ends_the_process_without_its_command() {
    for export in BEFORE {
        let (center, mut env) = signed_in_with_expired_token();
        let relay = Relay::plain(center.address());
        relay.behave_once(Behaviour::Hold);
        env.set("AWS_ENDPOINT_URL", relay.url());
        let mut running = env.start(&format!("{export} touch ran"));
        relay.wait_until_held();
        running.send("INT");
        running.wait_for_line(|line| line.starts_with("Waiting for a token request"));
        relay.release();
        let ended = running.finish();
        assert_eq!(ended.signal(), Some(2), "{ended}");
        env.run("export-credentials --profile dev").expect_code(0);
        assert_eq!(center.count(Operation::CreateToken), 1);
    }
}

/// Starts an interactive shell, types `command`, and waits until it prints `ready`. `container` is the
/// beginning of the command line of the shell.
fn in_shell(env: &TestEnv, container: &str, shell: &str, command: &str) -> Option<Terminal> {
    let arguments = match shell {
        "bash" => "--norc --noprofile -i",
        "zsh" => "-f -i",
        _ => "--no-config -i",
    };
    let mut terminal = env.start_on_terminal(&format!(
        "{container}{} {arguments}",
        tool(shell)?.display()
    ));
    terminal.type_text(command);
    terminal.press(Key::Enter);
    terminal.wait_until(|screen| screen.lines().any(|line| line.trim() == "ready"));
    Some(terminal)
}

/// Asserts that the shell has the terminal.
pub(crate) fn assert_shell_reads(terminal: &mut Terminal) {
    terminal.type_text("printf '%s-%s\\n' shell reads");
    terminal.press(Key::Enter);
    terminal.wait_for("shell-reads");
}

#[test]
fn ctrl_z_stops_the_command_and_fg_continues_it() {
    if has_companion() {
        assert_ctrl_z_and_fg("");
    }
}

/// `container` is the beginning of the command line of each shell.
pub(crate) fn assert_ctrl_z_and_fg(container: &str) {
    for shell in ["bash", "zsh", "fish"] {
        let (_center, env) = signed_in();
        // Without child processes: a child that stops between `vfork` and `execve` blocks the stop of
        // its parent, so that the shell waits forever.
        let script = "echo ready; until [ -e go ]; do :; done; echo continued; \
                      read line; echo \"command got $line\"";
        env.write("script", script);
        let Some(mut terminal) = in_shell(&env, container, shell, &format!("{SERVE} sh script"))
        else {
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
fn a_command_that_ignores_ctrl_z_keeps_the_terminal() {
    if has_companion() {
        assert_ignored_ctrl_z("");
    }
}

/// `container` is the beginning of the command line of each shell.
pub(crate) fn assert_ignored_ctrl_z(container: &str) {
    for shell in ["bash", "zsh", "fish"] {
        let (_center, env) = signed_in();
        let script = "trap '' TSTP; echo ready; read line; echo \"command got $line\"";
        env.write("script", script);
        let Some(mut terminal) = in_shell(&env, container, shell, &format!("{SERVE} sh script"))
        else {
            continue;
        };
        terminal.press(Key::Ctrl('z'));
        terminal.type_text("input");
        terminal.press(Key::Enter);
        terminal.wait_for("command got input");
        assert_shell_reads(&mut terminal);
    }
}

#[test]
fn a_command_that_stops_itself_gives_the_terminal_back() {
    if has_companion() {
        assert_stop_gives_terminal_back("");
    }
}

/// `container` is the beginning of the command line of each shell.
pub(crate) fn assert_stop_gives_terminal_back(container: &str) {
    for shell in ["bash", "zsh", "fish"] {
        let (_center, env) = signed_in();
        env.write(
            "script",
            "echo ready; kill -STOP $$; echo \"command continued\"",
        );
        let Some(mut terminal) = in_shell(&env, container, shell, &format!("{SERVE} sh script"))
        else {
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
    if has_companion() {
        assert_script_runs(&["export-credentials --profile dev --", SERVE]);
    }
}

/// Each of `exports` is the beginning of a command line.
pub(crate) fn assert_script_runs(exports: &[&str]) {
    let (_center, mut env) = signed_in();
    env.set("AWS_PAGER", "pager");
    let script = "echo \"ran with $1 $AWS_PAGER $AWS_REGION\"\n";
    env.write("bin/script", script);
    let path = env.home().join("bin");
    let mode = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(path.join("script"), mode).unwrap();
    for export in exports {
        let run = env.run(&format!("{export} bin/script x")).expect_code(0);
        assert_eq!(run.stdout(), "ran with x pager us-west-2\n");
    }
}
