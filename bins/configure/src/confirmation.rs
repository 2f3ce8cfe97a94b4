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

/// Note if the program is interrupted before the write.
pub(crate) const UNWRITTEN: &str = "nothing was written to the config file";

/// Asks a yes/no question. Says so if nothing is written.
pub(crate) fn confirm(ui: &Ui, question: &str) -> Result<bool, Failure> {
    let _note = ui.note_if_interrupted(UNWRITTEN);
    let is_confirmed = ui.confirm(question, "--yes")?;
    say_if_declined(ui, is_confirmed);
    Ok(is_confirmed)
}

/// Asks like [`confirm`]. Returns `None` if the user goes back.
pub(crate) fn confirm_or_back(ui: &Ui, question: &str) -> Result<Option<bool>, Failure> {
    let _note = ui.note_if_interrupted(UNWRITTEN);
    let answer = ui.confirm_or_back(question, "--yes")?;
    if let Some(is_confirmed) = answer {
        say_if_declined(ui, is_confirmed);
    }
    Ok(answer)
}

fn say_if_declined(ui: &Ui, is_confirmed: bool) {
    if !is_confirmed {
        ui.say("Nothing changed.");
    }
}
