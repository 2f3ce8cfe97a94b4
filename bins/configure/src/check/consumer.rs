//! Credential sources of a profile, and the programs that select one of them. The table in
//! `docs/guide/consumers.md` is the result of runs of these programs.

use std::collections::BTreeSet;

/// Credential source in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    WebIdentity,
    /// Role with two sources, which is invalid.
    TwoSources,
    RoleFromProfile,
    RoleFromService,
    /// `role_arn` without `source_profile` and `credential_source`.
    RoleArn,
    /// `sso_start_url` or `sso_region` of a profile with a `sso_session`, which contains them.
    LegacyKeys,
    SsoRole,
    /// SSO session without an account and a role, which provides only a bearer token.
    SsoSession,
    CredentialsFileKeys,
    LoginSession,
    Process,
    ConfigFileKeys,
}

/// Identity of the credentials. The role of a `role_arn` is the same for each way to assume it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identity {
    AssumedRole,
    Sso,
    Keys,
    Login,
    /// The output of a program may belong to any identity.
    Any,
}

impl Source {
    /// Returns the name of the source in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::WebIdentity => "web_identity_token_file",
            Self::TwoSources | Self::RoleFromProfile | Self::RoleFromService | Self::RoleArn => {
                "role_arn"
            }
            Self::LegacyKeys | Self::SsoRole => "SSO role",
            Self::SsoSession => "sso_session",
            Self::CredentialsFileKeys => "access keys in credentials",
            Self::LoginSession => "login_session",
            Self::Process => "credential_process",
            Self::ConfigFileKeys => "access keys in config",
        }
    }

    /// Returns the keys of the source.
    pub(super) fn keys(self) -> &'static str {
        match self {
            Self::WebIdentity => "role_arn with web_identity_token_file",
            Self::TwoSources => "role_arn with source_profile, role_arn with credential_source",
            Self::RoleFromProfile => "role_arn with source_profile",
            Self::RoleFromService => "role_arn with credential_source",
            Self::SsoRole => "sso_account_id with sso_role_name",
            _ => self.name(),
        }
    }

    pub(super) fn identity(self) -> Identity {
        match self {
            Self::WebIdentity
            | Self::TwoSources
            | Self::RoleFromProfile
            | Self::RoleFromService
            | Self::RoleArn => Identity::AssumedRole,
            Self::LegacyKeys | Self::SsoRole | Self::SsoSession => Identity::Sso,
            Self::CredentialsFileKeys | Self::ConfigFileKeys => Identity::Keys,
            Self::LoginSession => Identity::Login,
            Self::Process => Identity::Any,
        }
    }
}

/// Programs that select the same source.
pub(super) struct Consumer {
    pub(super) programs: &'static [&'static str],
    /// Sources by precedence. A source that is not in the list is ignored.
    order: &'static [Source],
    /// Sources that are rejected if they would be selected.
    rejected: &'static [Source],
    /// Sources of which a profile may have only one.
    exclusive: &'static [&'static [Source]],
}

pub(super) const CONSUMERS: [Consumer; 5] = {
    use Source::{
        ConfigFileKeys, CredentialsFileKeys, LegacyKeys, LoginSession, Process, RoleArn,
        RoleFromProfile, RoleFromService, SsoRole, SsoSession, TwoSources, WebIdentity,
    };
    [
        Consumer {
            programs: &["the AWS CLI", "boto3", "these programs"],
            order: &[
                WebIdentity,
                TwoSources,
                RoleFromProfile,
                RoleFromService,
                RoleArn,
                SsoRole,
                CredentialsFileKeys,
                LoginSession,
                Process,
                ConfigFileKeys,
            ],
            rejected: &[TwoSources, RoleArn],
            exclusive: &[],
        },
        Consumer {
            programs: &["Go"],
            order: &[
                TwoSources,
                RoleFromProfile,
                RoleFromService,
                RoleArn,
                CredentialsFileKeys,
                ConfigFileKeys,
                WebIdentity,
                SsoRole,
                SsoSession,
                LoginSession,
                Process,
            ],
            rejected: &[TwoSources, SsoSession],
            exclusive: &[
                &[RoleArn, SsoSession],
                &[RoleFromProfile, RoleFromService, Process, WebIdentity],
            ],
        },
        Consumer {
            programs: &["Java"],
            order: &[
                WebIdentity,
                SsoRole,
                SsoSession,
                TwoSources,
                RoleFromProfile,
                RoleFromService,
                LoginSession,
                Process,
                CredentialsFileKeys,
                ConfigFileKeys,
            ],
            rejected: &[TwoSources, SsoSession],
            exclusive: &[],
        },
        Consumer {
            programs: &["JavaScript"],
            order: &[
                RoleFromProfile,
                RoleFromService,
                CredentialsFileKeys,
                ConfigFileKeys,
                WebIdentity,
                Process,
                SsoRole,
                SsoSession,
                LoginSession,
            ],
            rejected: &[SsoSession],
            exclusive: &[],
        },
        Consumer {
            programs: &["Rust"],
            order: &[
                TwoSources,
                WebIdentity,
                RoleFromProfile,
                RoleFromService,
                RoleArn,
                LegacyKeys,
                SsoRole,
                SsoSession,
                LoginSession,
                Process,
                CredentialsFileKeys,
                ConfigFileKeys,
            ],
            rejected: &[TwoSources, RoleArn, LegacyKeys, SsoSession],
            exclusive: &[&[WebIdentity, RoleFromService]],
        },
    ]
};

impl Consumer {
    /// Returns the source that the programs select, or `None` if they reject the profile.
    pub(super) fn selected(&self, sources: &BTreeSet<Source>) -> Option<Source> {
        let count = |group: &[Source]| group.iter().filter(|it| sources.contains(it)).count();
        if self.exclusive.iter().any(|group| count(group) > 1) {
            return None;
        }
        let selected = self.order.iter().find(|it| sources.contains(it))?;
        (!self.rejected.contains(selected)).then_some(*selected)
    }
}
