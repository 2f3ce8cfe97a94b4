//! A command under `--serve` in a container, where `export-credentials` supervises it. The container is
//! a PID namespace.

use std::time::{Duration, Instant};

use sso_test_support::{Key, Terminal, TestEnv, report_skip, tool};

use crate::companion::{assert_refresh_cannot_read, processes_with};
use crate::job_control::{
    Ids, LOOPS, assert_ctrl_c_ends_loop, assert_ctrl_z_and_fg, assert_ignored_ctrl_z,
    assert_interrupted, assert_interrupted_by, assert_interrupted_once, assert_script_runs,
    assert_shell_reads, assert_stop_gives_terminal_back, send_interrupt,
};
use crate::serve::assert_refresh_is_saved;
use crate::signed_in;

/// Beginning of a command line.
const CONTAINER: &str = "unshare --fork --pid ";

const SERVE: &str = "export-credentials --profile dev --serve --";

fn has_containers() -> bool {
    if tool("unshare").is_none() {
        return false;
    }
    let has_containers = TestEnv::offline().run(&format!("{CONTAINER} true")).code() == Some(0);
    if !has_containers {
        report_skip("no PID namespaces");
    }
    has_containers
}

/// The kernel ends all other processes of a container with its first process.
#[test]
fn the_first_process_of_a_container_waits_for_the_command() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    let run = env.run(&format!("{CONTAINER}{SERVE} sh -c 'echo $$; exit 7'"));
    assert_ne!(run.expect_code(7).stdout(), "1\n");
    for (signal, status) in [("TERM", 143), ("INT", 130), ("KILL", 137), ("USR1", 138)] {
        let run = env.run(&format!("{CONTAINER}{SERVE} sh -c 'kill -{signal} $$'"));
        run.expect_code(status);
    }
}

#[test]
fn a_refresh_in_a_container_is_saved_when_the_command_ends() {
    if !has_containers() {
        return;
    }
    let line = format!("{CONTAINER}{SERVE} sh -c 'echo ready; read end; echo ended'");
    assert_refresh_is_saved(&line, 0, |_, running| {
        running.wait_for_line(|line| line == "ended");
        running.wait_for_line(|line| line == "Waiting for a token request or a write.");
    });
}

/// `docker stop` sends a signal to the first process.
#[test]
fn a_signal_after_the_end_of_the_command_in_a_container_waits_for_a_refresh() {
    if !has_containers() {
        return;
    }
    let script = "read id name state parent rest </proc/self/stat; echo ready; read end; \
                  echo \"parent: $parent\"";
    let line = format!("{CONTAINER}{SERVE} sh -c '{script}'");
    assert_refresh_is_saved(&line, 143, |env, running| {
        let ended = running.wait_for_line(|line| line.starts_with("parent: "));
        let (_, parent) = ended.split_once(' ').unwrap();
        // The command may still be the receiver of the first signals.
        let kill = format!("sh -c 'until [ -e waiting ]; do kill -TERM {parent}; done'");
        let killing = env.start(&kill);
        running.wait_for_line(|line| line.starts_with("Waiting for a token request"));
        env.write("waiting", "");
        killing.finish().expect_code(0);
    });
}

#[test]
fn a_refresh_in_a_container_is_saved_when_the_command_cannot_be_started() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    let run = env.run(&format!("{CONTAINER}{SERVE} no-such-command"));
    run.expect_code(127);
}

#[test]
fn a_refresh_in_a_container_cannot_read_what_the_user_types_for_the_command() {
    if has_containers() {
        assert_refresh_cannot_read(CONTAINER);
    }
}

#[test]
fn an_interrupt_in_a_container_reaches_the_command_once() {
    if !has_containers() {
        return;
    }
    assert_interrupted_once(CONTAINER, |_, terminal, _| terminal.press(Key::Ctrl('c')));
    assert_interrupted_once(CONTAINER, |env, _, ids| {
        send_interrupt(env, &format!("-{}", ids.group));
    });
    assert_interrupted_once(CONTAINER, |env, _, ids| send_interrupt(env, &ids.command));
    assert_interrupted_once(CONTAINER, |env, _, ids| send_interrupt(env, &ids.parent));
}

/// The command handles the signal of the kernel before `export-credentials` could forward it.
/// Otherwise the system may combine both.
#[test]
fn an_interrupt_of_the_group_in_a_container_is_not_forwarded() {
    if !has_containers() {
        return;
    }
    let check = |interrupt: fn(&TestEnv, &mut Terminal, &Ids)| {
        assert_interrupted_once(CONTAINER, |env, terminal, ids| {
            let send = |signal: &str| {
                env.run(&format!("kill -{signal} {}", ids.parent))
                    .expect_code(0);
            };
            send("STOP");
            interrupt(env, terminal, ids);
            terminal.wait_for("interrupted");
            send("CONT");
            // A signal with a higher number is forwarded later.
            send("USR1");
            terminal.wait_for("reached");
        });
    };
    check(|env, _, ids| send_interrupt(env, &format!("-{}", ids.group)));
    check(|_, terminal, _| terminal.press(Key::Ctrl('c')));
}

#[test]
fn an_interrupt_in_a_container_reaches_the_command_after_one_of_its_group() {
    if !has_containers() {
        return;
    }
    assert_interrupted(CONTAINER, 3, |env, terminal, ids| {
        let wait_for = |terminal: &mut Terminal, count| {
            terminal.wait_until(|screen| screen.matches("interrupted").count() == count);
        };
        send_interrupt(env, &format!("-{}", ids.group));
        wait_for(terminal, 1);
        wait_until_received(&ids.parent);
        send_interrupt(env, &ids.parent);
        wait_for(terminal, 2);
        wait_until_received(&ids.parent);
        send_interrupt(env, &format!("-{}", ids.group));
    });
}

#[test]
fn an_interrupt_in_a_container_reaches_the_command_without_the_witness() {
    if !has_containers() {
        return;
    }
    assert_interrupted_once(CONTAINER, |env, _, ids| {
        let witness = child_with("--signal-witness", &ids.parent);
        env.run(&format!("kill -KILL {witness}")).expect_code(0);
        send_interrupt(env, &ids.parent);
    });
}

/// setsid(1) makes a session and a process group, and `timeout` only a process group.
#[test]
fn an_interrupt_in_a_container_reaches_a_command_in_another_process_group_once() {
    if !has_containers() {
        return;
    }
    let start = format!("{CONTAINER}{SERVE} setsid");
    assert_interrupted_by(&start, 1, |_, terminal, _| terminal.press(Key::Ctrl('c')));
    assert_interrupted_by(&start, 1, |env, _, ids| send_interrupt(env, &ids.parent));
    assert_interrupted_by(&start, 1, |env, _, ids| send_interrupt(env, &ids.command));
    assert_interrupted_by(&start, 1, |env, _, ids| {
        let witness = child_with("--signal-witness", &ids.parent);
        env.run(&format!("kill -KILL {witness}")).expect_code(0);
        send_interrupt(env, &ids.parent);
    });
}

#[test]
fn ctrl_c_in_a_container_ends_a_command_in_another_process_group_and_its_children() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    let timeout = "timeout 1000 sh -c 'echo begun; exec sleep 1000'";
    let mut terminal = env.start_on_terminal(&format!("{CONTAINER}{SERVE} {timeout}"));
    terminal.wait_for("begun");
    terminal.press(Key::Ctrl('c'));
    terminal.finish().expect_code(130);
}

/// Starts a shell in the shell of a container, and another one with the command line `inner` in that.
fn in_inner_shell(env: &TestEnv, inner: &str) -> Terminal {
    let shell = "bash --norc --noprofile -i";
    let mut terminal = env.start_on_terminal(&format!("{CONTAINER}{shell}"));
    assert_shell_reads(&mut terminal);
    terminal.type_text(inner);
    terminal.press(Key::Enter);
    terminal.type_text("printf '%s-%s\\n' inner begun");
    terminal.press(Key::Enter);
    terminal.wait_for("inner-begun");
    terminal
}

#[test]
fn a_shell_in_a_container_that_suspends_gives_the_terminal_back_and_fg_continues_it() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    let mut terminal = in_inner_shell(&env, &format!("{SERVE} bash --norc --noprofile -i"));
    for round in ["first", "second"] {
        terminal.type_text("suspend");
        terminal.press(Key::Enter);
        terminal.type_text(&format!("printf '%s-%s\\n' outer $SHLVL-{round}"));
        terminal.press(Key::Enter);
        terminal.wait_for(&format!("outer-1-{round}"));
        terminal.type_text("fg");
        terminal.press(Key::Enter);
        terminal.type_text(&format!("printf '%s-%s\\n' inner $SHLVL-{round}"));
        terminal.press(Key::Enter);
        terminal.wait_for(&format!("inner-2-{round}"));
    }
    terminal.type_text("exit");
    terminal.press(Key::Enter);
    assert_shell_reads(&mut terminal);
}

#[test]
fn ctrl_z_in_a_container_stops_a_command_in_another_process_group_and_fg_continues_it() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    env.write(
        "script",
        "echo begun; until [ -e go ]; do :; done; echo continued; \
         read line; echo \"command got $line\"",
    );
    let shell = "bash --norc --noprofile -i";
    let mut terminal = env.start_on_terminal(&format!("{CONTAINER}{shell}"));
    assert_shell_reads(&mut terminal);
    terminal.type_text(&format!("{SERVE} timeout 1000 sh script"));
    terminal.press(Key::Enter);
    terminal.wait_until(|screen| screen.lines().any(|line| line.trim() == "begun"));
    terminal.press(Key::Ctrl('z'));
    terminal.wait_for("Stopped");
    env.write("go", "");
    terminal.type_text("fg");
    terminal.press(Key::Enter);
    terminal.wait_for("continued");
    terminal.type_text("input");
    terminal.press(Key::Enter);
    terminal.wait_for("command got input");
    assert_shell_reads(&mut terminal);
}

/// `docker run --tty` gives the terminal to the first process, which the kernel does not stop.
#[test]
fn the_first_process_of_a_container_continues_a_command_that_stops() {
    if !has_containers() {
        return;
    }
    let start = |env: &TestEnv, command: &str| {
        env.start_on_terminal(&format!("{CONTAINER}setsid --ctty {SERVE} {command}"))
    };
    let (_center, env) = signed_in();
    let script = "echo begun; kill -STOP $$; kill -TSTP $$; read line; echo \"command got $line\"";
    env.write("script", script);
    let mut terminal = start(&env, "sh script");
    terminal.wait_for("begun");
    terminal.press(Key::Ctrl('z'));
    terminal.type_text("input");
    terminal.press(Key::Enter);
    terminal.wait_for("command got input");
    let mut terminal = start(&env, "bash --norc --noprofile -i");
    assert_shell_reads(&mut terminal);
    terminal.type_text("suspend");
    terminal.press(Key::Enter);
    terminal.type_text("printf '%s-%s\\n' reads again");
    terminal.press(Key::Enter);
    terminal.wait_for("reads-again");
}

#[test]
fn the_first_process_of_a_container_reaps_processes_that_it_inherits() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    env.write(
        "orphan",
        "read id name state parent rest </proc/self/stat; echo \"orphan: $id.\"; exec sleep 0",
    );
    env.write(
        "script",
        "for number in 1 2 3 4 5 6 7 8; do sh -c 'sh orphan &'; done; read end",
    );
    let mut running = env.start(&format!("{CONTAINER}{SERVE} sh script"));
    let mut orphans = Vec::new();
    for _ in 1..=8 {
        let line = running.wait_for_line(|line| line.starts_with("orphan: "));
        orphans.push(line["orphan: ".len()..line.len() - 1].to_owned());
    }
    let begun = Instant::now();
    for id in orphans {
        while std::path::Path::new(&format!("/proc/{id}")).exists() {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{id} is a zombie"
            );
        }
    }
    running.write_line("end");
    running.finish().expect_code(0);
}

/// A signal can arrive while the handlers of signals are removed.
#[test]
fn children_that_end_with_the_command_in_a_container_do_not_prevent_its_end() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    env.write(
        "script",
        "for number in {1..30}; do sleep 1000 & done; kill $(jobs -p); exit 7",
    );
    for _ in 1..=40 {
        let run = env.run(&format!("{CONTAINER}--kill-child {SERVE} bash script"));
        run.expect_code(7);
    }
}

/// Child processes inherit blocked signals.
#[test]
fn a_blocked_sigchld_in_a_container_does_not_prevent_the_end() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    let block = "env --block-signal=CHLD ";
    if env.run(&format!("{block}true")).code() != Some(0) {
        report_skip("no env --block-signal");
        return;
    }
    let script = "read id name state parent rest </proc/self/stat; echo \"ready: $parent\"; \
                  read end; exit 7";
    env.write("script", script);
    for ends_companion in [false, true] {
        let line = format!("{CONTAINER}--kill-child {block}{SERVE} sh script");
        let mut running = env.start(&line);
        let ready = running.wait_for_line(|line| line.starts_with("ready: "));
        if ends_companion {
            let (_, parent) = ready.split_once(' ').unwrap();
            let companion = child_with("--supervised-companion", parent);
            env.run(&format!("kill -KILL {companion}")).expect_code(0);
            running.wait_for_line(|line| line.contains("the credentials endpoint has ended"));
        }
        running.write_line("end");
        running.finish().expect_code(7);
    }
}

/// Ctrl-C can end the companion before it has left the process group.
#[test]
fn a_signal_to_the_starting_companion_in_a_container_ends_the_process() {
    if !has_containers() || tool("strace").is_none() {
        return;
    }
    for (signal, status) in [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let (_center, env) = signed_in();
        // The first program of the companion is a shell.
        let inject = format!("-e trace=execve -e inject=execve:signal={signal}");
        let strace = format!("strace -f -qq -o calls -P /bin/sh -P /bin/bash {inject}");
        let run = env.run(&format!("{CONTAINER}{strace} {SERVE} touch ran"));
        assert_eq!(
            run.code().or(run.signal().map(|it| it + 128)),
            Some(status),
            "{run}"
        );
        assert!(!env.home().join("ran").exists());
    }
}

/// Returns the ID of the child of `parent` with an argument.
fn child_with(argument: &str, parent: &str) -> String {
    let is_child = |id: &String| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        stat.split(' ').nth(3) == Some(parent)
    };
    processes_with(argument).into_iter().find(is_child).unwrap()
}

/// SIGALRM can be that of a timer of the caller, which the kernel sends to the process.
#[test]
fn every_signal_in_a_container_reaches_the_command_once() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    let signals = [
        "HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "TERM", "CONT", "TSTP", "TTIN", "URG",
        "WINCH", "IO", "PROF", "VTALRM", "XCPU", "XFSZ", "ABRT", "PIPE", "PWR", "STKFLT", "34",
        "64",
    ];
    for signal in signals {
        let script = format!(
            "n=0; trap 'n=$((n+1)); echo received' {signal}; \
             read id name state parent rest </proc/self/stat; echo \"ready: $parent\"; \
             until [ -e $1 ]; do :; done; echo $n times"
        );
        env.write("script", script);
        let mut running = env.start(&format!("{CONTAINER}{SERVE} bash script {signal}"));
        let ready = running.wait_for_line(|line| line.starts_with("ready: "));
        let (_, parent) = ready.split_once(' ').unwrap();
        env.run(&format!("kill -{signal} {parent}")).expect_code(0);
        running.wait_for_line(|line| line == "received");
        env.write(signal, "");
        let ended = running.finish().expect_code(0);
        assert!(ended.stdout().ends_with("1 times\n"), "{signal}: {ended}");
    }
}

#[test]
fn ctrl_c_in_a_container_ends_a_loop_of_the_shell() {
    if !has_containers() {
        return;
    }
    // The kernel protects the first process from its own signals, and so the shell.
    let container = format!("{CONTAINER}sh init ");
    for (shell, script) in LOOPS {
        let (_center, env) = signed_in();
        env.write("init", "\"$@\"; exit $?");
        assert_ctrl_c_ends_loop(&container, shell, script, &env, SERVE, |terminal| {
            terminal.wait_for("begun");
        });
    }
}

#[test]
fn ctrl_z_in_a_container_stops_the_command_and_fg_continues_it() {
    if has_containers() {
        assert_ctrl_z_and_fg(CONTAINER);
    }
}

#[test]
fn a_command_in_a_container_that_ignores_ctrl_z_keeps_the_terminal() {
    if has_containers() {
        assert_ignored_ctrl_z(CONTAINER);
    }
}

#[test]
fn a_command_in_a_container_that_stops_itself_gives_the_terminal_back() {
    if has_containers() {
        assert_stop_gives_terminal_back(CONTAINER);
    }
}

#[test]
fn a_script_in_a_container_without_an_interpreter_line_runs() {
    if has_containers() {
        assert_script_runs(&[&format!("{CONTAINER}{SERVE}")]);
    }
}

/// Some containers have no `/proc`, from which Linux reads the path of a program, or no shell. An empty
/// file system hides them here.
#[test]
fn a_container_needs_neither_proc_nor_a_shell() {
    if !has_containers() {
        return;
    }
    for hidden in ["/proc", "/usr/bin"] {
        let (_center, env) = signed_in();
        let hide = format!("{CONTAINER}--mount sh -c 'mount -t tmpfs none {hidden}");
        if env.run(&format!("{hide}'")).code() != Some(0) {
            report_skip("no mounts");
            return;
        }
        let run = env.run(&format!(
            "{hide} && exec {SERVE} export-credentials --version'"
        ));
        let version = run.expect_code(0);
        assert!(
            version.stdout().starts_with("export-credentials "),
            "{version}"
        );
        assert_eq!(version.stderr(), "");
    }
}

/// The shell does not wait for a stop, so that nothing would continue `export-credentials`.
#[test]
fn a_command_in_a_container_without_a_terminal_can_be_stopped_and_continued() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    let script = "read id rest </proc/self/stat; echo \"ready: $id\"; read end; echo ended";
    env.write("script", script);
    let container = format!("{CONTAINER} sh -c '{SERVE} sh script; echo after'");
    let mut running = env.start(&container);
    let ready = running.wait_for_line(|line| line.starts_with("ready: "));
    let (_, id) = ready.split_once(' ').unwrap();
    env.run(&format!("kill -STOP {id}")).expect_code(0);
    wait_for_state(id, "T");
    env.run(&format!("kill -CONT {id}")).expect_code(0);
    running.write_line("end");
    running.wait_for_line(|line| line == "after");
    running.finish().expect_code(0);
}

/// Waits until no signal to the process is pending. The system would combine it with another one.
fn wait_until_received(id: &str) {
    let begun = Instant::now();
    let is_pending = || {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let mut pending = status
            .lines()
            .filter_map(|line| line.strip_prefix("ShdPnd:"));
        pending.any(|mask| mask.trim().bytes().any(|digit| digit != b'0'))
    };
    while is_pending() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{id}");
    }
}

/// Waits until `/proc` shows the state.
fn wait_for_state(id: &str, state: &str) {
    let begun = Instant::now();
    let is_reached = || {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        stat.contains(&format!(") {state} "))
    };
    while !is_reached() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{id}: {state}");
    }
}

#[test]
fn the_end_of_the_companion_in_a_container_is_reported() {
    if !has_containers() {
        return;
    }
    let (_center, env) = signed_in();
    let script =
        "read id name state parent rest </proc/self/stat; echo \"ready: $parent\"; read end";
    env.write("script", script);
    let mut running = env.start(&format!("{CONTAINER}{SERVE} sh script"));
    let ready = running.wait_for_line(|line| line.starts_with("ready: "));
    let (_, parent) = ready.split_once(' ').unwrap();
    let companion = child_with("--supervised-companion", parent);
    env.run(&format!("kill -KILL {companion}")).expect_code(0);
    running
        .wait_for_line(|line| line.contains("the process with the credentials endpoint has ended"));
    running.write_line("end");
    let ended = running.finish().expect_code(0);
    assert_eq!(ended.stderr().matches("warning").count(), 1, "{ended}");
}
