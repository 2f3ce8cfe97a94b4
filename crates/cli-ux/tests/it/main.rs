//! Tests of this crate, one module per file of `src`.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod args;
mod browser;
#[cfg(unix)]
mod command_line;
#[cfg(all(target_os = "linux", feature = "sso"))]
mod end;
mod failure;
#[cfg(feature = "json")]
mod json;
#[cfg(all(target_os = "linux", feature = "local-time"))]
mod local_time;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(all(unix, feature = "prompt"))]
mod plain;
mod program;
#[cfg(all(unix, feature = "prompt"))]
mod prompt;
mod run;
#[cfg(all(unix, feature = "prompt"))]
mod select;
#[cfg(feature = "table")]
mod table;
