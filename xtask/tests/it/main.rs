//! The documents as a newcomer follows them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod page;
mod stand_ins;
mod user;

mod grammar;
mod guide;
mod network_settings;
