//! Pages of the console.

use std::fmt;

use sso_transport::Partition;
use sso_types::Region;

use crate::error::DestinationError;
use crate::service::{Scope, Service};

/// URL of a page of the AWS console, in printable ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination(String);

impl Destination {
    /// Returns the home of the console in `region`. Without a Region, the console selects one.
    ///
    /// # Errors
    ///
    /// [`DestinationError::UnknownConsole`].
    pub fn home(partition: &Partition, region: Option<&Region>) -> Result<Self, DestinationError> {
        let domain = domain_of(partition)?;
        Ok(Self(match region {
            Some(region) => format!("https://{region}.{domain}/console/home?region={region}"),
            None => format!("https://{domain}/"),
        }))
    }

    /// Returns the page of a service in `region`. The Region is ignored for a global service.
    ///
    /// # Errors
    ///
    /// [`DestinationError::UnknownConsole`].
    pub fn of_service(
        service: &Service,
        partition: &Partition,
        region: Option<&Region>,
    ) -> Result<Self, DestinationError> {
        let domain = domain_of(partition)?;
        let (path, fragment) = match service.path.split_once('#') {
            Some((path, fragment)) => (path, format!("#{fragment}")),
            None => (service.path, String::new()),
        };
        Ok(Self(
            match region.filter(|_| service.scope == Scope::Regional) {
                Some(region) => {
                    format!("https://{region}.{domain}/{path}?region={region}{fragment}")
                }
                None => format!("https://{domain}/{path}{fragment}"),
            },
        ))
    }

    /// Checks a URL: an https URL on a host of the console of `partition`, in printable ASCII, without a
    /// user and a port.
    ///
    /// # Errors
    ///
    /// [`DestinationError`].
    pub fn parse(url: &str, partition: &Partition) -> Result<Self, DestinationError> {
        let domain = domain_of(partition)?;
        match problem(url, domain) {
            None => Ok(Self(url.to_owned())),
            Some(reason) => Err(DestinationError::InvalidUrl { reason }),
        }
    }

    /// Returns the URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn domain_of(partition: &Partition) -> Result<&'static str, DestinationError> {
    let domain = partition.console_domain();
    domain.ok_or_else(|| DestinationError::UnknownConsole {
        partition: partition.name(),
    })
}

/// Returns the reason why `url` is refused. The reason does not quote the URL.
fn problem(url: &str, domain: &str) -> Option<String> {
    const SCHEME: &str = "https://";
    // Browsers read a backslash as a slash.
    if !url.chars().all(|c| c.is_ascii_graphic() && c != '\\') {
        return Some(
            "it contains white space, a backslash, or a character that is not printable ASCII"
                .to_owned(),
        );
    }
    let scheme = url.get(..SCHEME.len());
    if !scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME)) {
        return Some("it does not start with https://".to_owned());
    }
    let rest = &url[SCHEME.len()..];
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        Some("it contains a user name or a password".to_owned())
    } else if authority.contains(':') {
        Some("it contains a port".to_owned())
    } else if is_in_domain(authority, domain) {
        None
    } else {
        Some(format!("its host is not in {domain}"))
    }
}

fn is_in_domain(host: &str, domain: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_valid);
    let labels = host.strip_suffix(domain);
    labels.is_some_and(|labels| labels.is_empty() || labels.ends_with('.'))
        && host.split('.').all(is_label)
}
