//! Credential chains of all profiles. Each profile is read once, so that long chains take linear time.

use std::collections::{BTreeMap, BTreeSet};

use sso_config::chain::{ChainLink, CredentialSource};
use sso_config::named::Named;
use sso_config::process::Exported;
use sso_config::{AwsEnv, ConfigFiles, Error, SsoProfile, SsoSession};
use sso_types::ProfileName;

pub(super) struct Chains {
    links: BTreeMap<Node, Result<ChainLink, Error>>,
    /// The last node of each chain.
    ends: Ends,
    /// The last node of each chain, which continues in the profile that a process exports.
    origins: Ends,
    /// Profiles that are the source of each other, also through processes.
    pub(super) cycles: Vec<Vec<ProfileName>>,
}

/// Profile in a chain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    profile: ProfileName,
    /// True if the profile is the source profile of another one.
    is_source: bool,
}

/// Last nodes by the first ones; `None` for a chain that is invalid or leads into a cycle.
type Ends = BTreeMap<Node, Option<Node>>;

impl Chains {
    pub(super) fn of(env: &AwsEnv, files: &ConfigFiles) -> Self {
        let links = files.profile_names().flat_map(|profile| {
            let of_source = ChainLink::of_source_profile(files, &profile);
            let of_profile = ChainLink::of_profile(files, &profile);
            [
                (Node::source(profile.clone()), of_source),
                (Node::first(profile), of_profile),
            ]
        });
        let links: BTreeMap<_, _> = links.collect();
        let (ends, _) = ends(&links, |_| None);
        let default = env.profile().ok();
        let exported = |source: &CredentialSource| exported(source, default.as_ref());
        let (origins, cycles) = self::ends(&links, exported);
        Self {
            links,
            ends,
            origins,
            cycles,
        }
    }

    /// Returns the link of a profile, without an error.
    pub(super) fn link(&self, name: &ProfileName) -> Option<&ChainLink> {
        self.links.get(&Node::first(name.clone()))?.as_ref().ok()
    }

    /// Returns the link of a source profile, without an error.
    pub(super) fn link_of_source(&self, name: &ProfileName) -> Option<&ChainLink> {
        self.links.get(&Node::source(name.clone()))?.as_ref().ok()
    }

    /// Returns the errors of the profiles in some chains, each once.
    pub(super) fn errors(&self, names: impl Iterator<Item = ProfileName>) -> Vec<&Error> {
        let (mut known, mut errors) = (BTreeSet::new(), Vec::new());
        for name in names {
            let mut node = Node::first(name);
            while known.insert(node.clone()) {
                match self.links.get(&node) {
                    Some(Ok(ChainLink::Role { source, .. })) => node = Node::source(source.clone()),
                    Some(Err(error)) => errors.push(error),
                    Some(Ok(ChainLink::Source(_))) | None => {}
                }
            }
        }
        errors
    }

    /// Returns the source of the credentials of a profile, if its chain is valid.
    pub(super) fn source(&self, name: &ProfileName) -> Option<&CredentialSource> {
        source_at(
            &self.links,
            self.ends.get(&Node::first(name.clone()))?.as_ref()?,
        )
    }

    /// Returns the session of the credentials of a profile.
    pub(super) fn session(&self, name: &ProfileName) -> Option<&SsoSession> {
        match self.source(name)? {
            CredentialSource::Sso(role) => Some(&role.session),
            _ => None,
        }
    }

    /// Returns the session that a profile reaches, also through processes that export credentials.
    pub(super) fn reached_session(
        &self,
        files: &ConfigFiles,
        name: &ProfileName,
    ) -> Option<SsoSession> {
        let origin = self.origins.get(&Node::first(name.clone()))?.as_ref()?;
        match source_at(&self.links, origin)? {
            CredentialSource::Sso(role) => Some(role.session.clone()),
            CredentialSource::Process(process) => match process.exported()? {
                Exported::Role { session, .. } => match session.named(files) {
                    Named::Session(name) => SsoSession::named(files, &name).ok(),
                    Named::Profile(name) => {
                        SsoProfile::load(files, &name).ok().map(|it| it.session)
                    }
                },
                Exported::Profile(_) | Exported::Default | Exported::NotUnderstood => None,
            },
            CredentialSource::Static(_) => None,
        }
    }
}

impl Node {
    fn first(profile: ProfileName) -> Self {
        Self {
            profile,
            is_source: false,
        }
    }

    fn source(profile: ProfileName) -> Self {
        Self {
            profile,
            is_source: true,
        }
    }
}

type Links = BTreeMap<Node, Result<ChainLink, Error>>;

fn source_at<'a>(links: &'a Links, node: &Node) -> Option<&'a CredentialSource> {
    match links.get(node)?.as_ref().ok()? {
        ChainLink::Source(source) => Some(source),
        ChainLink::Role { .. } => None,
    }
}

/// Returns the profile that a process exports. `default` is the one of the environment.
fn exported(source: &CredentialSource, default: Option<&ProfileName>) -> Option<ProfileName> {
    let CredentialSource::Process(process) = source else {
        return None;
    };
    match process.exported()? {
        Exported::Profile(name) => Some(name),
        Exported::Default => default.cloned(),
        Exported::Role { .. } | Exported::NotUnderstood => None,
    }
}

/// Returns the last node of each chain, and the cycles. `continuation` returns the profile in which a chain
/// continues after a source.
fn ends(
    links: &Links,
    continuation: impl Fn(&CredentialSource) -> Option<ProfileName>,
) -> (Ends, Vec<Vec<ProfileName>>) {
    let (mut ends, mut cycles) = (Ends::new(), Vec::new());
    for start in links.keys() {
        let (mut path, mut node) = (Vec::new(), start.clone());
        let end = loop {
            if let Some(known) = ends.get(&node) {
                cycles.extend(cycle(&path, &node));
                break known.clone();
            }
            // The end of a cycle.
            ends.insert(node.clone(), None);
            path.push(node.clone());
            node = match links.get(&node) {
                Some(Ok(ChainLink::Role { source, .. })) => Node::source(source.clone()),
                Some(Ok(ChainLink::Source(source))) => match continuation(source) {
                    Some(profile) => Node::first(profile),
                    None => break Some(node),
                },
                Some(Err(_)) | None => break None,
            };
        };
        ends.extend(path.into_iter().map(|node| (node, end.clone())));
    }
    (ends, cycles)
}

/// Returns the profiles from `node` to the end of the path, if it contains the node.
fn cycle(path: &[Node], node: &Node) -> Option<Vec<ProfileName>> {
    let start = path.iter().position(|it| it == node)?;
    let profiles = path[start..].iter().map(|it| it.profile.clone());
    Some(profiles.collect())
}
