//! The sign-in, and the account and the role that are chosen after it.

use std::time::Duration;

use anyhow::anyhow;
use cli_ux::{Failure, SignInArgs, SignInDialog, WantedToken};
use sso_credentials::{
    Account, ConfigFiles, Error, Located, ServiceClients, SsoSession, SystemClock, TokenCache,
    TokenProvider, printable,
};
use sso_types::{AccountId, RoleName};

use super::answers::Answers;
use super::ask::Asker;
use super::checks;
use super::profile::ProfileQuestions;
use super::session::ACCOUNT_ACCESS;
use crate::command::Surroundings;

/// A choice is made by then, mostly; a slower one renews the token.
const LONG_ENOUGH: Duration = Duration::from_secs(15 * 60);

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

/// The portal that is signed in to.
struct Portal<'a> {
    questions: &'a AccessQuestions<'a>,
    dialog: &'a SignInDialog<'a>,
    located: &'a Located,
}

impl Portal<'_> {
    /// Has a token for what follows, without a browser where that will do.
    fn sign_in(&self) -> Result<(), Failure> {
        if self.questions.is_for_another(&self.located.session) {
            return self.sign_in_by_person(WantedToken::New);
        }
        match self.tokens().token_valid_for(LONG_ENOUGH) {
            Err(error) if error.is_sign_in_required() && !self.asker().is_silent => {
                self.sign_in_by_person(WantedToken::ValidFor(LONG_ENOUGH))
            }
            token => token.map(drop).map_err(|error| self.failed(error)),
        }
    }

    fn sign_in_by_person(&self, wanted: WantedToken) -> Result<(), Failure> {
        let start_url = &self.located.session.start_url;
        if self.asker().is_silent {
            return Err(without_sign_in(anyhow!(
                "nobody has signed in to {start_url}"
            )));
        }
        self.dialog.sign_in_at(self.located, wanted)?;
        self.asker().ui.say(format_args!(
            "Successfully logged into Start URL: {start_url}"
        ));
        Ok(())
    }

    /// Asks the portal; a token that it does not take is replaced once.
    fn listed<T>(
        &self,
        list: impl Fn(&TokenProvider<'_>) -> Result<Vec<T>, Error>,
    ) -> Result<Vec<T>, Failure> {
        match list(&self.tokens()) {
            Err(error) if error.is_sign_in_required() && !self.asker().is_silent => {
                self.sign_in_by_person(WantedToken::New)?;
                Ok(list(&self.tokens())?)
            }
            listed => listed.map_err(|error| self.failed(error)),
        }
    }

    fn failed(&self, error: Error) -> Failure {
        if error.is_sign_in_required() && self.asker().is_silent {
            return without_sign_in(error.into());
        }
        error.into()
    }

    fn tokens(&self) -> TokenProvider<'_> {
        TokenProvider {
            session: &self.located.session,
            cache: self.questions.cache,
            clients: self.questions.clients,
            clock: &SystemClock,
        }
    }

    fn asker(&self) -> &Asker<'_> {
        &self.questions.asker
    }

    fn chosen(&self) -> Result<Assignment, Failure> {
        let (account_id, account_name) = match self.questions.account_id()? {
            Some(account_id) => (account_id.as_str().into(), None),
            None => self.account()?,
        };
        let role_name = match self.questions.role_name()? {
            Some(role_name) => role_name.as_str().into(),
            None => self.role(&account_id)?,
        };
        Ok(Assignment {
            account_id,
            account_name,
            role_name,
        })
    }

    fn account(&self) -> Result<(AccountId, Option<String>), Failure> {
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method would be of one lifetime only"
        )]
        let mut accounts = self.listed(|tokens| tokens.list_accounts())?;
        accounts.sort_by_cached_key(|account| described(account).to_lowercase());
        let ui = self.asker().ui;
        let chosen = match accounts.as_slice() {
            [] => return Err(none("no AWS accounts are available to you".to_owned())),
            [only] => {
                let id = &only.account_id;
                ui.say(format_args!(
                    "The only AWS account available to you is: {id}"
                ));
                only
            }
            accounts => {
                let count = accounts.len();
                ui.say(format_args!(
                    "There are {count} AWS accounts available to you."
                ));
                &accounts[self.chosen_account(accounts)?]
            }
        };
        let id = chosen.account_id.clone();
        ui.say(format_args!("Using the account ID {id}"));
        Ok((id, chosen.account_name.clone()))
    }

    fn chosen_account(&self, accounts: &[Account]) -> Result<usize, Failure> {
        let entries: Vec<String> = accounts.iter().map(described).collect();
        let present = self.questions.profile.present("sso_account_id");
        let is_present =
            |account: &Account| Some(account.account_id.as_str()) == present.as_deref();
        let present = accounts.iter().position(is_present);
        self.asker()
            .choice("AWS account", "--account-id", &entries, present)
    }

    fn role(&self, account_id: &AccountId) -> Result<RoleName, Failure> {
        let roles = self.listed(|tokens| tokens.list_account_roles(account_id))?;
        let ui = self.asker().ui;
        let names: Vec<String> = roles.iter().map(|role| printable(role.as_str())).collect();
        let chosen = match names.as_slice() {
            [] => {
                let error = format!("no roles are available to you in the account {account_id}");
                return Err(none(error));
            }
            [only] => {
                ui.say(format_args!("The only role available to you is: {only}"));
                0
            }
            names => {
                let count = names.len();
                ui.say(format_args!("There are {count} roles available to you."));
                let present = self.questions.profile.present("sso_role_name");
                let is_present = |role: &RoleName| Some(role.as_str()) == present.as_deref();
                let present = roles.iter().position(is_present);
                self.asker().choice("role", "--role-name", names, present)?
            }
        };
        ui.say(format_args!("Using the role name \"{}\"", names[chosen]));
        Ok(roles[chosen].clone())
    }
}

/// As in `DeveloperAccount, developer-account-admin@example.com (123456789011)`.
fn described(account: &Account) -> String {
    let id = &account.account_id;
    match (&account.account_name, &account.email_address) {
        (Some(name), Some(email)) => format!("{name}, {email} ({id})"),
        (Some(one), None) | (None, Some(one)) => format!("{one} ({id})"),
        (None, None) => id.to_string(),
    }
}

fn none(error: String) -> Failure {
    Failure::other(anyhow!(error))
        .with_hint("ask whoever administers IAM Identity Center to assign you to an account")
}

fn without_sign_in(error: anyhow::Error) -> Failure {
    Failure::configuration(error)
        .with_hint("name what you want with --account-id and --role-name, or sign in first")
}
