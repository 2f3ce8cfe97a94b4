//! From the command line to the exit status.

use std::panic::PanicHookInfo;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Command, Parser};

use crate::memory::keep_memory_private;
use crate::{Failure, FailureKind, GlobalArgs, Ui};

/// Parses the command line, runs `command`, and returns the exit status: that of the
/// [`FailureKind`], or 0.
///
/// `--help` and `--version` print to stdout. A panic ends the process with status 255 and one
/// line that has a place but no message, since a message may hold a secret. On Linux, what `command`
/// has in memory is kept from core dumps and from other processes of the same user; a program that
/// it starts, or that takes its place, is as it would be without.
pub fn run<A>(command: impl FnOnce(&A, &Ui) -> Result<(), Failure>) -> ExitCode
where
    A: Parser + AsRef<GlobalArgs>,
{
    std::panic::set_hook(Box::new(report_panic));
    // Made once: it is a good part of what a start costs.
    let mut language = A::command();
    let program = language.get_name().to_owned();
    #[cfg(feature = "completion")]
    match crate::completion::answer::<A>() {
        Ok(true) => return ExitCode::SUCCESS,
        Ok(false) => {}
        Err(error) => return refuse(&program, &error),
    }
    #[cfg(feature = "man")]
    if crate::man::answer::<A>().unwrap_or(true) {
        return ExitCode::SUCCESS;
    }
    match parsed(&mut language) {
        Ok(args) => run_parsed(program, &args, command),
        Err(error) => refuse(&program, &error),
    }
}

fn parsed<A: Parser>(language: &mut Command) -> Result<A, clap::Error> {
    let mut matches = language.try_get_matches_from_mut(std::env::args_os())?;
    A::from_arg_matches_mut(&mut matches).map_err(|error| error.format(language))
}

fn run_parsed<A: AsRef<GlobalArgs>>(
    program: String,
    args: &A,
    command: impl FnOnce(&A, &Ui) -> Result<(), Failure>,
) -> ExitCode {
    keep_memory_private();
    let ui = Ui::new(program, args.as_ref());
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

fn refuse(program: &str, error: &clap::Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        // A closed pipe is no error.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    Ui::plain(program).say_always(&format!("{program}: {}", error.render()));
    FailureKind::Usage.exit_code()
}

fn report_panic(panic: &PanicHookInfo<'_>) {
    #[cfg(feature = "sso")]
    crate::hidden::restore();
    #[cfg(feature = "prompt")]
    crate::terminal::restore();
    let program = std::env::current_exe().ok();
    let program = program
        .as_deref()
        .and_then(|path| path.file_stem())
        .unwrap_or_default();
    let place = panic
        .location()
        .map_or_else(String::new, |place| format!(" at {place}"));
    Ui::plain(&program.to_string_lossy()).report(&Failure::defect(&place));
    #[expect(
        clippy::exit,
        reason = "nothing is left to unwind to, and an abort would dump core"
    )]
    std::process::exit(i32::from(FailureKind::Other.exit_status()))
}
