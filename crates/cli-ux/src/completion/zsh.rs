//! Zsh, which may load the script at its start, or as a function when somebody first completes.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{self, EnvCompleter};

/// Has zsh as the shell that completes: clap's script, and what it lacks to be autoloaded. It only
/// says which function completes from then on.
pub(super) struct Zsh;

const AUTOLOADED: &str = r#"
if [[ ${funcstack[1]} = _BIN ]]; then
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
        env::Zsh.write_registration(variable, name, bin, completer, script)?;
        let text = AUTOLOADED
            .replace("FUNCTION", &name.replace('-', "_"))
            .replace("BIN", bin);
        script.write_all(text.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        args: Vec<OsString>,
        folder: Option<&Path>,
        replies: &mut dyn Write,
    ) -> Result<(), Error> {
        env::Zsh.write_complete(command, args, folder, replies)
    }
}
