//! URL that opens the console.

use std::time::Duration;

use anyhow::anyhow;
use aws_console::{LoginUrl, Role, ShortcutError, shortcut_link};
use cli_ux::browser::BrowserValues;
use cli_ux::{Failure, Ui};
use sso_config::{ConfigFiles, SsoRole};
use sso_credentials::{Aws, Error};
use sso_session::start_url::has_aws_host;
use sso_types::{AccountId, escaped};

use crate::args::Args;
use crate::sign_in::OpenError;
use crate::target::Target;

/// Minimum remaining lifetime of the credentials, which the console session has, too.
const MIN_VALIDITY: Duration = Duration::from_secs(15 * 60);

/// URL, with the account and the role that it is for.
pub(crate) struct Link {
    pub(crate) url: Url,
    pub(crate) account_id: Option<AccountId>,
    pub(crate) role_name: Option<String>,
}

pub(crate) enum Url {
    /// Link of the access portal, without a secret.
    Shortcut(String),
    /// URL with a sign-in token.
    Login(LoginUrl),
}

impl Url {
    /// Returns the URL, for stdout on request.
    pub(crate) fn requested(&self) -> &str {
        match self {
            Self::Shortcut(url) => url,
            Self::Login(url) => url.expose(),
        }
    }
}

impl Link {
    /// Creates a shortcut link, or requests a sign-in token.
    pub(crate) fn create(
        args: &Args,
        ui: &Ui,
        aws: &Aws,
        target: &Target<'_>,
    ) -> Result<Self, OpenError> {
        check_duration(args, target)?;
        match target.sso_role() {
            Some(role) => Ok(Self::shortcut(args, aws, target, role)?),
            None => Self::login(args, ui, target),
        }
    }

    fn shortcut(
        args: &Args,
        aws: &Aws,
        target: &Target<'_>,
        sso_role: SsoRole,
    ) -> Result<Self, Failure> {
        let role = Role {
            start_url: &sso_role.session.start_url,
            sso_region: &sso_role.session.region,
            account_id: &sso_role.account_id,
            role_name: &sso_role.role_name,
        };
        let link = shortcut_link(&role, target.destination.as_ref());
        let link = link.map_err(|error| not_linked(error, aws.files(), target, &sso_role))?;
        let url = if args.logout_first {
            check_sign_out(&sso_role)?;
            let federation = target.profile.federation(&target.endpoint_region())?;
            federation.sign_out_url(&link)
        } else {
            link
        };
        Ok(Self {
            url: Url::Shortcut(url),
            account_id: Some(sso_role.account_id),
            role_name: Some(sso_role.role_name.to_string()),
        })
    }

    fn login(args: &Args, ui: &Ui, target: &Target<'_>) -> Result<Self, OpenError> {
        let federation = target.profile.federation(&target.endpoint_region())?;
        let credentials = target.profile.credentials(MIN_VALIDITY, ui)?;
        let destination = target.destination.as_ref();
        let destination = destination.expect("only an SSO role needs no destination");
        let url = federation.login_url(&credentials, destination, args.duration);
        let url = url.map_err(|error| {
            let is_refused_duration = args.duration.is_some() && is_rejected(&error);
            let failure = Failure::from(error);
            if is_refused_duration {
                failure.with_hint("omit --duration")
            } else {
                failure
            }
        })?;
        let role_name = target.assumed_role().and_then(|role| role.role_name());
        Ok(Self {
            url: Url::Login(if args.logout_first {
                federation.after_sign_out(&url)
            } else {
                url
            }),
            account_id: credentials.account_id,
            role_name: role_name.map(ToOwned::to_owned),
        })
    }

    /// Returns the values for the browser command.
    pub(crate) fn browser_values(&self, target: &Target<'_>) -> BrowserValues {
        let account_id = self.account_id.as_ref();
        BrowserValues {
            profile: target.name.to_string(),
            account_id: account_id.map(ToString::to_string).unwrap_or_default(),
            role_name: self.role_name.clone().unwrap_or_default(),
        }
    }
}

fn is_rejected(error: &Error) -> bool {
    matches!(error, Error::Federation { source, .. } if source.is_rejected())
}

/// Names the setting that no link can be made of, with its location.
fn not_linked(
    error: ShortcutError,
    files: &ConfigFiles,
    target: &Target<'_>,
    role: &SsoRole,
) -> Failure {
    let profile = role.session.profile.as_ref().unwrap_or(&target.name);
    let profile = files.profile(profile);
    let of_profile = |key| profile.as_ref()?.get(key).map(|it| files.location_of(&it));
    let session = role.session.name.as_ref();
    let section = session.and_then(|name| files.sso_session(name.as_str()));
    let (key, location) = match error {
        ShortcutError::InvalidAccountId => ("sso_account_id", of_profile("sso_account_id")),
        _ => (
            "sso_start_url",
            match &section {
                Some(section) => section
                    .get("sso_start_url")
                    .map(|it| files.location_of(&it)),
                None => of_profile("sso_start_url"),
            },
        ),
    };
    let name = target.name.as_str();
    let setting = location.as_ref().map_or_else(
        || key.to_owned(),
        |it| format!("{key} in line {} of {}", it.line, it.path.display()),
    );
    let error = anyhow!(error).context(format!(
        "cannot create the link to the console for profile {name:?}"
    ));
    Failure::configuration(error).with_hint(format!("correct {setting}"))
}

fn check_duration(args: &Args, target: &Target<'_>) -> Result<(), Failure> {
    let is_accepted = !target.is_of_sso() && target.profile.accepts_console_duration();
    if args.duration.is_none() || is_accepted {
        return Ok(());
    }
    let name = target.name.as_str();
    let error = anyhow!("--duration does not apply to the credentials of profile {name:?}");
    Err(Failure::usage(error).with_hint("omit --duration"))
}

/// AWS redirects only to its own URLs after the sign-out.
fn check_sign_out(role: &SsoRole) -> Result<(), Failure> {
    let start_url = &role.session.start_url;
    if has_aws_host(start_url) {
        return Ok(());
    }
    let start_url = escaped(&start_url.to_string());
    let error = anyhow!("--logout-first requires a start URL of AWS, not {start_url}");
    Err(Failure::usage(error).with_hint("omit --logout-first"))
}
