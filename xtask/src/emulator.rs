//! `cargo xtask emulator`: the local IAM Identity Center by itself.

use anyhow::Result;
use identity_center_emulator::cli::{self, EmulatorArgs};

/// The programs of this workspace, with the config that the emulator prints.
const NEXT_COMMANDS: [&str; 2] = [
    "sso-login --profile dev",
    "eval \"$(export-credentials --profile dev)\"",
];

/// Runs the emulator until Ctrl-C or the end of a piped standard input.
///
/// # Errors
///
/// Those of [`cli::run`].
pub(crate) fn run(args: &EmulatorArgs) -> Result<()> {
    Ok(cli::run(args, &NEXT_COMMANDS)?)
}
