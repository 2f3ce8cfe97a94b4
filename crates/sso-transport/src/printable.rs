//! Foreign text, made harmless.

/// How many characters are kept.
const LONGEST: usize = 500;

/// Returns `text` fit for one line of a terminal or a log: whitespace of any kind becomes one
/// space, control, bidirectional and invisible formatting characters are dropped, and what is
/// longer than 500 characters is cut and ends in `…`.
///
/// ```
/// assert_eq!(sso_transport::printable("a\u{1b}[31m\n\u{202e}b"), "a[31m b");
/// ```
#[must_use]
pub fn printable(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|character| character.is_whitespace() || !is_hidden(*character))
        .collect();
    let mut line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Control characters (Unicode's Cc), and those of Cf that reorder or hide text. The joiners
/// U+200C and U+200D stay: some scripts and emoji are spelled with them.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}
