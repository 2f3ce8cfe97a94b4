//! Companions: processes that serve a command which replaces their parent.
//!
//! A command that replaces the process of a program, instead of being its child, behaves as if the
//! shell had started it: it has the process ID and the process group that the shell knows. Signals,
//! stops and exit statuses need no forwarding.

use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Pid, setsid, test_kill_process};

use crate::interrupt;
use crate::ui::Ui;

/// Interval of the checks on systems without process descriptors.
const POLL_INTERVAL: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};

/// Process of a command, which this process serves. Signals do not end this process before
/// [`wait`](Self::wait) returns.
#[derive(Debug)]
pub struct ServedCommand {
    process: Pid,
    /// Readable when the process has ended; `None` if the system has no process descriptors.
    descriptor: Option<OwnedFd>,
}

impl Ui {
    /// Makes this process the companion of the process `id`: it leaves the terminal and its session,
    /// so that neither it nor a program that it starts can prompt. Returns `None` if `id` is not the
    /// ID of a running process.
    ///
    /// The caller must not be the leader of a process group.
    #[must_use]
    pub fn accompany(&self, id: u32) -> Option<ServedCommand> {
        let process = i32::try_from(id).ok().and_then(Pid::from_raw)?;
        // A supervisor, such as systemd, sends signals to each process, and the command may handle
        // them and still need credentials.
        self.exit_on_interrupt();
        interrupt::delegate_to_command();
        self.leave_terminal();
        let served = ServedCommand {
            process,
            descriptor: descriptor(process),
        };
        served.is_running().then_some(served)
    }

    /// Makes this process leave the terminal and its session, so that their end does not end it.
    ///
    /// The caller must not be the leader of a process group.
    pub fn leave_terminal(&self) {
        // On failure this process already is in a session of its own.
        let _ = setsid();
    }
}

impl ServedCommand {
    /// Waits until the process ends.
    pub fn wait(self) {
        let Some(descriptor) = &self.descriptor else {
            while self.is_running() {
                // An interrupted wait only advances the next check.
                let _ = poll(&mut [], Some(&POLL_INTERVAL));
            }
            return;
        };
        let mut watched = [PollFd::new(descriptor, PollFlags::IN)];
        // On failure the process is not observable.
        let _ = retry_on_intr(|| poll(&mut watched, None));
    }

    /// A process of another user, for example of `sudo`, cannot receive a signal.
    fn is_running(&self) -> bool {
        !matches!(test_kill_process(self.process), Err(Errno::SRCH))
    }
}

#[cfg(target_os = "linux")]
fn descriptor(process: Pid) -> Option<OwnedFd> {
    use rustix::process::{PidfdFlags, pidfd_open};
    pidfd_open(process, PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn descriptor(_: Pid) -> Option<OwnedFd> {
    None
}
