//! Selection of the profile or role, and the sign-in for `--login`.

use cli_ux::{Failure, Ui};
use sso_config::SsoSession;
use sso_config::chain::CredentialSource;
use sso_config::name_clue::NameClue;
use sso_credentials::aws::{Profile, Selection};
use sso_credentials::{Aws, Error};

use crate::args::Args;
#[cfg(unix)]
use crate::background;

/// Reads the environment and the files. Ctrl-C handling starts with the first request.
pub(crate) fn open(args: &Args, ui: &Ui) -> Result<Aws, Error> {
    let aws = Aws::from_process(args.global.connection(ui.program()))?;
    #[cfg(unix)]
    let aws = {
        let (args, ui) = (args.clone(), ui.clone());
        aws.refresh_in_background(move || background::start(&args, &ui))
    };
    let ui = ui.clone();
    let aws = aws.before_first_request(move || ui.exit_on_interrupt());
    Ok(aws)
}

/// Refreshes the token of the session that the output comes from.
#[cfg(unix)]
pub(crate) fn refresh(args: &Args, ui: &Ui) -> Result<(), Error> {
    let aws = open(args, ui)?;
    if args.bearer_token {
        return aws
            .session(&selection(args, &aws)?)?
            .refresh_in_background();
    }
    profile(args, &aws)?.refresh_in_background()
}

/// Returns the selected profile or session. Only a token and a role of a session need no profile.
pub(crate) fn selection(args: &Args, aws: &Aws) -> Result<Selection, Error> {
    match &args.selection.name {
        Some(name) if !args.bearer_token && args.account_id.is_none() => {
            Ok(Selection::Profile(name.as_str().into()))
        }
        _ => Ok(args.selection.selection(aws.files())?),
    }
}

pub(crate) fn profile<'a>(args: &Args, aws: &'a Aws) -> Result<Profile<'a>, Error> {
    let selection = &selection(args, aws)?;
    if let (Some(account_id), Some(role_name)) = (&args.account_id, &args.role_name) {
        let (account_id, role_name) = (account_id.as_str().into(), role_name.as_str().into());
        return aws.role(selection, account_id, role_name);
    }
    let profile = aws.profile(selection)?;
    match args.duration {
        Some(seconds) => profile.with_duration(seconds),
        None => Ok(profile),
    }
}

/// Adds a hint if the name of the profile is that of a session, which has no credentials without a role.
pub(crate) fn with_role_hint(failure: Failure, args: &Args, aws: &Aws) -> Failure {
    match profile(args, aws) {
        Err(Error::Config(sso_config::Error::UnknownProfile { clue, .. }))
            if matches!(*clue, NameClue::OtherKind) && args.account_id.is_none() =>
        {
            failure.with_hint(
                "for a role of the session, add --account-id and --role-name; for its token, add \
                 --bearer-token",
            )
        }
        _ => failure,
    }
}

pub(crate) fn kind(profile: &Profile<'_>) -> &'static str {
    let chain = profile.chain();
    match chain.source {
        _ if !chain.roles.is_empty() => "assumedRole",
        CredentialSource::Sso(_) => "sso",
        CredentialSource::Static(_) => "keys",
        CredentialSource::Process(_) => "process",
    }
}

/// Calls `attempt`, and once more after a sign-in if one is needed, requested and possible.
pub(crate) fn after_sign_in<T>(
    args: &Args,
    ui: &Ui,
    aws: &mut Aws,
    attempt: impl Fn(&Aws) -> Result<T, Error>,
) -> Result<T, Failure> {
    let is_allowed = args.login && ui.is_interactive();
    aws.retry_after_sign_in(attempt, |_, session| {
        Ok(is_allowed && sign_in(args, ui, session)?)
    })
}

/// Runs `sso-login`, and returns whether it succeeded.
fn sign_in(args: &Args, ui: &Ui, session: &SsoSession) -> Result<bool, Failure> {
    // One argument each, because a name may begin with a hyphen.
    let selection = match (&session.profile, &session.name) {
        (Some(profile), _) => format!("--profile={}", profile.as_str()),
        (None, Some(name)) => format!("--sso-session={}", name.as_str()),
        (None, None) => format!("--start-url={}", session.start_url.as_str()),
    };
    ui.run_sign_in(&["--force".to_owned(), selection], &args.global)
}
