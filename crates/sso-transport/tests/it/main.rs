//! The transport, one module a file of `src`, against servers on the loopback address.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod server;
mod tls;

mod http;
mod proxy;

mod endpoint;
mod retry;

mod response;
