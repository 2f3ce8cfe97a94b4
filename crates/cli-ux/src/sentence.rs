//! Sentences of a dialog, which break at words if stderr is a terminal.

use std::fmt::Display;

use sso_types::shown_in_text;

use crate::failure::Failure;
use crate::ui::{Ui, Verbosity};

impl Ui {
    /// Writes a line like [`say`](Self::say), in several rows if the terminal is narrow. Text that begins with a
    /// space, such as a command or an entry of a table, is one row.
    pub fn say_sentence(&self, text: impl Display) {
        if self.verbosity() > Verbosity::Quiet {
            self.ask_sentence(shown_in_text(&text.to_string()));
        }
    }

    /// Writes an instruction for the user like [`say_sentence`](Self::say_sentence), also with `--quiet`.
    pub fn ask_sentence(&self, text: impl Display) {
        let rows = self.rows(&text.to_string());
        self.write(&format!("{rows}\n"));
    }

    /// Writes a warning like [`warn`](Self::warn).
    pub fn warn_sentence(&self, text: impl Display) {
        self.warn(text);
    }

    /// Writes an error and its hints, and the dialog continues.
    pub fn report_in_dialog(&self, failure: &Failure) {
        self.report(failure);
    }
}
