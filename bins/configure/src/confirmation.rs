//! Questions before a write.

use clap::Args;
use cli_ux::{Failure, Ui};

#[derive(Args, Debug)]
pub(crate) struct YesArg {
    /// Write without asking for confirmation
    ///
    /// Without a terminal, no confirmation is needed.
    #[arg(long, short)]
    yes: bool,
}

impl YesArg {
    /// Returns whether the user is asked before a write.
    pub(crate) fn asks(&self, ui: &Ui) -> bool {
        !self.yes && ui.is_interactive()
    }
}

/// Shows changes, also with `--quiet`, because the user is asked about them.
pub(crate) fn show(ui: &Ui, diff: &str) {
    diff.lines().for_each(|line| ui.ask(line));
}

/// Asks a yes/no question. Says so if nothing is written.
pub(crate) fn confirm(ui: &Ui, question: &str) -> Result<bool, Failure> {
    let is_confirmed = ui.confirm(question, "--yes")?;
    if !is_confirmed {
        ui.say("Nothing changed.");
    }
    Ok(is_confirmed)
}
