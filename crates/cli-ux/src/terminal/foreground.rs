//! Foreground process group of a terminal.

use std::os::fd::AsFd;

use rustix::io::Errno;
#[cfg(not(target_os = "linux"))]
use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;

/// Returns whether the process group of this process has `terminal`, the controlling terminal. Returns
/// `None` without such a terminal, and in a PID namespace if its process group is outside.
pub(crate) fn has(terminal: impl AsFd) -> Option<bool> {
    match tcgetpgrp(terminal) {
        #[cfg(target_os = "linux")]
        Ok(_) | Err(Errno::OPNOTSUPP) => has_according_to_proc(),
        #[cfg(not(target_os = "linux"))]
        Ok(group) => Some(group == getpgrp()),
        Err(_) => None,
    }
}

/// In a PID namespace, the ID of a process group that is outside is 0, which `getpgrp` of rustix must
/// not return.
#[cfg(target_os = "linux")]
fn has_according_to_proc() -> Option<bool> {
    is_foreground(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// Compares the fields `pgrp` and `tpgid` of `/proc/PID/stat`.
#[cfg(target_os = "linux")]
fn is_foreground(stat: &str) -> Option<bool> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    let (group, foreground) = (fields.nth(2)?, fields.nth(2)?);
    (group != "0" || foreground != "0").then_some(group == foreground)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::is_foreground;

    #[test]
    fn the_foreground_is_read_from_proc() {
        let check = |stat, expected| assert_eq!(is_foreground(stat), expected, "{stat}");
        check("7 (a) S 1 5 4 34816 5 4194304 0", Some(true));
        check("7 (a) b) S 1 5 4 34816 6 4194304 0", Some(false));
        check("7 (a) S 1 5 4 0 -1 4194304 0", Some(false));
        check("7 (a) S 1 0 4 34816 5 4194304 0", Some(false));
        check("7 (a) S 1 0 0 34816 0 4194304 0", None);
        check("7 (a) S", None);
        check("", None);
    }
}
