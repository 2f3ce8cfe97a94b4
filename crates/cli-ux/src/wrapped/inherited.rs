//! Child processes that this process has not started.
//!
//! The first process of a container inherits the processes whose parents end before them. Without it,
//! they would stay in the process table after their end.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use rustix::io::retry_on_intr;
use rustix::process::{
    Pid, WaitId, WaitIdOptions, WaitOptions, child_subreaper, getpid, wait, waitid,
};

use super::witness::Witness;

/// Reaps all ended child processes, if this process inherits child processes, until `command` has ended.
/// The caller has already reaped those that it has started.
///
/// Returns the status of `command` if it has reaped that too.
pub(super) fn reap(command: Pid, witness: &mut Option<Witness>) -> io::Result<Option<ExitStatus>> {
    while inherits() && has_ended(WaitId::All) && !has_ended(WaitId::Pid(command)) {
        match retry_on_intr(|| wait(WaitOptions::NOHANG))? {
            Some((id, status)) if id == command => {
                return Ok(Some(ExitStatus::from_raw(status.as_raw())));
            }
            Some((id, _)) => drop(witness.take_if(|witness| witness.is(id))),
            None => break,
        }
    }
    Ok(None)
}

fn inherits() -> bool {
    getpid().is_init() || child_subreaper().is_ok_and(|setting| setting.is_some())
}

/// Returns whether a child process has ended, and leaves it in the process table.
fn has_ended(which: WaitId<'_>) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(which, options).is_ok_and(|status| status.is_some())
}
