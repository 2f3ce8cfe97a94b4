//! Text from outside the program, made safe for the terminal.

use sso_types::{is_hidden, shown_in_text};

/// Returns the lines of `text` as [`printable_line`]s. Only the program may compose the lines: a
/// value in `text` must not have line breaks.
pub(crate) fn printable(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(printable_line).collect();
    lines.join("\n")
}

/// Returns a message or a result as a [`printable_line`], with `****` in place of the secrets in it: see
/// [`shown_in_text`].
pub(crate) fn shown_line(text: &str) -> String {
    printable_line(&shown_in_text(text))
}

/// Returns `text` as one line without characters that control the terminal, or that hide or reorder
/// text. They are shown as escapes such as `\u{1b}`, so that a name never looks like another one.
/// Replaces tabs with spaces.
pub(crate) fn printable_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => line.push(' '),
            '\n' => line.push_str("\\n"),
            character if is_hidden(character) => line.extend(character.escape_unicode()),
            character => line.push(character),
        }
    }
    line
}
