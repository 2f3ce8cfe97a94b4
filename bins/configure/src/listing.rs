//! Listing of the accounts and roles of a session, with a sign-in if that is requested.

use std::time::Duration;

use anyhow::anyhow;
use cli_ux::sign_in::{SignInArgs, SignInDialog};
use cli_ux::{Failure, FailureKind};
use serde::Serialize;
use sso_config::SsoSession;
use sso_credentials::accounts::{CheckpointUse, Listing, RefusedAccount};
use sso_credentials::aws::Selection;
use sso_credentials::{Account, Aws, Error};
use sso_session::sign_in::TokenRequirement;
use sso_types::{AccountId, SessionName};

use crate::context::Context;

/// Minimum remaining lifetime of a token for a listing. The token is refreshed if the listing takes
/// longer.
const MIN_VALIDITY: Duration = Duration::from_secs(15 * 60);

/// Session whose accounts are listed.
pub(crate) struct ListedSession<'a> {
    pub(crate) context: Context<'a>,
    pub(crate) session: &'a SsoSession,
    /// Selection of the network settings.
    pub(crate) selection: &'a Selection,
    /// Set if `--login` is given. Without a terminal, it has no effect.
    pub(crate) login: bool,
}

impl ListedSession<'_> {
    /// Lists the accounts that `includes` accepts. Signs in first if that is needed, requested and
    /// possible. `with_hint` completes the failure if it is not.
    pub(crate) fn list(
        &self,
        aws: &mut Aws,
        includes: &(dyn Fn(&Account) -> bool + Sync),
        checkpoint: CheckpointUse,
        with_hint: impl FnOnce(Failure, &Aws) -> Failure,
    ) -> Result<Listing, Failure> {
        let attempt = |aws: &Aws| self.attempt(aws, includes, checkpoint);
        if self.login && self.context.ui.is_interactive() {
            return aws.retry_after_sign_in(attempt, |aws, _| self.sign_in(aws));
        }
        attempt(aws).map_err(|error| {
            let needs_sign_in = error.is_sign_in_required();
            let failure = Failure::from(error);
            if needs_sign_in {
                with_hint(failure, aws)
            } else {
                failure
            }
        })
    }

    fn attempt(
        &self,
        aws: &Aws,
        includes: &(dyn Fn(&Account) -> bool + Sync),
        checkpoint: CheckpointUse,
    ) -> Result<Listing, Error> {
        let ui = self.context.ui;
        let label = self.session.label();
        let bar = ui.progress_bar(&format!("Listing the accounts of {label}"));
        let session = aws.session_with(self.session.clone(), self.selection)?;
        session.list_roles(includes, checkpoint, &|progress| {
            bar.set(progress.done, progress.known);
            bar.set_note(if progress.is_throttled {
                " (throttled)"
            } else {
                ""
            });
        })
    }

    fn sign_in(&self, aws: &Aws) -> Result<bool, Failure> {
        let dialog = SignInDialog {
            ui: self.context.ui,
            args: &SignInArgs::default(),
            session: &aws.session_with(self.session.clone(), self.selection)?,
            on_event: &|_| {},
        };
        dialog.sign_in(TokenRequirement::ValidFor(MIN_VALIDITY))?;
        Ok(true)
    }

    /// Names the accounts that the access portal refused.
    pub(crate) fn warn_of_refused(&self, listing: &Listing) {
        let warnings = listing.refused.iter().map(|refused| {
            let RefusedAccount { account, reason } = refused;
            format!("account {account} is skipped: {reason}")
        });
        self.context.ui.warn_of_each(warnings);
    }
}

/// Returns an error if the access portal refused accounts, after everything else is done.
pub(crate) fn check_refused(count: usize, hint: &str) -> Result<(), Failure> {
    let accounts = match count {
        0 => return Ok(()),
        1 => "1 account".to_owned(),
        count => format!("{count} accounts"),
    };
    let error = anyhow!("the access portal refused to list the roles in {accounts}");
    Err(Failure::new(FailureKind::Service, error).with_hint(hint))
}

/// Refused account in JSON output.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SkippedAccount<'a> {
    /// `null` for a legacy start URL.
    session_name: Option<&'a SessionName>,
    account_id: &'a AccountId,
    account_name: Option<&'a str>,
    reason: &'a str,
}

impl<'a> SkippedAccount<'a> {
    pub(crate) fn new(session: &'a SsoSession, refused: &'a RefusedAccount) -> Self {
        Self {
            session_name: session.name.as_ref(),
            account_id: &refused.account.account_id,
            account_name: refused.account.account_name.as_deref(),
            reason: &refused.reason,
        }
    }
}
