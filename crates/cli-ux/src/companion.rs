//! Companions: processes that serve a command.
//!
//! If the command replaces the process of a program, instead of being its child, it behaves as if the
//! shell had started it: it has the process ID and the process group that the shell knows. Signals,
//! stops and exit statuses need no forwarding.

mod age;

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Pid, getpid, setsid, test_kill_process};
use rustix::stdio::dup2_stderr;

use crate::delegation;
use crate::ui::Ui;

/// Interval of the checks on systems without process descriptors.
const POLL_INTERVAL: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};

/// Number of these checks for each check whether another process has the ID of the command. The
/// latter starts processes.
const POLLS_PER_AGE_CHECK: u32 = 60;

/// Command that this process serves. Signals do not end this process before [`wait`](Self::wait)
/// returns.
#[derive(Debug)]
pub struct ServedCommand {
    end: End,
}

/// Sign that the command has ended.
#[derive(Debug)]
enum End {
    /// The descriptor of its process is readable.
    Descriptor(OwnedFd),
    /// No process has its ID, on systems without process descriptors.
    Process(Pid),
    /// The process that supervises it has closed the stdin of this process.
    Input,
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
        self.leave_command();
        let end = descriptor(process).map_or(End::Process(process), End::Descriptor);
        is_running(process).then_some(ServedCommand { end })
    }

    /// Like [`accompany`](Self::accompany), for a command that the parent of this process
    /// [supervises](Self::supervise). The parent keeps the stdin of this process open until the
    /// command has ended.
    #[must_use]
    pub fn accompany_supervised(&self) -> ServedCommand {
        self.leave_command();
        ServedCommand { end: End::Input }
    }

    fn leave_command(&self) {
        // A supervisor, such as systemd, sends signals to each process, and the command may handle
        // them and still need credentials.
        self.exit_on_interrupt();
        delegation::delegate_to_command();
        self.leave_terminal();
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
    /// Waits until the command has ended. Then closes stderr, which it shares with the command: a
    /// program that reads the messages of the command need not wait for this process.
    pub fn wait(self) {
        match self.end {
            End::Descriptor(descriptor) => {
                let mut watched = [PollFd::new(&descriptor, PollFlags::IN)];
                // On failure the process is not observable.
                let _ = retry_on_intr(|| poll(&mut watched, None));
            }
            End::Process(process) => wait_for(process, getpid()),
            End::Input => {
                // On failure the parent is not observable.
                let _ = io::copy(&mut io::stdin(), &mut io::sink());
            }
        }
        if let Ok(null) = File::open("/dev/null") {
            // On failure the reader waits.
            let _ = dup2_stderr(null);
        }
    }
}

/// Waits until `process` has ended, or its ID is that of another process, which has started after
/// `companion`.
fn wait_for(process: Pid, companion: Pid) {
    for count in 0_u32.. {
        let checks_age = count.is_multiple_of(POLLS_PER_AGE_CHECK);
        if !is_running(process) || checks_age && age::has_started_after(process, companion) {
            return;
        }
        // An interrupted wait only advances the next check.
        let _ = poll(&mut [], Some(&POLL_INTERVAL));
    }
}

/// A process of another user, for example of `sudo`, cannot receive a signal.
fn is_running(process: Pid) -> bool {
    !matches!(test_kill_process(process), Err(Errno::SRCH))
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

#[cfg(test)]
mod tests {
    use rustix::process::{Pid, getpid};

    use super::wait_for;

    #[test]
    fn the_wait_for_a_process_ends_if_another_process_has_its_id() {
        wait_for(getpid(), Pid::INIT);
    }
}
