//! The types that can be cached.

use locked_file::Durability;

use crate::error::Corruption;
use crate::fields::Fields;

/// A type that has entries in the cache: [`CachedToken`](crate::CachedToken),
/// [`CachedRegistration`](crate::CachedRegistration) or
/// [`CachedRoleCredentials`](crate::CachedRoleCredentials).
pub trait Entry: EntryFormat {}

/// The format of an entry, private to this crate.
pub trait EntryFormat: Sized {
    /// Guarantee for a crash of the system.
    const DURABILITY: Durability;

    /// Directory of the entries.
    const DIRECTORY: Directory;

    /// Takes the known fields and leaves the unknown ones.
    fn take_from(fields: &mut Fields) -> Result<Self, Corruption>;

    /// Adds the known fields.
    fn put_into(&self, fields: &mut Fields);
}

/// A directory of entries.
#[derive(Clone, Copy, Debug)]
pub enum Directory {
    /// `~/.aws/sso/cache`.
    Sso,
    /// `~/.aws/cli/cache`.
    Cli,
}
