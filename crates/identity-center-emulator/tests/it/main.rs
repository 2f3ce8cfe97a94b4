//! The emulator's strictness, rule by rule.

mod client;

mod authorize;
mod botocore;
mod device;
mod fault;
mod pages;
mod portal;
mod registration;
mod sts;
mod token;

#[cfg(feature = "cli")]
mod cli;
