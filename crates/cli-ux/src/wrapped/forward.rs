//! Waiting for a command and forwarding signals to it.

use std::io;
use std::ops::RangeInclusive;
use std::process::{Child, Command, ExitStatus};

use rustix::io::Errno;
#[cfg(target_os = "linux")]
use rustix::process::Signal;
use rustix::process::{Pid, getpid};
use signal_hook::consts::signal::{
    SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPIPE, SIGPROF, SIGQUIT, SIGTERM,
    SIGTSTP, SIGTTIN, SIGURG, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU, SIGXFSZ,
};
use signal_hook::iterator::exfiltrator::origin::Origin;

#[cfg(target_os = "linux")]
use super::inherited;
use super::job::{Job, Target};
use super::receiver::Receiver;
use super::witness::Witness;
use crate::ignored_signals::IgnoredSignals;

/// Signals that are forwarded with and without a [`Witness`].
const ALWAYS: [i32; 8] = [
    SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH,
];

/// Signals that are forwarded with a [`Witness`]. The others report a defect of the process that
/// receives them, or cannot be handled. SIGTTOU would be repeated without end while this process writes
/// to the terminal.
const WITNESSED: [i32; 11] = [
    SIGABRT, SIGCONT, SIGIO, SIGPIPE, SIGPROF, SIGTSTP, SIGTTIN, SIGURG, SIGVTALRM, SIGXCPU,
    SIGXFSZ,
];

/// Further signals of Linux that are forwarded with a [`Witness`].
#[cfg(target_os = "linux")]
const OF_SYSTEM: [i32; 2] = [Signal::POWER.as_raw(), Signal::STKFLT.as_raw()];
#[cfg(not(target_os = "linux"))]
const OF_SYSTEM: [i32; 0] = [];

/// Real-time signals, without those that the C library uses itself: `SIGRTMIN` to `SIGRTMAX`.
#[cfg(target_os = "linux")]
const REAL_TIME: RangeInclusive<i32> = if cfg!(target_env = "musl") {
    35..=64
} else {
    34..=64
};
#[cfg(not(target_os = "linux"))]
#[expect(clippy::reversed_empty_ranges, reason = "the range is empty")]
const REAL_TIME: RangeInclusive<i32> = 1..=0;

/// Returns the signals that are forwarded with a [`Witness`].
pub(super) fn forwarded() -> impl Iterator<Item = i32> {
    let named = ALWAYS.into_iter().chain(WITNESSED).chain(OF_SYSTEM);
    named.chain(REAL_TIME)
}

/// Waits and forwards in one thread, so that no signal is sent to another process that reuses
/// the ID of an ended command. Calls `on_change` when a child process may have ended or stopped.
pub(super) fn wait_and_forward(
    command: &mut Command,
    mut witness: Option<Witness>,
    mut on_change: impl FnMut(),
) -> io::Result<ExitStatus> {
    let mut signals = Receiver::of([SIGCHLD])?;
    let with_witness = |signal: &i32| witness.is_some() || ALWAYS.contains(signal);
    let ignored = IgnoredSignals::of_this_process();
    let (ignored, others): (Vec<i32>, Vec<i32>) = forwarded()
        .filter(with_witness)
        .partition(|signal| ignored.contains(*signal));
    signals.add(others)?;
    let job = Job::of(Pid::from_child(&spawn(command)?));
    for origin in signals.pending() {
        // The command may have started after a signal to its process group.
        let _ = has_reached_group(&origin, &mut witness);
        job.send(origin.signal, Target::Process);
    }
    // The command has inherited ignored signals, for example from nohup. It may handle them. The
    // runtime of Rust ignores SIGPIPE, but not for the command.
    signals.add(ignored)?;
    loop {
        if let Some(status) = job.status(witness.is_some())? {
            return Ok(status);
        }
        let arrived = signals.wait()?;
        for origin in arrived.filter(|origin| origin.signal != SIGCHLD) {
            forward(&origin, &job, &mut witness);
        }
        on_change();
        #[cfg(target_os = "linux")]
        if let Some(status) = inherited::reap(job.command(), &mut witness)? {
            return Ok(status);
        }
    }
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

/// Forwards a signal unless the command has received it as a process of the process group.
fn forward(origin: &Origin, job: &Job, witness: &mut Option<Witness>) {
    // For example because the reader of stderr has ended.
    if origin
        .process
        .is_some_and(|sender| sender.pid == getpid().as_raw_pid())
    {
        return;
    }
    let target = match (has_reached_group(origin, witness), job.has_own_group()) {
        (Some(true), true) => Some(Target::Group),
        (Some(false), _) | (None, true) => Some(Target::Process),
        (None, false) => may_be_repeated(origin).then_some(Target::Process),
        (Some(true), false) => None,
    };
    if let Some(target) = target {
        job.send(origin.signal, target);
    }
}

/// Returns whether the signal was sent to the process group of this process. Without a witness, that is
/// unknown.
fn has_reached_group(origin: &Origin, witness: &mut Option<Witness>) -> Option<bool> {
    let answer = witness.as_mut()?.has_received(origin.signal);
    if answer.is_err() {
        *witness = None;
    }
    answer.ok()
}

/// The kernel sends the signals of keys to the process group. A second SIGTERM or SIGHUP has no effect on
/// most programs.
fn may_be_repeated(origin: &Origin) -> bool {
    origin.process.is_some() || matches!(origin.signal, SIGTERM | SIGHUP)
}
