//! Lets the user pick a profile, prints its name, and records the use. The tests of this crate run it.

use std::process::ExitCode;

use clap::Parser;
use cli_ux::{Failure, GlobalArgs, Program, Ui};
use profile_picker::{UsageHistory, pick};
use sso_credentials::Aws;
use sso_session::clients::ConnectionOptions;

const PROGRAM: Program = Program::new("pick", env!("CARGO_PKG_VERSION"));

/// Pick a profile and print its name
#[derive(Parser)]
#[command(name = "pick", version)]
struct Args {
    /// Remove the history of the use of profiles instead
    #[arg(long)]
    forget_history: bool,

    #[command(flatten)]
    global: GlobalArgs,
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}

fn main() -> ExitCode {
    cli_ux::run(&PROGRAM, run)
}

fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    let aws = Aws::from_process(ConnectionOptions::new("pick"))?;
    let history = UsageHistory::open(&aws);
    if args.forget_history {
        return Ok(history.forget().map_err(sso_credentials::Error::from)?);
    }
    let profile = pick(ui, &aws, "--profile")?;
    history.record(&profile, aws.clock().now());
    ui.print(&format!("{profile}\n"))
}
