//! Shell completion.

mod bash;
mod fish;
mod powershell;
mod zsh;

mod words;

use std::ffi::{OsStr, OsString};

use anyhow::anyhow;
use clap::{Arg, Command, CommandFactory};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{Elvish, Shells};
use sso_config::{AwsEnv, ConfigFiles, NotUnicode};
use sso_types::sanitize;

use crate::failure::Failure;
use crate::program::Program;
use bash::Bash;
use fish::Fish;
use powershell::Powershell;
use zsh::Zsh;

/// Prints the completions for a command line of `A`, or the registration script of a shell. Returns
/// `false` if the program's completion variable is not set.
///
/// The names of profiles and sessions come from the config files, if they can be read.
///
/// # Errors
///
/// If the variable is not Unicode, the shell is unknown, or stdout is closed.
pub(crate) fn complete<A: CommandFactory>(program: &Program) -> Result<bool, Failure> {
    let variable = program.completion_variable();
    let Some(shell) = value_of(variable) else {
        return Ok(false);
    };
    if shell.to_str().is_none() {
        let variable = variable.to_owned();
        return Err(sso_config::Error::from(NotUnicode { variable }).into());
    }
    let directory = std::env::current_dir().ok();
    let completer = CompleteEnv::with_factory(|| with_names(A::command())).var(variable);
    let shells = Shells(&[&Bash, &Elvish, &Fish, &Powershell, &Zsh]);
    let result = completer
        .shells(shells)
        .try_complete(std::env::args_os(), directory.as_deref());
    result.map_err(|error| {
        let message = error.to_string();
        let message = message.trim_end();
        let message = message.strip_prefix("error: ").unwrap_or(message);
        Failure::usage(anyhow!("{message}"))
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "reading the complete environment would slow down every start"
)]
fn value_of(variable: &str) -> Option<OsString> {
    std::env::var_os(variable)
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

/// Returns the names that start with `typed`, without those that a terminal cannot show, and those
/// that are only accepted in the form `--profile=-NAME`.
fn candidates(
    typed: &OsStr,
    names: impl Fn(&ConfigFiles) -> Vec<String>,
) -> Vec<CompletionCandidate> {
    let Ok(files) = ConfigFiles::load(&AwsEnv::from_process()) else {
        return Vec::new();
    };
    let is_completable = |name: &String| !name.starts_with('-') && *name == sanitize(name);
    let starts_with_typed = |name: &OsString| {
        name.as_encoded_bytes()
            .starts_with(typed.as_encoded_bytes())
    };
    let names = names(&files).into_iter().filter(is_completable);
    let names = names.map(OsString::from);
    names
        .filter(starts_with_typed)
        .map(CompletionCandidate::new)
        .collect()
}
