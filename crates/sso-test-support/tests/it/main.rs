//! The emulator's strictness, rule by rule, and the helpers of tests.

mod client;

mod browser;
mod device;
mod token;
