//! Chains of many profiles. Each profile is read once, so that long chains take linear time.

mod node;
mod resolved;

use std::collections::{HashMap, HashSet};

use sso_types::ProfileName;

use crate::ancestry::Ancestry;
use crate::environment::AwsEnv;
use crate::error::Error;
use crate::files::ConfigFiles;
use crate::kind::ProfileKind;
use crate::sso_chain::{SsoChain, own_keys};
use node::{Node, Step};
use resolved::{Cause, End, Resolved};

/// Resolver of the chains of many profiles. Each result is that of [`SsoChain`] or [`ProfileKind`] for the
/// profile alone.
#[derive(Debug)]
pub struct Resolver<'a> {
    env: &'a AwsEnv,
    files: &'a ConfigFiles,
    /// False if the result of a profile depends on the profiles of ancestor processes.
    is_shared: bool,
    resolved: HashMap<Node, Resolved>,
    /// Next node of each node that has one.
    next: HashMap<Node, Node>,
    /// Causes of the returned errors of chains.
    chain_causes: HashSet<Cause>,
    /// Causes of the returned errors of kinds.
    kind_causes: HashSet<Cause>,
}

impl<'a> Resolver<'a> {
    /// Returns a resolver that has not read any profile.
    #[must_use]
    pub fn new(env: &'a AwsEnv, files: &'a ConfigFiles) -> Self {
        let ancestry = Ancestry::inherited(env, files);
        Self {
            env,
            files,
            is_shared: ancestry.is_ok_and(|ancestry| !ancestry.has_inherited()),
            resolved: HashMap::new(),
            next: HashMap::new(),
            chain_causes: HashSet::new(),
            kind_causes: HashSet::new(),
        }
    }

    pub(crate) fn files(&self) -> &'a ConfigFiles {
        self.files
    }

    /// Returns the result of [`SsoChain::of_credentials`], without its error.
    pub fn of_credentials(&mut self, name: &ProfileName) -> Option<SsoChain> {
        match self.resolve(name).end {
            End::Sso(chain) => Some(*chain),
            End::Alone => SsoChain::of_credentials(self.env, self.files, name).ok(),
            End::Other(_) | End::Failed(_) => None,
        }
    }

    /// Returns the result of [`SsoChain::load`]. Returns `None` for a profile that does not use IAM Identity
    /// Center, and for an error with the cause of an earlier one.
    pub fn load(&mut self, name: &ProfileName) -> Option<Result<SsoChain, Error>> {
        let load = || SsoChain::load(self.env, self.files, name);
        let cause = match self.resolve(name).end {
            End::Sso(chain) => return Some(Ok(*chain)),
            End::Alone => return without_other(load()),
            End::Other(_) => None,
            End::Failed(cause) => Some(cause),
        };
        if let Some(own) = own_keys(self.files, name) {
            return Some(own.map(SsoChain::from));
        }
        self.chain_causes.insert(cause?).then(load)
    }

    /// Returns the result of [`ProfileKind::and_source`]. The error is `None` if an earlier one had the same
    /// cause.
    ///
    /// # Errors
    ///
    /// Those of [`ProfileKind::and_source`].
    pub fn kind_and_source(
        &mut self,
        name: &ProfileName,
    ) -> Result<(ProfileKind, Option<ProfileName>), Option<Error>> {
        let alone = || ProfileKind::and_source(self.env, self.files, name);
        let resolved = self.resolve(name);
        if matches!(resolved.end, End::Alone) {
            return alone().map_err(Some);
        }
        resolved.kind_and_source().map_err(|cause| {
            let is_new = self.kind_causes.insert(cause);
            is_new.then(alone)?.err()
        })
    }

    fn resolve(&mut self, name: &ProfileName) -> Resolved {
        if !self.is_shared {
            return Resolved::ALONE;
        }
        let start = Node::first(name.clone());
        let (path, mut resolved) = self.walk(start);
        for (node, step) in path.into_iter().rev() {
            resolved = if self.depends_on_start(&node, &step) {
                Resolved::ALONE
            } else {
                step.resolve(&node, resolved, self.files)
            };
            self.resolved.insert(node, resolved.clone());
        }
        resolved
    }

    /// Returns the steps from `node` to the first known one, and its result. Without recursion, because the
    /// chain may be long.
    fn walk(&mut self, mut node: Node) -> (Vec<(Node, Step)>, Resolved) {
        let (mut path, mut indices) = (Vec::<(Node, Step)>::new(), HashMap::new());
        loop {
            if let Some(known) = self.resolved.get(&node) {
                return (path, known.clone());
            }
            if let Some(index) = indices.insert(node.clone(), path.len()) {
                let mut cycle = path[index..].iter();
                // Such a chain ends at the own keys of a profile in the cycle, which depends on the start.
                if cycle.any(|(_, step)| step.may_use_own_keys(self.files)) {
                    return (path, Resolved::ALONE);
                }
                return (path, Resolved::cycle(node));
            }
            let step = Step::read(&node, self.env, self.files);
            let next = step.next().cloned();
            path.push((node.clone(), step));
            match next {
                Some(next) => {
                    self.next.insert(node, next.clone());
                    node = next;
                }
                None => return (path, Resolved::ALONE),
            }
        }
    }

    /// Returns whether the chain contains the profile of `node` again, as another node: a cycle of profiles,
    /// but not of nodes.
    fn depends_on_start(&self, node: &Node, step: &Step) -> bool {
        if let Step::OwnRole(..) = step {
            return false;
        }
        let Some(twin) = node.twin(self.files) else {
            return false;
        };
        let mut known = HashSet::new();
        let mut next = self.next.get(node);
        while let Some(node) = next.filter(|node| known.insert(*node)) {
            if *node == twin {
                return true;
            }
            next = self.next.get(node);
        }
        false
    }
}

fn without_other(loaded: Result<SsoChain, Error>) -> Option<Result<SsoChain, Error>> {
    match loaded {
        Err(Error::OtherSource { .. }) => None,
        loaded => Some(loaded),
    }
}
