//! Shell completion.

mod bash;
mod fish;
mod powershell;
mod zsh;

mod words;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Arg, Command, CommandFactory, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{Elvish, EnvCompleter, Shells};
use sso_config::{AwsEnv, ConfigFiles, NotUnicode};
use sso_types::is_hidden;

use crate::failure::Failure;
use crate::program::Program;
use bash::Bash;
use fish::Fish;
use powershell::Powershell;
use zsh::Zsh;

/// Returns the completions for a command line of `A`, or the registration script of a shell, as
/// `clap_complete::CompleteEnv` prints them. Returns `None` if the program's completion variable is
/// not set.
///
/// The names of profiles and sessions come from the config files, if they can be read.
///
/// # Errors
///
/// If the variable is not Unicode, or the shell is unknown.
pub(crate) fn complete<A: CommandFactory>(program: &Program) -> Result<Option<String>, Failure> {
    let variable = program.completion_variable();
    let Some(shell) = shell_in(variable) else {
        return Ok(None);
    };
    let shell = shell.to_str().ok_or_else(|| {
        let variable = variable.to_owned();
        sso_config::Error::from(NotUnicode { variable })
    })?;
    let mut command = command::<A>();
    let runs_command = runs_command(&command);
    let (bash, fish, zsh) = own_shells(runs_command);
    let shells = Shells(&[&bash, &Elvish, &fish, &Powershell, &zsh]);
    let shell = named(&shells, shell)?;
    let directory = std::env::current_dir().ok();
    let mut arguments = std::env::args_os();
    let completer = path_of(&arguments.next().unwrap_or_default(), directory.as_deref());
    let words: Vec<_> = arguments.skip_while(|word| word != "--").skip(1).collect();
    if runs_command && shell.name() != bash.name() && is_escaped(&words) {
        command = files();
    }
    let mut text = Vec::new();
    let written = if words.is_empty() {
        let name = command.get_name();
        let bin = command.get_bin_name().unwrap_or(name);
        shell.write_registration(variable, name, bin, &completer, &mut text)
    } else {
        shell.write_complete(&mut command, words, directory.as_deref(), &mut text)
    };
    written.map_err(Failure::usage)?;
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
}

/// Returns the registration script of bash, fish, PowerShell or zsh, which finds the program in `PATH`, or
/// `None` for another shell.
#[must_use]
pub fn completion_script<A: CommandFactory>(program: &Program, shell: &str) -> Option<String> {
    let command = command::<A>();
    let (bash, fish, zsh) = own_shells(runs_command(&command));
    let shells = Shells(&[&bash, &fish, &Powershell, &zsh]);
    let (variable, name) = (program.completion_variable(), program.name());
    let mut text = Vec::new();
    let shell = shells.completer(shell)?;
    let written = shell.write_registration(variable, name, name, name, &mut text);
    written.ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn command<A: CommandFactory>() -> Command {
    let mut command = with_names(A::command());
    command.build();
    command
}

/// Returns whether the words after `--` are another command line.
fn runs_command(command: &Command) -> bool {
    command.get_positionals().any(Arg::is_last_set)
}

fn own_shells(runs_command: bool) -> (Bash, Fish, Zsh) {
    (
        Bash { runs_command },
        Fish { runs_command },
        Zsh { runs_command },
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "reading the complete environment would slow down every start"
)]
fn shell_in(variable: &str) -> Option<OsString> {
    std::env::var_os(variable).filter(|shell| !shell.is_empty() && shell != "0")
}

/// Finds a shell by its name or path.
fn named<'s>(shells: &'s Shells<'_>, shell: &str) -> Result<&'s dyn EnvCompleter, Failure> {
    let name = Path::new(shell).file_stem().unwrap_or_default();
    let name = name.to_string_lossy();
    shells.completer(&name).ok_or_else(|| {
        let names: Vec<_> = shells.names().map(|name| format!("`{name}`")).collect();
        Failure::usage(anyhow!(
            "unknown shell `{name}`, expected one of {}",
            names.join(", ")
        ))
    })
}

/// Returns the path of the program for the registration script. A name without a directory is found
/// in `PATH`.
fn path_of(program: &OsStr, directory: Option<&Path>) -> String {
    let path = PathBuf::from(program);
    let path = match directory {
        Some(directory) if path.components().count() > 1 => directory.join(path),
        _ => path,
    };
    path.to_string_lossy().into_owned()
}

/// Returns whether the last of the words is after `--`.
fn is_escaped(words: &[OsString]) -> bool {
    let complete = words.split_last().map_or(words, |(_, complete)| complete);
    complete.iter().any(|word| word == "--")
}

/// Returns a command whose arguments are files: the words of another command, for shells that do not
/// complete them.
fn files() -> Command {
    let words = Arg::new("words")
        .num_args(0..)
        .value_hint(ValueHint::AnyPath);
    let words = words.trailing_var_arg(true).allow_hyphen_values(true);
    let mut command = Command::new("command").arg(words).disable_help_flag(true);
    command.build();
    command
}

fn with_names(command: Command) -> Command {
    command.mut_args(with_names_of).mut_subcommands(with_names)
}

fn with_names_of(arg: Arg) -> Arg {
    match (arg.get_long(), arg.get_id().as_str()) {
        (Some("profile"), _) | (None, "profile_name") => arg.add(ArgValueCompleter::new(profiles)),
        (Some("sso-session"), _) | (None, "session") => {
            arg.add(ArgValueCompleter::new(sso_sessions))
        }
        (None, "name") => arg.add(ArgValueCompleter::new(profiles_and_sessions)),
        _ => arg,
    }
}

fn profiles(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, profile_names)
}

fn sso_sessions(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, session_names)
}

fn profiles_and_sessions(typed: &OsStr) -> Vec<CompletionCandidate> {
    candidates(typed, |files| {
        let mut names = profile_names(files);
        let only_sessions = session_names(files).into_iter();
        let only_sessions = only_sessions.filter(|name| !names.contains(name));
        let only_sessions: Vec<_> = only_sessions.collect();
        names.extend(only_sessions);
        names
    })
}

fn profile_names(files: &ConfigFiles) -> Vec<String> {
    files.profile_names().map(|name| name.to_string()).collect()
}

fn session_names(files: &ConfigFiles) -> Vec<String> {
    let names = files.sso_session_names();
    names.map(|name| name.to_string()).collect()
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
    let is_completable = |name: &String| !name.starts_with('-') && !name.chars().any(is_hidden);
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
