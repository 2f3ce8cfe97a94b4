//! URL that opens the console.

use std::time::Duration;

use anyhow::anyhow;
use aws_console::{LoginUrl, Role, shortcut_link};
use cli_ux::browser::BrowserValues;
use cli_ux::{Failure, Ui};
use sso_config::SsoRole;
use sso_session::start_url::is_at_aws;
use sso_types::{AccountId, escaped};

use crate::args::Args;
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
    pub(crate) fn create(args: &Args, ui: &Ui, target: &Target<'_>) -> Result<Self, Failure> {
        check_duration(args, target)?;
        match target.sso_role() {
            Some(role) => Self::shortcut(args, target, role),
            None => Self::login(args, ui, target),
        }
    }

    fn shortcut(args: &Args, target: &Target<'_>, sso_role: SsoRole) -> Result<Self, Failure> {
        let role = Role {
            start_url: &sso_role.session.start_url,
            sso_region: &sso_role.session.region,
            account_id: &sso_role.account_id,
            role_name: &sso_role.role_name,
        };
        let link = shortcut_link(&role, target.destination.as_ref());
        let link = link.map_err(|error| {
            let hint = "correct sso_start_url, which sso-configure list shows";
            Failure::configuration(error).with_hint(hint)
        })?;
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

    fn login(args: &Args, ui: &Ui, target: &Target<'_>) -> Result<Self, Failure> {
        let federation = target.profile.federation(&target.endpoint_region())?;
        let credentials = target.profile.credentials(MIN_VALIDITY, ui)?;
        let destination = target.destination.as_ref();
        let destination = destination.expect("only an SSO role needs no destination");
        let url = federation.login_url(&credentials, destination, args.duration)?;
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

fn check_duration(args: &Args, target: &Target<'_>) -> Result<(), Failure> {
    let is_accepted = target.sso_role().is_none() && target.profile.accepts_console_duration();
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
    if is_at_aws(start_url) {
        return Ok(());
    }
    let start_url = escaped(&start_url.to_string());
    let error = anyhow!("--logout-first requires a start URL of AWS, not {start_url}");
    Err(Failure::usage(error).with_hint("omit --logout-first"))
}
