//! Sign-in to the session of the profile, for a URL that requires credentials.

use cli_ux::{Failure, Ui};
use sso_credentials::aws::Selection;
use sso_credentials::{Aws, Error};

use crate::args::Args;

/// Error before the console is open. After some of those of the service, a sign-in helps.
pub(crate) enum OpenError {
    Service(Error),
    Other(Failure),
}

impl From<Error> for OpenError {
    fn from(error: Error) -> Self {
        Self::Service(error)
    }
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

/// Calls `open`, and once more after a sign-in if one is needed and possible.
pub(crate) fn first_if_needed(
    args: &Args,
    ui: &Ui,
    aws: &mut Aws,
    selection: &Selection,
    open: impl Fn(&Aws) -> Result<(), OpenError>,
) -> Result<(), Failure> {
    let is_allowed = !args.no_login && ui.is_interactive();
    let attempt = |aws: &Aws| match open(aws) {
        Ok(()) => Ok(Ok(())),
        Err(OpenError::Service(error)) => Err(error),
        Err(OpenError::Other(failure)) => Ok(Err(failure)),
    };
    aws.retry_after_sign_in(attempt, |aws, _| {
        Ok::<_, Failure>(is_allowed && sign_in(args, ui, aws, selection)?)
    })?
}

/// Runs `sso-login` with the profile, and returns whether it succeeded.
fn sign_in(args: &Args, ui: &Ui, aws: &Aws, selection: &Selection) -> Result<bool, Failure> {
    let profile = aws.profile_in_effect(selection)?;
    // One argument, because a name may begin with a hyphen.
    let profile = format!("--profile={}", profile.as_str());
    ui.run_sign_in(&[profile], &args.global)
}
