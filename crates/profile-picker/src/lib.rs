//! List of all AWS profiles at the terminal, with a fuzzy filter and the most used profiles first.
//!
//! [`pick`] lets the user pick a profile. It shows the account, role, session and Region of each profile, and
//! the state of its session from the cache. The filter searches all of them. Nothing is locked or written, and
//! no request is sent.
//!
//! [`UsageHistory`] remembers which profiles the user has used: their names, and the number and time of
//! their uses. A program records a use after the selection.
//!
//! ```no_run
//! use cli_ux::{Failure, Ui};
//! use profile_picker::{UsageHistory, pick};
//! use sso_credentials::Aws;
//!
//! fn switch(ui: &Ui, aws: &Aws) -> Result<(), Failure> {
//!     let profile = pick(ui, aws, "--profile")?;
//!     UsageHistory::open(aws).record(&profile, aws.clock().now());
//!     ui.print(&format!("{profile}\n"))
//! }
//! ```
//!
//! # Limits
//!
//! - The state of a session is that of the start. A sign-in by another process does not change the list.
//! - The history contains at most 500 profiles, each for 90 days after its last use. It does not
//!   distinguish profiles of the same name in different config files.

mod pick;
mod row;
mod states;

mod history;
mod usage;

pub use history::UsageHistory;
pub use pick::pick;

/// Includes the README so that its example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
