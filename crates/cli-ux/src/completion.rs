//! What a shell is told that completes a command line.

mod bash;
mod zsh;

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command, CommandFactory};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{Elvish, Fish, Powershell, Shells};
use sso_credentials::{AwsEnv, ConfigFiles};

use bash::Bash;
use zsh::Zsh;

/// The variable in which a shell says that it completes, and which one it is.
const VARIABLE: &str = "AWS_SSO_TOOLS_COMPLETE";

/// Answers the shell that completes a command line of `A`, or asks for the script that makes it
/// do so; `false` where no shell asks.
///
/// Names of profiles and sessions come from the config. One that cannot be read has none.
///
/// # Errors
///
/// A shell that is not known, and a closed stdout.
pub(crate) fn answer<A: CommandFactory>() -> Result<bool, clap::Error> {
    if !is_asked() {
        return Ok(false);
    }
    let folder = std::env::current_dir().ok();
    let complete = CompleteEnv::with_factory(|| with_names(A::command())).var(VARIABLE);
    let shells = Shells(&[&Bash, &Elvish, &Fish, &Powershell, &Zsh]);
    complete
        .shells(shells)
        .try_complete(std::env::args_os(), folder.as_deref())
}

#[expect(
    clippy::disallowed_methods,
    reason = "all of the environment is too much to read at every start"
)]
fn is_asked() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

fn with_names(command: Command) -> Command {
    command.mut_args(with_names_of).mut_subcommands(with_names)
}

fn with_names_of(arg: Arg) -> Arg {
    match arg.get_long() {
        Some("profile") => arg.add(ArgValueCompleter::new(profiles)),
        Some("sso-session") => arg.add(ArgValueCompleter::new(sso_sessions)),
        _ => arg,
    }
}

fn profiles(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, |files| {
        files.profile_names().map(|name| name.to_string()).collect()
    })
}

fn sso_sessions(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, |files| {
        let names = files.sso_session_names();
        names.map(|name| name.to_string()).collect()
    })
}

fn candidates(
    typed: &OsStr,
    names: impl Fn(&ConfigFiles) -> Vec<String>,
) -> Vec<CompletionCandidate> {
    let Ok(files) = ConfigFiles::load(&AwsEnv::of_process()) else {
        return Vec::new();
    };
    let is_begun = |name: &OsString| {
        name.as_encoded_bytes()
            .starts_with(typed.as_encoded_bytes())
    };
    let names = names(&files).into_iter().map(OsString::from);
    names
        .filter(is_begun)
        .map(CompletionCandidate::new)
        .collect()
}
