//! The status of a session, and the verification of its token.

use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_session::Error;
use sso_session::keys::SessionKeys as _;
use sso_session::status::{SessionState, SessionStatus, verify_tokens};
use sso_test_support::TestEnv;
use token_cache::Refusal;

use crate::world::{LESS_THAN_WINDOW, MINUTE, SECOND, WINDOW, World};

fn status(world: &World) -> SessionStatus {
    SessionStatus::of(world.session.clone(), &world.cache, now(world))
}

fn now(world: &World) -> time::OffsetDateTime {
    world.shared_clock.now()
}

fn state(world: &World, status: &SessionStatus) -> SessionState {
    status.state(WINDOW, now(world))
}

/// Removes the refresh token from the token file.
fn make_not_refreshable(world: &World) {
    let path = world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let mut file = world.home.read_json(path);
    file["refreshToken"] = json!(null);
    world.home.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &file);
}

#[test]
fn the_state_depends_on_the_remaining_lifetime_and_the_refresh_token() {
    let check = |left: Duration, is_refreshable: bool, expected, is_usable| {
        let world = World::new();
        let tokens = world.sign_in_with_left(left);
        if !is_refreshable {
            make_not_refreshable(&world);
        }
        let status = status(&world);
        assert_eq!(state(&world, &status), expected, "{left:?}");
        assert_eq!(expected.is_usable(), is_usable, "{expected:?}");
        assert_eq!(status.expires_at(), Some(now(&world) + left));
        let registration = tokens.registration_expires_at.truncate_to_second();
        assert_eq!(status.registration_expires_at(), Some(registration));
        assert_eq!(status.is_refreshable(now(&world)), Some(is_refreshable));
        assert!(status.accepted.is_none());
        assert!(world.center.requests().is_empty());
    };
    for is_refreshable in [true, false] {
        check(WINDOW, is_refreshable, SessionState::Valid, true);
    }
    for left in [LESS_THAN_WINDOW, SECOND, Duration::ZERO] {
        check(left, true, SessionState::Refreshable, true);
    }
    check(LESS_THAN_WINDOW, false, SessionState::Ending, false);
    check(SECOND, false, SessionState::Ending, false);
    check(Duration::ZERO, false, SessionState::Expired, false);
}

#[test]
fn a_token_with_an_expired_registration_is_not_refreshable() {
    let world = World::new();
    let tokens = world.sign_in_with_left(Duration::ZERO);
    let status = status(&world);
    let end = tokens.registration_expires_at.truncate_to_second();
    assert_eq!(status.is_refreshable(end - SECOND), Some(true));
    assert_eq!(status.is_refreshable(end), Some(false));
    let before = status.state(WINDOW, end - SECOND);
    assert_eq!(before, SessionState::Refreshable);
    assert_eq!(status.state(WINDOW, end), SessionState::Expired);
}

#[test]
fn a_token_that_cannot_be_used_is_signed_out_or_unreadable() {
    let check = |world: &World, expected: SessionState| {
        let mut sessions = [status(world)];
        let [status] = &sessions;
        assert_eq!(state(world, status), expected);
        assert!(!expected.is_usable());
        assert_eq!(status.expires_at(), None);
        assert_eq!(status.is_refreshable(now(world)), None);
        assert_eq!(status.registration_expires_at(), None);
        verify_tokens(&mut sessions, &world.cache, &world.network());
        assert!(sessions[0].accepted.is_none());
        assert!(world.center.requests().is_empty());
    };
    let world = World::new();
    check(&world, SessionState::SignedOut);
    let path = world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    world.home.write(path, "[]");
    check(&world, SessionState::Unreadable);
    let other = world.center.sign_in(&["sso:account:access"]);
    let other = other.token_file("https://other.awsapps.com/start", "us-east-1");
    world.home.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &other);
    check(&world, SessionState::SignedOut);
}

fn refusal(world: &World) -> Refusal {
    let token = world.cached_token().unwrap();
    let key = world.session.token_key();
    world.cache.refusal(&key, &token.access_token)
}

fn verified(world: &World) -> SessionStatus {
    let mut sessions = [status(world)];
    verify_tokens(&mut sessions, &world.cache, &world.network());
    let [status] = sessions;
    status
}

#[test]
fn an_accepted_token_stays_valid() {
    let world = World::new();
    world.sign_in_with_left(WINDOW);
    let status = verified(&world);
    assert!(matches!(status.accepted, Some(Ok(true))), "{status:?}");
    assert_eq!(state(&world, &status), SessionState::Valid);
    assert_eq!(refusal(&world), Refusal::default());
    assert_eq!(world.center.count(Operation::ListAccounts), 1);
}

#[test]
fn a_revoked_token_is_refused_and_then_counts_as_expired() {
    let check = |is_refreshable: bool, later| {
        let world = World::new();
        world.sign_in_with_left(60 * MINUTE);
        if !is_refreshable {
            make_not_refreshable(&world);
        }
        world.center.revoke_access_tokens();
        assert_eq!(state(&world, &status(&world)), SessionState::Valid);
        let verified = verified(&world);
        assert!(matches!(verified.accepted, Some(Ok(false))), "{verified:?}");
        assert_eq!(state(&world, &verified), SessionState::Refused);
        assert!(!SessionState::Refused.is_usable());
        assert_eq!(refusal(&world), Refusal::OF_ACCESS_TOKEN);
        assert_eq!(world.center.count(Operation::ListAccounts), 1);
        assert_eq!(state(&world, &status(&world)), later);
    };
    check(true, SessionState::Refreshable);
    check(false, SessionState::SignedOut);
}

#[test]
fn a_failed_verification_changes_nothing_and_is_not_repeated() {
    for fault in [Fault::Status(500, json!({})), Fault::Throttle(None)] {
        let world = World::new();
        world.sign_in_with_left(60 * MINUTE);
        world.center.fail_always(Operation::ListAccounts, fault);
        let status = verified(&world);
        let is_of_portal = |error: &Error| matches!(error, Error::Portal { .. });
        let accepted = status.accepted.as_ref().unwrap();
        assert!(accepted.as_ref().is_err_and(is_of_portal), "{status:?}");
        assert_eq!(state(&world, &status), SessionState::Valid);
        assert_eq!(refusal(&world), Refusal::default());
        assert_eq!(world.center.count(Operation::ListAccounts), 1);
    }
}

#[test]
fn only_tokens_that_have_not_expired_are_verified() {
    let check = |left: Duration, is_verified: bool| {
        let world = World::new();
        world.sign_in_with_left(left);
        assert_eq!(verified(&world).accepted.is_some(), is_verified, "{left:?}");
        let requests = world.center.count(Operation::ListAccounts);
        assert_eq!(requests, usize::from(is_verified), "{left:?}");
    };
    check(60 * MINUTE, true);
    check(SECOND, true);
    check(Duration::ZERO, false);
}

#[test]
fn each_of_several_sessions_has_its_own_result() {
    let world = World::new();
    world.sign_in_with_left(60 * MINUTE);
    let unknown = json!({
        "startUrl": TestEnv::START_URL,
        "region": "us-east-1",
        "accessToken": "unknown",
        "expiresAt": "2099-12-31T23:59:59Z",
    });
    world
        .home
        .plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &unknown);
    let legacy = sso_config::SsoSession {
        name: None,
        ..world.session.clone()
    };
    let of = |session| SessionStatus::of(session, &world.cache, now(&world));
    let mut sessions = [of(legacy), of(world.session.clone())];
    verify_tokens(&mut sessions, &world.cache, &world.network());
    let states = sessions.map(|status| state(&world, &status));
    assert_eq!(states, [SessionState::Refused, SessionState::Valid]);
}
