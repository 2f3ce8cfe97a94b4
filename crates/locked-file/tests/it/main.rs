//! The locks and writes, one module a file of `src`, and what processes do to them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod append;
mod critical_section;
mod lock;
mod private;
mod quarantine;
mod read;
mod remove;
mod write;

mod child;
#[cfg(target_os = "linux")]
mod faults;
