//! Profiles in chains, and the profiles in which the chains continue.

use sso_types::ProfileName;

use super::resolved::{Cause, End, Resolved};
use crate::chain::{AssumedRole, ChainLink, CredentialSource};
use crate::environment::AwsEnv;
use crate::files::ConfigFiles;
use crate::kind::ProfileKind;
use crate::process::CredentialProcess;
use crate::source_kind::SourceKind;
use crate::sso_chain::{Continuation, SelectedRole, continuation, own_keys};

/// Profile in a chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub(super) profile: ProfileName,
    /// True if the profile is the source profile of another one, and its static keys then take precedence
    /// over its role.
    is_source: bool,
}

impl Node {
    /// Returns the first profile of a chain, or one that a process exports.
    pub(super) fn first(profile: ProfileName) -> Self {
        Self {
            profile,
            is_source: false,
        }
    }

    fn source(profile: ProfileName, files: &ConfigFiles) -> Self {
        Self {
            is_source: ChainLink::is_other_as_source(files, &profile),
            profile,
        }
    }

    /// Returns the other node of the same profile, if it has two.
    pub(super) fn twin(&self, files: &ConfigFiles) -> Option<Self> {
        let has_twin = self.is_source || ChainLink::is_other_as_source(files, &self.profile);
        has_twin.then(|| Self {
            profile: self.profile.clone(),
            is_source: !self.is_source,
        })
    }
}

/// Step from a node to the next one.
pub(super) enum Step {
    /// The profile assumes a role with the credentials of the next one.
    Role(AssumedRole, Node),
    /// The profile assumes a role with its own static keys.
    OwnRole(AssumedRole, Node),
    /// A process exports the credentials of the next profile.
    Export(Node),
    /// A process exports the credentials of a role in the session of the next profile.
    Select(SelectedRole, Node),
    /// The chain ends.
    End(Box<Resolved>),
}

impl Step {
    pub(super) fn read(node: &Node, env: &AwsEnv, files: &ConfigFiles) -> Self {
        let name = &node.profile;
        let link = if node.is_source {
            ChainLink::of_source_profile(files, name)
        } else {
            ChainLink::of_profile(files, name)
        };
        let source = match link {
            Ok(ChainLink::Role { role, source }) => {
                let next = Node::source(source, files);
                return if next.profile == *name && next.is_source {
                    Self::OwnRole(role, next)
                } else {
                    Self::Role(role, next)
                };
            }
            Ok(ChainLink::Source(source)) => source,
            Err(error) => return Self::End(Box::new(Resolved::invalid(node, &error))),
        };
        Self::End(Box::new(match source {
            CredentialSource::Sso(role) => Resolved::sso(name, role),
            CredentialSource::Static(_) => {
                Resolved::other(SourceKind::AccessKeys, ProfileKind::AccessKeys)
            }
            CredentialSource::Process(process) => return Self::after(&process, node, env, files),
        }))
    }

    fn after(process: &CredentialProcess, node: &Node, env: &AwsEnv, files: &ConfigFiles) -> Self {
        match continuation(process, env, files) {
            Ok(Continuation::Profile(next)) => Self::Export(Node::first(next)),
            Ok(Continuation::SessionOf(next, role)) => Self::Select(role, Node::first(next)),
            Ok(Continuation::End(end)) => Self::End(Box::new(Resolved::exported(end))),
            Ok(Continuation::OtherProgram) => Self::End(Box::new(Resolved::other(
                SourceKind::Process,
                ProfileKind::Process,
            ))),
            Err(_) => Self::End(Box::new(Resolved::failed(Cause::At(node.clone())))),
        }
    }

    pub(super) fn next(&self) -> Option<&Node> {
        match self {
            Self::Role(_, next)
            | Self::OwnRole(_, next)
            | Self::Export(next)
            | Self::Select(_, next) => Some(next),
            Self::End(_) => None,
        }
    }

    /// Returns whether an error of the next profile does not end the chain.
    pub(super) fn may_use_own_keys(&self, files: &ConfigFiles) -> bool {
        matches!(self, Self::Select(_, of) if own_keys(files, &of.profile).is_some())
    }

    /// Returns the result for `node`, whose next one has the result `next`.
    pub(super) fn resolve(self, node: &Node, next: Resolved, files: &ConfigFiles) -> Resolved {
        let name = &node.profile;
        match self {
            Self::End(resolved) => *resolved,
            Self::Role(role, source) => next.before(name, &source).with_role(role),
            Self::OwnRole(role, _) => next.with_role(role),
            Self::Export(exported) => next.before(name, &exported).exporting(),
            Self::Select(role, of) => {
                let next = match (&next.end, own_keys(files, &of.profile)) {
                    (End::Sso(_) | End::Alone, _) | (_, None) => next,
                    (_, Some(Ok(own))) => Resolved::exported(own),
                    (_, Some(Err(_))) => Resolved::failed(Cause::OwnKeys(of.profile.clone())),
                };
                next.before(name, &of).with_selected(role)
            }
        }
    }
}
