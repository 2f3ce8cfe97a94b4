//! Integration tests of the emulator, with a module for each service and rule set.

mod client;

mod authorize;
mod botocore;
mod caller_identity;
mod device;
mod fault;
mod federation;
mod pages;
mod portal;
mod registration;
mod sts;
mod token;

#[cfg(feature = "cli")]
mod cli;
#[cfg(all(feature = "cli", unix))]
mod shell;
