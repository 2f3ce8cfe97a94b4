//! The caches in `~/.aws` that the AWS CLI v2 and the SDKs share: sign-in tokens, client
//! registrations and role credentials.
//!
//! What this crate writes, they read, and the other way round. Reading takes no lock. Changing
//! takes one, and is always the same few steps: lock, read again, make sure that the result can
//! be saved, act, save.
//!
//! ```
//! use std::time::Duration;
//! use token_cache::{CacheKey, CachedToken, Freshness, TokenCache};
//! use time::OffsetDateTime;
//!
//! # let home = tempfile::tempdir()?;
//! # let aws_folder = home.path().join(".aws");
//! # let now = OffsetDateTime::from_unix_timestamp(1_795_376_793)?;
//! let cache = TokenCache::under(&aws_folder).with_notices(|notice| eprintln!("{notice:?}"));
//! let key = CacheKey::session_token(&"my-sso".into());
//! assert!(cache.token(&key)?.is_none());
//!
//! let locked = cache.lock_token(&key, Duration::from_secs(30))?;
//! // Somebody else may have signed in while this process waited.
//! let found = locked.read()?;
//! if found.is_none_or(|token| Freshness::of(token.expires_at, now) != Freshness::Fresh) {
//!     let slot = locked.prepare_write()?;
//!     // From here on a token that the service issues can be saved: now ask for it.
//!     slot.commit(&CachedToken {
//!         start_url: Some("https://my-sso-portal.awsapps.com/start".into()),
//!         region: Some("us-east-1".parse()?),
//!         access_token: "aoaAAAAA...".into(),
//!         expires_at: now + time::Duration::hours(1),
//!         client_id: None,
//!         client_secret: None,
//!         registration_expires_at: None,
//!         refresh_token: None,
//!     })?;
//! }
//! drop(locked);
//!
//! let token = cache.token(&key)?.expect("it was saved");
//! assert_eq!(Freshness::of(token.expires_at, now), Freshness::Fresh);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! To refresh a token, [`token_valid_for`] takes these steps in the one order in which no process
//! spends a refresh token that another one has spent; what it needs from outside is in
//! [`RefreshSteps`].
//!
//! A file that cannot be understood is an error that says so ([`CacheError::is_damaged`]). Who
//! goes on as if it were absent, and writes, finds the broken one set aside in
//! [`TokenCache::own_folder`].
//!
//! # Limits
//!
//! - No network, no clock, no environment: a token is issued elsewhere, `now` and the folders
//!   are given.
//! - The AWS CLI and the SDKs take no lock. Two refreshes at once are ruled out only among the
//!   programs that use this crate; after `invalid_grant` it is worth reading once more.
//! - The locks bind the processes of one machine, and those of several where the network file
//!   system has locks ([`Notice::LocksUnsupported`]).
//! - Unknown fields survive at the top level of a file only.
//! - On Windows the files are as private as the folder of the user.

mod cache;
mod found;
mod leftovers;
mod locked;

mod key;
mod registration;
mod role_credentials;
mod token;

mod freshness;
mod refresh;

mod notice;

mod entry;
mod error;
mod fields;

pub use cache::TokenCache;
pub use entry::Entry;
pub use error::{CacheError, Damage};
pub use found::{Found, RegistrationFile, RoleCredentialsFile, TokenFile};
pub use freshness::{Freshness, REFRESH_WINDOW};
pub use key::{AssumeRoleArguments, CacheKey, InvalidCacheKey};
pub use leftovers::remove_file;
pub use locked::{Locked, Slot};
pub use notice::Notice;
pub use refresh::{NoToken, RefreshSteps, token_instead_of, token_valid_for};
pub use registration::CachedRegistration;
pub use role_credentials::{CachedRoleCredentials, Origin};
pub use token::{CachedToken, Renewal};

#[doc(no_inline)]
pub use locked_file::{Holder, LockError, LockedFile, ReadError, WriteError};
