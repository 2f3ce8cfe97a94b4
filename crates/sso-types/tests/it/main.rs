//! The types, one module a file of `src`.

mod secret;
mod session;
mod timestamp;
