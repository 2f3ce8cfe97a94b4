//! Credentials with what the formats print along with them.

use sso_credentials::Credentials;
use sso_types::{Secret, timestamp};

/// Credentials, and what the formats print along with them.
pub(crate) struct Export {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Option<Secret>,
    /// As Python's `isoformat` has it and the AWS CLI prints it: `2026-11-22T19:46:33+00:00`.
    pub(crate) expiration: Option<String>,
    pub(crate) account_id: Option<String>,
    /// `None` for a role that was named by the arguments.
    pub(crate) profile: Option<String>,
    /// The Region that the profile names.
    pub(crate) region: Option<String>,
    /// How the profile gets its credentials, where that is to be told.
    pub(crate) source: Option<&'static str>,
    /// Whether the Region is to be among the variables.
    pub(crate) with_region: bool,
}

/// An environment variable.
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    /// `None` if it does not apply: a value from before has to be unset.
    pub(crate) value: Option<Secret>,
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
        }
    }

    /// Returns the variables of the credentials, and those of the Region where it is asked for.
    pub(crate) fn variables(&self) -> Vec<Variable> {
        let mut variables = Vec::from(self.credential_variables());
        if self.with_region {
            variables.extend(self.region_variables());
        }
        variables
    }

    /// Returns the variables by which tools take credentials from the environment.
    pub(crate) fn credential_variables(&self) -> [Variable; 5] {
        let text = |value: &str| Some(Secret::from(value));
        let (secret, token) = (&self.secret_access_key, &self.session_token);
        let expiration = self.expiration.as_deref();
        [
            Variable::new("AWS_ACCESS_KEY_ID", text(&self.access_key_id)),
            Variable::new("AWS_SECRET_ACCESS_KEY", Some(secret.clone())),
            Variable::new("AWS_SESSION_TOKEN", token.clone()),
            Variable::new("AWS_CREDENTIAL_EXPIRATION", expiration.and_then(text)),
            // Some tools read it before AWS_SESSION_TOKEN.
            Variable::new("AWS_SECURITY_TOKEN", None),
        ]
    }

    /// Returns the variables by which tools take the Region: the SDKs', and botocore's.
    pub(crate) fn region_variables(&self) -> [Variable; 2] {
        let names = ["AWS_REGION", "AWS_DEFAULT_REGION"];
        names.map(|name| Variable::new(name, self.region.as_deref().map(Secret::from)))
    }
}

impl Variable {
    fn new(name: &'static str, value: Option<Secret>) -> Self {
        Self { name, value }
    }

    /// Returns the value, to be printed or passed to a command.
    pub(crate) fn text(&self) -> Option<&str> {
        self.value.as_ref().map(Secret::expose)
    }
}
