//! From the command line to the exit status.

use std::panic::PanicHookInfo;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Command, Parser};

use crate::args::GlobalArgs;
use crate::failure::{Failure, FailureKind};
use crate::memory::keep_memory_private;
use crate::program::Program;
use crate::ui::Ui;
use crate::{log_lines, terminal};

/// Parses the command line, runs `command`, and returns the exit status: that of the
/// [`FailureKind`], or 0.
///
/// `--help` and `--version` print to stdout. A panic ends the process with status 255 and one
/// line that has a location but no message, since a message may hold a secret. On Linux, the memory
/// of `command` is kept from core dumps and from other processes of the same user. A program that
/// it starts, or that replaces it, is not affected.
pub fn run<A>(
    program: &'static Program,
    command: impl FnOnce(&A, &Ui) -> Result<(), Failure>,
) -> ExitCode
where
    A: Parser + AsRef<GlobalArgs>,
{
    std::panic::set_hook(Box::new(move |panic| report_panic(program, panic)));
    // Made once: it is a good part of the cost of a start.
    let mut language = A::command();
    #[cfg(feature = "completion")]
    match crate::completion::answer::<A>(program) {
        Ok(true) => return ExitCode::SUCCESS,
        Ok(false) => {}
        Err(error) => return refuse(program, &error),
    }
    #[cfg(feature = "man")]
    if crate::man::answer::<A>(program).unwrap_or(true) {
        return ExitCode::SUCCESS;
    }
    match parsed(&mut language) {
        Ok(args) => run_parsed(program, &args, command),
        Err(error) => refuse(program, &error),
    }
}

fn parsed<A: Parser>(language: &mut Command) -> Result<A, clap::Error> {
    let mut matches = language.try_get_matches_from_mut(std::env::args_os())?;
    A::from_arg_matches_mut(&mut matches).map_err(|error| error.format(language))
}

fn run_parsed<A: AsRef<GlobalArgs>>(
    program: &'static Program,
    args: &A,
    command: impl FnOnce(&A, &Ui) -> Result<(), Failure>,
) -> ExitCode {
    keep_memory_private();
    let ui = Ui::new(program, args.as_ref());
    log_lines::show(&ui);
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

fn refuse(program: &'static Program, error: &clap::Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        // A closed pipe is not an error.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let line = format!("{}: {}", program.name(), error.render());
    Ui::plain(program).say_always(&line);
    FailureKind::Usage.exit_code()
}

fn report_panic(program: &'static Program, panic: &PanicHookInfo<'_>) {
    terminal::restore();
    let location = panic
        .location()
        .map_or_else(String::new, |location| format!(" at {location}"));
    Ui::plain(program).report(&Failure::defect(&location));
    #[expect(
        clippy::exit,
        reason = "nothing is left to unwind to, and an abort would dump core"
    )]
    std::process::exit(i32::from(FailureKind::Other.exit_status()))
}
