//! Settings of the emulator, such as accounts, lifetimes, consent, paging and limits.

use std::collections::HashMap;
use std::time::Duration;

use crate::operation::Operation;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Access key ID and secret access key from the examples in AWS's documentation.
pub const ACCESS_KEY: [&str; 2] = [
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
];

/// AWS config file for [`Account::examples`], with a session `my-sso`, its profiles `dev` and
/// `prod`, and a legacy profile.
pub const SAMPLE_CONFIG: &str = "\
[sso-session my-sso]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = my-sso
sso_account_id = 111122223333
sso_role_name = ReadOnly
region = us-west-2

[profile prod]
sso_session = my-sso
sso_account_id = 123456789011
sso_role_name = FullAccess

[profile legacy]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
";

/// Settings of the emulator, which [`Emulator::configure`](crate::Emulator::configure) changes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The user's accounts, with the assigned roles.
    pub accounts: Vec<Account>,
    /// The decision on consent requests.
    pub consent: Consent,
    /// The `error_description` of a denied consent request.
    pub denial: String,
    /// Lifetime of an access token that can be refreshed.
    pub access_token_lifetime: Duration,
    /// Lifetime of an access token that was requested without scopes.
    pub legacy_token_lifetime: Duration,
    /// Lifetime of the portal session, from the first sign-in. No token is valid for longer.
    pub session_lifetime: Duration,
    /// Lifetime of a client registration.
    pub registration_lifetime: Duration,
    /// Lifetime of an authorization code.
    pub code_lifetime: Duration,
    /// Lifetime of a device code.
    pub device_code_lifetime: Duration,
    /// Minimum time between two polls with a device code, in whole seconds.
    pub poll_interval: Duration,
    /// Lifetime of role credentials.
    pub role_credentials_lifetime: Duration,
    /// Access keys of an IAM user in account 111122223333: access key ID and secret access key. STS
    /// accepts them in addition to issued role credentials.
    pub access_keys: Vec<(String, String)>,
    /// Roles that any caller with valid credentials may assume.
    pub assumable_roles: Vec<AssumableRole>,
    /// Code of every MFA device. STS accepts it once.
    pub mfa_code: String,
    /// Type of refresh tokens.
    pub refresh_tokens: RefreshTokens,
    /// Maximum number of entries on a page of accounts or roles, even if the request allows more.
    pub page_size: usize,
    /// If `true`, an empty page precedes each page of accounts or roles.
    pub empty_pages: bool,
    /// Maximum number of portal requests in any second; no limit if `None`.
    pub requests_per_second: Option<usize>,
    /// Delay of the response by operation; no delay for an operation that is not in the map.
    pub latency: HashMap<Operation, Duration>,
}

impl Default for Settings {
    /// Returns settings with two accounts of two roles each, a consent page, the lifetimes of the
    /// real service, single-use refresh tokens, and no latency.
    fn default() -> Self {
        Self {
            accounts: Account::examples(),
            consent: Consent::Ask,
            denial: "the user denied the request".to_owned(),
            access_token_lifetime: Duration::from_secs(HOUR),
            legacy_token_lifetime: Duration::from_secs(8 * HOUR),
            session_lifetime: Duration::from_secs(8 * HOUR),
            registration_lifetime: Duration::from_secs(90 * DAY),
            code_lifetime: Duration::from_secs(5 * MINUTE),
            device_code_lifetime: Duration::from_secs(10 * MINUTE),
            poll_interval: Duration::from_secs(1),
            role_credentials_lifetime: Duration::from_secs(HOUR),
            access_keys: vec![ACCESS_KEY.map(str::to_owned).into()],
            assumable_roles: AssumableRole::examples(),
            mfa_code: "123456".to_owned(),
            refresh_tokens: RefreshTokens::SingleUse,
            page_size: 100,
            empty_pages: false,
            requests_per_second: None,
            latency: HashMap::new(),
        }
    }
}

/// AWS account with the user's roles in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Account ID with twelve digits.
    pub id: String,
    /// Name; responses omit it if `None`.
    pub name: Option<String>,
    /// E-mail address; responses omit it if `None`.
    pub email: Option<String>,
    /// Role names.
    pub roles: Vec<String>,
    /// Exception of the access portal's responses to requests for the account, such as
    /// `ForbiddenException`. The list of accounts contains the account all the same.
    pub refusal: Option<String>,
}

impl Account {
    /// Creates an account with an ID, a name, an e-mail address, and roles.
    #[must_use]
    pub fn new(id: &str, name: &str, email: &str, roles: &[&str]) -> Self {
        Self {
            id: id.to_owned(),
            name: Some(name.to_owned()),
            email: Some(email.to_owned()),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
            refusal: None,
        }
    }

    /// Returns the two accounts from the examples in AWS's documentation, with the roles `ReadOnly`
    /// and `FullAccess`.
    #[must_use]
    pub fn examples() -> Vec<Self> {
        let roles = ["ReadOnly", "FullAccess"];
        vec![
            Self::new(
                "111122223333",
                "DeveloperAccount",
                "developer-account-admin@example.com",
                &roles,
            ),
            Self::new(
                "123456789011",
                "ProductionAccount",
                "production-account-admin@example.com",
                &roles,
            ),
        ]
    }

    /// Returns `count` accounts: those of [`Account::examples`], then generated ones.
    #[must_use]
    pub fn generated(count: usize) -> Vec<Self> {
        let generated = (2..count).map(|number| {
            let id = format!("{:012}", 200_000_000_000 + number);
            let email = format!("team-{number:04}@example.com");
            Self::new(&id, &format!("Team{number:04}"), &email, &["ReadOnly"])
        });
        Self::examples()
            .into_iter()
            .take(count)
            .chain(generated)
            .collect()
    }
}

/// IAM role that can be assumed, with its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssumableRole {
    /// ARN of the role.
    pub arn: String,
    /// Required external ID.
    pub external_id: Option<String>,
    /// Serial number or ARN of the required MFA device.
    pub mfa_serial: Option<String>,
    /// Maximum session duration.
    pub max_session_duration: Duration,
}

impl AssumableRole {
    /// Creates a role without conditions, with a maximum session duration of twelve hours.
    #[must_use]
    pub fn new(arn: &str) -> Self {
        Self {
            arn: arn.to_owned(),
            external_id: None,
            mfa_serial: None,
            max_session_duration: Duration::from_secs(12 * HOUR),
        }
    }

    /// Requires an external ID.
    #[must_use]
    pub fn with_external_id(mut self, external_id: &str) -> Self {
        self.external_id = Some(external_id.to_owned());
        self
    }

    /// Requires the MFA device with this serial number. Its code is [`Settings::mfa_code`].
    #[must_use]
    pub fn with_mfa_serial(mut self, mfa_serial: &str) -> Self {
        self.mfa_serial = Some(mfa_serial.to_owned());
        self
    }

    /// Sets the maximum session duration.
    #[must_use]
    pub fn with_max_session_duration(mut self, max_session_duration: Duration) -> Self {
        self.max_session_duration = max_session_duration;
        self
    }

    /// Returns the roles `x`, `y`, and `z` in account 222222222222, without conditions.
    #[must_use]
    pub fn examples() -> Vec<Self> {
        let arn = |name| format!("arn:aws:iam::222222222222:role/{name}");
        ["x", "y", "z"].map(|name| Self::new(&arn(name))).into()
    }
}

/// Decision on consent requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Consent {
    /// The user decides on the consent page.
    Ask,
    /// Opening the page approves the request.
    Approve,
    /// Opening the page denies the request.
    Deny,
    /// Like [`Consent::Approve`], but a device code is approved before a page is opened.
    Granted,
}

/// Type of refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshTokens {
    /// Each refresh invalidates its refresh token and returns a new one.
    SingleUse,
    /// The refresh token is valid for the whole session. A refresh returns no new one.
    Reusable,
    /// No refresh token is issued.
    Never,
}
