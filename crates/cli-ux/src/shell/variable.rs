//! Environment variables of credentials.

use sso_types::Secret;

/// Variables for credentials, in the order of [`credential_variables`].
pub const CREDENTIAL_NAMES: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    SESSION_TOKEN,
    "AWS_CREDENTIAL_EXPIRATION",
    SECURITY_TOKEN,
];

/// Token of temporary credentials.
pub const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";

/// Earlier name of [`SESSION_TOKEN`], which some tools prefer.
pub const SECURITY_TOKEN: &str = "AWS_SECURITY_TOKEN";

/// Variables for the Region.
pub const REGION_NAMES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// Variables for the profile, in the order of the AWS CLI v2.
pub const PROFILE_NAMES: [&str; 2] = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];

/// Account of the credentials.
pub const ACCOUNT_ID: &str = "AWS_ACCOUNT_ID";

/// Environment variable to set or unset.
#[derive(Debug)]
pub struct Variable {
    /// Name.
    pub name: &'static str,
    /// Value; `None` if the variable does not apply, so that a previous value must be unset.
    pub value: Option<Secret>,
}

impl Variable {
    /// Creates a variable that is set to `value`, or unset.
    #[must_use]
    pub fn new(name: &'static str, value: Option<Secret>) -> Self {
        Self { name, value }
    }

    /// Returns the value, to be printed or passed to a command.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.value.as_ref().map(Secret::expose)
    }
}

/// Returns the variables for credentials. `AWS_SECURITY_TOKEN` never applies.
#[must_use]
pub fn credential_variables(
    access_key_id: &str,
    secret_access_key: &Secret,
    session_token: Option<&Secret>,
    expiration: Option<&str>,
) -> [Variable; 5] {
    let values = [
        Some(Secret::from(access_key_id)),
        Some(secret_access_key.clone()),
        session_token.cloned(),
        expiration.map(Secret::from),
        None,
    ];
    let mut values = values.into_iter();
    CREDENTIAL_NAMES.map(|name| Variable::new(name, values.next().flatten()))
}
