//! Ages of processes, from the POSIX utility `ps`.

use std::process::{Command, Stdio};

use rustix::process::Pid;

/// Returns whether `process` has started after `other`, with a precision of one second. Returns false
/// if that is unknown.
pub(super) fn has_started_after(process: Pid, other: Pid) -> bool {
    // The clock may be set back between the calls of `ps`, but hardly twice.
    (0..2).all(|_| {
        // The order makes `process` appear older, not younger.
        let other = age(other);
        age(process)
            .zip(other)
            .is_some_and(|(age, other)| age < other)
    })
}

/// Returns the seconds since the process has started.
fn age(process: Pid) -> Option<u64> {
    let output = Command::new("ps")
        .args(["-o", "etime=", "-p", &process.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    seconds(str::from_utf8(&output.ok()?.stdout).ok()?.trim())
}

/// Parses `[[dd-]hh:]mm:ss`.
fn seconds(elapsed: &str) -> Option<u64> {
    let (days, time) = elapsed.split_once('-').unwrap_or(("0", elapsed));
    let mut fields = time.split(':').map(|field| field.parse::<u64>().ok());
    let time = fields.try_fold(0_u64, |sum, field| sum.checked_mul(60)?.checked_add(field?))?;
    let days = days.parse::<u64>().ok()?.checked_mul(24 * 60 * 60)?;
    days.checked_add(time)
}

#[cfg(test)]
mod tests {
    use rustix::process::{Pid, getpid};

    use super::{has_started_after, seconds};

    #[test]
    fn elapsed_times_are_parsed() {
        let check = |elapsed, expected| assert_eq!(seconds(elapsed), expected, "{elapsed}");
        check("00:00", Some(0));
        check("01:02", Some(62));
        check("03:01:02", Some(10_862));
        check("2-03:01:02", Some(183_662));
        check("", None);
        check("-", None);
        check("1:x", None);
        check("99999999999999999999-00:00", None);
        check("999999999999999999-00:00", None);
    }

    #[test]
    fn the_younger_of_two_processes_has_started_after_the_other() {
        assert!(has_started_after(getpid(), Pid::INIT));
        assert!(!has_started_after(Pid::INIT, getpid()));
        assert!(!has_started_after(getpid(), getpid()));
    }

    #[test]
    fn a_missing_process_has_not_started_after_another() {
        let missing = Pid::from_raw(i32::MAX).unwrap();
        assert!(!has_started_after(missing, Pid::INIT));
        assert!(!has_started_after(getpid(), missing));
    }
}
