//! What the people at the terminal see: words, colours, hints and exit statuses.
//!
//! A program hands [`run`] a function from its arguments to a result; everything that the
//! programs of a family should do alike then happens here: parsing and `--help`, one line for an
//! error with the command that mends it, exit statuses as in the AWS CLI v2, Ctrl-C.
//!
//! ```no_run
//! use clap::Parser;
//! use cli_ux::{Failure, GlobalArgs, Ui};
//!
//! /// Greets.
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
//!     cli_ux::run(greet)
//! }
//! ```
//!
//! Results go to stdout, everything else to stderr; `--quiet`, `--color`, `NO_COLOR` and pipes
//! are the [`Ui`]'s business alone.
//!
//! # Features
//!
//! `sso`: turns the errors of `sso-credentials` into a [`Failure`] with hints, and asks for the code
//! of an MFA device. Without it there is no HTTP in the tree.
//!
//! `sign-in`: a whole sign-in with its arguments, `SignInArgs` and `SignInDialog`; a QR code, a
//! pasted address. It brings `sso` and `prompt`.
//!
//! `prompt`: questions at the terminal, `Question` and `Choice`.
//!
//! `completion`: a program completes its command line in bash, zsh, fish and PowerShell, with the
//! names of profiles and sessions: `source <(AWS_SSO_TOOLS_COMPLETE=bash PROGRAM)`.
//!
//! `man`: `PROGRAM man-pages` prints the manual pages; for who packages, not for what is shipped.
//!
//! `table`: rows in columns, as wide as the terminal, `Table`.
//!
//! `wrapped`: a command in the place of the program or beside it, `Ui::give_way_to` and
//! `Ui::accompany`.
//!
//! # Limits
//!
//! The exit statuses are those of the AWS CLI v2 and cannot be chosen. One [`Ui`] for a process:
//! it owns the logger, the panic hook and Ctrl-C.

mod run;

mod args;
mod ui;

#[cfg(feature = "completion")]
mod completion;
#[cfg(feature = "man")]
mod man;

mod failure;
mod interrupt;
mod log_lines;
mod memory;

mod browser;
mod progress;

#[cfg(feature = "sso")]
mod hidden;
#[cfg(feature = "sso")]
mod mfa;
#[cfg(feature = "table")]
mod table;

#[cfg(feature = "prompt")]
mod prompt;
#[cfg(feature = "prompt")]
mod select;
#[cfg(feature = "prompt")]
mod terminal;
#[cfg(feature = "wrapped")]
mod wrapped;

#[cfg(feature = "sign-in")]
mod qr;
#[cfg(feature = "sign-in")]
mod sign_in;

pub use args::{
    ColorChoice, GlobalArgs, MinValidity, OutputArg, OutputForm, TIME_TO_ANSWER_SHORTLY,
    TIME_TO_CONNECT_SHORTLY, Whom, parse_span,
};
pub use browser::{Browser, BrowserError};
pub use failure::{Failure, FailureKind};
pub use progress::{Counting, Waiting};
#[cfg(feature = "prompt")]
pub use prompt::Question;
pub use run::run;
#[cfg(feature = "prompt")]
pub use select::Choice;
#[cfg(feature = "sign-in")]
pub use sign_in::{SignInArgs, SignInDialog, SignInEvent, WantedToken};
#[cfg(feature = "table")]
pub use table::Table;
pub use ui::{Ui, Verbosity};
