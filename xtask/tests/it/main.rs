//! Tests of the documents and of behaviour shared by all programs.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod page;
mod stubs;
mod user;

mod environment;
mod grammar;
mod guide;
mod hints;
mod hostile_hints;
mod hostile_text;
mod moving;
mod network_settings;
mod options;
mod precedence;
mod prompts;
mod proxy_url;
mod stdout;
