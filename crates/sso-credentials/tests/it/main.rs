//! The steps between a profile and its credentials, one module a module of `src`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod config_edit;
mod config_files;
mod configured;
mod credential_chain;
mod credential_endpoint;
mod credentials_provider;
mod diff;
mod environment;
mod loopback;
mod obstacle;
mod profile;
mod role_credentials_provider;
mod service_clients;
mod sign_in;
mod start_url;
mod token_provider;
mod world;
