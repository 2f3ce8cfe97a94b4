//! The client against a script of answers, one module a file of `src`, and against the emulator.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod script;

mod assume_role;
mod error;
mod signature;

mod emulator;
