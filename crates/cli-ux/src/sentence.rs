//! Sentences of a dialog, which break at words if stderr is a terminal.

use std::fmt::Display;

use anstyle::Style;

use crate::failure::Failure;
use crate::printable::printable_line;
use crate::terminal::layout::wrap_words;
use crate::terminal::screen::Screen;
use crate::ui::{ERROR, Ui, Verbosity, WARNING};

impl Ui {
    /// Writes a line like [`say`](Self::say), in several rows if the terminal is narrow. Text that begins with a
    /// space, such as a command or an entry of a table, is one row.
    pub fn say_sentence(&self, text: impl Display) {
        if self.verbosity() > Verbosity::Quiet {
            self.ask_sentence(text);
        }
    }

    /// Writes an instruction for the user like [`say_sentence`](Self::say_sentence), also with `--quiet`.
    pub fn ask_sentence(&self, text: impl Display) {
        let rows = self.rows(&text.to_string());
        self.write(&format!("{rows}\n"));
    }

    /// Writes a warning like [`warn`](Self::warn), in several rows if the terminal is narrow.
    pub fn warn_sentence(&self, text: impl Display) {
        if self.verbosity() > Verbosity::Quiet {
            self.write_labelled(("warning", WARNING), &text.to_string());
        }
    }

    /// Writes an error and its hints, in several rows if the terminal is narrow, and the dialog continues. The
    /// hints stay in one row, so that their commands can be copied.
    pub fn report_in_dialog(&self, failure: &Failure) {
        self.write_labelled(("error", ERROR), &failure.to_string());
        self.report_hints(failure);
    }

    fn write_labelled(&self, (label, style): (&str, Style), text: &str) {
        let program = self.program().name();
        let rows = self.rows(&format!("{program}: {label}: {text}"));
        let styled = format!("{program}: {style}{label}{style:#}:");
        let rest = rows.strip_prefix(&format!("{program}: {label}:"));
        self.write(&rest.map_or_else(|| format!("{rows}\n"), |rest| format!("{styled}{rest}\n")));
    }

    fn rows(&self, text: &str) -> String {
        let text = printable_line(text);
        if !self.reports_to_terminal() || text.starts_with(' ') {
            return text;
        }
        let (columns, _) = Screen::size();
        wrap_words(&text, columns).join("\n")
    }
}
