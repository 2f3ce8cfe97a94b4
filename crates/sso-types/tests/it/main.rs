//! Integration tests, one module for each file of `src`.

mod minutes;
mod sanitize;
mod secret;
mod session;
mod shown;
mod timestamp;
