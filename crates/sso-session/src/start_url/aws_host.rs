//! Hosts of the start URLs that AWS assigns.

use sso_types::Region;

/// Domains of AWS whose hosts may contain a Region, in the label before the domain. Sources: the
/// domains of the AWS CLI, the documents of AWS for each partition, and for the isolated partitions
/// the DNS suffixes in `partitions.json`. `amazonaws.com` itself also contains hosts of customers.
const REGIONAL_DOMAINS: [&str; 12] = [
    "us-gov-home.awsapps.com",
    "home.awsapps.cn",
    "portal.amazonaws.com",
    "portal.amazonaws.com.cn",
    "portal.amazonaws.eu",
    "portal.c2s.ic.gov",
    "portal.sc2s.sgov.gov",
    "portal.cloud.adc-e.uk",
    "portal.csp.hci.ic.gov",
    "app.aws",
    "app.amazonwebservices.com.cn",
    "api.amazonwebservices.eu",
];

/// Domains of AWS whose hosts contain no Region.
const OTHER_DOMAINS: [&str; 10] = [
    "awsapps.com",
    "awsapps.cn",
    "identitycenter.amazonaws.com",
    "identitycenter.us-gov.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.c2s.ic.gov",
    "identitycenter.sc2s.sgov.gov",
    "identitycenter.cloud.adc-e.uk",
    "identitycenter.csp.hci.ic.gov",
];

/// Host that belongs to AWS.
pub(super) struct AwsHost {
    pub(super) region: Option<Region>,
}

impl AwsHost {
    /// Returns the host of a URL in its normal form, if it is an https URL without a user and a port,
    /// and the domain belongs to AWS, whatever the other labels are.
    pub(super) fn of(normal_url: &str) -> Option<Self> {
        let host = host_of(normal_url)?;
        let mut regional = REGIONAL_DOMAINS.iter();
        if let Some(labels) = regional.find_map(|domain| labels_before(domain, host)) {
            let region = region_in(labels);
            return Some(Self { region });
        }
        let mut others = OTHER_DOMAINS.iter();
        let is_in_domain = others.any(|domain| labels_before(domain, host).is_some());
        is_in_domain.then_some(Self { region: None })
    }
}

fn host_of(normal_url: &str) -> Option<&str> {
    let host = normal_url.strip_prefix("https://")?.split('/').next()?;
    host.split('.').all(is_label).then_some(host)
}

fn is_label(label: &str) -> bool {
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !label.is_empty() && label.bytes().all(is_valid)
}

/// Returns the labels of `host` before `domain`, or `None` if it is in another domain.
fn labels_before<'a>(domain: &str, host: &'a str) -> Option<&'a str> {
    match host.strip_suffix(domain)? {
        "" => Some(""),
        labels => labels.strip_suffix('.'),
    }
}

/// Returns the last label if it has the form of a Region. The first label is a name or an ID.
fn region_in(labels: &str) -> Option<Region> {
    let (_, label) = labels.rsplit_once('.')?;
    let (words, number) = label.rsplit_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_region = is_number && words.contains('-');
    label.parse().ok().filter(|_| is_region)
}
