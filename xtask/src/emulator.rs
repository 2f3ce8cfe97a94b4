//! `cargo xtask emulator`: a local IAM Identity Center.

use anyhow::Result;
use identity_center_emulator::cli::{self, EmulatorArgs};

/// Suggested commands, which use the config that the emulator prints.
const NEXT_COMMANDS: [&str; 2] = [
    "sso-login --profile dev",
    "eval \"$(export-credentials --profile dev)\"",
];

/// Runs the emulator until Ctrl-C or the end of a piped stdin.
///
/// # Errors
///
/// Those of [`cli::run`].
pub(crate) fn run(args: &EmulatorArgs) -> Result<()> {
    Ok(cli::run(args, &NEXT_COMMANDS)?)
}
