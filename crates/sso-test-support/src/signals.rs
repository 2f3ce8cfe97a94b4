//! Signals to programs, and signals that child processes inherit as ignored.

use std::fs;
use std::process::Command;
use std::sync::Once;

use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag;

/// Makes child processes react to signals that this process ignores, for example because `nohup` or
/// a script started it in the background.
///
/// Child processes inherit ignored signals, but not handlers. This function therefore installs
/// handlers without effect. It reads `/proc`, so it works only on Linux.
pub(crate) fn stop_ignoring() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ignored = ignored();
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
            if ignored & 1 << (signal - 1) != 0 {
                flag::register(signal, <_>::default()).expect("the signal can have a handler");
            }
        }
    });
}

/// Sends a signal, for example `TERM`, to a process.
pub(crate) fn send(signal: &str, id: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{signal}"), id])
        .status();
    assert!(
        sent.is_ok_and(|status| status.success()),
        "cannot send {signal} to {id}"
    );
}

fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.map_or(0, |mask| {
        u64::from_str_radix(mask.trim(), 16).expect("the kernel writes hexadecimal")
    })
}
