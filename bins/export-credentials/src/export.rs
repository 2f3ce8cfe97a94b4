//! Credentials and the additional values that formats print.

use cli_ux::shell::{ACCOUNT_ID, REGION_NAMES, Variable, credential_variables};
use sso_credentials::Credentials;
use sso_types::{Secret, timestamp};

pub(crate) struct Export {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Option<Secret>,
    /// Expiration in the AWS CLI's format, Python's `isoformat`: `2026-11-22T19:46:33+00:00`.
    pub(crate) expiration: Option<String>,
    pub(crate) account_id: Option<String>,
    /// `None` for a role selected with `--account-id` and `--role-name`.
    pub(crate) profile: Option<String>,
    pub(crate) region: Option<String>,
    /// Kind of the profile, for the `json` format.
    pub(crate) source: Option<&'static str>,
    pub(crate) with_region: bool,
    pub(crate) with_account_id: bool,
}

impl Export {
    pub(crate) fn new(credentials: &Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id.clone(),
            secret_access_key: credentials.secret_access_key.clone(),
            session_token: credentials.session_token.clone(),
            expiration: credentials
                .expires_at
                .map(timestamp::format_with_numeric_offset),
            account_id: credentials.account_id.as_ref().map(ToString::to_string),
            profile: None,
            region: None,
            source: None,
            with_region: false,
            with_account_id: false,
        }
    }

    /// Returns the variables for the credentials, with `--with-region` for the Region, and with
    /// `--with-account-id` for the account.
    pub(crate) fn variables(&self) -> Vec<Variable> {
        let mut variables = Vec::from(self.credential_variables());
        if self.with_region {
            variables.extend(self.region_variables());
        }
        if self.with_account_id {
            variables.push(self.account_variable());
        }
        variables
    }

    pub(crate) fn credential_variables(&self) -> [Variable; 5] {
        credential_variables(
            &self.access_key_id,
            &self.secret_access_key,
            self.session_token.as_ref(),
            self.expiration.as_deref(),
        )
    }

    pub(crate) fn account_variable(&self) -> Variable {
        let account_id = self.account_id.as_deref().map(Secret::from);
        Variable::new(ACCOUNT_ID, account_id)
    }

    pub(crate) fn region_variables(&self) -> [Variable; 2] {
        REGION_NAMES.map(|name| Variable::new(name, self.region.as_deref().map(Secret::from)))
    }
}
