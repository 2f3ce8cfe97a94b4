//! Tests of the client with scripted responses, and with the emulator.

#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod script;

mod client;

mod registration;

mod device_authorization;

mod authorization_code;

mod token;

mod error;

mod emulator;
