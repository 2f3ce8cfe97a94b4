//! The two streams, and who may see what.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::time::Duration;

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use crate::{ColorChoice, Counting, Failure, GlobalArgs, Waiting, interrupt, log_lines, progress};

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();
const STRONG: Style = Style::new().bold();

/// How much is said on stderr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors alone.
    Quiet,
    /// What a person needs to know, and warnings.
    Normal,
    /// The steps too.
    Steps,
    /// The requests too.
    Requests,
}

/// The terminal as a program sees it: results to stdout, words to stderr.
#[derive(Clone, Debug)]
pub struct Ui {
    program: String,
    verbosity: Verbosity,
    color: anstream::ColorChoice,
}

impl Ui {
    /// Reads from the arguments how much is to be said and in which colours, and takes what the
    /// libraries log from now on.
    pub(crate) fn new(program: String, args: &GlobalArgs) -> Self {
        let ui = Self {
            program,
            verbosity: args.into(),
            color: args.color.into(),
        };
        log_lines::show(&ui);
        ui
    }

    /// A Ui before there are arguments.
    pub(crate) fn plain(program: &str) -> Self {
        Self {
            program: program.to_owned(),
            verbosity: Verbosity::Normal,
            color: anstream::ColorChoice::Auto,
        }
    }

    /// Returns the name of the program.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.program
    }

    /// Returns how much is to be said.
    #[must_use]
    pub fn verbosity(&self) -> Verbosity {
        self.verbosity
    }

    /// Writes a result to stdout. A closed pipe is no error: whoever listened has heard enough.
    ///
    /// # Errors
    ///
    /// Of kind [`Other`](crate::FailureKind::Other), where stdout takes no more, as on a full disk.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        match stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
        {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::other(
                anyhow::Error::new(error).context("cannot write to the standard output"),
            )),
            _ => Ok(()),
        }
    }

    /// Whether there is a person to ask, who reads stderr and types.
    #[must_use]
    pub fn has_person(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether a person sees what is printed.
    #[must_use]
    pub fn prints_to_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Returns the table as stdout has room for it: as wide as a terminal, without a limit
    /// elsewhere.
    #[cfg(feature = "table")]
    #[must_use]
    pub fn fitted(&self, table: &crate::Table) -> String {
        let width = terminal_size::terminal_size_of(io::stdout());
        table.fitted_to(width.map_or(usize::MAX, |(width, _)| width.0.into()))
    }

    /// Says a line on stderr, unless all should be quiet.
    pub fn say(&self, text: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            self.say_always(&format!("{text}\n"));
        }
    }

    /// Asks for something that a person has to do; also when all should be quiet.
    pub fn ask(&self, text: impl Display) {
        self.say_always(&format!("{text}\n"));
    }

    /// Asks with what stands by itself, indented and bold.
    pub fn ask_large(&self, text: impl Display) {
        self.ask(format_args!("\n    {STRONG}{text}{STRONG:#}\n"));
    }

    /// Asks to open `url`, which stands alone on its line; a link where the terminal takes one.
    #[cfg(feature = "sign-in")]
    pub fn ask_link(&self, url: &str) {
        let takes_links = supports_hyperlinks::on(supports_hyperlinks::Stream::Stderr);
        if takes_links && self.has_styles() {
            self.ask(format_args!("\x1b]8;;{url}\x1b\\{url}\x1b]8;;\x1b\\"));
        } else {
            self.ask(url);
        }
    }

    /// Asks to open `url` by a QR code, if the terminal is wide enough for it.
    #[cfg(feature = "sign-in")]
    pub fn ask_qr(&self, url: &str) {
        match crate::qr::drawn(url, self.has_styles()) {
            Ok(code) => self.ask(code),
            Err(error) => self.warn(error),
        }
    }

    /// Says what is not as it should be, but stops nothing.
    pub fn warn(&self, text: impl Display) {
        self.say(format_args!(
            "{}: {WARNING}warning{WARNING:#}: {text}",
            self.program
        ));
    }

    /// Says why the program ends, and how to mend it; also when all should be quiet.
    pub fn report(&self, failure: &Failure) {
        if failure.is_told() {
            return;
        }
        self.say_always(&format!(
            "{}: {ERROR}error{ERROR:#}: {failure}\n",
            self.program
        ));
        for hint in failure.hints() {
            self.say_always(&format!("{HINT}hint{HINT:#}: {hint}\n"));
        }
    }

    /// Shows a waiting line with the time left, until the returned value is dropped. One plain
    /// line where stderr is no terminal.
    #[must_use = "the line goes away when this is dropped"]
    pub fn waiting(&self, what: &str, at_most: Duration) -> Waiting {
        if self.verbosity == Verbosity::Quiet {
            Waiting::silent()
        } else if io::stderr().is_terminal() {
            Waiting::redrawn(what, at_most)
        } else {
            Waiting::said_once(self, what, at_most)
        }
    }

    /// Shows a bar for many things of one kind, until the returned value is dropped. One plain line
    /// where stderr is no terminal.
    #[must_use = "the bar goes away when this is dropped"]
    pub fn counting(&self, what: &str) -> Counting {
        if self.verbosity > Verbosity::Quiet && io::stderr().is_terminal() {
            return Counting::redrawn(what);
        }
        self.say(what);
        Counting::silent()
    }

    /// Makes Ctrl-C end the program with status 130 and a word, as soon as no write and no
    /// refresh is under way; a second Ctrl-C does not wait for that.
    pub fn exit_on_interrupt(&self) {
        interrupt::exit_on_interrupt(self.clone());
    }

    /// Whether stderr takes colours and other control sequences.
    #[cfg(feature = "sign-in")]
    pub(crate) fn has_styles(&self) -> bool {
        let choice = AutoStream::new(io::stderr(), self.color).current_choice();
        choice != anstream::ColorChoice::Never
    }

    pub(crate) fn say_always(&self, text: &str) {
        progress::aside(|| {
            // Where stderr is gone there is nobody to tell.
            let _ = AutoStream::new(io::stderr().lock(), self.color).write_all(text.as_bytes());
        });
    }
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
