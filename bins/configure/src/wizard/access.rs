//! The sign-in, and the selection of the account and role.

mod portal;
mod visit;

use std::cell::RefCell;
use std::rc::Rc;
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
pub(super) use visit::Visit;

/// Minimum remaining lifetime of a token for the selection. The token is refreshed if the user
/// takes longer.
const MIN_VALIDITY: Duration = Duration::from_secs(15 * 60);

pub(super) struct AccessQuestions<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) aws: &'a Aws,
    pub(super) selection: Selection,
    pub(super) sign_in: &'a SignInArgs,
    pub(super) profile: &'a ProfileQuestions<'a>,
    /// Portal of the last sign-in, before the user went back.
    pub(super) visited: &'a RefCell<Option<Rc<Visit>>>,
}

impl AccessQuestions<'_> {
    /// Signs in if needed, and returns the selected account and role; `None` if the scopes of the
    /// session do not include access to accounts. Corrects the Region of the session if its start
    /// URL belongs to another Region.
    pub(super) fn ask(
        &self,
        session: SsoSession,
    ) -> Result<(SsoSession, Option<Assignment>), Failure> {
        let has_access = session.has_account_access();
        if !has_access {
            self.asker.say(format_args!(
                "Without the scope {ACCOUNT_ACCESS}, no account and role can be selected."
            ));
        }
        let preset = if has_access { self.preset()? } else { None };
        let needs_sign_in = preset.is_none() && (has_access || self.asker.is_interactive());
        if !needs_sign_in {
            return Ok((session, preset));
        }
        let visited = self.visited(&session);
        let visit = match &visited {
            Some(visit) => visit.clone(),
            None => Rc::new(self.resolve(session)?),
        };
        let resolved_session = self
            .aws
            .session_with(visit.resolved.session.clone(), &self.selection)?;
        let portal = Portal {
            asker: self.asker,
            profile: self.profile,
            dialog: &self.dialog(&resolved_session),
            visit: &visit,
        };
        if visited.is_none() {
            portal.sign_in(self.token_requirement(&visit.resolved.session))?;
            self.visited.replace(Some(visit.clone()));
        }
        let selected = has_access.then(|| portal.select()).transpose()?;
        Ok((visit.resolved.session.clone(), selected))
    }

    /// Returns the portal of the session if the user has already signed in to it.
    fn visited(&self, session: &SsoSession) -> Option<Rc<Visit>> {
        let visited = self.visited.borrow();
        visited.clone().filter(|visit| visit.session == *session)
    }

    fn resolve(&self, session: SsoSession) -> Result<Visit, Failure> {
        let as_configured = self.aws.session_with(session.clone(), &self.selection)?;
        let resolved = {
            let _line = self.asker.ui.activity("Resolving the start URL");
            self.dialog(&as_configured).resolve()?
        };
        let region = &resolved.session.region;
        if *region != session.region {
            self.asker.say(format_args!(
                "The start URL belongs to {region}, which is now used as the SSO region."
            ));
        }
        Ok(Visit::new(session, resolved))
    }

    /// Returns the account and role from the options. If no questions are asked, the profile's
    /// current values replace missing options.
    fn preset(&self) -> Result<Option<Assignment>, Failure> {
        let current = |key| self.profile.current(key).filter(|_| self.asker.is_silent);
        let account_id = self.profile.account_id()?;
        let account_id = account_id.or_else(|| current("sso_account_id"));
        let role_name = self.profile.role_name()?;
        let role_name = role_name.or_else(|| current("sso_role_name"));
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
        if self.token_belongs_to_another(session) {
            TokenRequirement::New
        } else {
            TokenRequirement::ValidFor(MIN_VALIDITY)
        }
    }

    /// Returns whether the cached token belongs to another session with the same name, or was issued before a
    /// change of the start URL or scopes in the config file. A client that is registered without one of the scopes
    /// makes the sign-in necessary in any case.
    fn token_belongs_to_another(&self, session: &SsoSession) -> bool {
        let cached = self.aws.cache().token(&session.token_key()).ok().flatten();
        let has_other_start_url = cached.is_some_and(|token| {
            let start_url = token.start_url.as_ref();
            start_url.is_some_and(|start_url| *start_url != session.start_url)
        });
        let stored = session
            .name
            .as_ref()
            .and_then(|name| SsoSession::named(self.aws.files(), name).ok());
        has_other_start_url
            || stored.is_some_and(|stored| {
                stored.start_url != session.start_url || stored.scopes != session.scopes
            })
    }
}
