//! Runs the subcommand.

use cli_ux::{Failure, Ui};
use sso_config::AwsEnv;
use sso_session::SystemClock;

use crate::args::{Args, Command};
use crate::confirmation::written_so_far;
use crate::context::Context;
use crate::{accounts, check, list, migrate, populate, undo, wizard};

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    ui.exit_on_interrupt();
    let context = Context {
        ui,
        env: &AwsEnv::from_process(),
        clock: &SystemClock::shared(),
        global: &args.global,
    };
    if writes_config(args.command.as_ref()) {
        ui.note_if_interrupted(written_so_far);
    }
    match &args.command {
        None => wizard::run(&args.wizard.0, context),
        Some(Command::Sso(args)) => wizard::run(args, context),
        Some(Command::Session(args)) => wizard::run_for_session(args, context),
        Some(Command::Populate(args)) => populate::run(args, context),
        Some(Command::Check(args)) => check::run(args, context),
        Some(Command::CheckRules) => check::print_rules(context),
        Some(Command::List(args)) => list::run(args, context),
        Some(Command::Accounts(args)) => accounts::run(args, context),
        Some(Command::Migrate(args)) => migrate::run(args, context),
        Some(Command::Undo(args)) => undo::run(args, context),
    }
}

fn writes_config(command: Option<&Command>) -> bool {
    match command {
        None
        | Some(
            Command::Sso(_)
            | Command::Session(_)
            | Command::Populate(_)
            | Command::Migrate(_)
            | Command::Undo(_),
        ) => true,
        Some(Command::Check(args)) => args.fix,
        Some(Command::CheckRules | Command::List(_) | Command::Accounts(_)) => false,
    }
}
