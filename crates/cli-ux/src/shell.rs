//! Statements that set and unset environment variables of a shell.
//!
//! Values are quoted, so that the shell reads them back unchanged and executes no part of them. The
//! statements are also valid if an unquoted command substitution joins their lines.

pub mod fish;
pub mod nushell;
pub mod posix;
pub mod powershell;
pub mod tcsh;
pub mod windows_cmd;
pub mod xonsh;

mod lines;
mod unsupported_value;
mod variable;

pub use lines::{assigned, assigned_or_unset};
pub use unsupported_value::UnsupportedValue;
pub use variable::{
    ACCOUNT_ID, CREDENTIAL_NAMES, PROFILE_NAMES, REGION_NAMES, SECURITY_TOKEN, SESSION_TOKEN,
    Variable, credential_variables,
};
