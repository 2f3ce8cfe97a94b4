//! The sign-in, and the account and the role that are chosen after it.

mod portal;

use cli_ux::Failure;
use cli_ux::sign_in::{SignInArgs, SignInDialog};
use sso_credentials::{ConfigFiles, ServiceClients, SsoSession, SystemClock, TokenCache};
use sso_types::{AccountId, RoleName};

use super::answers::Answers;
use super::ask::Asker;
use super::checks;
use super::profile::ProfileQuestions;
use super::session::ACCOUNT_ACCESS;
use crate::command::Surroundings;
use portal::Portal;

/// An account and a role in it.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    pub(super) account_id: AccountId,
    /// What the portal calls the account, where it was asked.
    pub(super) account_name: Option<String>,
    pub(super) role_name: RoleName,
}

/// Asks for an account and a role.
pub(super) struct AccessQuestions<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) here: Surroundings<'a>,
    pub(super) files: &'a ConfigFiles,
    pub(super) answers: &'a Answers,
    pub(super) sign_in: &'a SignInArgs,
    pub(super) cache: &'a TokenCache,
    pub(super) clients: &'a ServiceClients<'a>,
    pub(super) profile: &'a ProfileQuestions<'a>,
}

impl AccessQuestions<'_> {
    /// Signs in where that is needed, and returns what was chosen; `None` where the scopes give no
    /// access to accounts. The Region of the session is corrected if the start URL leads to
    /// another.
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
        let is_signed_in = named.is_none() && (has_access || self.asker.asks_a_person());
        if !is_signed_in {
            return Ok((session, named));
        }
        let dialog = self.dialog();
        let located = dialog.located(&session)?;
        let region = &located.session.region;
        if *region != session.region {
            self.asker.ui.say(format_args!(
                "The start URL belongs to {region}, which is the SSO region then."
            ));
        }
        let portal = Portal {
            questions: self,
            dialog: &dialog,
            located: &located,
        };
        portal.sign_in()?;
        let chosen = has_access.then(|| portal.chosen()).transpose()?;
        Ok((located.session, chosen))
    }

    /// Returns what needs no list: both were named, or are to stay.
    fn named(&self) -> Result<Option<Assignment>, Failure> {
        let present = |key| self.profile.present(key).filter(|_| self.asker.is_silent);
        let account_id = self.account_id()?.or_else(|| present("sso_account_id"));
        let role_name = self.role_name()?.or_else(|| present("sso_role_name"));
        let both = account_id.zip(role_name);
        Ok(both.map(|(account_id, role_name)| Assignment {
            account_id: account_id.as_str().into(),
            account_name: None,
            role_name: role_name.as_str().into(),
        }))
    }

    fn account_id(&self) -> Result<Option<String>, Failure> {
        let given = self.answers.account_id.as_deref();
        self.asker.given("--account-id", given, &checks::account_id)
    }

    fn role_name(&self) -> Result<Option<String>, Failure> {
        let given = self.answers.role_name.as_deref();
        self.asker.given("--role-name", given, &checks::role_name)
    }

    fn dialog(&self) -> SignInDialog<'_> {
        SignInDialog {
            ui: self.asker.ui,
            args: self.sign_in,
            env: self.here.env,
            files: self.files,
            cache: self.cache,
            clients: self.clients,
            clock: &SystemClock,
            on_event: &|_| {},
        }
    }

    /// Whether the cached token was issued for another session of the same name, or for one that
    /// is being changed.
    fn is_for_another(&self, session: &SsoSession) -> bool {
        let cached = self.cache.token(&session.token_key()).ok().flatten();
        let is_elsewhere = cached.is_some_and(|token| {
            let start_url = token.start_url.as_ref();
            start_url.is_some_and(|start_url| *start_url != session.start_url)
        });
        let stored = session
            .name
            .as_ref()
            .and_then(|name| SsoSession::named(self.files, name).ok());
        is_elsewhere
            || stored.is_some_and(|stored| {
                stored.start_url != session.start_url || stored.scopes != session.scopes
            })
    }
}

/// A session without scopes is signed in to with those that give access.
fn gives_account_access(session: &SsoSession) -> bool {
    let scopes = session.scopes.as_ref();
    scopes.is_none_or(|scopes| {
        scopes.is_empty() || scopes.iter().any(|scope| scope.as_str() == ACCOUNT_ACCESS)
    })
}
