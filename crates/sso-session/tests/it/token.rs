use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::sign_in::rfc3339;
use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_session::keys::SessionKeys as _;
use sso_session::{Clock as _, Error, SignInReason};
use sso_test_support::TestEnv;
use token_cache::CachedToken;

use crate::world::{LESS_THAN_WINDOW, MINUTE, SECOND, WINDOW, World};

pub(crate) fn reason(error: &Error) -> Option<SignInReason> {
    match error {
        Error::SignInRequired { reason, .. } => Some(*reason),
        Error::ClockOff { source, .. } => reason(source),
        _ => None,
    }
}

/// Replaces fields of the token file of `my-sso` without a lock, as another tool does.
fn replace_fields(world: &World, fields: &[(&str, serde_json::Value)]) {
    let mut file = world
        .home
        .read_json(world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    for (name, value) in fields {
        file[*name] = value.clone();
    }
    world.home.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &file);
}

#[test]
fn a_token_with_less_than_fifteen_minutes_left_is_refreshed() {
    let check = |left, refreshes| {
        let world = World::new();
        let old = world.sign_in_with_left(left);
        let clients = world.clients();
        let token = world.tokens(&clients).token().unwrap();
        assert_eq!(
            world.center.count_grants(REFRESH_TOKEN),
            refreshes,
            "{left:?}"
        );
        assert_eq!(
            token.access_token.expose() == old.access_token,
            refreshes == 0,
            "{left:?}"
        );
        assert_eq!(
            world.cached_token().unwrap().access_token,
            token.access_token
        );
    };
    check(WINDOW + SECOND, 0);
    check(WINDOW, 0);
    check(WINDOW.checked_sub(Duration::from_nanos(1)).unwrap(), 1);
    check(SECOND, 1);
    check(Duration::ZERO, 1);
}

#[test]
fn a_longer_min_validity_refreshes_earlier() {
    let check = |min_validity, left, refreshes| {
        let world = World::new();
        world.sign_in_with_left(left);
        let clients = world.clients();
        world
            .tokens(&clients)
            .token_valid_for(min_validity)
            .unwrap();
        assert_eq!(
            world.center.count_grants(REFRESH_TOKEN),
            refreshes,
            "{min_validity:?} of {left:?}"
        );
    };
    check(30 * MINUTE, 30 * MINUTE, 0);
    check(30 * MINUTE, 29 * MINUTE, 1);
    check(5 * MINUTE, 5 * MINUTE, 0);
    check(Duration::ZERO, SECOND, 0);
    check(Duration::ZERO, Duration::ZERO, 1);
    check(1000 * MINUTE, 59 * MINUTE, 1);
}

#[test]
fn a_refreshed_token_has_a_new_expiry_and_the_same_registration() {
    let world = World::new();
    let old = world.sign_in_with_left(MINUTE);
    let before = world.cached_token().unwrap();
    let clients = world.clients();
    let token = world.tokens(&clients).token().unwrap();
    let expected = CachedToken {
        access_token: token.access_token.clone(),
        refresh_token: token.refresh_token.clone(),
        expires_at: before.expires_at - MINUTE + 60 * MINUTE,
        ..before
    };
    assert_eq!(token, expected);
    assert_ne!(
        token.refresh_token.unwrap().expose(),
        old.refresh_token.unwrap()
    );
}

#[test]
fn the_refresh_token_of_a_response_without_a_valid_lifetime_is_kept() {
    let check = |lifetime: serde_json::Value, expected: Duration| {
        let world = World::new();
        let old = world.sign_in_with_left(MINUTE);
        world.center.fail_next(
            Operation::CreateToken,
            Fault::Amend(json!({ "expiresIn": lifetime })),
        );
        let clients = world.clients();
        let token = world.tokens(&clients).token().unwrap();
        assert_eq!(
            token.expires_at,
            world.clock.now() + expected,
            "{lifetime:?}"
        );
        assert_eq!(world.cached_token(), Some(token.clone()));
        assert_ne!(
            token.refresh_token.unwrap().expose(),
            old.refresh_token.unwrap()
        );
        world.clock.set(token.expires_at);
        world.tokens(&clients).token().unwrap();
        assert_eq!(world.center.count_grants(REFRESH_TOKEN), 2);
    };
    check(json!(null), 60 * MINUTE);
    check(json!(-1), 60 * MINUTE);
    check(json!(1e300), 60 * MINUTE);
    check(json!("1200"), 20 * MINUTE);
    check(json!(1200.5), 20 * MINUTE);
}

#[test]
fn a_missing_token_and_a_token_that_is_not_refreshable_are_different_reasons() {
    let check = |world: &World, expected| {
        let clients = world.clients();
        let error = world.tokens(&clients).token().unwrap_err();
        assert_eq!(reason(&error), Some(expected), "{error}");
        assert!(error.is_sign_in_required());
        assert!(world.center.requests().is_empty());
    };
    let world = World::new();
    check(&world, SignInReason::NotSignedIn);
    for missing in ["refreshToken", "clientId", "clientSecret"] {
        world.sign_in_with_left(Duration::ZERO);
        replace_fields(&world, &[(missing, json!(null))]);
        check(&world, SignInReason::Expired);
    }
}

#[test]
fn a_valid_token_that_cannot_be_refreshed_is_not_reported_as_expired() {
    let check = |left: Duration, min_validity: Duration, expected: &str| {
        let world = World::new();
        world.sign_in_with_left(left);
        replace_fields(&world, &[("refreshToken", json!(null))]);
        let clients = world.clients();
        let error = world.tokens(&clients).token_valid_for(min_validity);
        let error = error.unwrap_err().to_string();
        assert_eq!(
            error,
            format!("the token for SSO session my-sso {expected}")
        );
    };
    let cannot = "and cannot be refreshed";
    check(
        LESS_THAN_WINDOW,
        WINDOW,
        &format!("expires in 14m {cannot}"),
    );
    check(119 * SECOND, WINDOW, &format!("expires in 1m {cannot}"));
    check(
        59 * SECOND,
        WINDOW,
        &format!("expires in under 1m {cannot}"),
    );
    check(
        20 * MINUTE,
        30 * MINUTE,
        &format!("expires in 20m {cannot}"),
    );
    check(Duration::ZERO, WINDOW, "has expired");
}

#[test]
fn a_corrupt_file_counts_as_not_signed_in() {
    let world = World::new();
    world
        .home
        .write(format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO), "{");
    let clients = world.clients();
    let error = world.tokens(&clients).token().unwrap_err();
    assert_eq!(reason(&error), Some(SignInReason::NotSignedIn), "{error}");
}

#[test]
fn a_registration_whose_expiry_is_unknown_is_used() {
    for odd in [json!(null), json!(7), json!("soon")] {
        let world = World::new();
        world.sign_in_with_left(Duration::ZERO);
        replace_fields(&world, &[("registrationExpiresAt", odd.clone())]);
        let clients = world.clients();
        let token = world.tokens(&clients).token();
        assert!(token.is_ok(), "{odd}: {token:?}");
        assert_eq!(world.center.count(Operation::CreateToken), 1, "{odd}");
    }
}

#[test]
fn an_expired_registration_sends_no_request() {
    let check = |registration_left: Duration, refreshes| {
        let world = World::new();
        world.sign_in_with_left(Duration::ZERO);
        let end = world.cached_token().unwrap().expires_at + registration_left;
        replace_fields(&world, &[("registrationExpiresAt", json!(rfc3339(end)))]);
        let clients = world.clients();
        let token = world.tokens(&clients).token();
        assert_eq!(token.is_ok(), refreshes == 1, "{token:?}");
        assert_eq!(world.center.count(Operation::CreateToken), refreshes);
    };
    check(Duration::ZERO, 0);
    check(SECOND, 1);
}

#[test]
fn a_token_is_returned_until_it_expires_if_the_refresh_fails() {
    let check = |left, fault: Option<Fault>, is_returned| {
        let world = World::new();
        let old = world.sign_in_with_left(left);
        match fault {
            Some(fault) => world.center.fail_always(Operation::CreateToken, fault),
            None => replace_fields(&world, &[("refreshToken", json!(null))]),
        }
        let clients = world.clients();
        let tokens = world.tokens(&clients);
        match tokens.token() {
            Ok(token) => assert!(is_returned && token.access_token.expose() == old.access_token),
            Err(error) => assert!(!is_returned, "{left:?}: {error}"),
        }
        tokens.token_valid_for(WINDOW).unwrap_err();
        assert_eq!(
            world.cached_token().unwrap().access_token.expose(),
            old.access_token
        );
    };
    for fault in [
        Some(Fault::CaptivePortal),
        Some(Fault::Status(503, json!({}))),
        Some(Fault::oidc("invalid_grant")),
        None,
    ] {
        check(14 * MINUTE, fault.clone(), true);
        check(SECOND, fault.clone(), true);
        check(Duration::ZERO, fault, false);
    }
}

#[test]
fn an_ended_session_and_a_failed_request_are_different_errors() {
    let check = |fault: Fault, expected: Option<SignInReason>| {
        let world = World::new();
        world.sign_in_with_left(Duration::ZERO);
        world.center.fail_always(Operation::CreateToken, fault);
        let clients = world.clients();
        let error = world.tokens(&clients).token().unwrap_err();
        assert_eq!(reason(&error), expected, "{error}");
    };
    let ended = Some(SignInReason::SessionEnded);
    check(Fault::oidc("invalid_grant"), ended);
    check(Fault::oidc("invalid_client"), ended);
    check(Fault::oidc("expired_token"), ended);
    check(Fault::oidc("unauthorized_client"), ended);
    check(Fault::oidc("unsupported_grant_type"), ended);
    check(Fault::oidc("access_denied"), ended);
    check(Fault::oidc("invalid_scope"), ended);
    check(Fault::oidc("invalid_request"), ended);
    check(Fault::oidc("invalid_redirect_uri"), ended);
    check(Fault::oidc("invalid_client_metadata"), ended);
    check(Fault::oidc("authorization_pending"), ended);
    let named = |status, name: &str| Fault::Status(status, json!({ "__type": name }));
    let coded = |status, code: &str| Fault::Status(status, json!({ "error": code }));
    check(coded(400, "something_new"), ended);
    check(named(403, "SomethingNewException"), ended);
    for status in [400, 401, 403, 404, 410, 422, 451, 499] {
        let refused = Some(SignInReason::RefreshRefused { status });
        check(Fault::Status(status, json!({})), refused);
    }
    check(Fault::oidc("server_error"), None);
    check(Fault::oidc("slow_down"), None);
    check(Fault::CaptivePortal, None);
    check(Fault::kms("KMS_DisabledException"), None);
    check(Fault::kms("KMS_SomethingNewException"), None);
    check(Fault::Throttle(None), None);
    for status in [408, 429, 500, 502, 503, 504, 599] {
        check(Fault::Status(status, json!({})), None);
    }
    for name in ["ThrottlingException", "RequestTimeout", "SlowDownException"] {
        check(named(400, name), None);
        check(coded(400, name), None);
        check(Fault::Status(400, json!({ "Code": name })), None);
        check(Fault::Status(400, json!({ "code": name })), None);
    }
    check(coded(400, "temporarily_unavailable"), None);
}

/// The fault may last, so that the user can sign in instead. It is not remembered, because it may end.
#[test]
fn a_temporary_fault_with_a_status_4xx_requires_a_sign_in_an_hour_after_the_expiry() {
    let coded = |status, code: &str| Fault::Status(status, json!({ "error": code }));
    let check = |fault: Fault, is_bounded: bool| {
        for (minutes, is_long) in [(0, false), (59, false), (60, true), (6000, true)] {
            let world = World::new();
            world.sign_in_with_left(Duration::ZERO);
            world.clock.set(world.clock.now() + minutes * MINUTE);
            world
                .center
                .fail_next(Operation::CreateToken, fault.clone());
            let clients = world.clients();
            let error = world.tokens(&clients).token().unwrap_err();
            let is_required = is_bounded && is_long;
            assert_eq!(
                error.is_sign_in_required(),
                is_required,
                "{minutes}: {error}"
            );
            world.tokens(&clients).token().unwrap();
        }
    };
    check(coded(400, "temporarily_unavailable"), true);
    check(coded(400, "server_error"), true);
    check(coded(403, "ServiceUnavailable"), true);
    check(Fault::Status(408, json!({})), true);
    check(coded(400, "slow_down"), false);
    check(coded(503, "temporarily_unavailable"), false);
    check(Fault::Throttle(None), false);
}

// A proxy or a firewall may have sent the response.
#[test]
fn a_refusal_without_a_name_is_not_remembered() {
    let check = |fault: Fault, expected: SignInReason| {
        let world = World::new();
        world.sign_in_with_left(Duration::ZERO);
        world.center.fail_next(Operation::CreateToken, fault);
        let clients = world.clients();
        let error = world.tokens(&clients).token().unwrap_err();
        assert_eq!(reason(&error), Some(expected), "{error}");
        let is_remembered = world.tokens(&clients).token().is_err();
        assert_eq!(is_remembered, expected == SignInReason::SessionEnded);
    };
    let unnamed = SignInReason::RefreshRefused { status: 403 };
    check(Fault::Status(403, json!({})), unnamed);
    check(Fault::Status(403, json!({ "message": "blocked" })), unnamed);
    check(Fault::oidc("invalid_request"), SignInReason::SessionEnded);
    let coded = Fault::Status(403, json!({ "error": "new" }));
    check(coded, SignInReason::SessionEnded);
}

// The AWS CLI takes no lock. It writes here while this process holds the lock, before the request.
#[test]
fn a_token_that_another_tool_refreshed_is_used() {
    let check = |left: Duration, is_used| {
        let world = World::new();
        world.sign_in_with_left(SECOND);
        let now = world.cached_token().unwrap().expires_at;
        world.clock.set(now);
        world
            .center
            .fail_always(Operation::CreateToken, Fault::oidc("invalid_grant"));
        let other = [
            ("accessToken", json!("other")),
            ("expiresAt", json!(rfc3339(now + left))),
        ];
        let clients = world
            .clients()
            .before_first_request(|| replace_fields(&world, &other));
        match world.tokens(&clients).token() {
            Ok(token) => assert!(
                is_used && token.access_token.expose() == "other",
                "{left:?}"
            ),
            Err(error) => {
                assert_eq!(reason(&error), Some(SignInReason::SessionEnded), "{error}");
                assert!(!is_used, "{left:?}");
            }
        }
        assert_eq!(world.center.count(Operation::CreateToken), 1);
    };
    check(60 * MINUTE, true);
    check(SECOND, true);
    check(Duration::ZERO, false);
}

// The token is used even if it expires sooner than required: another request would return a token
// with the same lifetime.
#[test]
fn a_process_that_waited_for_a_refresh_uses_its_token() {
    let check = |min_validity: Duration, lifetime: Duration| {
        let world = World::new();
        world.sign_in_with_left(Duration::ZERO);
        let refreshed = CachedToken {
            access_token: "refreshed".into(),
            expires_at: world.cached_token().unwrap().expires_at + lifetime,
            ..world.cached_token().unwrap()
        };
        let (other, waits) = world.for_another_process();
        let lock = world
            .cache
            .lock_token(&world.session.token_key(), MINUTE)
            .unwrap();
        let waiting = thread::spawn(move || {
            let clients = other.clients();
            other
                .tokens(&clients)
                .token_valid_for(min_validity)
                .unwrap()
        });
        waits.expect(&format!("{}.lock", world.session.token_key()));
        lock.reserve().unwrap().commit(&refreshed).unwrap();
        drop(lock);
        assert_eq!(waiting.join().unwrap(), refreshed);
        assert!(world.center.requests().is_empty());
    };
    check(WINDOW, 60 * MINUTE);
    check(WINDOW, MINUTE);
    check(1000 * MINUTE, 60 * MINUTE);
}

#[test]
fn a_process_that_waited_and_finds_no_new_token_refreshes_it() {
    let world = World::new();
    let old = world.sign_in_with_left(Duration::ZERO);
    let (other, waits) = world.for_another_process();
    let lock = world
        .cache
        .lock_token(&world.session.token_key(), MINUTE)
        .unwrap();
    let waiting = thread::spawn(move || {
        let clients = other.clients();
        other.tokens(&clients).token().unwrap()
    });
    waits.expect(&format!("{}.lock", world.session.token_key()));
    drop(lock);
    assert_ne!(
        waiting.join().unwrap().access_token.expose(),
        old.access_token
    );
    assert_eq!(world.center.count_grants(REFRESH_TOKEN), 1);
}

#[test]
fn disk_space_is_reserved_before_the_request() {
    let world = World::new();
    world.sign_in_with_left(MINUTE);
    let is_reserved = AtomicBool::new(false);
    let clients = world.clients().before_first_request(|| {
        let temporary = |path: &String| path.contains("aws-sso-tools/") && path.contains(".tmp");
        is_reserved.store(world.home.files().iter().any(temporary), Ordering::SeqCst);
    });
    world.tokens(&clients).token().unwrap();
    assert!(is_reserved.load(Ordering::SeqCst));
}

// The start URL belongs to another Region than the config file says, and the config file could not
// be corrected.
#[test]
fn a_token_of_the_resolved_region_is_used_in_that_region() {
    let world = World::new();
    world.sign_in_with_left(60 * MINUTE);
    replace_fields(&world, &[("region", json!("eu-west-1"))]);
    let clients = world.clients();
    let tokens = world.tokens(&clients);
    let error = tokens.token().unwrap_err();
    assert_eq!(reason(&error), Some(SignInReason::NotSignedIn), "{error}");
    let region = "eu-west-1".parse().unwrap();
    let (key, start_url) = (world.session.token_key(), &world.session.start_url);
    let remembered = world
        .cache
        .remember_resolved_region(&key, start_url, &region);
    remembered.unwrap();
    let token = tokens.token().unwrap();
    assert_eq!(*tokens.region_of(&token), region);
}

/// The service accepts only the new refresh token.
#[test]
fn the_refresh_token_of_a_response_without_an_access_token_is_saved() {
    for (access_token, left) in [
        (json!(""), Duration::ZERO),
        (json!(null), Duration::ZERO),
        (json!(""), 10 * MINUTE),
        (json!(5), 10 * MINUTE),
    ] {
        let world = World::new();
        let old = world.sign_in_with_left(left);
        let fault = Fault::Amend(json!({ "accessToken": access_token }));
        world.center.fail_next(Operation::CreateToken, fault);
        let clients = world.clients();
        match world.tokens(&clients).token() {
            Ok(token) => {
                assert!(!left.is_zero());
                assert_eq!(token.access_token.expose(), old.access_token);
            }
            Err(error) => {
                assert!(left.is_zero());
                assert!(!error.is_sign_in_required(), "{error:?}");
            }
        }
        let cached = world.cached_token().unwrap();
        assert_eq!(cached.access_token.expose(), old.access_token);
        assert_ne!(cached.refresh_token, old.refresh_token.map(Into::into));
        // The failure is remembered while the token is valid.
        world.tokens(&clients).token().unwrap();
        world.clock.set(cached.expires_at);
        let new = world.tokens(&clients).token().unwrap();
        assert_ne!(new.access_token.expose(), old.access_token);
        assert_eq!(world.center.count(Operation::CreateToken), 2);
    }
}

#[test]
fn a_wrong_clock_is_reported_with_the_required_sign_in() {
    let world = World::new();
    world.sign_in_with_left(Duration::ZERO);
    world.center.end_session();
    world
        .center
        .fail_always(Operation::CreateToken, Fault::DateSkew(-7200));
    let clients = world.clients();
    let error = world.tokens(&clients).token().unwrap_err();
    assert!(matches!(error, Error::ClockOff { .. }), "{error:?}");
    assert_eq!(error.session_to_sign_in(), Some(&world.session));
}
