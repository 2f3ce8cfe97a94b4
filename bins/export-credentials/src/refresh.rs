//! Refreshes of the credentials endpoint.

use std::cell::OnceCell;
use std::time::Duration;

use anyhow::anyhow;
use cli_ux::{Arguments, CommandLine, Failure, Ui};
use sso_credentials::aws::CachedState;
use sso_credentials::endpoint::{CredentialEndpoint, RefreshFailure};
use sso_credentials::provider::NoMfa;
use sso_credentials::{Aws, Credentials, Error};
use sso_types::{ProfileName, escaped};

use crate::args::Args;
use crate::source;

/// Minimum remaining lifetime in the hint for a role with MFA. It exceeds the time before expiry at
/// which the endpoint refreshes.
const MFA_MIN_VALIDITY: &str = "30m";

/// Starts an endpoint that serves the credentials and refreshes them. Each refresh reads the files
/// again, because they may have changed in the meantime. A refresh neither signs in nor prompts,
/// because the command uses the terminal.
pub(crate) fn endpoint(
    args: &Args,
    ui: &Ui,
    first: Credentials,
) -> Result<CredentialEndpoint, Error> {
    let aws = source::open(args, ui)?;
    let clock = aws.clock().clone();
    let (args, ui) = (args.clone(), ui.clone());
    let state = cached_state(args.clone(), aws);
    let refresh = move |min_validity: Duration| {
        let refreshed = refreshed(&args, &ui, min_validity);
        refreshed.map_err(|error| RefreshFailure {
            retry_after: error.retry_after(),
            message: explained(&failure(&args, error), &ui),
        })
    };
    CredentialEndpoint::start(first, refresh, state, clock)
}

/// Returns a function for the state of the cache, which shows that another process has signed in or
/// requested credentials. Reads the profile once, because that may log warnings.
fn cached_state(args: Args, aws: Aws) -> impl Fn() -> Option<CachedState> + Send {
    let entries = OnceCell::new();
    let of_profile = move |aws: &Aws| Some(source::profile(&args, aws).ok()?.cached_entries());
    move || {
        let entries = entries.get_or_init(|| of_profile(&aws)).as_ref();
        Some(entries?.state(aws.cache()))
    }
}

fn refreshed(args: &Args, ui: &Ui, min_validity: Duration) -> Result<Credentials, Error> {
    let aws = source::open(args, ui)?;
    let min_validity = args.min_validity.duration().max(min_validity);
    source::profile(args, &aws)?.credentials(min_validity, &NoMfa)
}

/// Returns a failure whose hints apply while the command runs.
fn failure(args: &Args, error: Error) -> Failure {
    match error {
        Error::MfaRequired {
            profile,
            serial_number,
        } => {
            let error = anyhow!(
                "the role of profile {:?} requires an MFA code for {}, but there is no prompt while \
                 a command runs",
                profile.as_str(),
                escaped(&serial_number),
            );
            let export = export_command(args, &profile);
            Failure::configuration(error).with_step_hint("in another terminal, run:", export)
        }
        Error::CredentialProcess { ref profile, .. } => {
            let arguments = Arguments::new().option("--profile", profile.as_str());
            let export = CommandLine::new("export-credentials", arguments);
            Failure::from(error)
                .with_step_hint(
                    "if the credential_process prompts and saves its sign-in, run in another terminal:",
                    export,
                )
                .with_hint("if it prompts each time, end the command and start it again")
        }
        error => error.into(),
    }
}

/// Returns the command that prompts for the MFA code and caches the credentials.
fn export_command(args: &Args, profile: &ProfileName) -> CommandLine {
    let arguments = Arguments::new()
        .option("--profile", profile.as_str())
        .option("--min-validity", MFA_MIN_VALIDITY);
    let arguments = match args.duration {
        Some(seconds) => arguments.option("--duration", format!("{seconds}s")),
        None => arguments,
    };
    CommandLine::new("export-credentials", arguments)
}

/// Returns the failure and its hints in one line, for the response of the endpoint.
fn explained(failure: &Failure, ui: &Ui) -> String {
    let hints = failure.hints(ui.program());
    let hints = hints.iter().map(|hint| format!("; hint: {hint}"));
    format!("{failure}{}", hints.collect::<String>())
}
