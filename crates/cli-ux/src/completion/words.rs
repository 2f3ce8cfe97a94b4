//! Words of an incomplete command line, with the quotes of bash and zsh.

use crate::quoting::is_plain_character;

/// Quote that is open at a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Quote {
    #[default]
    None,
    /// `'`
    Single,
    /// `"` or `$"`
    Double,
    /// `$'`
    Ansi,
}

/// Word, or the start of a word.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// Text as typed.
    pub(super) typed: String,
    /// Text without quotes.
    pub(super) value: String,
    /// Quote that is open at the end.
    pub(super) quote: Quote,
    /// Set if the shell would replace a part of the word, such as `$HOME`.
    pub(super) has_expansion: bool,
}

/// Splits a command line up to the cursor. The last word is the one at the cursor, and may be empty.
pub(super) fn split(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    loop {
        let word = Word::read(rest);
        rest = &rest[word.typed.len()..];
        words.push(word);
        if rest.is_empty() {
            return words;
        }
        rest = rest.trim_start();
    }
}

/// Returns whether bash and zsh read the character as itself outside of quotes, in a word without
/// other special characters.
pub(super) fn is_literal(character: char) -> bool {
    !character.is_ascii() || is_plain_character(character) || matches!(character, ',' | '%')
}

impl Word {
    /// Reads a word up to the next white space outside of quotes.
    pub(super) fn read(text: &str) -> Self {
        let mut word = Self::default();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if word.quote == Quote::None && next.is_ascii_whitespace() {
                break;
            }
            rest = &rest[word.read_part(rest, next)..];
        }
        text[..text.len() - rest.len()].clone_into(&mut word.typed);
        word
    }

    /// Reads a character, a quote, or an escape sequence. Returns its length.
    fn read_part(&mut self, text: &str, next: char) -> usize {
        let second = text[next.len_utf8()..].chars().next();
        let (opened, length) = match (self.quote, next, second) {
            (Quote::None, '\'', _) => (Quote::Single, 1),
            (Quote::None, '"', _) => (Quote::Double, 1),
            (Quote::None, '$', Some('\'')) => (Quote::Ansi, 2),
            (Quote::None, '$', Some('"')) => (Quote::Double, 2),
            (Quote::Single | Quote::Ansi, '\'', _) | (Quote::Double, '"', _) => (Quote::None, 1),
            (Quote::None | Quote::Double | Quote::Ansi, '\\', second) => {
                return self.read_escape(&text[1..], second);
            }
            _ => {
                self.has_expansion |= match self.quote {
                    Quote::None => !is_literal(next),
                    Quote::Double => matches!(next, '$' | '`' | '!'),
                    Quote::Single | Quote::Ansi => false,
                };
                self.value.push(next);
                return next.len_utf8();
            }
        };
        self.quote = opened;
        length
    }

    /// Reads the characters after a backslash. Returns the length including the backslash.
    fn read_escape(&mut self, text: &str, escaped: Option<char>) -> usize {
        let Some(escaped) = escaped else {
            return 1;
        };
        if self.quote == Quote::Ansi && text.starts_with("x21") {
            self.value.push('!');
            return 4;
        }
        if self.quote == Quote::Double && !matches!(escaped, '$' | '`' | '"' | '\\') {
            self.value.push('\\');
        }
        self.value.push(escaped);
        1 + escaped.len_utf8()
    }
}

#[cfg(test)]
mod tests {
    use super::{Quote, Word, split};

    #[test]
    fn lines_are_split_outside_of_quotes() {
        let check = |line: &str, values: &[&str]| {
            let words = split(line);
            let found: Vec<_> = words.iter().map(|word| word.value.as_str()).collect();
            assert_eq!(found, values, "{line}");
        };
        check("x d", &["x", "d"]);
        check("x  ", &["x", ""]);
        check("  x --p=d", &["x", "--p=d"]);
        check(
            "x \"a b\" 'c d' e\\ f $'g h",
            &["x", "a b", "c d", "e f", "g h"],
        );
        check("x a'b'\"c\"d", &["x", "abcd"]);
        check(
            r#"x "a\"b\$c\d" 'e\f' $'g\'\x21h'"#,
            &["x", "a\"b$c\\d", "e\\f", "g'!h"],
        );
        check("x a\\", &["x", "a"]);
        check("x ü日", &["x", "ü日"]);
    }

    #[test]
    fn the_open_quote_and_expansions_are_found() {
        let check = |text: &str, quote, has_expansion| {
            let word = Word::read(text);
            assert_eq!(
                (word.quote, word.has_expansion),
                (quote, has_expansion),
                "{text}"
            );
        };
        check("a", Quote::None, false);
        check("'a", Quote::Single, false);
        check("'a'", Quote::None, false);
        check("\"a", Quote::Double, false);
        check("$'a", Quote::Ansi, false);
        check("$\"a", Quote::Double, false);
        check("'a'\"b", Quote::Double, false);
        check("$a", Quote::None, true);
        check("\"$a", Quote::Double, true);
        check("'$a", Quote::Single, false);
        check("\\$a", Quote::None, false);
        check("~", Quote::None, true);
        check("\"!", Quote::Double, true);
    }
}
