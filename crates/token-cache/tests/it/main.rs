//! The caches, one module a file of `src`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cache;
mod leftovers;
mod locked;

mod key;
mod registration;
mod role_credentials;
mod token;

mod found;
mod freshness;
mod refresh;

mod home;
mod model;
