//! Shortcut links of the access portal.
//!
//! The link is the start URL of the access portal with a fragment, which the page itself reads:
//! `#/console?account_id=…&role_name=…&destination=…`. Source: "Creating shortcut links to AWS Management
//! Console destinations" in the IAM Identity Center User Guide.

use percent_encoding::utf8_percent_encode;
use sso_transport::{RESERVED, is_safe_web_url};
use sso_types::{AccountId, Region, RoleName, StartUrl};

use crate::destination::Destination;
use crate::error::ShortcutError;

/// Role in IAM Identity Center.
#[derive(Clone, Copy, Debug)]
pub struct Role<'a> {
    /// Start URL of the access portal.
    pub start_url: &'a StartUrl,
    /// Region of the IAM Identity Center instance.
    pub sso_region: &'a Region,
    /// Account.
    pub account_id: &'a AccountId,
    /// Role name, or the name of the permission set.
    pub role_name: &'a RoleName,
}

/// Returns the link that opens `destination`, or the home of the console, with `role`. It contains no
/// secret: the access portal asks for a sign-in if there is no session in the browser.
///
/// # Errors
///
/// [`ShortcutError`].
pub fn shortcut_link(
    role: &Role<'_>,
    destination: Option<&Destination>,
) -> Result<String, ShortcutError> {
    let start_url = role.start_url.as_str().trim();
    if !is_safe_web_url(start_url) {
        return Err(ShortcutError::InvalidStartUrl);
    }
    if !role.account_id.is_valid() {
        return Err(ShortcutError::InvalidAccountId);
    }
    let page = portal_page(start_url, role.sso_region);
    let encoded = |text| utf8_percent_encode(text, RESERVED);
    let destination = destination.map(|it| format!("&destination={}", encoded(it.as_str())));
    Ok(format!(
        "{page}#/console?account_id={}&role_name={}{}",
        encoded(role.account_id.as_str()),
        encoded(role.role_name.as_str()),
        destination.unwrap_or_default(),
    ))
}

/// Hosts of issuer URLs, with the domain of the access portal in a Region.
const ISSUERS: [(&str, &str); 4] = [
    ("identitycenter.amazonaws.com", "app.aws"),
    ("identitycenter.us-gov.amazonaws.com", "app.aws"),
    (
        "identitycenter.amazonaws.com.cn",
        "app.amazonwebservices.com.cn",
    ),
    ("identitycenter.amazonaws.eu", "api.amazonwebservices.eu"),
];

/// Returns the URL of the page that reads the fragment. Paths other than those of AWS stay as written,
/// because the redirect of a custom start URL may be for exactly this path.
fn portal_page(start_url: &str, region: &Region) -> String {
    let url = start_url.split(['#', '?']).next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let trimmed = path.trim_end_matches('/');
    if let Some(page) = page_of_issuer(authority, trimmed, region) {
        return page;
    }
    match trimmed {
        "" | "/start" => format!("{scheme}://{authority}{trimmed}/"),
        // The portal of China and of AWS GovCloud (US) has no slash after the name.
        _ if trimmed.starts_with("/directory/") => format!("{scheme}://{authority}{trimmed}"),
        _ => url.to_owned(),
    }
}

/// Returns the access portal of an issuer URL: `https://identitycenter.amazonaws.com/ssoins-ID`.
fn page_of_issuer(authority: &str, path: &str, region: &Region) -> Option<String> {
    let host = authority.to_ascii_lowercase();
    let (_, domain) = ISSUERS.iter().find(|(issuer, _)| *issuer == host)?;
    let instance = path.strip_prefix('/')?;
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_instance = instance.starts_with("ssoins-") && instance.bytes().all(is_id);
    is_instance.then(|| format!("https://{instance}.portal.{region}.{domain}/"))
}
