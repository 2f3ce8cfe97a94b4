//! Test harness for programs that sign in to IAM Identity Center.
//!
//! - [`TestEnv`] is a temporary home directory with a minimal environment. [`RunningProgram`] is a
//!   program that runs in it, and [`Transcript`] is its output.
//! - `Terminal` (on Unix) runs a program on a pseudo-terminal, sends it key presses, and reads the
//!   screen.
//! - [`Browser`] acts as the user: it opens a URL, allows or denies access, and follows redirects.
//! - `Chromium` (on Unix) is a real headless browser, if one is installed.
//! - [`Relay`] and [`Proxy`] are intermediaries between programs and services. A relay cuts, stalls
//!   and encrypts connections. A proxy records requested hosts.
//! - `FileAttribute` (on Linux) makes a file immutable. `TestEnv::run_traced` and
//!   `TestEnv::run_with_mounts` run a program under a trace, or with other mounts.
//! - [`CredentialSource`] contains the keys of profiles that programs read differently.
//! - [`tool`] and similar functions find optional tools.
//!
//! The crate [`identity_center_emulator`] provides the IAM Identity Center for the programs.
//!
//! ```
//! use identity_center_emulator::{Emulator, Operation};
//! use sso_test_support::{Browser, TestEnv};
//!
//! let emulator = Emulator::start();
//! let env = TestEnv::new(&emulator);
//! env.write_config(TestEnv::SAMPLE_CONFIG);
//! // A test would run a program here: env.run("sso-login --profile dev")
//!
//! let page = Browser::new().visit(&emulator.url());
//! assert!(page.body.contains("A local IAM Identity Center"));
//! assert_eq!(emulator.count(Operation::Page), 1);
//! assert_eq!(emulator.count(Operation::RegisterClient), 0);
//! ```
//!
//! # Limits
//!
//! For tests only: the functions panic instead of returning errors, and the emulator depends on an
//! async runtime. Terminals and Chromium are available only on Unix, and
//! file attributes, traces and mounts only on Linux.

mod test_env;

#[cfg(target_os = "linux")]
mod file_system;

#[cfg(unix)]
mod signals;

mod running_program;

#[cfg(unix)]
mod terminal;

mod transcript;

mod browser;

#[cfg(unix)]
mod chromium;

mod relay;

mod proxy;

mod certificate;
mod credential_source;
mod loopback_server;

mod tool;

pub use browser::{Browser, Visit};
#[cfg(unix)]
pub use chromium::Chromium;
pub use credential_source::{CredentialSource, EQUIVALENT_COMMANDS, SHELL_COMMANDS};
#[cfg(target_os = "linux")]
pub use file_system::FileAttribute;
pub use proxy::Proxy;
pub use relay::{Behaviour, CLOSED_PORT_URL, Relay};
pub use running_program::RunningProgram;
#[cfg(unix)]
pub use terminal::{Key, Terminal};
pub use test_env::{TestEnv, programs_dir};
pub use tool::{aws_cli, chromium, node_modules, python, report_skip, tool};
pub use transcript::Transcript;
