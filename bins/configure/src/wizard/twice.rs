//! Unusual answers, which are accepted if the user enters them twice.

use std::cell::RefCell;

#[derive(Debug, Default)]
pub(super) struct Twice {
    refused: RefCell<String>,
}

impl Twice {
    /// Accepts the answer that was refused last, and refuses another one with the `reason`.
    pub(super) fn accept(&self, answer: &str, reason: String) -> Result<(), String> {
        if self.refused.replace(answer.to_owned()) == answer {
            return Ok(());
        }
        Err(reason)
    }
}
