//! Tests of the sign-in, the token and the sign-out of a session.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod browser_unavailable;
mod cache;
mod clients;
mod keys;
mod loopback;
mod sign_in;
mod start_url;
mod token;
mod world;
