//! What a program inherits beside its environment.

use std::fs;
use std::sync::Once;

use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag;

/// Has programs end by the usual signals also where the tests were started by nohup, or behind the
/// `&` of a script, and ignore them: a child ignores what its parent ignores, but not what the
/// parent has a handler for. Here the handler does nothing.
///
/// Looks in `/proc`, so that it is for Linux alone.
pub(crate) fn heed() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ignored = ignored();
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
            if ignored & 1 << (signal - 1) != 0 {
                flag::register(signal, <_>::default()).expect("it can have a handler");
            }
        }
    });
}

/// Returns the signals that this process ignores, a bit each.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.map_or(0, |mask| {
        u64::from_str_radix(mask.trim(), 16).expect("the kernel writes hexadecimal")
    })
}
