//! Rows of a text on a terminal, which break at words.

use anstyle::Style;

use crate::printable::printable_line;
use crate::ui::Ui;

impl Ui {
    /// Writes `text` after a label, such as `sso-login: error:`, which ends with a styled word.
    pub(crate) fn write_labelled(&self, program: &str, (label, style): (&str, Style), text: &str) {
        let plain = format!("{program}{label}:");
        let styled = format!("{program}{style}{label}{style:#}:");
        let rows = self.rows(&format!("{plain} {text}"));
        let rows = match rows.strip_prefix(&plain) {
            Some(rest) => format!("{styled}{rest}"),
            None => rows,
        };
        self.write(&format!("{rows}\n"));
    }

    /// Returns `text` as one line, or in several rows if stderr is a narrow terminal. Text that begins with a
    /// space is one row.
    pub(crate) fn rows(&self, text: &str) -> String {
        let text = printable_line(text);
        if !self.reports_to_terminal() || text.starts_with(' ') {
            return text;
        }
        broken(&text)
    }
}

#[cfg(feature = "prompt")]
fn broken(text: &str) -> String {
    use crate::terminal::layout::wrap_words;
    use crate::terminal::screen::Screen;

    let (columns, _) = Screen::size();
    wrap_words(text, columns).join("\n")
}

/// Leaves the breaks to the terminal, because the width of characters is not known.
#[cfg(not(feature = "prompt"))]
fn broken(text: &str) -> String {
    text.to_owned()
}
