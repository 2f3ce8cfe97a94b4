//! Waiting for a command, forwarding signals to it, and stopping when it stops.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus};

use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Pid, Signal, WaitOptions, getpgrp, getpid, kill_process, waitpid};
use rustix::termios::tcgetpgrp;
use signal_hook::consts::signal::{
    SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGTERM, SIGTSTP, SIGURG,
    SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
};
use signal_hook::iterator::exfiltrator::origin::{Origin, WithOrigin};
use signal_hook::iterator::{Handle, SignalsInfo};

use super::witness::Witness;
use crate::ignored_signals::IgnoredSignals;

/// Signals that are forwarded with and without a [`Witness`].
const ALWAYS: [i32; 8] = [
    SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH,
];

/// Signals that are forwarded with a [`Witness`].
const WITNESSED: [i32; 7] = [SIGCONT, SIGIO, SIGPROF, SIGTSTP, SIGURG, SIGVTALRM, SIGXCPU];

/// Returns the signals that are forwarded with a [`Witness`].
pub(super) fn forwarded() -> impl Iterator<Item = i32> {
    ALWAYS.into_iter().chain(WITNESSED)
}

/// Waits and forwards in one thread, so that no signal is sent to another process that reuses
/// the ID of an ended command. Calls `on_change` when a child process has ended or stopped.
pub(super) fn wait_and_forward(
    command: &mut Command,
    mut witness: Option<Witness>,
    mut on_change: impl FnMut(),
) -> io::Result<ExitStatus> {
    let mut signals = SignalsInfo::<WithOrigin>::new([SIGCHLD])?;
    let with_witness = |signal: &i32| witness.is_some() || ALWAYS.contains(signal);
    let ignored = IgnoredSignals::of_this_process();
    let (ignored, others): (Vec<i32>, Vec<i32>) = forwarded()
        .filter(with_witness)
        .partition(|signal| ignored.contains(*signal));
    add(&others, &signals.handle())?;
    let child = Pid::from_child(&spawn(command)?);
    for origin in signals.pending() {
        // The command may have started after a signal to its process group.
        let _ = has_reached_group(&origin, &mut witness);
        send(origin.signal, child);
    }
    // The command has inherited ignored signals, for example from nohup. It may handle them.
    add(&ignored, &signals.handle())?;
    loop {
        if let Some(status) = status_of(child)? {
            return Ok(status);
        }
        for origin in signals.wait() {
            if origin.signal == SIGCHLD {
                on_change();
            } else if !has_reached_group(&origin, &mut witness) {
                send(origin.signal, child);
            }
        }
    }
}

fn add(signals: &[i32], handle: &Handle) -> io::Result<()> {
    let mut signals = signals.iter();
    signals.try_for_each(|signal| handle.add_signal(*signal))
}

/// Starts the command like `execvp`, which runs a script without an interpreter line with the shell.
fn spawn(command: &mut Command) -> io::Result<Child> {
    command.spawn().or_else(|error| {
        if error.raw_os_error() != Some(Errno::NOEXEC.raw_os_error()) {
            return Err(error);
        }
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", r#"exec "$0" "$@""#])
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.spawn()
    })
}

/// Returns whether the command has received the signal as a process of the process group.
///
/// Without a witness, that is unknown for signals from other processes. SIGTERM and SIGHUP are then
/// forwarded in any case, because a second one has no effect on most programs.
fn has_reached_group(origin: &Origin, witness: &mut Option<Witness>) -> bool {
    let answer = witness.as_mut().map(|it| it.has_received(origin.signal));
    answer.and_then(Result::ok).unwrap_or_else(|| {
        *witness = None;
        origin.process.is_none() && !matches!(origin.signal, SIGTERM | SIGHUP)
    })
}

fn send(signal: i32, child: Pid) {
    if signal != SIGCHLD {
        let signal = Signal::from_named_raw(signal).expect("only named signals are registered");
        // On failure the command has ended, and SIGCHLD follows.
        let _ = kill_process(child, signal);
    }
}

/// Returns the status of the command if it has ended. If it has stopped, stops this process, so that
/// the shell takes the terminal back.
fn status_of(child: Pid) -> io::Result<Option<ExitStatus>> {
    let options = WaitOptions::NOHANG | WaitOptions::UNTRACED;
    let Some((_, status)) = retry_on_intr(|| waitpid(Some(child), options))? else {
        return Ok(None);
    };
    if !status.stopped() {
        return Ok(Some(ExitStatus::from_raw(status.as_raw())));
    }
    if is_in_foreground() {
        // On failure the terminal stays with the command.
        let _ = kill_process(getpid(), Signal::STOP);
    }
    Ok(None)
}

/// Otherwise no shell waits for a stop, and a process that continues the command may not continue
/// this process.
fn is_in_foreground() -> bool {
    let terminal = File::open("/dev/tty");
    let group = terminal.and_then(|terminal| Ok(tcgetpgrp(terminal)?));
    group.is_ok_and(|group| group == getpgrp())
}
