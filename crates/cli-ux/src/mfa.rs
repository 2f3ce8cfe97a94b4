//! The code that an MFA device shows, asked for at the terminal and hidden as it is typed.

use sso_credentials::{MfaPrompt, printable};
use sso_types::Secret;

use crate::terminal::Keys;
use crate::{FailureKind, Question, Ui, interrupt};

impl MfaPrompt for Ui {
    /// Asks in the words of the AWS CLI; also when all should be quiet. Ctrl-C ends the program.
    fn token_code(&self, serial_number: &str) -> Option<Secret> {
        if !Keys::are_there() {
            return None;
        }
        let text = format!("Enter MFA code for {}: ", printable(serial_number));
        let question = Question::new(&text, "the device").check(&is_code).hidden();
        match self.ask_line(&question) {
            Ok(code) => Some(code.into()),
            Err(failure) if failure.kind() == FailureKind::Interrupted => interrupt::exit(self),
            Err(failure) => {
                self.warn(failure);
                None
            }
        }
    }
}

fn is_code(typed: &str) -> Result<(), String> {
    if typed.len() == 6 && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err("The device shows six digits.".to_owned())
    }
}
