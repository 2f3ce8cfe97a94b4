//! SSO sessions: start URL, Region and scopes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::shown::shown_url;
use crate::text::plain_text;

plain_text! {
    /// The name of an `[sso-session NAME]` section.
    SessionName
}

plain_text! {
    /// A scope of a client registration, such as `sso:account:access`.
    RegistrationScope
}

/// The URL of an access portal, exactly as in the config file. It is never normalised, since the key of a
/// cached token is a hash of this text.
///
/// `Display` and `Debug` mask a user name, a password, a query, and a fragment with a secret, like
/// [`shown_in_text`](crate::shown_in_text). A URL without these is shown exactly.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StartUrl(String);

impl StartUrl {
    /// Returns the text, unchanged. Use this for requests, files and comparisons; messages and lists show
    /// the URL by `Display`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for StartUrl {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for StartUrl {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for StartUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown_url(&self.0))
    }
}

impl fmt::Debug for StartUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StartUrl")
            .field(&shown_url(&self.0))
            .finish()
    }
}

/// The AWS Region of an IAM Identity Center instance, in a form that is valid in a host name: 1 to
/// 63 ASCII letters, digits and hyphens, without a hyphen at either end, and not only digits.
///
/// Regions that do not exist are accepted too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

/// Error for text that cannot be a Region. The error does not contain the text, which may be a
/// secret that the user pasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a Region consists of letters, digits and hyphens, for example us-east-1")]
#[non_exhaustive]
pub struct InvalidRegion;

impl Region {
    /// Returns the text, unchanged.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, InvalidRegion> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for Region {
    type Error = InvalidRegion;

    fn try_from(text: String) -> Result<Self, InvalidRegion> {
        if is_host_label(&text) {
            Ok(Self(text))
        } else {
            Err(InvalidRegion)
        }
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns whether `text` is a host name label (RFC 1123 §2.1) that is not a number.
fn is_host_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.bytes().all(|byte| byte.is_ascii_digit())
}
