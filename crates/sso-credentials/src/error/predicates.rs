//! Questions that have yes or no for an answer.

use sso_oidc::OidcError;

use crate::Error;

impl Error {
    /// Whether nothing but a sign-in helps.
    #[must_use]
    pub fn is_sign_in_required(&self) -> bool {
        match self {
            Self::SignInRequired { .. } => true,
            Self::ClockOff { source, .. } => source.is_sign_in_required(),
            _ => false,
        }
    }

    /// Whether the server does not know the client that we registered as.
    pub(crate) fn is_registration_refused(&self) -> bool {
        match self {
            Self::Oidc { source, .. } => matches!(source, OidcError::InvalidClient(_)),
            Self::AuthorizationRefused { error, .. } => {
                matches!(error.as_str(), "invalid_client" | "unauthorized_client")
            }
            Self::ClockOff { source, .. } => source.is_registration_refused(),
            _ => false,
        }
    }

    /// Whether the portal does not take the token.
    pub(crate) fn is_unauthorized(&self) -> bool {
        match self {
            Self::Portal { source, .. } => source.is_unauthorized(),
            Self::ClockOff { source, .. } => source.is_unauthorized(),
            _ => false,
        }
    }
}
