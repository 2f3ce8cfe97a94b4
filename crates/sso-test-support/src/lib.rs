//! A harness for tests of programs: temporary homes, terminals, transcripts, browsers.
//!
//! - [`TestEnv`] is a home directory of a test's own. Programs run there in an environment that has
//!   nothing else in it; [`RunningProgram`] is one of them, and a [`Transcript`] its output.
//! - `Terminal` (on Unix) is a pseudo-terminal for a program, with keys to press and a screen to
//!   read.
//! - [`Browser`] plays the user: it opens a URL, presses the button, follows the redirects.
//! - `Chromium` (on Unix) is a real browser without a window, if one is installed.
//! - [`Relay`] and [`Proxy`] stand between programs and services: they cut, stall and encrypt
//!   connections, and record requested hosts.
//! - [`tool`] and its siblings find programs that a test can do without.
//!
//! The programs talk to an IAM Identity Center of the crate [`identity_center_emulator`].
//!
//! ```
//! use identity_center_emulator::{Emulator, Operation};
//! use sso_test_support::{Browser, TestEnv};
//!
//! let emulator = Emulator::start();
//! let env = TestEnv::new(&emulator);
//! env.write_config(TestEnv::SAMPLE_CONFIG);
//! // env.run("sso-login --profile dev") would sign in here.
//!
//! let page = Browser::new().visit(&emulator.url());
//! assert!(page.body.contains("A local IAM Identity Center"));
//! assert_eq!(emulator.count(Operation::Page), 1);
//! assert_eq!(emulator.count(Operation::RegisterClient), 0);
//! ```
//!
//! # Limits
//!
//! Nothing ships with this crate: it panics where a test has failed, and the emulator runs on an
//! async runtime. Terminals and Chromium are for Unix alone.

mod test_env;

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
mod loopback_server;

mod tool;

pub use browser::{Browser, Visit};
#[cfg(unix)]
pub use chromium::Chromium;
pub use proxy::Proxy;
pub use relay::{Behaviour, CLOSED_PORT_URL, Relay};
pub use running_program::RunningProgram;
#[cfg(unix)]
pub use terminal::{Key, Terminal};
pub use test_env::{TestEnv, programs_dir};
pub use tool::{aws_cli, chromium, node_modules, python, tool};
pub use transcript::Transcript;
