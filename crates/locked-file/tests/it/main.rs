//! Integration tests, one module for each file of `src`, and fault injection.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod append;
mod claim;
mod critical_section;
mod journal;
mod lock;
#[cfg(unix)]
mod owner;
mod private;
mod quarantine;
mod read;
mod remove;
#[cfg(unix)]
mod target;
mod write;

mod child;
#[cfg(target_os = "linux")]
mod durability;
#[cfg(target_os = "linux")]
mod faults;
#[cfg(target_os = "linux")]
mod in_place;
#[cfg(target_os = "linux")]
mod modes;
#[cfg(target_os = "linux")]
mod mount;
#[cfg(target_os = "linux")]
mod obstacle;
#[cfg(target_os = "linux")]
mod privileged;
