//! Proxy settings.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use sso_types::NamedSecret;
use ureq::ProxyProtocol;

use crate::endpoint::is_loopback;
use crate::error::TransportError;

/// Proxies in the form of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
///
/// The URL of a proxy consists of `http://` or `https://`, a host, and optionally a port and a user
/// name with a password; `HOST:PORT` is also valid. It is a secret because it may contain a
/// password. In each value, U+FFFD stands for bytes that are not Unicode. An invalid value is an
/// error of the requests that use it, with the name of the setting and no part of the value.
#[derive(Clone, Debug, Default)]
pub struct ProxySettings {
    /// Proxy for `http://` requests.
    pub http: Option<NamedSecret>,
    /// Proxy for `https://` requests.
    pub https: Option<NamedSecret>,
    /// Hosts that bypass the proxy, separated by commas or white space: names (which include their
    /// subdomains, with or without a leading dot or `*.`), IP addresses, networks such as
    /// `10.0.0.0/8`, or `*` for all. Names and addresses may end in `:PORT`. Loopback addresses
    /// always bypass the proxy unless `<-loopback>` is an entry.
    pub no_proxy: Option<NamedSecret>,
}

pub(super) struct Proxy {
    /// `HOST:PORT`.
    pub(super) name: String,
    /// Setting that contains its URL.
    pub(super) variable: String,
    pub(super) setting: ureq::Proxy,
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} in {}", self.name, self.variable)
    }
}

impl ProxySettings {
    /// Returns whether a request to `target` uses a proxy.
    #[must_use]
    pub fn apply_to(&self, target: &Uri) -> bool {
        self.setting_for(target).is_some()
    }

    pub(super) fn choose(&self, target: &Uri) -> Result<Option<Proxy>, TransportError> {
        if self.setting(target).is_some()
            && let Some(no_proxy) = &self.no_proxy
        {
            check_no_proxy(no_proxy.value.expose()).map_err(|reason| bad(no_proxy, reason))?;
        }
        let setting = self.setting_for(target);
        setting
            .map(|setting| parse(setting).map_err(|reason| bad(setting, reason)))
            .transpose()
    }

    fn setting_for(&self, target: &Uri) -> Option<&NamedSecret> {
        let (setting, default_port) = self.setting(target)?;
        let port = target.port_u16().unwrap_or(default_port);
        (!self.bypasses(target.host()?, port)).then_some(setting)
    }

    /// Returns the proxy for the scheme of `target`, and the default port of the scheme.
    fn setting(&self, target: &Uri) -> Option<(&NamedSecret, u16)> {
        let (setting, default_port) = match target.scheme_str() {
            Some("https") => (&self.https, 443),
            _ => (&self.http, 80),
        };
        let setting = setting.as_ref()?;
        (!setting.value.expose().trim().is_empty()).then_some((setting, default_port))
    }

    fn bypasses(&self, host: &str, port: u16) -> bool {
        let no_proxy = self.no_proxy.as_ref().map(|setting| setting.value.expose());
        let mut entries = entries(no_proxy.unwrap_or_default());
        if is_loopback(host) && entries.clone().all(|entry| entry != "<-loopback>") {
            return true;
        }
        let host = bare_host(host);
        entries.any(|entry| covers(entry, host, port))
    }
}

fn bad(setting: &NamedSecret, reason: &'static str) -> TransportError {
    TransportError::BadProxy {
        name: setting.name.clone(),
        reason,
    }
}

fn entries(no_proxy: &str) -> impl Iterator<Item = &str> + Clone {
    no_proxy.split(|it: char| it == ',' || it.is_whitespace())
}

/// Rejects an impossible port, because its entry would silently match nothing.
fn check_no_proxy(no_proxy: &str) -> Result<(), &'static str> {
    check_unicode(no_proxy)?;
    if entries(no_proxy).any(has_invalid_port) {
        return Err("the port of an entry is not a number from 1 to 65535");
    }
    Ok(())
}

fn has_invalid_port(entry: &str) -> bool {
    // An IPv6 address may have a zone, such as `fe80::1%eth0`.
    let address = entry.split('%').next().unwrap_or_default();
    let is_address = address.parse::<IpAddr>().is_ok() || entry.contains('/');
    let port = entry.rsplit_once(':').filter(|_| !is_address);
    port.is_some_and(|(_, port)| !entry.ends_with(']') && parse_port(port).is_none())
}

fn check_unicode(value: &str) -> Result<(), &'static str> {
    if value.contains(char::REPLACEMENT_CHARACTER) {
        return Err("it is not valid Unicode");
    }
    Ok(())
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
        .and_then(|(host, port)| Some((host, Some(parse_port(port)?))))
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
    match (bare_host(network).parse(), address, length.parse()) {
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

fn parse(setting: &NamedSecret) -> Result<Proxy, &'static str> {
    let url = setting.value.expose().trim();
    check_url(url)?;
    let proxy = ureq::Proxy::new(url).map_err(|_| INVALID_URL)?;
    match proxy.protocol() {
        ProxyProtocol::Http | ProxyProtocol::Https => Ok(Proxy {
            name: format!("{}:{}", proxy.host(), proxy.port()),
            variable: setting.name.clone(),
            setting: proxy,
        }),
        _ => Err(UNSUPPORTED_SCHEME),
    }
}

const INVALID_URL: &str = "it is not a proxy URL";

const UNSUPPORTED_SCHEME: &str = "only http:// and https:// proxies are supported";

/// Checks the parts that the parser of ureq accepts although they are invalid. It replaces an
/// impossible port with the default. If a password contains `/`, `?` or `#`, it takes the user name
/// for the host, which errors would show.
fn check_url(url: &str) -> Result<(), &'static str> {
    check_unicode(url)?;
    let after_scheme = match url.split_once("://") {
        Some((scheme, _)) if !is_supported(scheme) => return Err(UNSUPPORTED_SCHEME),
        Some((_, after_scheme)) => after_scheme,
        None => url,
    };
    let end = after_scheme.find(['/', '?', '#']);
    let (authority, path) = after_scheme.split_at(end.unwrap_or(after_scheme.len()));
    if path.contains('@') {
        return Err("special characters in its user name or password are not percent-encoded");
    }
    let host = authority.rsplit('@').next().unwrap_or_default();
    match split_host(host) {
        None | Some(("", _)) => Err(INVALID_URL),
        Some((_, "")) => Ok(()),
        Some((_, colon_and_port)) => {
            let port = colon_and_port.strip_prefix(':').and_then(parse_port);
            port.map(drop)
                .ok_or("its port is not a number from 1 to 65535")
        }
    }
}

fn is_supported(scheme: &str) -> bool {
    ["http", "https"]
        .iter()
        .any(|supported| scheme.eq_ignore_ascii_case(supported))
}

/// Splits before the colon and the port, which may be missing. Returns `None` if a bracket is not
/// closed.
fn split_host(host: &str) -> Option<(&str, &str)> {
    let end = if host.starts_with('[') {
        host.find(']')? + 1
    } else {
        host.find(':').unwrap_or(host.len())
    };
    Some(host.split_at(end))
}

fn parse_port(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let port = text.parse().ok().filter(|_| is_number);
    port.filter(|port| *port != 0)
}
