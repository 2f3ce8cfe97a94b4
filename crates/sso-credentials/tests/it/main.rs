//! Integration tests, with a module for each module of `src`.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod accounts;
mod aws;
mod caller_identity;
mod credentials;
mod endpoint;
mod keys;
mod pace;
mod provider;
mod role_provider;
mod world;
