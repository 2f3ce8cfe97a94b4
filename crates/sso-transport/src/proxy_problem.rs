//! Reasons why a proxy did not connect to a host.

use std::fmt;

/// Reason why a proxy did not connect to a host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyProblem {
    /// The proxy refused the request with this status, or redirected it.
    Status(u16),

    /// The proxy requires authentication (status 407).
    Authentication {
        /// Authentication schemes that the proxy accepts, such as `Negotiate`.
        schemes: Vec<String>,
        /// True if the request contained a user name or a password.
        has_credentials: bool,
    },

    /// The proxy closed the connection.
    Closed,

    /// The response is not HTTP.
    NotHttp,

    /// The headers of the response exceed the size limit.
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },

    /// The proxy accepted the request, but sent content of its own instead of the host's, such as the
    /// page of a captive portal.
    OwnContent,

    /// The URL of the proxy begins with `https://`, but the proxy does not use TLS.
    NoTls,
}

impl ProxyProblem {
    /// Returns whether the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Closed => true,
            // 511 means that the network requires a login (RFC 6585 §6).
            Self::Status(status) => *status >= 500 && *status != 511 || matches!(status, 408 | 429),
            _ => false,
        }
    }

    /// Returns whether the proxy accepts only authentication schemes that are not supported.
    #[must_use]
    pub fn is_unsupported_scheme(&self) -> bool {
        let Self::Authentication { schemes, .. } = self else {
            return false;
        };
        !schemes.is_empty() && !schemes.iter().any(|it| it.eq_ignore_ascii_case("Basic"))
    }
}

impl fmt::Display for ProxyProblem {
    /// Writes a main clause about the proxy, which is "it".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "it responded with status {status}"),
            Self::Authentication { schemes, .. } if self.is_unsupported_scheme() => {
                let schemes = schemes.join(" or ");
                write!(
                    f,
                    "it requires {schemes} authentication, which is not supported (status 407)"
                )
            }
            Self::Authentication {
                has_credentials: true,
                ..
            } => f.write_str("it does not accept the user name or the password (status 407)"),
            Self::Authentication { .. } => {
                f.write_str("it requires a user name and a password (status 407)")
            }
            Self::Closed => f.write_str("it closed the connection without a response"),
            Self::NotHttp => f.write_str("its response is not HTTP"),
            Self::TooLong { limit } => {
                write!(
                    f,
                    "the headers of its response are larger than {limit} bytes"
                )
            }
            Self::OwnContent => f.write_str("it sent content of its own instead"),
            Self::NoTls => f.write_str("it does not use TLS"),
        }
    }
}
