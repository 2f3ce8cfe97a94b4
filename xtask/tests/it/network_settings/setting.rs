use identity_center_emulator::Operation;
use sso_test_support::CLOSED_PORT_URL;

use super::program::Program;
use super::services::Services;

pub(super) struct Setting {
    pub(super) key: &'static str,
    pub(super) variables: &'static [&'static str],
    /// Value whose effect is checked, and a value with another effect.
    pub(super) values: fn(&Services) -> [String; 2],
    /// Environment variables that make the effect visible.
    pub(super) environment: fn(&Services) -> Vec<(&'static str, String)>,
    pub(super) effect: Effect,
}

/// Effect of a value on the requests of a program.
#[derive(Clone, Copy)]
pub(super) enum Effect {
    /// Requests reach the emulator without a proxy.
    Emulator,
    /// Requests reach these hosts through the proxy: the OIDC service, the access portal, STS, the federation
    /// endpoint of the console.
    Hosts([&'static str; 4]),
    /// Requests fail, and the last one is sent once.
    SingleAttempt,
    /// No request is sent, and the value is an error with this text, or a warning if it is in a
    /// profile that is not in effect.
    Refusal(&'static str),
}

const SIGN_IN_HOST: &str = "signin.aws.amazon.com";

pub(super) const PUBLIC_HOSTS: [&str; 4] = [
    "oidc.us-east-1.amazonaws.com",
    "portal.sso.us-east-1.amazonaws.com",
    "sts.us-east-1.amazonaws.com",
    SIGN_IN_HOST,
];
pub(super) const FIPS_HOSTS: [&str; 4] = [
    "oidc-fips.us-east-1.amazonaws.com",
    "portal.sso-fips.us-east-1.amazonaws.com",
    "sts-fips.us-east-1.amazonaws.com",
    SIGN_IN_HOST,
];
pub(super) const DUALSTACK_HOSTS: [&str; 4] = [
    "oidc.us-east-1.api.aws",
    "portal.sso.us-east-1.api.aws",
    "sts.us-east-1.api.aws",
    SIGN_IN_HOST,
];

pub(super) const CA_BUNDLE: Setting = Setting {
    key: "ca_bundle",
    variables: &["AWS_CA_BUNDLE"],
    values: |services| {
        let relays = [&services.tls, &services.other_tls];
        relays.map(|relay| relay.ca_path().display().to_string())
    },
    environment: |services| vec![("AWS_ENDPOINT_URL", services.tls.url())],
    effect: Effect::Emulator,
};

pub(super) const ENDPOINT_URL: Setting = Setting {
    key: "endpoint_url",
    variables: &["AWS_ENDPOINT_URL"],
    values: |services| [services.center.url(), CLOSED_PORT_URL.to_owned()],
    environment: |_| Vec::new(),
    effect: Effect::Emulator,
};

/// The value is the name of a section, which is the URL in these tests, because the variables of
/// the services contain the URL.
pub(super) const SERVICES: Setting = Setting {
    key: "services",
    variables: &[
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_STS",
        "AWS_ENDPOINT_URL_SIGNIN",
    ],
    ..ENDPOINT_URL
};

pub(super) const IGNORE_CONFIGURED_ENDPOINT_URLS: Setting = Setting {
    key: "ignore_configured_endpoint_urls",
    variables: &["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"],
    values: true_and_false,
    environment: |services| {
        let mut variables = trusted_relay(services);
        variables.push(("AWS_ENDPOINT_URL", CLOSED_PORT_URL.to_owned()));
        variables
    },
    effect: Effect::Hosts(PUBLIC_HOSTS),
};

pub(super) const USE_FIPS_ENDPOINT: Setting = Setting {
    key: "use_fips_endpoint",
    variables: &["AWS_USE_FIPS_ENDPOINT"],
    values: true_and_false,
    environment: trusted_relay,
    effect: Effect::Hosts(FIPS_HOSTS),
};

pub(super) const USE_DUALSTACK_ENDPOINT: Setting = Setting {
    key: "use_dualstack_endpoint",
    variables: &["AWS_USE_DUALSTACK_ENDPOINT"],
    values: true_and_false,
    environment: trusted_relay,
    effect: Effect::Hosts(DUALSTACK_HOSTS),
};

pub(super) const MAX_ATTEMPTS: Setting = Setting {
    key: "max_attempts",
    variables: &["AWS_MAX_ATTEMPTS"],
    values: |_| ["1", "2"].map(str::to_owned),
    environment: |services| vec![("AWS_ENDPOINT_URL", services.center.url())],
    effect: Effect::SingleAttempt,
};

/// Programs that send each request once show only the effect of an invalid value.
pub(super) const INVALID_MAX_ATTEMPTS: Setting = Setting {
    values: |_| ["none", "1"].map(str::to_owned),
    effect: Effect::Refusal("must be a positive integer"),
    ..MAX_ATTEMPTS
};

fn true_and_false(_: &Services) -> [String; 2] {
    ["true", "false"].map(str::to_owned)
}

fn trusted_relay(services: &Services) -> Vec<(&'static str, String)> {
    vec![(
        "AWS_CA_BUNDLE",
        services.tls.ca_path().display().to_string(),
    )]
}

impl Effect {
    /// Returns whether the requests of `program` show the effect.
    pub(super) fn shows_in(self, program: &Program) -> bool {
        match self {
            Self::Emulator => true,
            // The federation endpoint of this partition has no FIPS variant.
            Self::Hosts(hosts) => {
                hosts != FIPS_HOSTS || !program.operations.contains(&Operation::GetSigninToken)
            }
            Self::SingleAttempt => program.retries,
            Self::Refusal(_) => !program.retries,
        }
    }
}
