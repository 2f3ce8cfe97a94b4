//! Main steps of the program.

use anyhow::anyhow;
use cli_ux::shell::Variable;
use cli_ux::{Failure, Ui};
use profile_picker::UsageHistory;
use sso_config::AwsEnv;
use sso_credentials::{Aws, Error};
use sso_types::escaped;

use crate::args::{Action, Args, Command};
use crate::environment::Environment;
use crate::shell::Shell;
use crate::switch::{returns_to_no_profile, switch};
use crate::{current, function, init, list};

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    if let Some(Command::Init { shell }) = args.command {
        return print_function(args, ui, shell);
    }
    match (args.action(), args.shell) {
        (action @ (Action::Switch | Action::Clear), shell) => {
            let env = AwsEnv::from_process();
            let shell = shell.filter(|_| !ui.prints_to_terminal());
            let shell = shell.ok_or_else(|| function::missing(&env))?;
            match action {
                Action::Clear => clear(&env, ui, shell),
                _ if returns_to_no_profile(args, &env) => clear(&env, ui, shell),
                _ => change(args, ui, shell),
            }
        }
        // The function runs the program again, with the stdout of the caller.
        (_, Some(shell)) => ui.print(shell.run_again()),
        (Action::List, None) => list::print(args, ui, &open(args, ui)?),
        (Action::ForgetHistory, None) => forget_history(ui, &open(args, ui)?),
        (_, None) => current::print(args, ui, &open(args, ui)?),
    }
}

fn print_function(args: &Args, ui: &Ui, shell: Shell) -> Result<(), Failure> {
    match args.shell {
        _ if args.has_action() => {
            let error = anyhow!("init cannot be used with a profile or an action");
            Err(Failure::usage(error))
        }
        Some(shell) => ui.print(shell.run_again()),
        None => init::print(shell, ui),
    }
}

/// Reads the environment and the files. Ctrl-C handling starts with the first request.
fn open(args: &Args, ui: &Ui) -> Result<Aws, Error> {
    let aws = Aws::from_process(args.global.connection(ui.program()))?;
    let ui = ui.clone();
    Ok(aws.before_first_request(move || ui.exit_on_interrupt()))
}

/// Prints the statements that select a profile. After a failure, there are none.
fn change(args: &Args, ui: &Ui, shell: Shell) -> Result<(), Failure> {
    ui.ignore_stops();
    let mut aws = open(args, ui)?;
    let (profile, variables) = switch(args, ui, &mut aws)?;
    print(&variables, ui, shell)?;
    let name = escaped(profile.as_str());
    ui.say(if args.credentials {
        format!("Switched to the credentials of profile {name}.")
    } else {
        format!("Switched to profile {name}.")
    });
    UsageHistory::open(&aws).record(&profile, aws.clock().now());
    Ok(())
}

/// Prints the statements that select no profile. Reads no file, which may be the reason for the call.
fn clear(env: &AwsEnv, ui: &Ui, shell: Shell) -> Result<(), Failure> {
    print(&Environment::of(env).cleared(), ui, shell)?;
    ui.say("No profile is selected.");
    Ok(())
}

fn print(variables: &[Variable], ui: &Ui, shell: Shell) -> Result<(), Failure> {
    let statements = shell.statements(variables);
    ui.print(statements.map_err(Failure::other)?.expose())
}

fn forget_history(ui: &Ui, aws: &Aws) -> Result<(), Failure> {
    UsageHistory::open(aws).forget().map_err(Error::from)?;
    ui.say("Removed the usage history.");
    Ok(())
}
