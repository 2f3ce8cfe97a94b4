//! Tests of the transport against servers on the loopback address, one module per file of `src`.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod server;
mod tls;

mod http;
mod proxy;

mod endpoint;
mod retry;

mod response;
