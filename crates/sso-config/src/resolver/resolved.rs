//! Results of the nodes.

use sso_types::ProfileName;

use super::node::Node;
use crate::chain::AssumedRole;
use crate::error::Error;
use crate::kind::{ProfileKind, is_without_role};
use crate::profile::{SsoProfile, SsoRole};
use crate::source_kind::SourceKind;
use crate::sso_chain::{SelectedRole, SsoChain, kind_of};

/// Result of a node: the end of its chain, and its kind.
#[derive(Clone, Debug)]
pub(super) struct Resolved {
    pub(super) end: End,
    /// Kind of the profile, if its source is supported.
    kind: ProfileKind,
    /// Next profile of the chain.
    source: Option<ProfileName>,
    support: Support,
}

/// End of the chain of the credentials.
#[derive(Clone, Debug)]
pub(super) enum End {
    Sso(Box<SsoChain>),
    Other(SourceKind),
    Failed(Cause),
    /// The result depends on the first profile of the chain, which must be resolved alone.
    Alone,
}

/// Cause of an error. Errors of the same cause have the same text, except for the profiles before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cause {
    At(Node),
    /// A cycle, by the first of its nodes that was read.
    Cycle(Node),
    /// SSO keys of a profile of which only the session is used.
    OwnKeys(ProfileName),
}

/// Result of the chain up to its end, or up to a process that exports a role in IAM Identity Center.
#[derive(Clone, Debug)]
enum Support {
    Supported,
    Unsupported,
    Failed(Cause),
}

impl Resolved {
    pub(super) const ALONE: Self = Self {
        end: End::Alone,
        kind: ProfileKind::Settings,
        source: None,
        support: Support::Unsupported,
    };

    pub(super) fn sso(name: &ProfileName, role: SsoRole) -> Self {
        let is_legacy = role.session.name.is_none();
        let kind = if is_legacy {
            ProfileKind::LegacySso
        } else {
            ProfileKind::Sso
        };
        let source = SsoProfile {
            name: name.clone(),
            session: role.session,
            account_id: Some(role.account_id),
            role_name: Some(role.role_name),
        };
        Self::supported(End::Sso(Box::new(source.into())), kind)
    }

    /// Returns the result of a process that exports a role.
    pub(super) fn exported(end: SsoProfile) -> Self {
        Self::supported(
            End::Sso(Box::new(end.into())),
            ProfileKind::ExportCredentials,
        )
    }

    pub(super) fn other(source: SourceKind, kind: ProfileKind) -> Self {
        Self::supported(End::Other(source), kind)
    }

    fn supported(end: End, kind: ProfileKind) -> Self {
        Self {
            end,
            kind,
            source: None,
            support: Support::Supported,
        }
    }

    pub(super) fn cycle(node: Node) -> Self {
        Self::failed(Cause::Cycle(node))
    }

    pub(super) fn failed(cause: Cause) -> Self {
        Self {
            end: End::Failed(cause.clone()),
            kind: ProfileKind::Settings,
            source: None,
            support: Support::Failed(cause),
        }
    }

    /// Returns the result of a node whose own keys have the `error`.
    pub(super) fn invalid(node: &Node, error: &Error) -> Self {
        let failed = Self::failed(Cause::At(node.clone()));
        match kind_of(error) {
            Some(kind) => Self {
                end: End::Other(kind),
                kind: kind.into(),
                support: match error {
                    Error::Unsupported { .. } => Support::Unsupported,
                    _ => failed.support,
                },
                ..failed
            },
            None if is_without_role(error) => Self {
                kind: ProfileKind::BearerToken,
                ..failed
            },
            None => failed,
        }
    }

    /// Returns the result of `name`, whose credentials come from `next`.
    pub(super) fn before(self, name: &ProfileName, next: &Node) -> Self {
        let end = match self.end {
            End::Sso(mut chain) => {
                chain.profiles = chain.profiles.after(name.clone());
                End::Sso(chain)
            }
            end => end,
        };
        Self {
            end,
            source: Some(next.profile.clone()),
            ..self
        }
    }

    pub(super) fn with_role(mut self, role: AssumedRole) -> Self {
        if let End::Sso(chain) = &mut self.end {
            chain.role = Some(role);
        }
        Self {
            kind: ProfileKind::AssumeRole,
            ..self
        }
    }

    /// Returns the result of a process that exports the credentials of a profile with this one. The process
    /// itself is supported, even if its source is not.
    pub(super) fn exporting(self) -> Self {
        Self {
            kind: ProfileKind::ExportCredentials,
            support: match self.support {
                Support::Failed(cause) => Support::Failed(cause),
                Support::Supported | Support::Unsupported => Support::Supported,
            },
            ..self
        }
    }

    pub(super) fn with_selected(mut self, role: SelectedRole) -> Self {
        if let End::Sso(chain) = &mut self.end {
            chain.source = role.of(chain.source.session.clone());
            chain.role = None;
        }
        Self {
            kind: ProfileKind::ExportCredentials,
            support: Support::Supported,
            ..self
        }
    }

    /// Returns the kind and the source, by the rules of [`ProfileKind::and_source`].
    pub(super) fn kind_and_source(self) -> Result<(ProfileKind, Option<ProfileName>), Cause> {
        match (self.end, self.support) {
            (End::Failed(_), _) if self.kind == ProfileKind::BearerToken => Ok((self.kind, None)),
            (End::Other(SourceKind::Nothing), Support::Failed(_)) if self.source.is_none() => {
                Ok((ProfileKind::Settings, None))
            }
            (End::Failed(cause), _) | (_, Support::Failed(cause)) => Err(cause),
            (_, Support::Supported | Support::Unsupported) => Ok((self.kind, self.source)),
        }
    }
}
