//! Completion for bash.
//!
//! Bash passes the words as they are typed, and inserts the completion in place of the last one. It
//! splits words at `=` and `:`, so that `--profile=dev` becomes three words. It does not remove
//! quotes from the words, and does not quote completions.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine::complete;
use clap_complete::env::EnvCompleter;

const SCRIPT: &str = include_str!("bash.sh");

pub(super) struct Bash;

/// Command line with the cursor at the end of a word.
struct Line {
    /// Words without quotes.
    words: Vec<OsString>,
    /// Index of the word to complete.
    index: usize,
    /// Part of that word before the part that bash replaces.
    prefix: String,
    /// Set if a quote is open, so that nothing else has to be quoted.
    is_quoted: bool,
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
        let text = SCRIPT
            .replace("FUNCTION", &name.replace('-', "_"))
            .replace("VARIABLE", variable)
            .replace("COMPLETER", &shell_words::quote(completer))
            .replace("BIN", &shell_words::quote(bin));
        script.write_all(text.as_bytes())
    }

    /// Expects the arguments of the script: the index of the word at the cursor, the part of it
    /// that bash replaces, all words.
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
        for candidate in complete(command, line.words.clone(), line.index, directory)? {
            let value = candidate.get_value().to_string_lossy();
            if let Some(rest) = value.strip_prefix(&line.prefix) {
                writeln!(replies, "{}", line.quoted(rest))?;
            }
        }
        Ok(())
    }
}

impl Line {
    fn read(args: &[OsString]) -> Option<Self> {
        let mut args = args.iter().map(|arg| arg.to_string_lossy());
        let index: usize = args.next()?.parse().ok()?;
        let replaced = args.next()?;
        // Words after the cursor are ignored.
        let typed = join_words(args.take(index + 1));
        let last = typed.last()?;
        let is_quoted = last.starts_with(['"', '\'']);
        let prefix = last.strip_suffix(&*replaced).unwrap_or(last);
        Some(Self {
            prefix: unquote(prefix),
            index: typed.len() - 1,
            words: typed.iter().map(|word| unquote(word).into()).collect(),
            is_quoted,
        })
    }

    fn quoted(&self, text: &str) -> String {
        let is_plain =
            |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "_-+=:,./@%".contains(c);
        let mut quoted = String::new();
        for c in text.chars() {
            if !self.is_quoted && !is_plain(c) {
                quoted.push('\\');
            }
            quoted.push(c);
        }
        quoted
    }
}

/// Joins the words that bash split at `=` and `:`.
fn join_words<W: AsRef<str>>(words: impl Iterator<Item = W>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut is_open = false;
    for word in words {
        let word = word.as_ref();
        let is_break = !word.is_empty() && word.chars().all(|c| "=:".contains(c));
        match joined.last_mut() {
            Some(last) if is_open || is_break => last.push_str(word),
            _ => joined.push(word.to_owned()),
        }
        is_open = is_break;
    }
    joined
}

fn unquote(word: &str) -> String {
    word.replace(['\\', '"', '\''], "")
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[track_caller]
    fn check(args: &[&str], words: &[&str], prefix: &str) {
        let args: Vec<_> = args.iter().map(Into::into).collect();
        let line = Line::read(&args).expect("these are the arguments of the script");
        assert_eq!(line.words, words, "{args:?}");
        assert_eq!(line.index, words.len() - 1, "{args:?}");
        assert_eq!(line.prefix, prefix, "{args:?}");
    }

    #[test]
    fn words_that_bash_split_are_joined() {
        check(&["1", "d", "x", "d", "e"], &["x", "d"], "");
        check(&["1", "", "x", ""], &["x", ""], "");
        check(&["3", "d", "x", "--p", "=", "d"], &["x", "--p=d"], "--p=");
        check(&["2", "", "x", "--p", "="], &["x", "--p="], "--p=");
        check(
            &["4", "b", "x", "--p", "a", ":", "b"],
            &["x", "--p", "a:b"],
            "a:",
        );
        check(
            &["4", "", "x", "--p", "=", "a", ""],
            &["x", "--p=a", ""],
            "",
        );
    }

    #[test]
    fn quotes_are_removed_from_words_and_added_to_completions() {
        check(&["1", "my\\ d", "x", "my\\ d"], &["x", "my d"], "");
        check(&["1", "my d", "x", "\"my d"], &["x", "my d"], "");
        let line = |word: &str| Line::read(&["1".into(), word.into(), "x".into(), word.into()]);
        let quoted = |word| {
            line(word)
                .expect("these are the arguments of the script")
                .quoted("a b$(c)*é")
        };
        assert_eq!(quoted("a"), r"a\ b\$\(c\)\*é");
        assert_eq!(quoted("'a"), "a b$(c)*é");
    }
}
