//! Output streams of a program.

use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::time::Duration;

#[cfg(feature = "prompt")]
use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use sso_types::{shown_in_log, shown_in_text};

use crate::args::{ColorChoice, GlobalArgs};
use crate::failure::Failure;
use crate::printable::{printable, printable_line, shown_line};
use crate::program::Program;
use crate::progress::{ProgressBar, Spinner, format_seconds};
use crate::terminal::dumb::is_dumb;
use crate::terminal::echo::EchoOff;
use crate::unwritten;
use crate::{progress, stderr, stdout, terminal};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();
const STRONG: Style = Style::new().bold();

/// Maximum number of warnings of one kind. Further warnings are only counted.
pub const MAX_WARNINGS: usize = 20;

/// Amount of output on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// Messages, warnings and errors.
    Normal,
    /// Also log messages about steps.
    Steps,
    /// Also log messages about requests.
    Requests,
}

/// Output streams of a program: results go to stdout, messages to stderr.
///
/// Messages may contain any text, for example from a config file or a server: control characters
/// and invisible characters in it are shown as escapes such as `\u{1b}`. Messages and results in lines of
/// text show `****` in place of secrets: see [`shown_in_text`]. Instructions, such as the URL of a sign-in, are
/// shown completely.
#[derive(Clone, Debug)]
pub struct Ui {
    program: &'static Program,
    verbosity: Verbosity,
    color: anstream::ColorChoice,
}

impl Ui {
    pub(crate) fn new(program: &'static Program, args: &GlobalArgs) -> Self {
        Self {
            program,
            verbosity: args.into(),
            color: args.color.into(),
        }
    }

    pub(crate) fn without_arguments(program: &'static Program) -> Self {
        Self {
            program,
            verbosity: Verbosity::Normal,
            color: anstream::ColorChoice::Auto,
        }
    }

    /// Returns the program.
    #[must_use]
    pub fn program(&self) -> &'static Program {
        self.program
    }

    /// Returns the amount of output on stderr.
    #[must_use]
    pub fn verbosity(&self) -> Verbosity {
        self.verbosity
    }

    /// Writes a result in a data format to stdout, without changes. Its format must escape control
    /// characters. A closed pipe is not an error.
    ///
    /// # Errors
    ///
    /// Of kind [`Other`](crate::FailureKind::Other) if stdout cannot be written, for example
    /// because the disk is full.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        stdout::print(text)
    }

    /// Writes exact values, such as names, in lines of text to stdout: control characters are shown as escapes,
    /// and nothing is masked. Each value must be one line.
    ///
    /// # Errors
    ///
    /// Those of [`print`](Self::print).
    pub fn print_exact(&self, text: &str) -> Result<(), Failure> {
        self.print(&printable(text))
    }

    /// Writes a result in lines of text to stdout, with `****` in place of secrets. Each value in them must be
    /// one line.
    ///
    /// # Errors
    ///
    /// Those of [`print`](Self::print).
    pub fn print_text(&self, text: &str) -> Result<(), Failure> {
        self.print(&printable(&shown_in_text(text)))
    }

    /// Returns whether the user can be prompted: stdin and stderr are a terminal.
    #[must_use]
    pub fn is_interactive(&self) -> bool {
        terminal::is_interactive()
    }

    /// Returns whether stdout is a terminal.
    #[must_use]
    pub fn prints_to_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Returns whether stderr is a terminal.
    #[must_use]
    pub fn reports_to_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Formats `table` for stdout. The width is limited only if stdout is a terminal.
    #[cfg(feature = "table")]
    #[must_use]
    pub fn fitted(&self, table: &crate::table::Table) -> String {
        let width = terminal_size::terminal_size_of(io::stdout());
        table.fitted_to(width.map_or(usize::MAX, |(width, _)| width.0.into()))
    }

    /// Writes a log message to stderr.
    pub(crate) fn say_log(&self, text: &str) {
        self.ask(shown_in_log(text));
    }

    /// Writes a line to stderr, except with `--quiet`.
    pub fn say(&self, text: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            self.ask(shown_in_text(&text.to_string()));
        }
    }

    /// Writes lines to stderr, except with `--quiet`.
    pub fn say_lines(&self, lines: impl IntoIterator<Item = impl Display>) {
        for line in lines {
            self.say(line);
        }
    }

    /// Writes an instruction of one line for the user to stderr, also with `--quiet`.
    pub fn ask(&self, text: impl Display) {
        self.write(&format!("{}\n", printable_line(&text.to_string())));
    }

    /// Writes a text like [`ask`](Self::ask), on its own line, indented and bold.
    pub fn ask_large(&self, text: impl Display) {
        let text = printable_line(&text.to_string());
        self.write(&format!("\n    {STRONG}{text}{STRONG:#}\n\n"));
    }

    /// Writes `url` on its own line, also with `--quiet`, as a link if the terminal supports OSC 8.
    #[cfg(feature = "sign-in")]
    pub fn ask_link(&self, url: &str) {
        let supports_links = supports_hyperlinks::on(supports_hyperlinks::Stream::Stderr);
        let url = printable_line(url);
        if supports_links && self.has_styles() {
            self.write(&format!("\x1b]8;;{url}\x1b\\{url}\x1b]8;;\x1b\\\n"));
        } else {
            self.ask(url);
        }
    }

    /// Writes `url` as a QR code, also with `--quiet`. Writes a warning instead if the terminal is
    /// too narrow or the URL too long.
    #[cfg(feature = "sign-in")]
    pub fn ask_qr(&self, url: &str) {
        match crate::qr::render(url, self.has_styles()) {
            Ok(code) => self.write(&format!("{code}\n")),
            Err(error) => self.warn(error),
        }
    }

    /// Writes a warning of one line, except with `--quiet`. On a narrow terminal, it breaks at words.
    pub fn warn(&self, text: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            let text = shown_line(&text.to_string());
            self.write_labelled(&self.origin(), ("warning", WARNING), &text);
        }
    }

    /// Writes a warning of one line and its hint, except with `--quiet`.
    pub fn warn_with_hint(&self, text: impl Display, hint: impl Display) {
        self.warn(text);
        if self.verbosity > Verbosity::Quiet {
            self.write_hint(&shown_in_text(&hint.to_string()));
        }
    }

    /// Writes the first [`MAX_WARNINGS`] warnings, and the number of the others, except with `--quiet`.
    pub fn warn_of_each(&self, mut warnings: impl Iterator<Item = String>) {
        for warning in warnings.by_ref().take(MAX_WARNINGS) {
            self.warn(warning);
        }
        match warnings.count() {
            0 => {}
            more => self.warn(format_args!("the same applies to {more} more")),
        }
    }

    /// Writes an error and its hints, also with `--quiet`. On a narrow terminal, they break at words, except
    /// commands.
    pub fn report(&self, failure: &Failure) {
        if failure.is_silent() {
            return;
        }
        let error = shown_line(&failure.to_string());
        self.write_labelled(&self.origin(), ("error", ERROR), &error);
        self.report_hints(failure);
    }

    /// Writes the hints. Those with a command stay in one row, so that the command can be copied.
    fn report_hints(&self, failure: &Failure) {
        for hint in failure.hint_list() {
            match hint.for_program(self.program) {
                Some(text) if hint.is_prose() => {
                    self.write_labelled("", ("hint", HINT), &shown_line(&text));
                }
                Some(text) => self.write_hint(&text),
                None => {}
            }
        }
    }

    /// Returns the start of a warning or an error.
    fn origin(&self) -> String {
        format!("{}: ", self.program.name())
    }

    fn write_hint(&self, hint: &str) {
        let hint = printable_line(hint);
        self.write(&format!("{HINT}hint{HINT:#}: {hint}\n"));
    }

    /// Writes the output of the program after a failure to stdout, unless stdout is a terminal.
    pub(crate) fn print_failure_output(&self) {
        let Some(output) = self.program.failure_output() else {
            return;
        };
        let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
        if let Some(text) = output(&arguments).filter(|_| !self.prints_to_terminal()) {
            // The failure has its own exit status.
            let _ = self.print(&text);
        }
    }

    /// Shows a line with the remaining time until the returned value is dropped. Writes one plain
    /// line if stderr is not a terminal or has no escape sequences, and nothing with `--quiet`.
    #[must_use = "the line is removed when this is dropped"]
    pub fn spinner(&self, text: &str, timeout: Duration) -> Spinner {
        if self.verbosity > Verbosity::Quiet && redraws_lines() {
            return Spinner::redrawn(&printable_line(text), timeout);
        }
        self.say(format_args!("{text} ({} at most)", format_seconds(timeout)));
        Spinner::silent()
    }

    /// Shows a line with the elapsed time until the returned value is dropped or the user is prompted. Writes
    /// one plain line if the terminal has no escape sequences. Writes nothing if stderr is not a terminal, and
    /// with `--quiet`.
    ///
    /// The terminal does not echo keys until then. Installs the handler of
    /// [`exit_on_interrupt`](Self::exit_on_interrupt), which turns the echo on again.
    #[must_use = "the line is removed when this is dropped"]
    pub fn activity(&self, text: &str) -> Spinner {
        let echo = self.turn_off_echo();
        if self.verbosity > Verbosity::Quiet && redraws_lines() {
            return Spinner::of_activity(&printable_line(text)).without_echo(echo);
        }
        if io::stderr().is_terminal() {
            self.say(text);
        }
        Spinner::silent().without_echo(echo)
    }

    /// Shows a progress bar until the returned value is dropped. Writes one plain line if stderr is
    /// not a terminal or has no escape sequences, and nothing with `--quiet`. Turns off the echo of keys like
    /// [`activity`](Self::activity).
    #[must_use = "the bar is removed when this is dropped"]
    pub fn progress_bar(&self, text: &str) -> ProgressBar {
        let echo = self.turn_off_echo();
        if self.verbosity > Verbosity::Quiet && redraws_lines() {
            return ProgressBar::redrawn(&printable_line(text), echo);
        }
        self.say(text);
        ProgressBar::silent(echo)
    }

    /// Turns off the echo of keys while the program is busy. A signal that ends the program turns it on again.
    pub(crate) fn turn_off_echo(&self) -> EchoOff {
        self.exit_on_interrupt();
        EchoOff::while_busy()
    }

    /// Adds the result of `note`, for example `nothing was written to the config file`, to the message if the
    /// program is interrupted from now on. It is called after the writes in progress.
    pub fn note_if_interrupted(&self, note: fn() -> &'static str) {
        unwritten::set(note);
    }

    /// Returns whether escape sequences, such as those for colours, can be written to stderr.
    #[cfg(feature = "prompt")]
    pub(crate) fn has_styles(&self) -> bool {
        let choice = AutoStream::new(io::stderr(), self.color).current_choice();
        choice != anstream::ColorChoice::Never
    }

    /// Writes a prompt, without a line break at its end.
    #[cfg(any(feature = "prompt", feature = "sso"))]
    pub(crate) fn ask_inline(&self, text: &str) {
        self.write(&printable_line(text));
    }

    /// Writes lines, also with `--quiet`. Each value in them must be one line.
    pub(crate) fn ask_text(&self, text: &str) {
        self.write(&printable(text));
    }

    /// Writes `text`, which may contain escape sequences. Text from outside the program must be
    /// [`printable`].
    pub(crate) fn write(&self, text: &str) {
        progress::suspend(|| {
            // Nothing can be reported without stderr.
            let _ = stderr::write_styled(text, self.color);
        });
    }
}

/// Returns whether a line on stderr can be drawn again in place.
fn redraws_lines() -> bool {
    io::stderr().is_terminal() && !is_dumb()
}

impl From<&GlobalArgs> for Verbosity {
    fn from(args: &GlobalArgs) -> Self {
        match (args.quiet, args.verbose) {
            (true, _) => Self::Quiet,
            (false, 0) => Self::Normal,
            (false, 1) => Self::Steps,
            (false, _) => Self::Requests,
        }
    }
}

impl From<ColorChoice> for anstream::ColorChoice {
    fn from(choice: ColorChoice) -> Self {
        match choice {
            ColorChoice::Auto => Self::Auto,
            ColorChoice::Always => Self::Always,
            ColorChoice::Never => Self::Never,
        }
    }
}
