//! Prompts on a terminal without escape sequences, which edits and echoes the line itself.

use crate::failure::Failure;
use crate::prompt::{Question, subject_of};
use crate::terminal::{self, echoed_line};
use crate::ui::Ui;

/// Answer that leads back to the previous prompt.
pub(crate) const BACK: &str = "<";

const BACK_HELP: &str = "Enter < to go back.";

/// Way back to the previous prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Back {
    Available,
    Unavailable,
}

impl Ui {
    /// Prompts until an answer is valid. Returns `None` if the user goes back.
    pub(super) fn ask_plainly(
        &self,
        question: &Question<'_>,
        back: Back,
    ) -> Result<Option<String>, Failure> {
        self.prepare_prompt(question.subject, question.flag)?;
        let (prompt, default) = match question.initial {
            "" => (question.text.to_owned(), question.default),
            earlier => (with_default(question.text, earlier), earlier),
        };
        while let Some(typed) = self.read_plainly(&prompt, back)? {
            let answer = if typed.is_empty() { default } else { &typed };
            match (question.check)(answer) {
                Ok(()) => return Ok(Some(answer.to_owned())),
                Err(reason) => self.ask_sentence(reason),
            }
        }
        Ok(None)
    }

    /// Shows `prompt`, again after Ctrl-Z and `fg`, and reads a trimmed line. Returns `None` if the user goes back. Lines that were typed
    /// earlier have no effect.
    pub(crate) fn read_plainly(&self, prompt: &str, back: Back) -> Result<Option<String>, Failure> {
        if back == Back::Available {
            self.ask(BACK_HELP);
        }
        terminal::discard_input();
        let shown = {
            let (ui, prompt) = (self.clone(), prompt.to_owned());
            move || ui.ask_inline(&prompt)
        };
        let Some(line) = echoed_line::read(shown).map_err(Failure::terminal)? else {
            self.ask("");
            return Err(Failure::interrupted());
        };
        let line = line.trim();
        let goes_back = back == Back::Available && line == BACK;
        Ok((!goes_back).then(|| line.to_owned()))
    }
}

/// Returns the prompt with `default` in place of the one in its brackets, which Enter no longer selects.
fn with_default(prompt: &str, default: &str) -> String {
    format!("{} [{default}]: ", subject_of(prompt))
}
