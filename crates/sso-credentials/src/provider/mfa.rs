use sso_types::Secret;

/// Prompt for the code of an MFA device.
pub trait MfaPrompt {
    /// Returns the code of the device; `None` if no prompt is possible.
    fn token_code(&self, serial_number: &str) -> Option<Secret>;

    /// Returns whether a credential process may prompt, too. If not, its stdin is empty.
    fn allows_input(&self) -> bool {
        true
    }
}

/// MFA prompt that returns no code. A role that requires one fails with
/// [`Error::MfaRequired`](crate::Error::MfaRequired). The stdin of a credential process is empty.
#[derive(Clone, Copy, Debug)]
pub struct NoMfa;

impl MfaPrompt for NoMfa {
    fn token_code(&self, _serial_number: &str) -> Option<Secret> {
        None
    }

    fn allows_input(&self) -> bool {
        false
    }
}
