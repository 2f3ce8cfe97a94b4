//! Signals that a process ignores from its start.

use std::fs;
use std::io::{self, IsTerminal};

use signal_hook::consts::signal::{SIGHUP, SIGQUIT};

/// Signals that are ignored, for example because of `nohup` or of a shell's `&`.
pub(crate) struct IgnoredSignals {
    mask: u64,
}

impl IgnoredSignals {
    /// Returns the ignored signals of this process. Call this before a handler is installed.
    ///
    /// Systems other than Linux do not show them. There, SIGHUP and SIGQUIT, which come from a
    /// terminal, count as ignored unless stderr is a terminal: `nohup` redirects stderr.
    pub(crate) fn of_this_process() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        Self {
            mask: mask_of(&status).unwrap_or_else(mask_without_proc),
        }
    }

    pub(crate) fn contains(&self, signal: i32) -> bool {
        self.mask & bit(signal) != 0
    }
}

fn mask_of(status: &str) -> Option<u64> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

fn mask_without_proc() -> u64 {
    if io::stderr().is_terminal() {
        0
    } else {
        bit(SIGHUP) | bit(SIGQUIT)
    }
}

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}
