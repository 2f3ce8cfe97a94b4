//! Entry point of a program: parses the command line, runs it, reports the result.

use std::error::Error as _;
use std::io;
use std::panic::PanicHookInfo;
use std::process::ExitCode;

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use clap::builder::StyledStr;
use clap::error::{ContextValue, ErrorKind};
use clap::{Command, Parser};
use sso_types::shown_in_text;

use crate::args::GlobalArgs;
use crate::failure::{Failure, FailureKind};
use crate::memory::keep_memory_private;
use crate::printable::printable_line;
use crate::program::Program;
use crate::ui::Ui;
use crate::{end, interrupt, log_lines, stderr, stdout, terminal};

/// Parses the command line, runs `command`, and returns the exit status: that of the
/// [`FailureKind`], or 0.
///
/// `--help`, `--version`, completions and manual pages are results, which are printed to stdout. A
/// panic ends the process with status 255 and one line with its location but without its message,
/// which may contain a secret. On Linux, the memory of the process is excluded from core dumps and
/// protected from other processes of the same user. Programs that it starts, or that replace it, are
/// not affected.
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
    // Otherwise, messages would contain the first argument of the process.
    clap_command.set_bin_name(program.name());
    #[cfg(feature = "completion")]
    match crate::completion::complete::<A>(program) {
        Ok(Some(text)) => return print(program, &text),
        Ok(None) => {}
        Err(failure) => {
            Ui::without_arguments(program).report(&failure);
            return failure.kind().exit_code();
        }
    }
    #[cfg(feature = "man")]
    if let Some(pages) = crate::man::pages::<A>(program) {
        return print(program, &pages);
    }
    match parse(&mut clap_command) {
        Ok(args) => run_parsed(program, &args, command),
        Err(error) => {
            let is_failure = error.use_stderr();
            let exit_code = report_clap_error(program, error);
            if is_failure {
                Ui::without_arguments(program).print_failure_output();
            }
            exit_code
        }
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
    let outcome = command(args, &ui);
    // A command that has ended does not handle the signals any more.
    interrupt::take_back();
    interrupt::end_if_interrupted();
    let Err(failure) = outcome else {
        let completed = interrupt::complete_before_end(&ui);
        return completed.returning(ExitCode::SUCCESS);
    };
    if failure.kind() != FailureKind::Difference {
        ui.report(&failure);
    }
    ui.print_failure_output();
    let completed = interrupt::complete_before_end(&ui);
    #[cfg(unix)]
    if let Some(signal) = interrupt::ending_signal(failure.kind()) {
        completed.end_by(signal);
    }
    completed.returning(failure.kind().exit_code())
}

fn report_clap_error(program: &'static Program, error: clap::Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        let in_place = program.help_output().and_then(|output| {
            let arguments: Vec<_> = std::env::args_os().skip(1).collect();
            output(&arguments)
        });
        let text = in_place.unwrap_or_else(|| for_stdout(&error.render()));
        return print(program, &text);
    }
    let message = format!("{}: {}", program.name(), clap_message(error));
    Ui::without_arguments(program).ask_text(&shown_in_text(&message));
    FailureKind::Usage.exit_code()
}

/// Returns the lines of the message. Each value of the user becomes one printable line: in the
/// context of the error before clap removes its escape sequences, and in suggestions and reasons.
fn clap_message(mut error: clap::Error) -> String {
    let context = error.context();
    let context: Vec<_> = context.map(|(kind, value)| (kind, value.clone())).collect();
    let values = context.iter().flat_map(|(_, value)| texts(value));
    let values: Vec<_> = values
        .chain(error.source().map(ToString::to_string))
        .map(|text| strip_str(&text).to_string())
        // The replacement of a text that is only a line break would join all lines.
        .filter(|text| text.contains('\n') && !text.trim().is_empty())
        .collect();
    for (kind, value) in &context {
        error.insert(*kind, printable_value(value));
    }
    let message = error.render().to_string();
    values.iter().fold(message, |message, value| {
        message.replace(value, &printable_line(value))
    })
}

fn texts(value: &ContextValue) -> Vec<String> {
    match value {
        ContextValue::String(text) => vec![text.clone()],
        ContextValue::Strings(texts) => texts.clone(),
        _ => Vec::new(),
    }
}

fn printable_value(value: &ContextValue) -> ContextValue {
    match value {
        ContextValue::String(text) => ContextValue::String(printable_line(text)),
        ContextValue::Strings(texts) => {
            ContextValue::Strings(texts.iter().map(|text| printable_line(text)).collect())
        }
        other => other.clone(),
    }
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
    stderr::limit_waits();
    terminal::restore_at_end();
    let location = panic
        .location()
        .map_or_else(String::new, |location| format!(" at {location}"));
    let ui = Ui::without_arguments(program);
    ui.report(&Failure::internal_error(&location));
    ui.print_failure_output();
    end::exit_after_panic(i32::from(FailureKind::Other.exit_status()))
}
