//! Text from outside the program, made safe for the terminal.

/// Returns the lines of `text` as [`printable_line`]s. Only the program may compose the lines: a
/// value in `text` must not have line breaks.
pub(crate) fn printable(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(printable_line).collect();
    lines.join("\n")
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

/// Returns whether `character` is a control character (Unicode category Cc), a line separator, or a
/// formatting character (Cf) that reorders or hides text. Excludes the joiners U+200C and U+200D,
/// which some scripts and emoji need.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}
