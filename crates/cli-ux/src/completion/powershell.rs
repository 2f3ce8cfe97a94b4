//! Completion for PowerShell.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine::complete;
use clap_complete::env::{self, EnvCompleter};

/// Clap's completion, with quotes. PowerShell inserts the completions as they are.
pub(super) struct Powershell;

impl EnvCompleter for Powershell {
    fn name(&self) -> &'static str {
        env::Powershell.name()
    }

    fn is(&self, name: &str) -> bool {
        env::Powershell.is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        bin: &str,
        completer: &str,
        script: &mut dyn Write,
    ) -> Result<(), Error> {
        env::Powershell.write_registration(variable, name, bin, completer, script)
    }

    fn write_complete(
        &self,
        command: &mut Command,
        args: Vec<OsString>,
        directory: Option<&Path>,
        replies: &mut dyn Write,
    ) -> Result<(), Error> {
        let last = args.len() - 1;
        for candidate in complete(command, args, last, directory)? {
            let value = candidate.get_value().to_string_lossy();
            let help = candidate.get_help().map(ToString::to_string);
            let help = help.as_deref().and_then(|help| help.lines().next());
            match help {
                Some(help) => writeln!(replies, "{}\t{help}", quoted(&value))?,
                None => writeln!(replies, "{}", quoted(&value))?,
            }
        }
        Ok(())
    }
}

/// Quotes a word with single quotes if PowerShell would treat a part of it specially
/// (`about_Quoting_Rules`, `about_Parsing`). Curly single quotes are quotes as well.
fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "_-+=:./".contains(c);
    if word.chars().all(is_plain) {
        return word.into();
    }
    let mut quoted = String::from('\'');
    for c in word.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted.push('\'');
    quoted.into()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_with_special_characters_are_quoted() {
        let check = |word: &str, expected: &str| assert_eq!(quoted(word), expected);
        check("dev-1.x", "dev-1.x");
        check("--profile=dev", "--profile=dev");
        check("two words", "'two words'");
        check("zz$(ni p)", "'zz$(ni p)'");
        check("it's", "'it''s'");
        check("it\u{2019}s", "'it\u{2019}\u{2019}s'");
        check("@dev", "'@dev'");
    }
}
