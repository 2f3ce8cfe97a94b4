//! Tests of the token of a session, its sign-in and its clients.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod browser_unavailable;
mod cache;
mod clients;
mod clock;
mod device_code;
mod early_refresh;
mod keys;
mod loopback;
mod registration;
mod server;
mod sign_in;
mod start_url;
mod token;
mod world;
