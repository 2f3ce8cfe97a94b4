//! The client against a script of answers, one module a file of `src`, and against the emulator.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod script;

mod client;

mod registration;

mod device_authorization;

mod authorization_code;

mod token;

mod error;

mod emulator;
