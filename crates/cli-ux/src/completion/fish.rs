//! Completion for fish.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{self, EnvCompleter};

use crate::quoting::fish;

/// Clap's completion. Fish passes the last word as it is typed, and quotes the completions.
pub(super) struct Fish {
    /// If true, the words after `--` are a command line, which fish completes.
    pub(super) runs_command: bool,
}

/// Condition of the completions of the program, and function for the words after `--`.
const COMMAND: &str = r" \
    --condition 'not contains -- -- (commandline --current-process --tokenize --cut-at-cursor)'
function __FUNCTION_command
    set --local words (commandline --current-process --tokenize --cut-at-cursor)
    set --local escape (contains --index -- -- $words)
    or return
    set --erase words[1..$escape]
    set --local token (commandline --current-token --cut-at-cursor)
    complete --do-complete (string join ' ' -- (string escape -- $words) $token)
end
complete --keep-order --exclusive --command BIN --arguments '(__FUNCTION_command)'
";

impl EnvCompleter for Fish {
    fn name(&self) -> &'static str {
        env::Fish.name()
    }

    fn is(&self, name: &str) -> bool {
        env::Fish.is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        bin: &str,
        completer: &str,
        script: &mut dyn Write,
    ) -> Result<(), Error> {
        let mut registration = Vec::new();
        env::Fish.write_registration(variable, name, bin, completer, &mut registration)?;
        let registration = String::from_utf8_lossy(&registration);
        // Skips a function of the shell with the name of the program.
        let call = format!("({variable}=fish ");
        let registration = registration.replace(&call, &format!("{call}command "));
        if !self.runs_command {
            return script.write_all(registration.as_bytes());
        }
        script.write_all(registration.trim_ascii_end().as_bytes())?;
        let text = COMMAND
            .replace("FUNCTION", &name.replace('-', "_"))
            .replace("BIN", &fish(bin));
        script.write_all(text.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        args: Vec<OsString>,
        directory: Option<&Path>,
        replies: &mut dyn Write,
    ) -> Result<(), Error> {
        let mut args = args;
        if let Some(typed) = args.pop() {
            let unquoted = typed.to_str().map(|word| unquote(word).into());
            args.push(unquoted.unwrap_or(typed));
        }
        env::Fish.write_complete(command, args, directory, replies)
    }
}

/// Removes the quotes of fish, in which a backslash only escapes a quote, a backslash or, in double
/// quotes, a `$`.
fn unquote(word: &str) -> String {
    let mut value = String::new();
    let mut open = None;
    let mut characters = word.chars().peekable();
    while let Some(c) = characters.next() {
        match (open, c) {
            (None, '\'' | '"') => open = Some(c),
            (Some(quote), c) if c == quote => open = None,
            (None, '\\') => value.extend(characters.next()),
            (Some(quote), '\\') => {
                let is_escaped =
                    |next: &char| matches!(next, '\\' | '$') && (*next == '\\' || quote == '"');
                let escaped = characters.next_if(|next| *next == quote || is_escaped(next));
                value.push(escaped.unwrap_or('\\'));
            }
            (_, c) => value.push(c),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn quotes_of_fish_are_removed() {
        let check = |word: &str, value: &str| assert_eq!(unquote(word), value, "{word}");
        check("dev", "dev");
        check("'two wo", "two wo");
        check("\"two wo", "two wo");
        check("two\\ wo", "two wo");
        check("--profile='a", "--profile=a");
        check(r"'it\'s\\ \$ \n", r"it's\ \$ \n");
        check(r#""\"\$\\ \'"#, r#""$\ \'"#);
        check("a\\", "a");
    }
}
