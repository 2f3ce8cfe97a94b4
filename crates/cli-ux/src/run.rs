//! Entry point of a program: parses the command line, runs it, reports the result.

use std::io;
use std::panic::PanicHookInfo;
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::builder::StyledStr;
use clap::error::ErrorKind;
use clap::{Command, Parser};

use crate::args::GlobalArgs;
use crate::failure::{Failure, FailureKind};
use crate::memory::keep_memory_private;
use crate::program::Program;
use crate::ui::Ui;
use crate::{log_lines, stdout, terminal};

/// Parses the command line, runs `command`, and returns the exit status: that of the
/// [`FailureKind`], or 0.
///
/// `--help`, `--version`, completions and manual pages are results, which are printed to stdout. A
/// panic ends the process with status 255 and one line
/// with its location but without its message, which may contain a secret. On Linux, the memory of
/// the process is excluded from core dumps and protected from other processes of the same user.
/// Programs that it starts, or that replace it, are not affected.
pub fn run<A>(
    program: &'static Program,
    command: impl FnOnce(&A, &Ui) -> Result<(), Failure>,
) -> ExitCode
where
    A: Parser + AsRef<GlobalArgs>,
{
    std::panic::set_hook(Box::new(move |panic| report_panic(program, panic)));
    // Build the command only once, because this takes a large part of the start-up time.
    let mut clap_command = A::command();
    #[cfg(feature = "completion")]
    match crate::completion::complete::<A>(program) {
        Ok(Some(text)) => return print(program, &text),
        Ok(None) => {}
        Err(error) => return report_clap_error(program, &error),
    }
    #[cfg(feature = "man")]
    if let Some(pages) = crate::man::pages::<A>(program) {
        return print(program, &pages);
    }
    match parse(&mut clap_command) {
        Ok(args) => run_parsed(program, &args, command),
        Err(error) => report_clap_error(program, &error),
    }
}

fn parse<A: Parser>(clap_command: &mut Command) -> Result<A, clap::Error> {
    let mut matches = clap_command.try_get_matches_from_mut(std::env::args_os())?;
    A::from_arg_matches_mut(&mut matches).map_err(|error| error.format(clap_command))
}

fn run_parsed<A: AsRef<GlobalArgs>>(
    program: &'static Program,
    args: &A,
    command: impl FnOnce(&A, &Ui) -> Result<(), Failure>,
) -> ExitCode {
    keep_memory_private();
    let ui = Ui::new(program, args.as_ref());
    log_lines::install(&ui);
    match command(args, &ui) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if failure.kind() != FailureKind::Difference {
                ui.report(&failure);
            }
            failure.kind().exit_code()
        }
    }
}

fn report_clap_error(program: &'static Program, error: &clap::Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return print(program, &for_stdout(&error.render()));
    }
    let line = format!("{}: {}", program.name(), error.render());
    Ui::without_arguments(program).say_always(&line);
    FailureKind::Usage.exit_code()
}

/// Prints a result without the program's arguments, and returns the exit status.
fn print(program: &'static Program, text: &str) -> ExitCode {
    match stdout::print(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            Ui::without_arguments(program).report(&failure);
            failure.kind().exit_code()
        }
    }
}

/// Returns the text with its styles if stdout shows them.
fn for_stdout(text: &StyledStr) -> String {
    match AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => text.to_string(),
        _ => text.ansi().to_string(),
    }
}

fn report_panic(program: &'static Program, panic: &PanicHookInfo<'_>) {
    terminal::restore();
    let location = panic
        .location()
        .map_or_else(String::new, |location| format!(" at {location}"));
    Ui::without_arguments(program).report(&Failure::internal_error(&location));
    #[expect(
        clippy::exit,
        reason = "an abort would dump core, and the panic may be in any thread"
    )]
    std::process::exit(i32::from(FailureKind::Other.exit_status()))
}
