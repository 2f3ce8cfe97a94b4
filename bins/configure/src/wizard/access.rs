//! The sign-in, and the choice of the account and role after it.

mod portal;

use std::time::Duration;

use cli_ux::Failure;
use cli_ux::sign_in::{SignInArgs, SignInDialog};
use sso_config::SsoSession;
use sso_credentials::Aws;
use sso_credentials::aws::{Selection, Session};
use sso_session::keys::SessionKeys as _;
use sso_session::sign_in::TokenRequirement;

use super::ask::Asker;
use super::assignment::Assignment;
use super::profile::ProfileQuestions;
use super::session::ACCOUNT_ACCESS;
use portal::Portal;

/// Minimum remaining lifetime of a token for the choice. A slower user's token is refreshed.
const MIN_VALIDITY: Duration = Duration::from_secs(15 * 60);

/// Asks for an account and a role.
pub(super) struct AccessQuestions<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) aws: &'a Aws,
    /// The profile that the questions are about.
    pub(super) selection: Selection,
    pub(super) sign_in: &'a SignInArgs,
    pub(super) profile: &'a ProfileQuestions<'a>,
}

impl AccessQuestions<'_> {
    /// Signs in if needed, and returns the chosen account and role; `None` if the scopes of the
    /// session do not include access to accounts. Corrects the Region of the session if its start
    /// URL belongs to another Region.
    pub(super) fn ask(
        &self,
        session: SsoSession,
    ) -> Result<(SsoSession, Option<Assignment>), Failure> {
        let has_access = gives_account_access(&session);
        if !has_access {
            self.asker.ui.say(format_args!(
                "Without the scope {ACCOUNT_ACCESS} there is no account and no role to choose."
            ));
        }
        let named = if has_access { self.named()? } else { None };
        let needs_sign_in = named.is_none() && (has_access || self.asker.is_interactive());
        if !needs_sign_in {
            return Ok((session, named));
        }
        let as_configured = self.aws.session_with(session.clone(), &self.selection);
        let resolved = self.dialog(&as_configured).resolve()?;
        let region = &resolved.session.region;
        if *region != session.region {
            self.asker.ui.say(format_args!(
                "The start URL belongs to {region}, which is the SSO region then."
            ));
        }
        let there = self
            .aws
            .session_with(resolved.session.clone(), &self.selection);
        let portal = Portal {
            asker: self.asker,
            profile: self.profile,
            dialog: &self.dialog(&there),
            resolved: &resolved,
        };
        portal.sign_in(self.token_requirement(&resolved.session))?;
        let chosen = has_access.then(|| portal.chosen()).transpose()?;
        Ok((resolved.session, chosen))
    }

    /// Returns an account and role that were named, or that a silent run keeps.
    fn named(&self) -> Result<Option<Assignment>, Failure> {
        let present = |key| self.profile.present(key).filter(|_| self.asker.is_silent);
        let account_id = self.profile.account_id()?;
        let account_id = account_id.or_else(|| present("sso_account_id"));
        let role_name = self.profile.role_name()?;
        let role_name = role_name.or_else(|| present("sso_role_name"));
        let both = account_id.zip(role_name);
        Ok(both.map(|(account_id, role_name)| Assignment {
            account_id: account_id.as_str().into(),
            account_name: None,
            role_name: role_name.as_str().into(),
        }))
    }

    fn dialog<'s>(&'s self, session: &'s Session<'s>) -> SignInDialog<'s> {
        SignInDialog {
            ui: self.asker.ui,
            args: self.sign_in,
            session,
            on_event: &|_| {},
        }
    }

    fn token_requirement(&self, session: &SsoSession) -> TokenRequirement {
        if self.is_for_another(session) {
            TokenRequirement::New
        } else {
            TokenRequirement::ValidFor(MIN_VALIDITY)
        }
    }

    /// Returns whether the cached token belongs to another session of the same name, or to the
    /// session before a change of its start URL or scopes.
    fn is_for_another(&self, session: &SsoSession) -> bool {
        let cached = self.aws.cache().token(&session.token_key()).ok().flatten();
        let is_elsewhere = cached.is_some_and(|token| {
            let start_url = token.start_url.as_ref();
            start_url.is_some_and(|start_url| *start_url != session.start_url)
        });
        let stored = session
            .name
            .as_ref()
            .and_then(|name| SsoSession::named(self.aws.files(), name).ok());
        is_elsewhere
            || stored.is_some_and(|stored| {
                stored.start_url != session.start_url || stored.scopes != session.scopes
            })
    }
}

/// Returns whether the session has access to accounts. A session without scopes is signed in to
/// with the scope for it.
fn gives_account_access(session: &SsoSession) -> bool {
    let scopes = session.scopes.as_ref();
    scopes.is_none_or(|scopes| {
        scopes.is_empty() || scopes.iter().any(|scope| scope.as_str() == ACCOUNT_ACCESS)
    })
}
