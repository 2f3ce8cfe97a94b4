//! Program that runs a local IAM Identity Center.
#![expect(clippy::print_stderr, reason = "errors go to stderr")]

use std::process::ExitCode;

use clap::Parser;
use identity_center_emulator::cli::{self, EmulatorArgs};

/// Run a local IAM Identity Center for tests
///
/// Serves the OIDC service, the access portal, the sign-in pages, and STS.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    emulator: EmulatorArgs,
}

/// AWS CLI v2 commands that work with the printed settings.
const NEXT_COMMANDS: [&str; 2] = [
    "aws sso login --profile dev",
    "aws configure export-credentials --profile dev",
];

fn main() -> ExitCode {
    let args = Args::parse();
    match cli::run(&args.emulator, &NEXT_COMMANDS) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("error: {:#}", anyhow::Error::from(error));
            ExitCode::FAILURE
        }
    }
}
