//! Credential sources other than IAM Identity Center.

use std::fmt;

/// Kind of a credential source other than IAM Identity Center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceKind {
    /// Access keys in one of the files.
    AccessKeys,
    /// An access key ID without a secret access key, which programs reject.
    IncompleteKeys,
    /// A `credential_process` of another program than `export-credentials`.
    Process,
    /// A web identity.
    WebIdentity,
    /// A `credential_source`.
    CredentialSource,
    /// A `login_session` of `aws login`.
    LoginSession,
    /// No credential keys at all.
    Nothing,
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKeys => "access keys",
            Self::IncompleteKeys => "an access key ID without a secret access key",
            Self::Process => "a credential_process of another program",
            Self::WebIdentity => "web_identity_token_file",
            Self::CredentialSource => "credential_source",
            Self::LoginSession => "login_session",
            Self::Nothing => "no credentials",
        })
    }
}
