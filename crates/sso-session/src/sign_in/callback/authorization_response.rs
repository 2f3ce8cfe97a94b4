use sso_oidc::State;
use sso_types::Secret;

use super::CALLBACK_PATH;
use crate::loopback_server::{Refusal, Request};

/// Authorization response: RFC 6749 §4.1.2.
#[derive(Debug)]
pub(crate) enum AuthorizationResponse {
    Code(Secret),
    Refused {
        error: String,
        description: Option<String>,
    },
    /// Not a response: the user cancelled the sign-in.
    Cancelled,
}

/// Request with the expected `state`.
pub(super) enum Received {
    Response(AuthorizationResponse),
    /// HEAD request, which is not the redirect itself.
    Probe,
}

pub(super) fn parse_request(request: &Request, state: &State) -> Result<Received, Refusal> {
    let Some((CALLBACK_PATH, query)) = request.target.split_once('?') else {
        return Err(Refusal::NotFound);
    };
    match request.method.as_str() {
        "GET" => parse_query(query, state).map(Received::Response),
        "HEAD" => parse_query(query, state).map(|_| Received::Probe),
        _ => Err(Refusal::NotFound),
    }
}

/// Parses the query of the redirect URL. Refuses a query without the expected `state`. An empty error
/// does not count if there is a code (RFC 6749 §3.1).
pub(super) fn parse_query(query: &str, state: &State) -> Result<AuthorizationResponse, Refusal> {
    let parameter = |name| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    if !parameter("state").is_some_and(|text| state.matches(&text)) {
        return Err(Refusal::NotFound);
    }
    let refused = |error| AuthorizationResponse::Refused {
        error,
        description: parameter("error_description"),
    };
    let code = parameter("code").filter(|code| !code.is_empty());
    match (parameter("error"), code) {
        (Some(error), None) => Ok(refused(error)),
        (Some(error), Some(_)) if !error.is_empty() => Ok(refused(error)),
        (_, Some(code)) => Ok(AuthorizationResponse::Code(code.into())),
        (None, None) => Err(Refusal::Malformed),
    }
}
