//! Completion for PowerShell.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine::complete;
use clap_complete::env::{self, EnvCompleter};

use crate::quoting::powershell;

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
                Some(help) => writeln!(replies, "{}\t{help}", powershell(&value))?,
                None => writeln!(replies, "{}", powershell(&value))?,
            }
        }
        Ok(())
    }
}
