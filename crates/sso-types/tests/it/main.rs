//! The types, one module a file of `src`.

mod sanitize;
mod secret;
mod session;
mod timestamp;
