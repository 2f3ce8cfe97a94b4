//! The code that an MFA device shows, asked for at the terminal and hidden as it is typed.

use std::io::{self, IsTerminal};

use sso_credentials::{MfaPrompt, sanitize};
use sso_types::Secret;

use crate::{Ui, hidden, interrupt};

impl MfaPrompt for Ui {
    /// Asks in the words of the AWS CLI; also when all should be quiet. Ctrl-C and the end of the
    /// input end the program. Where stdin or stderr is no terminal, nobody is asked.
    fn token_code(&self, serial_number: &str) -> Option<Secret> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return None;
        }
        let question = format!("Enter MFA code for {}: ", sanitize(serial_number));
        loop {
            match hidden::read_line(|| self.say_always(&question)) {
                Ok(Some(line)) if is_code(line.trim()) => return Some(line.trim().into()),
                Ok(Some(_)) => self.ask("The device shows six digits."),
                Ok(None) => interrupt::exit(self),
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
