//! Tests of the caches, one module for each file of `src`.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod cache;
mod locked;
mod removal;
mod reserved;
mod scan;
mod shared_state;
#[cfg(target_os = "linux")]
mod state_dir;

mod key;
mod registration;
mod role_credentials;
mod token;

mod early_refresh;
mod freshness;
mod protocol;
mod refresh;
mod refusal;
mod rejected_refresh;
mod resolved_region;

mod home;
mod model;
