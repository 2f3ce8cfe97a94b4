//! Quotes in the command lines of keys such as `credential_process`.

use aws_config_parse::split_words;
use cli_ux::quoting;

/// White space and the start of a comment, which some SDKs remove from a value even between quotes.
const COMMENTS: [&str; 2] = [" #", " ;"];

/// Returns `value` as a word, or a part of one, that a shell and the AWS CLI, which runs no shell, read
/// in the same way. Returns `None` if that is not possible.
pub(super) fn quoted(value: &str) -> Option<String> {
    if value.contains(char::is_control) {
        return None;
    }
    let word = if cfg!(windows) {
        quoting::for_every_shell(value)?
    } else {
        quoting::posix(value)
    };
    let is_comment = COMMENTS.iter().any(|comment| word.contains(comment));
    let is_value = split_words(&word)? == [value];
    (is_value && !is_comment).then_some(word)
}

/// Quotes of a command line that are open at a position.
#[derive(Default)]
pub(super) struct Quotes {
    open: Option<char>,
    is_escaped: bool,
}

impl Quotes {
    /// Returns whether a character at this position is between quotes, or after a backslash.
    pub(super) fn are_open(&self) -> bool {
        self.open.is_some() || self.is_escaped
    }

    pub(super) fn read(&mut self, character: char) {
        if self.is_escaped {
            self.is_escaped = false;
            return;
        }
        match (self.open, character) {
            (None | Some('"'), '\\') => self.is_escaped = true,
            (None, '\'' | '"') => self.open = Some(character),
            (Some(open), _) if open == character => self.open = None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Quotes, quoted};

    #[cfg(unix)]
    #[test]
    fn values_become_words_if_possible() {
        let check = |value: &str, word: Option<&str>| {
            assert_eq!(quoted(value).as_deref(), word, "{value}");
        };
        check("dev.ReadOnly", Some("dev.ReadOnly"));
        check("", Some("''"));
        check("It's $(id) \"x\"", Some("'It'\\''s $(id) \"x\"'"));
        check("VALUE", Some("VALUE"));
        check("a\u{200d}b", Some("'a\u{200d}b'"));
        check("a\tb", None);
        check("Team #1", None);
        check("a ;b", None);
        check("a#b", Some("'a#b'"));
    }

    #[test]
    fn open_quotes_are_found() {
        let are_open = |text: &str| {
            let mut quotes = Quotes::default();
            text.chars().for_each(|c| quotes.read(c));
            quotes.are_open()
        };
        for text in ["a \"b", "'", "\\", "\"a\\\"", "'a' \""] {
            assert!(are_open(text), "{text}");
        }
        for text in ["", "a", "\"a\"", "'a\\'", "\\'", "\"'\""] {
            assert!(!are_open(text), "{text}");
        }
    }
}
