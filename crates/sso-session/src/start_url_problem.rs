//! Problems of start URLs that a user has typed.

/// Reason why a text is not a start URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartUrlProblem {
    /// It contains a character that is not allowed in a URL, for example an invisible one.
    #[error("it contains the character U+{:04X}, which is not allowed there", u32::from(*.0))]
    Character(char),
    /// It contains a user name or a password.
    #[error("it contains a user name or a password")]
    User,
    /// It contains a query.
    #[error("it contains a query")]
    Query,
    /// Its host is not a host name or an IP address.
    #[error("its host name is not valid")]
    Host,
    /// Its port is not a number from 1 to 65535.
    #[error("its port is not valid")]
    Port,
    /// It is the URL of another page of AWS, such as the console.
    #[error("it is the URL of another page of AWS")]
    OtherPage,
    /// It would be a start URL with the scheme https.
    #[error("not an https URL")]
    Scheme,
    /// It is not a URL.
    #[error("not an https URL")]
    NotAUrl,
}
