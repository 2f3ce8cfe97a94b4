//! Sanitizing of untrusted text.

const MAX_CHARACTERS: usize = 500;

/// Returns `text` as a single line that is safe to show in a terminal or a log.
///
/// Replaces each sequence of white space with one space. Removes control characters, bidirectional
/// controls and invisible formatting characters. Truncates text after 500 characters and appends
/// `…`.
///
/// ```
/// assert_eq!(sso_types::sanitize("a\u{1b}[31m\n\u{202e}b"), "a[31m b");
/// ```
#[must_use]
pub fn sanitize(text: &str) -> String {
    let is_visible = |character: &char| character.is_whitespace() || !is_hidden(*character);
    let visible: String = text.chars().filter(is_visible).collect();
    truncated(in_one_line(&visible))
}

/// Returns `text` like [`sanitize`], but shows the characters that `sanitize` removes as escapes. Use this for
/// names in messages and tables: no name looks like another one.
///
/// ```
/// assert_eq!(sso_types::escaped("a\u{1b}[31m\n\u{202e}b"), r"a\u{1b}[31m \u{202e}b");
/// ```
#[must_use]
pub fn escaped(text: &str) -> String {
    truncated(escaped_untruncated(text))
}

/// Returns `text` like [`escaped`], but without the limit of its length. Use this for text that the
/// user must see completely, such as a change to confirm.
#[must_use]
pub fn escaped_untruncated(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() || !is_hidden(character) {
            visible.push(character);
        } else {
            visible.extend(character.escape_unicode());
        }
    }
    in_one_line(&visible)
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn truncated(mut line: String) -> String {
    if let Some((end, _)) = line.char_indices().nth(MAX_CHARACTERS) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Returns whether `character` is a control character (Unicode category Cc), a line separator, or a
/// formatting character (Cf) that reorders or hides text. Excludes the joiners U+200C and U+200D,
/// which some scripts and emoji need.
#[must_use]
pub fn is_hidden(character: char) -> bool {
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
