//! Waiting for a command, and forwarding signals to it.

use std::io;
use std::process::{Child, Command, ExitStatus};

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::signal::{
    SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH,
};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::origin::{Origin, WithOrigin};

use crate::ignored_signals::IgnoredSignals;

/// Waits and forwards in one thread, so that no signal is sent to another process that reuses
/// the ID of an ended command.
pub(super) fn wait_and_forward(command: &mut Command) -> io::Result<ExitStatus> {
    let mut signals = SignalsInfo::<WithOrigin>::new([SIGCHLD, SIGWINCH])?;
    let ignored = IgnoredSignals::of_this_process();
    let is_handled = |signal: &i32| !ignored.contains(*signal);
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM]
        .into_iter()
        .filter(is_handled)
    {
        signals.handle().add_signal(signal)?;
    }
    let mut child = command.spawn()?;
    // The command has inherited ignored signals, for example from nohup. It may handle them.
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2] {
        signals.handle().add_signal(signal)?;
    }
    loop {
        for origin in signals.wait() {
            if origin.signal != SIGCHLD {
                forward(&origin, &child);
            } else if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
        }
    }
}

/// Forwards signals from processes, and every SIGTERM and SIGHUP. The command receives the
/// signals of the terminal directly, and many programs treat a second SIGINT differently. A
/// second SIGTERM or SIGHUP has no effect.
fn forward(origin: &Origin, child: &Child) {
    let is_from_process = origin.process.is_some();
    if is_from_process || matches!(origin.signal, SIGTERM | SIGHUP) {
        let signal =
            Signal::from_named_raw(origin.signal).expect("only named signals are registered");
        // On failure the command has ended, and SIGCHLD follows.
        let _ = kill_process(Pid::from_child(child), signal);
    }
}
