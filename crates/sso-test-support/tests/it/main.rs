//! The emulator's strictness, rule by rule, and the helpers of tests.

mod client;

mod authorize;
mod botocore;
mod browser;
mod device;
mod fault;
mod portal;
mod registration;
mod sts;
mod token;

mod proxy;
mod relay;

#[cfg(unix)]
mod running_program;
#[cfg(unix)]
mod terminal;
mod test_env;
#[cfg(unix)]
mod transcript;
