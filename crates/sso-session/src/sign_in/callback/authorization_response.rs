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
}

pub(super) fn parse_request(
    request: &Request,
    state: &State,
) -> Result<AuthorizationResponse, Refusal> {
    if request.method != "GET" {
        return Err(Refusal::NotFound);
    }
    match request.target.split_once('?') {
        Some((CALLBACK_PATH, query)) => parse_query(query, state),
        _ => Err(Refusal::NotFound),
    }
}

/// Parses the query of the redirect URL. Refuses a query without the expected `state`.
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
    match (parameter("error"), parameter("code")) {
        (Some(error), _) => Ok(AuthorizationResponse::Refused {
            error,
            description: parameter("error_description"),
        }),
        (None, Some(code)) if !code.is_empty() => Ok(AuthorizationResponse::Code(code.into())),
        _ => Err(Refusal::Malformed),
    }
}
