//! Switch to a profile.

use anyhow::anyhow;
use cli_ux::shell::Variable;
use cli_ux::{Arguments, CommandLine, Failure, Ui};
use sso_config::{AwsEnv, Error, SsoChain};
use sso_credentials::Aws;
use sso_types::ProfileName;

use crate::args::Args;
use crate::environment::{Environment, PREVIOUS_PROFILE};
use crate::{credentials, other_region, sign_in};

/// Name of the previous profile in an argument, as in `cd -`.
const PREVIOUS: &str = "-";

/// Returns the selected profile and the variables that select it. Signs in first if needed.
pub(crate) fn switch(
    args: &Args,
    ui: &Ui,
    aws: &mut Aws,
) -> Result<(ProfileName, Vec<Variable>), Failure> {
    let profile = target(args, ui, aws)?;
    let chain = chain(args, ui, aws, &profile)?;
    let variables = if args.credentials {
        let exported = credentials::exported(args, ui, aws, &profile)?;
        Environment::of(aws.env()).exporting(&profile, exported)
    } else {
        if let Some(chain) = &chain {
            sign_in::if_needed(args, ui, aws, &profile, chain)?;
        }
        Environment::of(aws.env()).switched_to(&profile)
    };
    other_region::warn(ui, aws, &profile);
    Ok((profile, variables))
}

fn target(args: &Args, ui: &Ui, aws: &Aws) -> Result<ProfileName, Failure> {
    let mut names = [&args.profile, &args.profile_name].into_iter().flatten();
    let is_empty = names.any(String::is_empty);
    match (&args.profile, args.profile_name.as_deref()) {
        (None, Some(PREVIOUS)) => previous(aws),
        _ if is_empty => Err(no_name()),
        (None, Some(name)) => Ok(name.into()),
        (Some(name), _) => Ok(name.as_str().into()),
        (None, None) => profile_picker::pick(ui, aws, "--profile"),
    }
}

/// Returns the failure for the output of another picker that the user has cancelled.
fn no_name() -> Failure {
    Failure::usage(anyhow!("no profile was given: the name is empty"))
}

/// Returns whether `-` returns to no profile: after `--clear`, the previous profile is also the current one.
pub(crate) fn returns_to_no_profile(args: &Args, env: &AwsEnv) -> bool {
    let is_back = args.profile.is_none() && args.profile_name.as_deref() == Some(PREVIOUS);
    let previous = env.get(PREVIOUS_PROFILE).ok().flatten();
    let current = Environment::of(env).current().ok().flatten();
    is_back && current.is_some_and(|current| previous == Some(current.as_str()))
}

fn previous(aws: &Aws) -> Result<ProfileName, Failure> {
    let previous = aws.env().get(PREVIOUS_PROFILE).map_err(Error::from)?;
    let name = previous.ok_or_else(|| {
        let error = anyhow!("no previous profile: {PREVIOUS_PROFILE} is not set");
        let list = Arguments::new().flag("--list");
        let list = CommandLine::new("sso-use", list);
        Failure::configuration(error).with_step_hint("to list the profiles:", list)
    })?;
    Ok(name.into())
}

/// Returns the chain from the profile to its SSO session; `None` for a profile without one.
///
/// # Errors
///
/// If the profile does not exist. One that cannot be used is only a warning, unless its credentials are
/// requested, whose error is the same.
fn chain(
    args: &Args,
    ui: &Ui,
    aws: &Aws,
    profile: &ProfileName,
) -> Result<Option<SsoChain>, Failure> {
    match SsoChain::load(aws.env(), aws.files(), profile) {
        Ok(chain) => Ok(Some(chain)),
        Err(Error::OtherSource { .. }) => Ok(None),
        Err(Error::UnknownProfile {
            profile,
            config,
            clue,
            ..
        }) => {
            if aws.files().sso_session(profile.as_str()).is_some() {
                return Err(session_in_place_of_profile(&profile));
            }
            let is_previous = args.profile_name.as_deref() == Some(PREVIOUS);
            Err(Failure::from(aws.files().explain(Error::UnknownProfile {
                profile,
                variable: is_previous.then_some(PREVIOUS_PROFILE),
                config,
                clue,
            })))
        }
        Err(_) if args.credentials => Ok(None),
        Err(error) => {
            ui.warn(Failure::from(error));
            Ok(None)
        }
    }
}

fn session_in_place_of_profile(name: &ProfileName) -> Failure {
    let name = name.as_str();
    let error = anyhow!("{name:?} is an SSO session, not a profile");
    let list = CommandLine::new("sso-configure", Arguments::new().flag("list"));
    Failure::configuration(error).with_step_hint("to list the profiles of the session:", list)
}
