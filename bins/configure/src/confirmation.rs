//! Questions before a write.

use clap::Args;
use cli_ux::{Failure, Ui};
use sso_config::edit::{Diff, has_written};
use sso_config::{ConfigEdit, Error};

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

/// Returns the note if the program is interrupted.
pub(crate) fn written_so_far() -> &'static str {
    if has_written() {
        "the config file was written"
    } else {
        "nothing was written to the config file"
    }
}

/// Asks a yes/no question. Says so if nothing is written.
pub(crate) fn confirm(ui: &Ui, question: &str) -> Result<bool, Failure> {
    let is_confirmed = ui.confirm(question, "--yes")?;
    say_if_declined(ui, is_confirmed);
    Ok(is_confirmed)
}

/// Asks like [`confirm`]. Returns `None` if the user goes back.
pub(crate) fn confirm_or_back(ui: &Ui, question: &str) -> Result<Option<bool>, Failure> {
    let answer = ui.confirm_or_back(question, "--yes")?;
    if let Some(is_confirmed) = answer {
        say_if_declined(ui, is_confirmed);
    }
    Ok(answer)
}

/// Makes an edit and writes it. Makes it again if another process has changed the file before the
/// write. Returns `None` if an `attempt` does, because the answer is no.
pub(crate) fn write_agreed<T>(
    mut attempt: impl FnMut(&mut Agreement) -> Result<Option<Result<T, Error>>, Failure>,
) -> Result<Option<T>, Failure> {
    let mut agreement = Agreement::default();
    loop {
        match attempt(&mut agreement)? {
            Some(Err(Error::ConfigChanged { .. })) => {}
            written => return Ok(written.transpose()?),
        }
    }
}

/// The question that the user has answered with yes, and the changed lines that were shown.
#[derive(Default)]
pub(crate) struct Agreement(Option<(String, ChangedLines)>);

/// Removed and added lines.
type ChangedLines = [Vec<Vec<u8>>; 2];

impl Agreement {
    pub(crate) fn is_first_question(&self) -> bool {
        self.0.is_none()
    }

    /// Shows the changes and asks the question with `confirm`, unless the user has already agreed to
    /// it and the same lines. Says why the user is asked again.
    pub(crate) fn includes(
        &mut self,
        edit: &ConfigEdit,
        question: &str,
        ui: &Ui,
        confirm: impl FnOnce(&str) -> Result<bool, Failure>,
    ) -> Result<bool, Failure> {
        let asked = (question.to_owned(), changed_lines(edit));
        if self.0.as_ref() == Some(&asked) {
            return Ok(true);
        }
        if !self.is_first_question() {
            let path = edit.path().display();
            ui.warn(format_args!(
                "{path} was changed by another process in the meantime, so the changes are \
                 different now"
            ));
        }
        show(ui, &edit.diff());
        self.0 = Some(asked);
        confirm(question)
    }
}

/// Ignores empty lines, line numbers and unchanged lines, which an unrelated change can affect.
fn changed_lines(edit: &ConfigEdit) -> ChangedLines {
    let (before, after) = (edit.before(), edit.after());
    let replaced = Diff::new("", before, after).replacements().into_iter();
    let (removed, added): (Vec<_>, Vec<_>) = replaced.unzip();
    [(before, removed), (after, added)].map(|(document, ranges)| {
        let changed = ranges.into_iter().map(|range| &document.as_bytes()[range]);
        let lines = changed.flat_map(|bytes| bytes.split(|byte| *byte == b'\n'));
        let lines = lines.filter(|line| !line.trim_ascii().is_empty());
        lines.map(<[u8]>::to_vec).collect()
    })
}

fn say_if_declined(ui: &Ui, is_confirmed: bool) {
    if !is_confirmed {
        ui.say("Nothing changed.");
    }
}
