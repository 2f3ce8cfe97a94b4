//! Prompt for MFA codes, without echo.

use sso_credentials::provider::MfaPrompt;
use sso_types::{Secret, escaped};

use crate::interrupt;
use crate::terminal::{self, hidden_line};
use crate::ui::Ui;

impl MfaPrompt for Ui {
    /// Prompts for an MFA code with the AWS CLI's text, also with `--quiet`. Ctrl-C and the end of
    /// the input end the program. Returns `None` if stdin or stderr is not a terminal.
    fn token_code(&self, serial_number: &str) -> Option<Secret> {
        if !self.is_interactive() {
            return None;
        }
        terminal::handle_stops();
        let question = format!("Enter MFA code for {}: ", escaped(serial_number));
        let ui = self.clone();
        let prompt = move || ui.ask_inline(&question);
        loop {
            match hidden_line::read(prompt.clone()) {
                Ok(Some(line)) if is_code(line.trim()) => return Some(line.trim().into()),
                Ok(Some(_)) => self.ask("An MFA code has six digits."),
                Ok(None) => interrupt::interrupt_this_thread(self),
                Err(error) => {
                    self.warn(format_args!("cannot read from the terminal: {error}"));
                    return None;
                }
            }
        }
    }
}

fn is_code(typed: &str) -> bool {
    typed.len() == 6 && typed.bytes().all(|byte| byte.is_ascii_digit())
}
