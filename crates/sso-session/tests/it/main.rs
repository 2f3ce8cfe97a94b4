//! Tests of the token of a session, its sign-in and its clients.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod cache;
mod clients;
mod clock;
mod device_code;
mod early_refresh;
mod error;
mod keys;
mod login_lock;
mod loopback;
mod portal_session;
mod refused_token;
mod registration;
mod request;
mod revocation;
mod server;
mod sign_in;
mod sign_out;
mod start_url;
mod status;
mod token;
mod typed_start_url;
mod world;
