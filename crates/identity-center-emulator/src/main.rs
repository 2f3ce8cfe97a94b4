//! A local IAM Identity Center as a program of its own.
#![expect(
    clippy::print_stderr,
    reason = "the program reports its errors on standard error"
)]

use std::process::ExitCode;

use clap::Parser;
use identity_center_emulator::cli::{self, EmulatorArgs};

/// Run a local IAM Identity Center for tests: OIDC service, access portal, sign-in pages, STS
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    #[command(flatten)]
    emulator: EmulatorArgs,
}

/// Commands of the AWS CLI v2 that work with the printed settings.
const NEXT_COMMANDS: [&str; 2] = [
    "aws sso login --profile dev",
    "aws configure export-credentials --profile dev",
];

fn main() -> ExitCode {
    let args = Args::parse();
    match cli::run(&args.emulator, &NEXT_COMMANDS) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {:#}", anyhow::Error::from(error));
            ExitCode::FAILURE
        }
    }
}
