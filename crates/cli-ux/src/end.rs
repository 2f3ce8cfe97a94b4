//! End of the process. No other module ends or replaces it.
//!
//! The process ends when the writes and refreshes in progress are complete, and with the modes that
//! the terminal had at the start.

use std::process::ExitCode;

use crate::terminal;

/// Maximum time for which a panic waits for other threads. A refresh holds its lock for less time.
#[cfg(feature = "sso")]
const PANIC_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(60);

/// Proof that no write and no refresh is in progress. None begins before this is dropped.
#[must_use = "writes and refreshes may begin again when this is dropped"]
pub(crate) struct Completed {
    #[cfg(feature = "sso")]
    _quiescent: sso_session::Quiescent,
}

impl Completed {
    /// Waits for writes and refreshes. Calls `before_wait` if one is in progress.
    #[cfg(feature = "sso")]
    pub(crate) fn wait(before_wait: impl FnOnce()) -> Self {
        let quiescent = sso_session::quiescent_now().unwrap_or_else(|| {
            before_wait();
            sso_session::wait_until_quiescent()
        });
        Self {
            _quiescent: quiescent,
        }
    }

    #[cfg(not(feature = "sso"))]
    pub(crate) fn wait(_: impl FnOnce()) -> Self {
        Self {}
    }

    /// Returns `code` for the return from `main`. No write and no refresh begins after this.
    pub(crate) fn returning(self, code: ExitCode) -> ExitCode {
        std::mem::forget(self);
        code
    }

    /// Ends the process in the way in which another process has ended.
    #[cfg(all(unix, feature = "wrapped"))]
    pub(crate) fn end_like(self, status: std::process::ExitStatus) -> ! {
        use std::os::unix::process::ExitStatusExt as _;
        match status.signal() {
            Some(signal) => self.end_by(signal),
            None => self.exit(status.code().unwrap_or_default()),
        }
    }

    /// Ends the process.
    #[cfg(feature = "wrapped")]
    pub(crate) fn exit(self, status: i32) -> ! {
        std::mem::forget(self);
        exit_now(status)
    }

    /// Ends the process like the default action of the signal.
    #[cfg(unix)]
    pub(crate) fn end_by(self, signal: i32) -> ! {
        std::mem::forget(self);
        end_by_now(signal)
    }

    /// Replaces the process with `command`. Returns only if that fails.
    #[cfg(all(unix, feature = "wrapped"))]
    pub(crate) fn exec(self, command: &mut std::process::Command) -> std::io::Error {
        terminal::restore();
        let error = std::os::unix::process::CommandExt::exec(command);
        drop(self);
        error
    }
}

/// Does `work` like a write or a refresh, for which signals wait.
#[cfg(all(unix, feature = "wrapped"))]
pub(crate) fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(feature = "sso")]
    let _section = sso_session::CriticalSection::begin();
    work()
}

/// Ends the process after a panic, when the writes and refreshes of other threads are complete.
pub(crate) fn exit_after_panic(status: i32) -> ! {
    #[cfg(feature = "sso")]
    let _completed = sso_session::wait_for_other_threads(PANIC_TIMEOUT);
    exit_now(status)
}

/// Ends the process like the default action of the signal, even if a write or a refresh is in
/// progress. The first process of a container, which the kernel protects from its own signals,
/// exits with the status that shells use.
#[cfg(unix)]
pub(crate) fn end_by_now(signal: i32) -> ! {
    terminal::restore_at_end();
    if std::process::id() != 1 {
        // This returns only if the action is not to end the process.
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    exit_now(128 + signal)
}

/// Ends the process even if a write or a refresh is in progress, because the user insists.
pub(crate) fn exit_now(status: i32) -> ! {
    terminal::restore_at_end();
    #[expect(clippy::exit, reason = "the only end of the process beside main")]
    std::process::exit(status)
}
