//! Sign-in to the access portal, and its accounts and roles.

use anyhow::anyhow;
use cli_ux::sign_in::SignInDialog;
use cli_ux::{Entry, Failure, FailureKind};
use sso_credentials::aws::Session;
use sso_credentials::{Account, Error};
use sso_session::sign_in::TokenRequirement;
use sso_types::{AccountId, RoleName, escaped};

use super::visit::Visit;
use crate::wizard::ask::{Asker, Current};
use crate::wizard::assignment::Assignment;
use crate::wizard::profile::ProfileQuestions;

pub(super) struct Portal<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) profile: &'a ProfileQuestions<'a>,
    pub(super) dialog: &'a SignInDialog<'a>,
    pub(super) visit: &'a Visit,
}

/// Value that the user selects.
struct Selected {
    name: &'static str,
    key: &'static str,
    flag: &'static str,
}

const ACCOUNT: Selected = Selected {
    name: "AWS account",
    key: "sso_account_id",
    flag: "--account-id",
};

const ROLE: Selected = Selected {
    name: "role",
    key: "sso_role_name",
    flag: "--role-name",
};

impl Portal<'_> {
    /// Gets a token that meets the requirement, from the cache or by a refresh if possible.
    pub(super) fn sign_in(&self, requirement: TokenRequirement) -> Result<(), Failure> {
        let TokenRequirement::ValidFor(min_validity) = requirement else {
            return self.sign_in_interactively(requirement);
        };
        let token = |session: &Session<'_>| {
            let _line = self.asker.ui.activity("Checking the sign-in");
            session.token_in_place_of_sign_in(min_validity)
        };
        self.retry_after_sign_in(requirement, token).map(drop)
    }

    fn sign_in_interactively(&self, requirement: TokenRequirement) -> Result<(), Failure> {
        let resolved = &self.visit.resolved;
        let start_url = &resolved.session.start_url;
        if self.asker.is_silent {
            let error = anyhow!("not signed in to start URL {start_url}");
            return Err(without_sign_in(Failure::configuration(error)));
        }
        let answered = self.asker.answered;
        if answered.is_empty() {
            self.dialog.sign_in_at(resolved, requirement)?;
        } else {
            let token = self.dialog.sign_in_at_or_back(resolved, requirement)?;
            token.ok_or_else(|| answered.go_back())?;
        }
        self.asker.say(format_args!(
            "Successfully logged into Start URL: {start_url}"
        ));
        Ok(())
    }

    /// Calls `attempt`. If it requires a sign-in and questions are allowed, signs in and calls it
    /// again.
    fn retry_after_sign_in<T>(
        &self,
        requirement: TokenRequirement,
        attempt: impl Fn(&Session<'_>) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let session = self.dialog.session;
        if !self.asker.is_silent {
            let sign_in = || self.sign_in_interactively(requirement).map(|()| true);
            return session.retry_after_sign_in(attempt, sign_in);
        }
        attempt(session).map_err(|error| match error {
            error if error.is_sign_in_required() => without_sign_in(error.into()),
            error => error.into(),
        })
    }

    /// Requests a list of `entries`. If the portal rejects the token, signs in once and repeats the request.
    fn list<T>(
        &self,
        entries: &str,
        list: impl Fn(&Session<'_>) -> Result<Vec<T>, Error>,
    ) -> Result<Vec<T>, Failure> {
        self.retry_after_sign_in(TokenRequirement::New, |session| {
            let _line = self.asker.ui.activity(&format!("Loading {entries}"));
            list(session)
        })
    }

    pub(super) fn select(&self) -> Result<Assignment, Failure> {
        let (account_id, account_name) = match self.profile.account_id()? {
            Some(account_id) => (account_id.as_str().into(), None),
            None => self.account()?,
        };
        let role_name = match self.profile.role_name()? {
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
        let accounts = self.accounts()?;
        let ui = self.asker;
        let id_of = |account: &Account| account.account_id.to_string();
        let current = self.current(&ACCOUNT, &accounts, id_of)?;
        let selected = match accounts.as_slice() {
            [] => return Err(no_access("no AWS accounts are available to you".to_owned())),
            [only] if !matches!(current, Current::Unavailable) => {
                let id = &only.account_id;
                ui.say(format_args!(
                    "The only AWS account available to you is: {id}"
                ));
                only
            }
            accounts => {
                ui.introduce(available(accounts.len(), &ACCOUNT));
                let entries: Vec<_> = accounts.iter().map(entry).collect();
                &accounts[ui.choice(ACCOUNT.name, ACCOUNT.flag, &entries, current)?]
            }
        };
        let id = selected.account_id.clone();
        ui.say(format_args!("Using the account ID {id}"));
        Ok((id, selected.account_name.clone()))
    }

    fn accounts(&self) -> Result<Vec<Account>, Failure> {
        self.visit.accounts(|| {
            #[expect(
                clippy::redundant_closure_for_method_calls,
                reason = "the method itself has a single lifetime"
            )]
            let mut accounts = self.list("the AWS accounts", |session| session.list_accounts())?;
            accounts.sort_by_cached_key(|account| {
                (name(account).to_lowercase(), account.account_id.clone())
            });
            Ok(accounts)
        })
    }

    /// Returns the current value of the profile. If it is not available, warns, or fails if no questions are
    /// asked.
    fn current<T>(
        &self,
        Selected { name, key, flag }: &Selected,
        available: &[T],
        text: impl Fn(&T) -> String,
    ) -> Result<Current, Failure> {
        let Some(current) = self.profile.current(key) else {
            return Ok(Current::Unset);
        };
        if let Some(index) = available.iter().position(|it| text(it) == current) {
            return Ok(Current::Entry(index));
        }
        let current = escaped(&current);
        let problem = format!("{name} {current} of the profile is not available to you");
        if self.asker.is_silent {
            let failure = Failure::configuration(anyhow!(problem));
            return Err(failure.with_hint(format!("use {flag}")));
        }
        self.asker.warn(problem);
        Ok(Current::Unavailable)
    }

    fn role(&self, account_id: &AccountId) -> Result<RoleName, Failure> {
        let roles = self.roles_or_back(account_id)?;
        let ui = self.asker;
        let names: Vec<String> = roles.iter().map(|role| escaped(role.as_str())).collect();
        let current = self.current(&ROLE, &roles, RoleName::to_string)?;
        let selected = match names.as_slice() {
            [only] if !matches!(current, Current::Unavailable) => {
                ui.say(format_args!("The only role available to you is: {only}"));
                0
            }
            names => {
                ui.introduce(available(names.len(), &ROLE));
                let entries: Vec<_> = names.iter().map(Entry::new).collect();
                ui.choice(ROLE.name, ROLE.flag, &entries, current)?
            }
        };
        ui.say(format_args!("Using the role name \"{}\"", names[selected]));
        Ok(roles[selected].clone())
    }

    /// Returns the roles in the account. If there are none, or if the access portal refuses to list them,
    /// the user goes back to the selection of the account.
    fn roles_or_back(&self, account_id: &AccountId) -> Result<Vec<RoleName>, Failure> {
        let failure = match self.roles(account_id) {
            Ok(roles) if roles.is_empty() => no_access(format!(
                "no roles are available to you in account {account_id}"
            )),
            Err(failure) if failure.kind() == FailureKind::Service => failure,
            roles => return roles,
        };
        let is_selected = self.asker.is_interactive()
            && self.profile.account_id()?.is_none()
            && self.accounts()?.len() > 1;
        if !is_selected {
            return Err(failure);
        }
        let ui = self.asker.ui;
        ui.warn_sentence(format_args!("{failure}; select another account"));
        Err(self.asker.answered.go_back())
    }

    fn roles(&self, account_id: &AccountId) -> Result<Vec<RoleName>, Failure> {
        self.visit.roles(account_id, || {
            let entries = format!("the roles in account {account_id}");
            let mut roles =
                self.list(&entries, |session| session.list_account_roles(account_id))?;
            roles.sort_by_cached_key(|role| role.as_str().to_lowercase());
            Ok(roles)
        })
    }
}

fn available(count: usize, Selected { name, .. }: &Selected) -> String {
    match count {
        1 => format!("There is 1 {name} available to you."),
        count => format!("There are {count} {name}s available to you."),
    }
}

/// Returns an entry such as `DeveloperAccount, developer-account-admin@example.com (123456789011)`.
fn entry(account: &Account) -> Entry {
    let (name, id) = (name(account), &account.account_id);
    if name.is_empty() {
        return Entry::new(id.as_str());
    }
    Entry::new(name).with_end(format!("({id})"))
}

/// Returns the name and the e-mail address, as far as they are known.
fn name(account: &Account) -> String {
    let parts = [&account.account_name, &account.email_address].map(Option::as_deref);
    let parts = parts.into_iter().flatten();
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

fn no_access(error: String) -> Failure {
    Failure::other(anyhow!(error))
        .with_hint("ask your IAM Identity Center administrator to assign you to an account")
}

fn without_sign_in(failure: Failure) -> Failure {
    failure
        .without_sign_in_hint()
        .with_hint("specify --account-id and --role-name, or sign in first")
}
