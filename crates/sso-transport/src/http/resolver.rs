//! Resolution of host names with a timeout.

use std::net::IpAddr;
use std::sync::mpsc::sync_channel;
use std::thread;

use http::Uri;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Resolver of the operating system. It has no timeout, so a thread calls it, except for a literal
/// address. Where no thread can be started, the timeout does not apply: `DefaultResolver` would
/// panic there.
#[derive(Debug)]
pub(super) struct HostResolver;

impl Resolver for HostResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if has_literal_address(uri) {
            return resolve_without_timeout(uri, config);
        }
        let (sender, resolved) = sync_channel(1);
        let (uri_of_thread, config_of_thread) = (uri.clone(), config.clone());
        // Sending fails only after the timeout.
        let resolve =
            move || drop(sender.send(resolve_without_timeout(&uri_of_thread, &config_of_thread)));
        if thread::Builder::new().spawn(resolve).is_err() {
            return resolve_without_timeout(uri, config);
        }
        resolved
            .recv_timeout(*timeout.after)
            .unwrap_or(Err(ureq::Error::Timeout(timeout.reason)))
    }
}

fn resolve_without_timeout(uri: &Uri, config: &Config) -> Result<ResolvedSocketAddrs, ureq::Error> {
    DefaultResolver::default().resolve(uri, config, NextTimeout::default())
}

fn has_literal_address(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>().is_ok()
}
