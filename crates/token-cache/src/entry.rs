//! What can be cached in a file.

use std::path::PathBuf;

use locked_file::Durability;

use crate::error::Damage;
use crate::fields::Fields;
use crate::{CachedRegistration, CachedRoleCredentials, CachedToken, TokenCache};

/// A thing that has a file in the cache: [`CachedToken`], [`CachedRegistration`] or
/// [`CachedRoleCredentials`].
pub trait Entry: Stored {}

impl Entry for CachedToken {}
impl Entry for CachedRegistration {}
impl Entry for CachedRoleCredentials {}

/// How an entry is stored, which is nobody else's business.
pub trait Stored: Sized {
    /// What a crash may cost.
    const DURABILITY: Durability;

    /// Returns the folder of the files.
    fn folder(cache: &TokenCache) -> &PathBuf;

    /// Takes the known fields, and leaves the unknown.
    fn take_from(fields: &mut Fields) -> Result<Self, Damage>;

    /// Adds the known fields.
    fn put_into(&self, fields: &mut Fields);
}
