//! Tokens that the service refuses, and scopes that a client lacks.

use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_session::{Error, SignInReason, TokenProvider};
use sso_test_support::TestEnv;
use token_cache::CachedToken;

use crate::token::reason;
use crate::world::{MINUTE, WINDOW, World};

const OTHER_REGISTRATION: &str = "00000000000000000000000000000000000000aa.json";
const OWN_REGISTRATION: &str = "00000000000000000000000000000000000000bb.json";

/// Removes the refresh token from the token file.
fn make_not_refreshable(world: &World) {
    let path = world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let mut file = world.home.read_json(path);
    file["refreshToken"] = json!(null);
    world.home.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &file);
}

/// Lists the accounts with a token of `tokens`.
fn list_accounts(world: &World, tokens: &TokenProvider<'_>) -> Result<CachedToken, Error> {
    let clients = world.clients();
    let request = |token: &CachedToken| {
        let portal = clients.portal(tokens.region_of(token))?;
        let accounts: Result<Vec<_>, _> = portal.list_accounts(&token.access_token).collect();
        let operation = "ListAccounts";
        let listed = accounts.map_err(|source| Error::Portal { operation, source });
        listed.map(|_| token.clone())
    };
    tokens.with_token(request, Error::is_unauthorized)
}

/// Returns the number of requests for `ListAccounts`, and of refreshes.
fn requests(world: &World) -> [usize; 2] {
    let refreshes = world.center.count_grants(REFRESH_TOKEN);
    [world.center.count(Operation::ListAccounts), refreshes]
}

/// Checks that the next process requires a sign-in for this reason, without a request.
fn assert_remembered(world: &World, expected: SignInReason) {
    world.center.forget_requests();
    let clients = world.clients();
    for _ in 0..2 {
        let error = world.tokens(&clients).token().unwrap_err();
        assert_eq!(reason(&error), Some(expected), "{error}");
    }
    assert!(world.center.requests().is_empty());
}

#[test]
fn a_rejected_token_is_replaced_once() {
    let world = World::new();
    let old = world.sign_in_with_left(60 * MINUTE);
    let clients = world.clients();
    let tokens = world.tokens(&clients);
    let used = list_accounts(&world, &tokens).unwrap();
    assert_eq!(used.access_token.expose(), old.access_token);
    assert_eq!(requests(&world), [1, 0]);

    world.center.revoke_access_tokens();
    let used = list_accounts(&world, &tokens).unwrap();
    assert_ne!(used.access_token.expose(), old.access_token);
    assert_eq!(world.cached_token(), Some(used));
    assert_eq!(requests(&world), [3, 1]);
}

#[test]
fn an_error_that_is_not_a_rejection_is_returned_without_a_refresh() {
    for fault in [
        Fault::portal("ForbiddenException"),
        Fault::Status(500, json!({})),
        Fault::CaptivePortal,
    ] {
        let world = World::new();
        world.sign_in_with_left(60 * MINUTE);
        world.center.fail_always(Operation::ListAccounts, fault);
        let clients = world.clients();
        let error = list_accounts(&world, &world.tokens(&clients)).unwrap_err();
        assert!(matches!(error, Error::Portal { .. }), "{error}");
        assert_eq!(requests(&world), [1, 0]);
    }
}

#[test]
fn an_error_after_the_replacement_of_the_token_is_returned() {
    let world = World::new();
    world.sign_in_with_left(60 * MINUTE);
    let center = &world.center;
    center.fail_next(
        Operation::ListAccounts,
        Fault::portal("UnauthorizedException"),
    );
    center.fail_next(Operation::ListAccounts, Fault::portal("ForbiddenException"));
    let clients = world.clients();
    let tokens = world.tokens(&clients);
    let error = list_accounts(&world, &tokens).unwrap_err();
    assert!(matches!(error, Error::Portal { .. }), "{error}");
    assert_eq!(requests(&world), [2, 1]);
    assert_eq!(tokens.token().ok(), world.cached_token());
}

#[test]
fn a_rejected_replacement_requires_a_sign_in_and_is_remembered() {
    let world = World::new();
    world.sign_in_with_left(60 * MINUTE);
    let rejected = Fault::portal("UnauthorizedException");
    world.center.fail_always(Operation::ListAccounts, rejected);
    let clients = world.clients();
    let tokens = world.tokens(&clients);
    let error = list_accounts(&world, &tokens).unwrap_err();
    assert_eq!(reason(&error), Some(SignInReason::Revoked), "{error}");
    assert_eq!(requests(&world), [2, 1]);

    world.center.forget_requests();
    let error = list_accounts(&world, &tokens).unwrap_err();
    assert!(error.is_sign_in_required(), "{error}");
    assert!(world.center.requests().is_empty());
}

#[test]
fn a_rejected_token_that_cannot_be_refreshed_is_remembered() {
    let world = World::new();
    world.sign_in_with_left(60 * MINUTE);
    make_not_refreshable(&world);
    world.center.revoke_access_tokens();
    let clients = world.clients();
    let error = list_accounts(&world, &world.tokens(&clients)).unwrap_err();
    assert_eq!(reason(&error), Some(SignInReason::Revoked), "{error}");
    assert_remembered(&world, SignInReason::Revoked);
}

#[test]
fn a_rejected_token_of_an_ended_session_is_remembered() {
    let world = World::new();
    world.sign_in_with_left(60 * MINUTE);
    world.center.end_session();
    let clients = world.clients();
    let error = list_accounts(&world, &world.tokens(&clients)).unwrap_err();
    assert_eq!(reason(&error), Some(SignInReason::SessionEnded), "{error}");
    assert_remembered(&world, SignInReason::SessionEnded);
}

#[test]
fn a_refused_refresh_token_is_remembered_until_another_token_is_cached() {
    let check = |fault: Fault| {
        let world = World::new();
        world.sign_in_with_left(Duration::ZERO);
        world.center.fail_always(Operation::CreateToken, fault);
        let clients = world.clients();
        let tokens = world.tokens(&clients);
        let error = tokens.token().unwrap_err();
        assert_eq!(reason(&error), Some(SignInReason::SessionEnded), "{error}");
        assert_remembered(&world, SignInReason::SessionEnded);

        world.center.clear_faults();
        world
            .home
            .plant_my_sso(&world.center.sign_in(&["sso:account:access"]));
        assert_eq!(tokens.token_valid_for(WINDOW).ok(), world.cached_token());
    };
    check(Fault::oidc("invalid_grant"));
    check(Fault::oidc("invalid_client"));
    check(Fault::oidc("access_denied"));
}

#[test]
fn a_temporary_failure_of_a_refresh_is_not_remembered() {
    for fault in [Fault::Status(503, json!({})), Fault::oidc("server_error")] {
        let world = World::new();
        world.sign_in_with_left(Duration::ZERO);
        world.center.fail_always(Operation::CreateToken, fault);
        let clients = world.clients();
        let tokens = world.tokens(&clients);
        let error = tokens.token().unwrap_err();
        assert_eq!(reason(&error), None, "{error}");
        world.center.clear_faults();
        tokens.token().unwrap();
    }
}

#[test]
fn a_token_with_a_refused_refresh_token_is_used_until_it_expires() {
    let world = World::new();
    let old = world.sign_in_with_left(MINUTE);
    let refused = Fault::oidc("invalid_grant");
    world.center.fail_always(Operation::CreateToken, refused);
    let clients = world.clients();
    let tokens = world.tokens(&clients);
    tokens.token().unwrap();
    world.center.forget_requests();
    let token = tokens.token().unwrap();
    assert_eq!(token.access_token.expose(), old.access_token);
    assert!(world.center.requests().is_empty());
    // Another program may have used the refresh token, so the first refusal is not remembered.
    world.clock.set(token.expires_at);
    tokens.token().unwrap_err();
    world.center.forget_requests();
    assert_remembered(&world, SignInReason::SessionEnded);
}

#[test]
fn a_token_without_a_requested_scope_does_not_replace_a_sign_in() {
    let check = |registered: Option<&[&str]>, requested: Option<&[&str]>, is_sufficient: bool| {
        let mut world = World::new();
        let tokens = world.sign_in_with_left(60 * MINUTE);
        let plant = |name: &str, client_id: &str, scopes: &[&str]| {
            let mut file = tokens.registration_file(scopes);
            file["clientId"] = json!(client_id);
            world.home.plant_sso_file(name, &file);
        };
        // The scopes of another client do not count.
        plant(OTHER_REGISTRATION, "another", &["sso:account:access", "x"]);
        if let Some(scopes) = registered {
            plant(OWN_REGISTRATION, &tokens.client_id, scopes);
        }
        let requested: Option<Vec<_>> =
            requested.map(|scopes| scopes.iter().map(|&scope| scope.into()).collect());
        world.session.scopes = requested;
        let clients = world.clients();
        let case = format!("{registered:?}, {:?}", world.session.scopes);
        match world.tokens(&clients).token_in_place_of_sign_in(WINDOW) {
            Ok(token) => {
                assert!(is_sufficient, "{case}");
                assert_eq!(token.access_token.expose(), tokens.access_token);
            }
            Err(error) => {
                assert!(!is_sufficient, "{case}: {error}");
                assert_eq!(reason(&error), Some(SignInReason::NotSignedIn), "{case}");
            }
        }
        world.tokens(&clients).token_valid_for(WINDOW).unwrap();
        assert!(world.center.requests().is_empty(), "{case}");
    };
    let access = "sso:account:access";
    check(None, Some(&[access, "x", "y"]), true);
    check(Some(&[access]), Some(&[access]), true);
    check(Some(&[access]), None, true);
    check(Some(&[access]), Some(&[]), true);
    check(Some(&["x", access]), Some(&[access, "x"]), true);
    check(Some(&[access]), Some(&[access, "x"]), false);
    check(Some(&["x"]), None, false);
    check(Some(&["x"]), Some(&[access]), false);
    check(Some(&[]), None, true);
    check(Some(&[]), Some(&[]), true);
    check(Some(&[]), Some(&[access]), false);
}
