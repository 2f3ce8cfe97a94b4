//! The steps.

use cli_ux::{Failure, GlobalArgs, Ui};
use sso_credentials::AwsEnv;

use crate::args::{Args, Command};
use crate::{check, list, migrate, populate, undo, wizard};

/// What every subcommand has at hand.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) ui: &'a Ui,
    pub(crate) env: &'a AwsEnv,
    pub(crate) global: &'a GlobalArgs,
}

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    ui.exit_on_interrupt();
    let here = Surroundings {
        ui,
        env: &AwsEnv::of_process(),
        global: &args.global,
    };
    match &args.command {
        None => wizard::run(&args.wizard.0, here),
        Some(Command::Sso(args)) => wizard::run(args, here),
        Some(Command::Session(args)) => wizard::run_for_session(args, here),
        Some(Command::Populate(args)) => populate::run(args, here),
        Some(Command::Check(args)) => check::run(args, here),
        Some(Command::List(args)) => list::run(args, here),
        Some(Command::Migrate(args)) => migrate::run(args, here),
        Some(Command::Undo(args)) => undo::run(args, here),
    }
}
