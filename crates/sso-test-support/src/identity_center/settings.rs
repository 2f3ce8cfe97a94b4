//! How the emulator behaves.

use std::collections::HashMap;
use std::time::Duration;

use crate::Operation;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The key of AWS's documentation: public half and secret half.
pub const ACCESS_KEY: [&str; 2] = [
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
];

/// How the emulator behaves, at the start and, through
/// [`FakeIdentityCenter::configure`](crate::FakeIdentityCenter::configure), from then on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The accounts of the person who signs in, with the roles assigned there.
    pub accounts: Vec<Account>,
    /// What becomes of a request for consent.
    pub consent: Consent,
    /// The `error_description` that a refused consent reports.
    pub denial: String,
    /// How long an access token lives that can be refreshed.
    pub access_token_lifetime: Duration,
    /// How long an access token lives that was asked for without scopes.
    pub legacy_token_lifetime: Duration,
    /// How long the portal session lasts that the first sign-in begins. No token outlives it.
    pub session_lifetime: Duration,
    /// How long a client registration is good for.
    pub registration_lifetime: Duration,
    /// How long an authorization code is good for.
    pub code_lifetime: Duration,
    /// How long a device code is good for.
    pub device_code_lifetime: Duration,
    /// The least time between two polls with a device code, in whole seconds.
    pub poll_interval: Duration,
    /// How long role credentials live.
    pub role_credentials_lifetime: Duration,
    /// The keys of users, public and secret halves, that STS knows beside those that the
    /// emulator issues.
    pub access_keys: Vec<(String, String)>,
    /// The roles that anybody with a key may take on.
    pub assumable_roles: Vec<AssumableRole>,
    /// What every MFA device shows; good once.
    pub mfa_code: String,
    /// What becomes of refresh tokens.
    pub refresh_tokens: RefreshTokens,
    /// The most entries on a page of accounts or roles, whatever the request asks for.
    pub page_size: usize,
    /// Whether an empty page comes before each page of accounts or roles.
    pub empty_pages: bool,
    /// How many portal requests are served in any one second, where there is a limit.
    pub requests_per_second: Option<usize>,
    /// How long the answer to an operation takes; at once for those that are not here.
    pub latency: HashMap<Operation, Duration>,
}

impl Default for Settings {
    /// Two accounts with two roles each; consent is asked for; times are those of the real
    /// service, single-use refresh tokens, no latency.
    fn default() -> Self {
        Self {
            accounts: Account::examples(),
            consent: Consent::Ask,
            denial: "the request was denied by the person who was asked".to_owned(),
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

/// An AWS account and the roles assigned in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// The name, absent from answers where `None`.
    pub name: Option<String>,
    /// The e-mail address, absent from answers where `None`.
    pub email: Option<String>,
    /// The names of the roles.
    pub roles: Vec<String>,
}

impl Account {
    /// Describes an account by number, name, e-mail address and roles.
    #[must_use]
    pub fn new(id: &str, name: &str, email: &str, roles: &[&str]) -> Self {
        Self {
            id: id.to_owned(),
            name: Some(name.to_owned()),
            email: Some(email.to_owned()),
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
        }
    }

    /// Returns the two accounts of the examples in AWS's documentation.
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

    /// Returns the two accounts of [`Account::examples`] and made-up ones up to `count` in all.
    #[must_use]
    pub fn generated(count: usize) -> Vec<Self> {
        let made_up = (2..count).map(|number| {
            let id = format!("{:012}", 200_000_000_000 + number);
            let email = format!("team-{number:04}@example.com");
            Self::new(&id, &format!("Team{number:04}"), &email, &["ReadOnly"])
        });
        Self::examples()
            .into_iter()
            .take(count)
            .chain(made_up)
            .collect()
    }
}

/// A role that STS lets others take on, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumableRole {
    /// Its ARN.
    pub arn: String,
    /// The external ID that has to be said.
    pub external_id: Option<String>,
    /// The device whose code has to be said.
    pub mfa_serial: Option<String>,
    /// The longest life of its credentials that may be asked for.
    pub longest: Duration,
}

impl AssumableRole {
    /// Describes a role that asks for nothing and may be had for twelve hours.
    #[must_use]
    pub fn new(arn: &str) -> Self {
        Self {
            arn: arn.to_owned(),
            external_id: None,
            mfa_serial: None,
            longest: Duration::from_secs(12 * HOUR),
        }
    }

    /// Returns the roles `x`, `y` and `z` in the account 222222222222, which ask for nothing.
    #[must_use]
    pub fn examples() -> Vec<Self> {
        let arn = |name| format!("arn:aws:iam::222222222222:role/{name}");
        ["x", "y", "z"].map(|name| Self::new(&arn(name))).into()
    }
}

/// What becomes of a request for consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// A page asks; whoever looks at it decides.
    Ask,
    /// Opening the page is consent enough: it redirects, or says so, at once.
    Approve,
    /// Opening the page refuses.
    Deny,
    /// As [`Consent::Approve`]; a device code is approved before any page is opened.
    Granted,
}

/// What becomes of refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshTokens {
    /// Each is good for one use, which brings the next.
    SingleUse,
    /// One serves for the whole session; a refresh brings no new one.
    Reusable,
    /// None is issued.
    Never,
}
