//! Minimal program.
//!
//! `cargo run -p cli-ux --example greet -- Ada --color always`; without a name it prints an
//! error with a hint, and exits with 252.

use std::process::ExitCode;

use anyhow::anyhow;
use clap::Parser;
use cli_ux::{Failure, GlobalArgs, Program, Ui};

const PROGRAM: Program = Program::new("greet", env!("CARGO_PKG_VERSION"));

/// Greet a user
#[derive(Parser)]
#[command(name = "greet", version)]
struct Args {
    /// Name to greet
    name: Option<String>,

    #[command(flatten)]
    global: GlobalArgs,
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}

fn main() -> ExitCode {
    cli_ux::run(&PROGRAM, greet)
}

fn greet(args: &Args, ui: &Ui) -> Result<(), Failure> {
    let Some(name) = &args.name else {
        return Err(Failure::usage(anyhow!("the name is missing")).with_hint("greet Ada"));
    };
    ui.say("It is a fine day.");
    ui.print(&format!("Hello, {name}!\n"))
}
