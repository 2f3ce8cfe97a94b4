//! The settings and their effects.

use sso_test_support::CLOSED_PORT_URL;

use super::program::Program;
use super::services::Services;

/// A setting that the rule finds.
pub(super) struct Setting {
    /// The key in a profile.
    pub(super) key: &'static str,
    /// The environment variables.
    pub(super) variables: &'static [&'static str],
    /// A value whose effect is checked, and one with another effect.
    pub(super) values: fn(&Services) -> [String; 2],
    /// Environment variables that make the effect visible.
    pub(super) surroundings: fn(&Services) -> Vec<(&'static str, String)>,
    pub(super) effect: Effect,
}

/// The effect of a value on the requests of a program.
#[derive(Clone, Copy)]
pub(super) enum Effect {
    /// They reach the emulator without a proxy.
    Emulator,
    /// They reach these hosts through the proxy: the OIDC service, the access portal, STS.
    Hosts([&'static str; 3]),
    /// They fail, and the last one was sent once.
    SingleAttempt,
    /// None is sent, and the value is an error with these words; if it is in a profile that is not
    /// in effect, a warning.
    Refusal(&'static str),
}

pub(super) const PUBLIC_HOSTS: [&str; 3] = [
    "oidc.us-east-1.amazonaws.com",
    "portal.sso.us-east-1.amazonaws.com",
    "sts.us-east-1.amazonaws.com",
];
pub(super) const FIPS_HOSTS: [&str; 3] = [
    "oidc-fips.us-east-1.amazonaws.com",
    "portal.sso-fips.us-east-1.amazonaws.com",
    "sts-fips.us-east-1.amazonaws.com",
];
pub(super) const DUALSTACK_HOSTS: [&str; 3] = [
    "oidc.us-east-1.api.aws",
    "portal.sso.us-east-1.api.aws",
    "sts.us-east-1.api.aws",
];

pub(super) const CA_BUNDLE: Setting = Setting {
    key: "ca_bundle",
    variables: &["AWS_CA_BUNDLE"],
    values: |services| {
        let relays = [&services.tls, &services.other_tls];
        relays.map(|relay| relay.ca_path().display().to_string())
    },
    surroundings: |services| vec![("AWS_ENDPOINT_URL", services.tls.url())],
    effect: Effect::Emulator,
};

pub(super) const ENDPOINT_URL: Setting = Setting {
    key: "endpoint_url",
    variables: &["AWS_ENDPOINT_URL"],
    values: |services| [services.center.url(), CLOSED_PORT_URL.to_owned()],
    surroundings: |_| Vec::new(),
    effect: Effect::Emulator,
};

/// Names a section, which has its URL as its name here: the variables, one for each service, contain
/// the URL instead.
pub(super) const SERVICES: Setting = Setting {
    key: "services",
    variables: &[
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_STS",
    ],
    ..ENDPOINT_URL
};

pub(super) const IGNORE_CONFIGURED_ENDPOINT_URLS: Setting = Setting {
    key: "ignore_configured_endpoint_urls",
    variables: &["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"],
    values: true_and_false,
    surroundings: |services| {
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
    surroundings: trusted_relay,
    effect: Effect::Hosts(FIPS_HOSTS),
};

pub(super) const USE_DUALSTACK_ENDPOINT: Setting = Setting {
    key: "use_dualstack_endpoint",
    variables: &["AWS_USE_DUALSTACK_ENDPOINT"],
    values: true_and_false,
    surroundings: trusted_relay,
    effect: Effect::Hosts(DUALSTACK_HOSTS),
};

pub(super) const MAX_ATTEMPTS: Setting = Setting {
    key: "max_attempts",
    variables: &["AWS_MAX_ATTEMPTS"],
    values: |_| ["1", "2"].map(str::to_owned),
    surroundings: |services| vec![("AWS_ENDPOINT_URL", services.center.url())],
    effect: Effect::SingleAttempt,
};

/// An invalid value shows where a valid one does not: in programs that send each request once.
pub(super) const INVALID_MAX_ATTEMPTS: Setting = Setting {
    values: |_| ["none", "1"].map(str::to_owned),
    effect: Effect::Refusal("should be a number from 1"),
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
            Self::Emulator | Self::Hosts(_) => true,
            Self::SingleAttempt => program.retries,
            Self::Refusal(_) => !program.retries,
        }
    }
}
