//! Tests of the client with scripted responses, and with the emulator.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod script;

mod assume_role;
mod caller_identity;
mod error;
mod signature;

mod emulator;
