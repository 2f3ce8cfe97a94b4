//! Next steps of the user after a failed sign-in, for the page in the browser and for messages.

use sso_oidc::OidcError;

use crate::error::{CREATE_TOKEN, Error};

impl Error {
    /// Returns the next step of the user after a failed sign-in, as an imperative sentence in lower case
    /// and without a period; `None` for errors of other operations, and if the error itself implies it.
    ///
    /// The user may repeat the sign-in with the command or in a dialog: the sentence applies to both.
    #[must_use]
    pub fn next_step(&self) -> Option<&'static str> {
        match self {
            Self::AuthorizationRefused { error, .. } => Some(match error.as_str() {
                "access_denied" => AFTER_DENIAL,
                "invalid_scope" => "check sso_registration_scopes",
                "server_error" | "temporarily_unavailable" => "sign in again in a minute",
                _ => "sign in with --use-device-code",
            }),
            Self::NotApproved {
                may_be_unknown_client: true,
                ..
            } => Some(
                "if the browser showed an error page, sign in again: it registers a new client",
            ),
            Self::NotApproved { .. } => Some("sign in again"),
            Self::Oidc {
                operation: CREATE_TOKEN,
                source,
            } if source.kms_problem().is_none() => after_request_for_token(source),
            Self::ClockOff { source, .. } => source.next_step(),
            _ => None,
        }
    }
}

const AFTER_DENIAL: &str = "sign in again, and allow the request in the browser; if you did, ask \
                            your administrator for access";

fn after_request_for_token(error: &OidcError) -> Option<&'static str> {
    match error {
        OidcError::AccessDenied(_) => Some(AFTER_DENIAL),
        OidcError::ExpiredToken(_) | OidcError::InvalidGrant(_) => {
            Some("sign in again, and approve the request before it expires")
        }
        _ => None,
    }
}
