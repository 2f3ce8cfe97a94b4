//! Program of another family, with its own sign-in command, completion variable and log messages.
//! The tests of this crate run it.

use std::process::ExitCode;

use anyhow::anyhow;
use clap::Parser;
use cli_ux::{Arguments, Failure, GlobalArgs, Program, Ui};

const PROGRAM: Program = Program::new("parcel", "7.0.0")
    .with_family("post-office")
    .with_sign_in_command("post-login")
    .with_credentials_command("post-stamp")
    .with_completion_variable("POST_COMPLETE");

/// Send a parcel
#[derive(Parser)]
#[command(name = "parcel", version = "7.0.0")]
struct Args {
    #[command(flatten)]
    global: GlobalArgs,
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}

fn main() -> ExitCode {
    cli_ux::run(&PROGRAM, send)
}

fn send(_: &Args, ui: &Ui) -> Result<(), Failure> {
    log::warn!("the parcel is heavy");
    log::warn!(target: "sso_oidc::client", "not of this family");
    ui.print(&format!("{}\n", ui.program().user_agent()))?;
    let arguments = Arguments::new().option("--profile", "dev");
    Err(Failure::configuration(anyhow!("the sender is unknown"))
        .with_sign_in_hint(arguments.clone())
        .with_credentials_hint(arguments))
}
