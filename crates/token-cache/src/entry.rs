use locked_file::Durability;

use crate::error::Corruption;
use crate::fields::Fields;

/// The type of a cache entry: [`CachedToken`](crate::CachedToken),
/// [`CachedRegistration`](crate::CachedRegistration) or
/// [`CachedRoleCredentials`](crate::CachedRoleCredentials).
pub trait Entry: EntryFormat {}

/// The format of an entry, private to this crate.
pub trait EntryFormat: Sized {
    const DURABILITY: Durability;
    const DIRECTORY: Directory;

    /// Removes and parses the known fields. The unknown fields remain.
    fn take_from(fields: &mut Fields) -> Result<Self, Corruption>;

    fn put_into(&self, fields: &mut Fields);
}

#[derive(Clone, Copy, Debug)]
pub enum Directory {
    /// `~/.aws/sso/cache`.
    Sso,
    /// `~/.aws/cli/cache`.
    Cli,
}
