//! Credentials of a profile, for `--credentials`.

use cli_ux::shell::credential_variables;
use cli_ux::{Failure, MinValidity, Ui};
use sso_credentials::aws::Selection;
use sso_credentials::{Aws, Error};
use sso_types::{ProfileName, timestamp};

use crate::args::Args;
use crate::environment::Exported;
use crate::sign_in::sign_in;

/// Returns the credentials of `profile`, after a sign-in if one is needed and possible.
pub(crate) fn exported(
    args: &Args,
    ui: &Ui,
    aws: &mut Aws,
    profile: &ProfileName,
) -> Result<Exported, Failure> {
    let is_allowed = !args.no_login && ui.is_interactive();
    aws.retry_after_sign_in(
        |aws| attempt(ui, aws, profile),
        |_, _| Ok::<_, Failure>(is_allowed && sign_in(args, ui, profile)?),
    )
}

fn attempt(ui: &Ui, aws: &Aws, profile: &ProfileName) -> Result<Exported, Error> {
    let profile = aws.profile(&Selection::Profile(profile.clone()))?;
    let credentials = profile.credentials(MinValidity::default().duration(), ui)?;
    let expiration = credentials.expires_at;
    let expiration = expiration.map(timestamp::format_with_numeric_offset);
    Ok(Exported {
        credentials: credential_variables(
            &credentials.access_key_id,
            &credentials.secret_access_key,
            credentials.session_token.as_ref(),
            expiration.as_deref(),
        ),
        account_id: credentials.account_id.as_ref().map(ToString::to_string),
        region: profile.region(),
    })
}
