//! What the authorization server answered, in the target of a request.

use sso_oidc::State;
use sso_types::Secret;

use super::CALLBACK_PATH;
use super::request::{Refusal, Request};

/// What the authorization server answered: RFC 6749 §4.1.2.
#[derive(Debug)]
pub(crate) enum Answer {
    Code(Secret),
    Refused {
        error: String,
        description: Option<String>,
    },
}

/// Takes a request for an answer where it carries `state`.
pub(super) fn answer_in(request: &Request, state: &State) -> Result<Answer, Refusal> {
    if request.method != "GET" {
        return Err(Refusal::NotHere);
    }
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let parameter = |name| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    if path != CALLBACK_PATH || !parameter("state").is_some_and(|text| state.matches(&text)) {
        return Err(Refusal::NotHere);
    }
    match (parameter("error"), parameter("code")) {
        (Some(error), _) => Ok(Answer::Refused {
            error,
            description: parameter("error_description"),
        }),
        (None, Some(code)) if !code.is_empty() => Ok(Answer::Code(code.into())),
        _ => Err(Refusal::Malformed),
    }
}
