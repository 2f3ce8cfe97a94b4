//! Profiles of a chain, shared by the chains that continue in the same profiles.

use std::fmt;
use std::iter::successors;
use std::sync::Arc;

use sso_types::ProfileName;

/// Profiles from the first one of a chain to the last one. Chains that continue in the same profile share
/// the rest, so that the paths of all profiles take memory linear in their number.
#[derive(Clone, Default)]
pub struct ProfilePath(Option<Arc<Link>>);

struct Link {
    profile: ProfileName,
    rest: ProfilePath,
}

impl ProfilePath {
    /// Returns the path of a profile before the first one.
    #[must_use]
    pub(crate) fn after(self, profile: ProfileName) -> Self {
        let rest = self;
        Self(Some(Arc::new(Link { profile, rest })))
    }

    /// Returns the profiles, from the first one.
    pub fn iter(&self) -> impl Iterator<Item = &ProfileName> {
        let links = successors(self.0.as_deref(), |link| link.rest.0.as_deref());
        links.map(|link| &link.profile)
    }
}

impl From<&[ProfileName]> for ProfilePath {
    fn from(profiles: &[ProfileName]) -> Self {
        let profiles = profiles.iter().rev().cloned();
        profiles.fold(Self::default(), Self::after)
    }
}

impl PartialEq for ProfilePath {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for ProfilePath {}

impl fmt::Debug for ProfilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Frees a path of thousands of profiles without recursion.
impl Drop for ProfilePath {
    fn drop(&mut self) {
        while let Some(mut link) = self.0.take().and_then(Arc::into_inner) {
            self.0 = link.rest.0.take();
        }
    }
}
