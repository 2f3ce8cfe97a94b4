//! Completion for zsh. Zsh loads the script at its start, or autoloads it at the first completion.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{self, EnvCompleter};

use super::words::Word;

/// Clap's script, which only registers a function, followed by a call of that function if the script
/// is autoloaded. Zsh passes the words as they are typed, and quotes the completions.
pub(super) struct Zsh {
    /// If true, the words after `--` are a command line, which zsh completes.
    pub(super) runs_command: bool,
}

const COMMAND: &str = r#"
functions[_clap_dynamic_completer_FUNCTION_options]=$functions[_clap_dynamic_completer_FUNCTION]
function _clap_dynamic_completer_FUNCTION() {
    local escape=${words[(i)--]}
    if (( escape < CURRENT )); then
        shift $escape words
        (( CURRENT -= escape ))
        _normal
    else
        _clap_dynamic_completer_FUNCTION_options "$@"
    fi
}
"#;

const AUTOLOADED: &str = r#"
if [[ ${funcstack[1]-} = _BIN ]]; then
    _clap_dynamic_completer_FUNCTION "$@"
fi
"#;

impl EnvCompleter for Zsh {
    fn name(&self) -> &'static str {
        env::Zsh.name()
    }

    fn is(&self, name: &str) -> bool {
        env::Zsh.is(name)
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
        env::Zsh.write_registration(variable, name, bin, completer, &mut registration)?;
        let registration = String::from_utf8_lossy(&registration);
        // Skips a function of the shell with the name of the program.
        let call = format!("{variable}=\"zsh\" \\\n        ");
        let registration = registration.replace(&call, &format!("{call}command "));
        script.write_all(registration.as_bytes())?;
        let command = if self.runs_command { COMMAND } else { "" };
        let text = format!("{command}{AUTOLOADED}")
            .replace("FUNCTION", &name.replace('-', "_"))
            .replace("BIN", bin);
        script.write_all(text.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        args: Vec<OsString>,
        directory: Option<&Path>,
        replies: &mut dyn Write,
    ) -> Result<(), Error> {
        let unquoted = |arg: OsString| match arg.to_str() {
            Some(word) => Word::read(word).value.into(),
            None => arg,
        };
        let args = args.into_iter().map(unquoted).collect();
        env::Zsh.write_complete(command, args, directory, replies)
    }
}
