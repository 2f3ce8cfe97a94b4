//! Proxy settings.

use std::net::IpAddr;

use http::Uri;
use sso_types::Secret;
use ureq::ProxyProtocol;

use crate::endpoint::is_loopback;
use crate::error::TransportError;

/// Proxies in the form of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
///
/// The URL of a proxy consists of `http://` or `https://`, a host, and optionally a port and a user
/// name with a password; `HOST:PORT` is also valid. It is a [`Secret`] because it may contain a
/// password.
#[derive(Clone, Debug, Default)]
pub struct ProxySettings {
    /// Proxy for `http://` requests.
    pub http: Option<Secret>,
    /// Proxy for `https://` requests.
    pub https: Option<Secret>,
    /// Hosts that bypass the proxy, separated by commas or spaces: names (which include their
    /// subdomains, with or without a leading dot or `*.`), IP addresses, networks such as
    /// `10.0.0.0/8`, or `*` for all. Names and addresses may end in `:PORT`. Loopback addresses
    /// always bypass the proxy unless `<-loopback>` is an entry.
    pub no_proxy: Option<String>,
}

pub(super) struct Proxy {
    /// `HOST:PORT`.
    pub(super) name: String,
    pub(super) setting: ureq::Proxy,
}

impl ProxySettings {
    /// Returns whether a request to `target` uses a proxy.
    #[must_use]
    pub fn apply_to(&self, target: &Uri) -> bool {
        self.setting_for(target).is_some()
    }

    pub(super) fn choose(&self, target: &Uri) -> Result<Option<Proxy>, TransportError> {
        self.setting_for(target).map(parse).transpose()
    }

    fn setting_for(&self, target: &Uri) -> Option<&str> {
        let (setting, default_port) = match target.scheme_str() {
            Some("https") => (&self.https, 443),
            _ => (&self.http, 80),
        };
        let setting = setting.as_ref()?.expose().trim();
        let port = target.port_u16().unwrap_or(default_port);
        (!setting.is_empty() && !self.bypasses(target.host()?, port)).then_some(setting)
    }

    fn bypasses(&self, host: &str, port: u16) -> bool {
        let no_proxy = self.no_proxy.as_deref().unwrap_or_default();
        let mut entries = no_proxy.split([',', ' ', '\t']);
        if is_loopback(host) && entries.clone().all(|entry| entry != "<-loopback>") {
            return true;
        }
        let host = bare_host(host);
        entries.any(|entry| covers(entry, host, port))
    }
}

fn bare_host(host: &str) -> &str {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .trim_end_matches('.')
}

fn covers(entry: &str, host: &str, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    let (entry, only_port) = split_port(entry);
    if only_port.is_some_and(|only| only != port) {
        return false;
    }
    match host.parse::<IpAddr>() {
        Ok(address) => covers_address(bare_host(entry), address),
        Err(_) => covers_name(bare_host(entry), host),
    }
}

fn split_port(entry: &str) -> (&str, Option<u16>) {
    let is_address = entry.parse::<IpAddr>().is_ok();
    entry
        .rsplit_once(':')
        .filter(|_| !is_address)
        .and_then(|(host, port)| Some((host, Some(port.parse().ok()?))))
        .unwrap_or((entry, None))
}

fn covers_name(entry: &str, host: &str) -> bool {
    let name = entry.trim_start_matches('*').trim_start_matches('.');
    let Some(start) = host.len().checked_sub(name.len()) else {
        return false;
    };
    // Compared as bytes because `start` may be inside a character.
    let (parent, suffix) = host.as_bytes().split_at(start);
    !name.is_empty()
        && suffix.eq_ignore_ascii_case(name.as_bytes())
        && (parent.is_empty() || parent.ends_with(b"."))
}

fn covers_address(entry: &str, address: IpAddr) -> bool {
    let Some((network, length)) = entry.split_once('/') else {
        return entry.parse() == Ok(address);
    };
    match (network.parse(), address, length.parse()) {
        (Ok(IpAddr::V4(network)), IpAddr::V4(address), Ok(length @ 0..=32)) => {
            let differing = network.to_bits() ^ address.to_bits();
            differing.leading_zeros() >= length
        }
        (Ok(IpAddr::V6(network)), IpAddr::V6(address), Ok(length @ 0..=128)) => {
            let differing = network.to_bits() ^ address.to_bits();
            differing.leading_zeros() >= length
        }
        _ => false,
    }
}

fn parse(setting: &str) -> Result<Proxy, TransportError> {
    let bad_proxy = |reason| TransportError::BadProxy { reason };
    let proxy = ureq::Proxy::new(setting).map_err(|_| bad_proxy("it is not a proxy URL"))?;
    match proxy.protocol() {
        ProxyProtocol::Http | ProxyProtocol::Https => Ok(Proxy {
            name: format!("{}:{}", proxy.host(), proxy.port()),
            setting: proxy,
        }),
        _ => Err(bad_proxy("only http:// and https:// proxies are supported")),
    }
}
