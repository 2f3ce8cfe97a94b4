use std::collections::HashSet;

use sso_oidc::{Pkce, State};

use super::script::Script;

#[test]
fn a_challenge_matches_rfc_7636() {
    // RFC 7636, appendix B.
    let pkce = Pkce::from_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
    assert_eq!(
        pkce.challenge,
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

#[test]
fn verifiers_are_valid_and_unique() {
    let verifiers: HashSet<_> = (0..100)
        .map(|_| Pkce::generate().unwrap().verifier.expose().to_owned())
        .collect();
    assert_eq!(verifiers.len(), 100);
    for verifier in verifiers {
        assert_eq!(verifier.len(), 43);
        assert!(
            verifier
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        );
    }
}

fn authorize_url(state: &State, pkce: &Pkce) -> (String, Vec<(String, String)>) {
    let script = Script::new([]);
    let scopes = ["sso:account:access".into(), "b".into()];
    let redirect_uri = "http://127.0.0.1:4711/oauth/callback";
    let url = script
        .client()
        .authorize_url(&"C&D".into(), redirect_uri, &scopes, state, pkce)
        .unwrap();
    let (page, query) = url.split_once('?').unwrap();
    let query = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    (page.to_owned(), query)
}

#[test]
fn an_authorization_url_has_the_expected_parameters() {
    let state = State::generate().unwrap();
    let pkce = Pkce::generate().unwrap();
    let (page, query) = authorize_url(&state, &pkce);
    assert_eq!(page, "https://oidc.example/base/authorize");
    let names: Vec<_> = query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "response_type",
            "client_id",
            "redirect_uri",
            "state",
            "code_challenge_method",
            "scopes",
            "code_challenge"
        ]
    );
    let value = |name| &query.iter().find(|(other, _)| other == name).unwrap().1;
    assert_eq!(value("response_type"), "code");
    assert_eq!(value("client_id"), "C%26D");
    assert_eq!(
        value("redirect_uri"),
        "http%3A%2F%2F127.0.0.1%3A4711%2Foauth%2Fcallback"
    );
    assert!(state.matches(value("state")));
    assert_eq!(value("code_challenge_method"), "S256");
    assert_eq!(value("scopes"), "sso%3Aaccount%3Aaccess%20b");
    assert_eq!(*value("code_challenge"), pkce.challenge);
    assert!(
        query
            .iter()
            .all(|(_, value)| value != pkce.verifier.expose())
    );
}

#[test]
fn a_state_matches_only_itself() {
    let state = State::generate().unwrap();
    let (_, query) = authorize_url(&state, &Pkce::generate().unwrap());
    let own = query
        .into_iter()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1;
    assert!(own.len() >= 22, "{own} has less than 128 bits");
    assert!(state.matches(&own));
    let shorter = &own[..own.len() - 1];
    for other in [
        "",
        shorter,
        &format!("{own}x"),
        &format!("{shorter}~"),
        &own.to_lowercase(),
    ] {
        assert!(!state.matches(other), "{other}");
    }
    assert!(!State::generate().unwrap().matches(&own));
}

#[test]
fn debug_redacts_the_state_and_the_verifier() {
    let state = State::generate().unwrap();
    let pkce = Pkce::generate().unwrap();
    let shown = format!("{state:?} {pkce:?}");
    assert_eq!(shown.matches("[redacted]").count(), 2, "{shown}");
    assert!(!shown.contains(pkce.verifier.expose()), "{shown}");
}
