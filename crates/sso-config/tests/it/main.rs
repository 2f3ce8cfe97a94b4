//! Tests of the config and credentials files. Each module tests a module of `src`.
#![expect(clippy::unwrap_used, reason = "a test that cannot continue fails")]

mod chain;
mod configured;
mod diff;
mod edit;
mod environment;
mod files;
mod kind;
mod listing;
mod logger;
mod named;
mod network;
mod profile;
mod profile_path;
mod resolver;
mod sso_chain;
mod undo;
mod unknown_name;
