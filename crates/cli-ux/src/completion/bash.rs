//! Completion for bash.
//!
//! Bash passes the line as it is typed, and inserts the completion in place of the end of the last
//! word: after an open quote, or after the last `=`, `:` or similar character. It does not remove
//! quotes from the words, and does not quote completions. If a completion is unique, bash appends
//! the quote that is open, unless the completion ends with the same character.
//!
//! `command` skips a function of the shell with the name of the program.
//!
//! The words after `--` are completed by bash-completion if it is loaded, else as commands and files.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine::complete;
use clap_complete::env::EnvCompleter;

use super::words::{Quote, Word, is_literal, split};
use crate::quoting::posix;

const SCRIPT: &str = include_str!("bash.sh");

/// Completion of the words after `--`.
const COMMAND_SCRIPT: &str = include_str!("bash_command.sh");

/// Line of the script in its place.
const DELEGATION: &str = "    DELEGATION\n";

const HOME: &str = "~/";

pub(super) struct Bash {
    /// If true, the words after `--` are a command line.
    pub(super) runs_command: bool,
}

/// Command line with the cursor at the end of a word.
struct Line {
    /// Words without quotes. The last one is the word to complete.
    words: Vec<OsString>,
    /// Part of that word before the part that bash replaces.
    prefix: Word,
    /// Set if the word begins with `~/`, which the shell replaces only without quotes.
    is_in_home: bool,
}

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == self.name()
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        bin: &str,
        completer: &str,
        script: &mut dyn Write,
    ) -> Result<(), Error> {
        let text = if self.runs_command {
            let call = "    _FUNCTION_command \"$2\" && return\n";
            COMMAND_SCRIPT.to_owned() + &SCRIPT.replace(DELEGATION, call)
        } else {
            SCRIPT.replace(DELEGATION, "")
        };
        let text = text
            .replace("FUNCTION", &name.replace('-', "_"))
            .replace("VARIABLE", variable)
            .replace("COMPLETER", &posix(completer))
            .replace("BIN", &posix(bin));
        script.write_all(text.as_bytes())
    }

    /// Expects the arguments of the script: the text that bash replaces, and the line up to the
    /// cursor.
    fn write_complete(
        &self,
        command: &mut Command,
        args: Vec<OsString>,
        directory: Option<&Path>,
        replies: &mut dyn Write,
    ) -> Result<(), Error> {
        let Some(line) = Line::read(&args) else {
            return Ok(());
        };
        let last = line.words.len() - 1;
        for candidate in complete(command, line.words.clone(), last, directory)? {
            let value = candidate.get_value().to_string_lossy();
            if let Some(reply) = line.reply(&value) {
                writeln!(replies, "{reply}")?;
            }
        }
        Ok(())
    }
}

impl Line {
    /// Returns `None` if no completion is possible, for example because the shell would replace the
    /// part of the word that remains.
    fn read(args: &[OsString]) -> Option<Self> {
        let [replaced, line] = args else {
            return None;
        };
        let words = split(line.to_str()?);
        let typed = &words.last()?.typed;
        let prefix = Word::read(typed.strip_suffix(replaced.to_str()?)?);
        (!prefix.has_expansion).then_some(Self {
            words: words.iter().map(|word| (&word.value).into()).collect(),
            is_in_home: prefix.typed.is_empty() && typed.starts_with(HOME),
            prefix,
        })
    }

    /// Returns the text that replaces the end of the last word, if `value` completes the word.
    fn reply(&self, value: &str) -> Option<String> {
        let rest = value.strip_prefix(&self.prefix.value)?;
        let in_home = rest.strip_prefix(HOME).filter(|_| self.is_in_home);
        Some(match in_home {
            Some(path) => HOME.to_owned() + &quoted(path, Quote::None),
            None => quoted(rest, self.prefix.quote),
        })
    }
}

/// Quotes `text` for a position with an open quote. `!` is a history expansion even in double
/// quotes, where a backslash before it would stay.
fn quoted(text: &str, quote: Quote) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        match (quote, c) {
            (Quote::Single, '\'') => quoted.push_str(r"'\''"),
            (Quote::Double, '!') => quoted.push_str(r#""\!""#),
            (Quote::Ansi, '!') => quoted.push_str(r"\x21"),
            (Quote::Double, '$' | '`' | '"' | '\\') | (Quote::Ansi, '\'' | '\\') => {
                quoted.extend(['\\', c]);
            }
            (Quote::None, c) if !is_literal(c) => quoted.extend(['\\', c]),
            _ => quoted.push(c),
        }
    }
    match quote {
        Quote::Single | Quote::Ansi if quoted.ends_with('\'') => quoted + "'",
        Quote::Double if quoted.ends_with('"') => quoted + "\"",
        _ => quoted,
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Quote, quoted};

    #[track_caller]
    fn check(args: [&str; 2], words: &[&str], prefix: &str, quote: Quote) {
        let line = Line::read(&args.map(Into::into)).expect("a completion is possible");
        assert_eq!(line.words, words, "{args:?}");
        assert_eq!(line.prefix.value, prefix, "{args:?}");
        assert_eq!(line.prefix.quote, quote, "{args:?}");
    }

    #[test]
    fn the_replaced_text_is_the_end_of_the_last_word() {
        check(["d", "x d"], &["x", "d"], "", Quote::None);
        check(["", "x "], &["x", ""], "", Quote::None);
        check(["d", "x --p=d"], &["x", "--p=d"], "--p=", Quote::None);
        check(["", "x --p="], &["x", "--p="], "--p=", Quote::None);
        check(["b", "x --p a:b"], &["x", "--p", "a:b"], "a:", Quote::None);
        check(["@b", "x --p a@b"], &["x", "--p", "a@b"], "a", Quote::None);
        check([r"a\ b", r"x a\ b"], &["x", "a b"], "", Quote::None);
        check(["a b", "x \"a b"], &["x", "a b"], "", Quote::Double);
        check(["b", "x a:'b"], &["x", "a:b"], "a:", Quote::Single);
        check(["b", "x --p=$'b"], &["x", "--p=b"], "--p=", Quote::Ansi);
        check([r"$'a\'b", r"x $'a\'b"], &["x", "a'b"], "", Quote::None);
    }

    #[test]
    fn a_word_that_the_shell_would_replace_is_not_completed() {
        for args in [
            ["b", "x $a:b"],
            ["b", "x ~:b"],
            ["b", "x \"`a`:b"],
            ["c", "x b"],
        ] {
            assert!(Line::read(&args.map(Into::into)).is_none(), "{args:?}");
        }
    }

    #[test]
    fn a_path_in_the_home_directory_keeps_its_tilde() {
        let reply = |replaced: &str, line: &str, value: &str| {
            let line = Line::read(&[replaced, line].map(Into::into));
            line.and_then(|line| line.reply(value))
        };
        let check = |replaced, line, value, expected: &str| {
            assert_eq!(reply(replaced, line, value).as_deref(), Some(expected));
        };
        check("~/a", "x ~/a", "~/a b", r"~/a\ b");
        // In these words, the shell does not replace the tilde.
        check(r"\~/a", r"x \~/a", "~/a b", r"\~/a\ b");
        check("~/a", "x --p=~/a", "--p=~/ab", r"\~/ab");
        check("~/a", "x '~/a", "~/a b", "~/a b");
    }

    #[test]
    fn completions_are_quoted_for_the_open_quote() {
        let name = "a b$(c)*é\\`!'\"";
        assert_eq!(quoted(name, Quote::None), r#"a\ b\$\(c\)\*é\\\`\!\'\""#);
        assert_eq!(quoted(name, Quote::Single), r#"a b$(c)*é\`!'\''""#);
        assert_eq!(quoted(name, Quote::Double), r#"a b\$(c)*é\\\`"\!"'\"""#);
        assert_eq!(quoted(name, Quote::Ansi), r#"a b$(c)*é\\`\x21\'""#);
        assert_eq!(quoted("it'", Quote::Single), r"it'\'''");
        assert_eq!(quoted("it'", Quote::Ansi), r"it\''");
    }
}
