//! Messages, hints, prompts, colours and exit statuses for a family of command-line programs.
//!
//! A program passes [`run`] its description and a function from its arguments to a result. All
//! programs of a family then share argument parsing and `--help`, errors in one line with a hint
//! that fixes the problem, the exit statuses of the AWS CLI v2, and the handling of Ctrl-C.
//!
//! ```no_run
//! use clap::Parser;
//! use cli_ux::{Failure, GlobalArgs, Program, Ui};
//!
//! const PROGRAM: Program = Program::new("greet", env!("CARGO_PKG_VERSION"));
//!
//! /// Greet a user
//! #[derive(Parser)]
//! struct Args {
//!     #[command(flatten)]
//!     global: GlobalArgs,
//! }
//!
//! impl AsRef<GlobalArgs> for Args {
//!     fn as_ref(&self) -> &GlobalArgs {
//!         &self.global
//!     }
//! }
//!
//! fn greet(_: &Args, ui: &Ui) -> Result<(), Failure> {
//!     ui.print("hello\n")
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     cli_ux::run(&PROGRAM, greet)
//! }
//! ```
//!
//! Results go to stdout, messages to stderr. [`Ui`] handles `--quiet`, `--color`, `NO_COLOR` and
//! closed pipes. [`quoting`] contains all rules for text that a shell reads, and [`shell`] the statements
//! for environment variables. [`Program`] describes the family: its user agent, the commands in hints, the
//! completion variable, and the crates whose log messages are shown.
//!
//! # Features
//!
//! - `sso`: converts the errors of `sso-credentials` to a [`Failure`] with hints, prompts for MFA
//!   codes, and selects a browser (`browser::BrowserChoice`). Without it, the crate does not depend
//!   on an HTTP library.
//! - `sign-in`: a complete sign-in with its arguments, with a QR code or a pasted URL (`sign_in`).
//!   Includes `sso` and `prompt`.
//! - `prompt`: interactive prompts (`Question`, `Choice`).
//! - `completion`: shell completion for bash, elvish, fish, PowerShell and zsh, with the names of
//!   profiles and sessions: `source <(COMPLETE=bash PROGRAM)`.
//! - `local-time`: times of day in the local time zone (`LocalZone`).
//! - `json`: results as JSON, without secrets (`shown_json`).
//! - `man`: `PROGRAM man-pages SEE-ALSO...` prints the manual pages, for packagers.
//! - `table`: tables that fit the width of the terminal (`Table`).
//! - `wrapped`: runs other commands (`Ui::run`, `Ui::exec`, `Ui::supervise`), and serves
//!   them (`Ui::accompany`).
//!
//! # Limits
//!
//! The exit statuses are those of the AWS CLI v2 and cannot be changed. A process has one [`Ui`],
//! which owns the logger, the panic hook and the signal handlers. On Windows, closing the
//! console ends a program without waiting for a refresh. On Unix systems other than Linux, ignored
//! signals cannot be recognised: SIGHUP and SIGQUIT are handled only if stderr is a terminal. A
//! stdout that is closed when a program starts (`>&-`) is not an error: the runtime of Rust opens
//! `/dev/null` in its place.

mod run;
mod stderr;
mod stdout;

mod printable;
mod program;

mod args;
mod command_line;
pub mod quoting;
pub mod shell;
mod ui;

mod rows;

#[cfg(feature = "completion")]
mod completion;
#[cfg(feature = "local-time")]
mod local_time;
#[cfg(feature = "man")]
mod man;

#[cfg(all(unix, feature = "wrapped"))]
mod companion;
mod delegation;
mod end;
mod ending;
mod failure;
#[cfg(unix)]
mod ignored_signals;
mod interrupt;
mod json;
mod log_lines;
mod memory;
mod unwritten;

pub mod browser;
mod progress;
mod terminal;

#[cfg(feature = "sso")]
mod environment_keys;
#[cfg(feature = "sso")]
mod mfa;
#[cfg(feature = "sso")]
mod profile_names;
#[cfg(feature = "table")]
mod table;

#[cfg(feature = "prompt")]
mod prompt;
#[cfg(feature = "prompt")]
mod select;
#[cfg(feature = "prompt")]
mod sentence;
#[cfg(feature = "wrapped")]
mod wrapped;

#[cfg(feature = "sign-in")]
mod qr;
#[cfg(feature = "sign-in")]
pub mod sign_in;

pub use args::{
    ColorChoice, GlobalArgs, MinValidity, OutputArg, OutputForm, ProfileArgs,
    SHORT_CONNECT_TIMEOUT_HELP, SHORT_READ_TIMEOUT_HELP, SelectedSession, SessionsArgs,
    parse_duration,
};
pub use command_line::{Arguments, CommandLine};
#[cfg(all(unix, feature = "wrapped"))]
pub use companion::ServedCommand;
#[cfg(feature = "completion")]
pub use completion::completion_script;
#[cfg(feature = "sso")]
pub use environment_keys::selection_of_environment;
pub use failure::{Failure, FailureKind};
#[cfg(feature = "sso")]
pub use failure::{
    config_hint, no_sessions_configured, nothing_configured, nothing_configured_in,
    sign_in_arguments,
};
pub use json::SCHEMA_VERSION;
#[cfg(feature = "json")]
pub use json::shown_json;
#[cfg(feature = "local-time")]
pub use local_time::LocalZone;
#[cfg(feature = "sso")]
pub use profile_names::print_profile_names;
pub use program::Program;
pub use progress::{ProgressBar, Spinner};
#[cfg(feature = "prompt")]
pub use prompt::Question;
pub use run::run;
#[cfg(feature = "prompt")]
pub use select::{Choice, Entry, LongChoice};
#[cfg(feature = "table")]
pub use table::Table;
pub use ui::{MAX_WARNINGS, Ui, Verbosity};
#[cfg(all(unix, feature = "wrapped"))]
pub use wrapped::SupervisedService;
#[cfg(feature = "wrapped")]
pub use wrapped::sibling;

/// Includes the README so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
