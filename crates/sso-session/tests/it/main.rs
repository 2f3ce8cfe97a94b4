//! Tests of one session, with a module for each module of `src`.
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
