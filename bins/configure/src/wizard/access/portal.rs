//! The access portal after the sign-in.

use anyhow::anyhow;
use cli_ux::Failure;
use cli_ux::sign_in::SignInDialog;
use sso_credentials::aws::Session;
use sso_credentials::{Account, Error};
use sso_session::sign_in::TokenRequirement;
use sso_session::start_url::ResolvedStartUrl;
use sso_types::{AccountId, RoleName, sanitize};

use crate::wizard::ask::Asker;
use crate::wizard::assignment::Assignment;
use crate::wizard::profile::ProfileQuestions;

/// The access portal of a session.
pub(super) struct Portal<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) profile: &'a ProfileQuestions<'a>,
    pub(super) dialog: &'a SignInDialog<'a>,
    pub(super) resolved: &'a ResolvedStartUrl,
}

impl Portal<'_> {
    /// Gets a token, from the cache or by a refresh if that meets the requirement.
    pub(super) fn sign_in(&self, requirement: TokenRequirement) -> Result<(), Failure> {
        let TokenRequirement::ValidFor(min_validity) = requirement else {
            return self.sign_in_by_user(requirement);
        };
        let token = self.after_sign_in(requirement, |session| session.token(min_validity));
        token.map(drop)
    }

    fn sign_in_by_user(&self, requirement: TokenRequirement) -> Result<(), Failure> {
        let start_url = &self.resolved.session.start_url;
        if self.asker.is_silent {
            return Err(without_sign_in(anyhow!(
                "nobody has signed in to {start_url}"
            )));
        }
        self.dialog.sign_in_at(self.resolved, requirement)?;
        self.asker.ui.say(format_args!(
            "Successfully logged into Start URL: {start_url}"
        ));
        Ok(())
    }

    /// Calls `attempt`, and again after a sign-in if one is required and the user may be asked.
    fn after_sign_in<T>(
        &self,
        requirement: TokenRequirement,
        attempt: impl Fn(&Session<'_>) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let session = self.dialog.session;
        if !self.asker.is_silent {
            let sign_in = || self.sign_in_by_user(requirement).map(|()| true);
            return session.retry_after_sign_in(attempt, sign_in);
        }
        attempt(session).map_err(|error| match error {
            error if error.is_sign_in_required() => without_sign_in(error.into()),
            error => error.into(),
        })
    }

    /// Returns a listing of the portal. If the portal refuses the token, signs in once and repeats
    /// the request.
    fn listed<T>(
        &self,
        list: impl Fn(&Session<'_>) -> Result<Vec<T>, Error>,
    ) -> Result<Vec<T>, Failure> {
        self.after_sign_in(TokenRequirement::New, list)
    }

    pub(super) fn chosen(&self) -> Result<Assignment, Failure> {
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
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method would be of one lifetime only"
        )]
        let mut accounts = self.listed(|session| session.list_accounts())?;
        accounts.sort_by_cached_key(|account| label(account).to_lowercase());
        let ui = self.asker.ui;
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
        let entries: Vec<String> = accounts.iter().map(label).collect();
        let present = self.profile.present("sso_account_id");
        let is_present =
            |account: &Account| Some(account.account_id.as_str()) == present.as_deref();
        let present = accounts.iter().position(is_present);
        self.asker
            .choice("AWS account", "--account-id", &entries, present)
    }

    fn role(&self, account_id: &AccountId) -> Result<RoleName, Failure> {
        let roles = self.listed(|session| session.list_account_roles(account_id))?;
        let ui = self.asker.ui;
        let names: Vec<String> = roles.iter().map(|role| sanitize(role.as_str())).collect();
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
                let present = self.profile.present("sso_role_name");
                let is_present = |role: &RoleName| Some(role.as_str()) == present.as_deref();
                let present = roles.iter().position(is_present);
                self.asker.choice("role", "--role-name", names, present)?
            }
        };
        ui.say(format_args!("Using the role name \"{}\"", names[chosen]));
        Ok(roles[chosen].clone())
    }
}

/// Returns a text such as `DeveloperAccount, developer-account-admin@example.com (123456789011)`.
fn label(account: &Account) -> String {
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
