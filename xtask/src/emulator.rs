//! `cargo xtask emulator`: a local IAM Identity Center.

use anyhow::Result;
use identity_center_emulator::cli::{self, EmulatorArgs};

use crate::workspace::{build_programs, metadata, programs};

/// Suggested commands, which use the config that the emulator prints.
const NEXT_COMMANDS: [&str; 2] = [
    "sso-login --profile dev",
    "eval \"$(export-credentials --profile dev)\"",
];

/// Runs the emulator until Ctrl-C or the end of a piped stdin, or of its shell, whose exit status it
/// returns. For a shell, builds the programs first.
///
/// # Errors
///
/// Those of [`cli::run`], and if the programs cannot be built.
pub(crate) fn run(args: &EmulatorArgs) -> Result<u8> {
    if args.starts_shell() {
        build_programs(&programs(&metadata()?))?;
    }
    Ok(cli::run(args, &NEXT_COMMANDS)?)
}
