//! The caches in `~/.aws` that the AWS CLI v2 and the AWS SDKs share: sign-in tokens, client
//! registrations and role credentials.
//!
//! The file formats are those of the AWS CLI, so the tools read each other's entries. Reads take no
//! lock. Every change follows the same sequence: lock, read again, reserve disk space for the
//! result, send the request, save.
//!
//! ```
//! use std::time::Duration;
//! use token_cache::{CacheKey, CachedToken, Freshness, TokenCache};
//! use time::OffsetDateTime;
//!
//! # let home = tempfile::tempdir()?;
//! # let aws_dir = home.path().join(".aws");
//! # let now = OffsetDateTime::from_unix_timestamp(1_795_376_793)?;
//! let cache = TokenCache::in_aws_dir(&aws_dir).on_event(|event| eprintln!("{event:?}"));
//! let key = CacheKey::session_token(&"my-sso".into());
//! assert!(cache.token(&key)?.is_none());
//!
//! let locked = cache.lock_token(&key, Duration::from_secs(30))?;
//! // Another process may have signed in while this one waited for the lock.
//! let cached = locked.read()?;
//! if cached.is_none_or(|token| Freshness::of(token.expires_at, now) != Freshness::Fresh) {
//!     let pending = locked.reserve()?;
//!     // Request the new token here: disk space for it is reserved.
//!     pending.commit(&CachedToken {
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
//! let token = cache.token(&key)?.expect("the token was saved");
//! assert_eq!(Freshness::of(token.expires_at, now), Freshness::Fresh);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`refresh()`] runs this sequence for a token that is due for refresh. The order of its steps
//! guarantees that no two processes use the same refresh token: see [`mod@refresh`].
//!
//! Reading a corrupt entry returns an error ([`CacheError::is_corrupt`]). A caller may treat the
//! entry as missing; the next write quarantines it in [`TokenCache::state_dir`].
//!
//! # Limits
//!
//! - The crate accesses no network, clock or environment: the caller requests tokens, and passes
//!   the time and the directories.
//! - The AWS CLI and the AWS SDKs take no lock, so simultaneous refreshes are prevented only among
//!   programs that use this crate. If the refresh token is rejected, [`refresh()`] reads the cache
//!   again for up to three seconds.
//! - The locks work between processes on one machine, and across machines if the network file
//!   system supports locks ([`CacheEvent::LocksUnsupported`]).
//! - Unknown fields of other tools are kept only at the top level of a file, unchanged. Of several
//!   fields with the same name, only the last one is kept.
//! - On Windows, files inherit the permissions of their directory.

mod cache;
mod lock;
pub mod locked;
pub mod refresh;
mod removal;
pub mod reserved;
pub mod scan;

pub mod key;
mod registration;
pub mod role_credentials;
mod token;

pub mod failed_refresh;
mod freshness;
pub mod last_sign_in;
pub mod refusal;
pub mod resolved_region;
mod shared_state;
mod state_dir;
mod state_file;
pub mod unconfirmed_client;

mod error;
mod event;
mod location;

mod entry;
mod fields;
mod json_object;

pub use cache::{LOCK_TIMEOUT, TokenCache};
pub use entry::Entry;
pub use error::{CacheError, Corruption};
pub use event::CacheEvent;
pub use freshness::{Freshness, REFRESH_WINDOW};
pub use key::CacheKey;
pub use location::EntryLocation;
pub use refresh::refresh;
pub use refusal::Refusal;
pub use registration::CachedRegistration;
pub use removal::{QuarantinedEntry, RemovedName, WriterWait};
pub use role_credentials::CachedRoleCredentials;
pub use shared_state::SharedStateLimits;
pub use token::CachedToken;

#[doc(no_inline)]
pub use locked_file::{Holder, LockError, LockedFile, Obstacle, ReadError, WriteError};

/// Compiles the examples in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
