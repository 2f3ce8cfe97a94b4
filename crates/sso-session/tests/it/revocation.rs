//! The end of sessions whose tokens the service refuses.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use identity_center_emulator::{Fault, Operation, grant_type};
use serde_json::{Value, json};
use sso_oidc::Grant;
use sso_session::sign_out::SignOutReport;
use sso_test_support::TestEnv;
use token_cache::TokenCache;
use token_cache::refusal::Refusal;

use crate::sign_out::{
    LEGACY, LEGACY_TOKEN, MY_SSO, OTHER_TOKEN, SignedIn, TOKEN, assert_no_problem, bearer_tokens,
    key, my_sso, outcomes, sorted,
};
use crate::world::{MINUTE, SECOND, World};

fn outcome(report: &SignOutReport) -> &'static str {
    let outcomes = outcomes(report);
    let [(label, outcome)] = &outcomes[..] else {
        panic!("{report:?}");
    };
    assert_eq!(label, MY_SSO);
    outcome
}

fn refreshes(signed_in: &SignedIn) -> usize {
    signed_in
        .world
        .center
        .count_grants(grant_type::REFRESH_TOKEN)
}

fn slept(signed_in: &SignedIn) -> Duration {
    signed_in.world.clock.slept().iter().sum()
}

fn token_file(home: &TestEnv, name: &str) -> Value {
    home.read_json(home.sso_cache().join(name))
}

/// Changes the remaining lifetime of the token of `my-sso`.
fn set_left(signed_in: &SignedIn, left: Duration) {
    let expires_at = signed_in.world.cached_token().unwrap().expires_at;
    signed_in.world.clock.set(expires_at - left);
}

/// Refreshes the token of `my-sso` like an SDK, and returns the token file that it will write.
fn refresh_as_sdk(signed_in: &SignedIn) -> Value {
    let world = &signed_in.world;
    let token = world.cached_token().unwrap();
    let grant = Grant::RefreshToken(token.refresh_token.unwrap());
    let clients = world.clients();
    let oidc = clients.oidc(&world.session.region).unwrap();
    let (client_id, client_secret) = (token.client_id.unwrap(), token.client_secret.unwrap());
    let issued = oidc
        .create_token(&client_id, &client_secret, &grant)
        .unwrap();
    world.center.forget_requests();
    let mut file = token_file(&world.home, TOKEN);
    file["accessToken"] = json!(issued.access_token.expose());
    file["refreshToken"] = json!(issued.refresh_token.unwrap().expose());
    file["expiresAt"] = json!("2099-01-01T00:00:00Z");
    file
}

/// The content that the cache file `name` has after a number of sleeps.
type Writes = Arc<Mutex<Vec<(usize, &'static str, String)>>>;

/// Returns a world in which an SDK writes files.
fn with_writes() -> (SignedIn, Writes) {
    let (writes, sleeps) = (Writes::default(), AtomicUsize::new(0));
    let to_do = Arc::clone(&writes);
    let world = World::with_sleep(move |home| {
        let sleeps = sleeps.fetch_add(1, Ordering::Relaxed) + 1;
        for (number, name, content) in &*to_do.lock().unwrap() {
            if *number == sleeps {
                home.write(home.sso_cache().join(name), content);
            }
        }
    });
    (SignedIn::with_world(world), writes)
}

#[test]
fn a_refused_access_token_is_refreshed_and_its_session_ended() {
    let signed_in = SignedIn::new();
    let old = token_file(&signed_in.world.home, TOKEN);
    signed_in.world.center.revoke_access_tokens();
    let report = signed_in.sign_out().run(&my_sso()).unwrap();
    assert_no_problem(&report);
    assert_eq!(outcome(&report), "ended");
    assert_eq!((refreshes(&signed_in), signed_in.logouts()), (1, 2));
    assert_eq!(slept(&signed_in), Duration::ZERO);
    // The refresh token of the response does not continue the session either.
    signed_in.world.home.plant_sso_file(TOKEN, &old);
    let clients = signed_in.world.clients();
    signed_in
        .world
        .tokens(&clients)
        .token_instead_of(&old["accessToken"].as_str().unwrap().into())
        .unwrap_err();
    assert_eq!(bearer_tokens(&signed_in.world)[0], old["accessToken"]);
}

/// The response to a refresh contains the only token with which the session can be ended.
#[test]
fn the_short_timeout_does_not_apply_to_a_refresh() {
    for is_expired in [true, false] {
        let mut world = World::new();
        world.limit_responses(SECOND / 2);
        let signed_in = SignedIn::with_world(world);
        let center = &signed_in.world.center;
        if is_expired {
            set_left(&signed_in, Duration::ZERO);
        } else {
            center.revoke_access_tokens();
        }
        center.set_latency(Operation::CreateToken, SECOND);
        signed_in.sign_out().run(&my_sso()).unwrap();
        assert_eq!(refreshes(&signed_in), 1);
        let logouts = if is_expired { 1 } else { 2 };
        assert_eq!(signed_in.logouts(), logouts, "with the new token");
    }
}

#[test]
fn a_refused_token_without_a_refresh_token_has_no_other_request() {
    let signed_in = SignedIn::new();
    signed_in.world.center.revoke_access_tokens();
    let profile = sso_session::sign_out::SignOutTarget::Profile("legacy".into());
    let report = signed_in.sign_out().run(&[profile]).unwrap();
    assert_eq!(outcomes(&report), [(LEGACY.to_owned(), "already ended")]);
    assert_eq!((refreshes(&signed_in), signed_in.logouts()), (0, 1));
    assert_eq!(slept(&signed_in), Duration::ZERO);
}

/// The remaining lifetime of the token, the response to the refresh, and the outcome.
#[test]
fn the_outcome_depends_on_the_response_to_the_refresh() {
    let check = |left: Duration, fault: Fault, expected: &str, is_awaited: bool| {
        let signed_in = SignedIn::new();
        set_left(&signed_in, left);
        signed_in.world.center.revoke_access_tokens();
        signed_in
            .world
            .center
            .fail_always(Operation::CreateToken, fault.clone());
        let report = signed_in.sign_out().run(&my_sso()).unwrap();
        assert_no_problem(&report);
        assert_eq!(outcome(&report), expected, "{left:?} {fault:?}");
        assert_eq!(refreshes(&signed_in), 1, "the request is not repeated");
        let expected = if is_awaited {
            3 * SECOND
        } else {
            Duration::ZERO
        };
        assert_eq!(slept(&signed_in), expected, "{fault:?}");
        assert!(signed_in.world.cached_token().is_none());
    };
    for fault in [
        Fault::Status(500, json!({})),
        Fault::Throttle(None),
        Fault::CaptivePortal,
        Fault::InvalidJson,
        Fault::kms("KMS_DisabledException"),
    ] {
        check(60 * MINUTE, fault.clone(), "unconfirmed", false);
        check(Duration::ZERO, fault, "failed", false);
    }
    for code in [
        "invalid_client",
        "unauthorized_client",
        "access_denied",
        "invalid_scope",
    ] {
        check(60 * MINUTE, Fault::oidc(code), "unconfirmed", true);
        check(Duration::ZERO, Fault::oidc(code), "failed", true);
    }
    for code in ["invalid_grant", "expired_token"] {
        check(60 * MINUTE, Fault::oidc(code), "already ended", true);
        check(Duration::ZERO, Fault::oidc(code), "already ended", true);
    }
}

#[test]
fn a_failed_logout_after_the_refresh_of_a_refused_token_is_reported() {
    for (fault, expected) in [
        (Fault::Status(500, json!({})), "failed"),
        (Fault::portal("UnauthorizedException"), "already ended"),
    ] {
        let signed_in = SignedIn::new();
        let center = &signed_in.world.center;
        center.fail_next(Operation::Logout, Fault::portal("UnauthorizedException"));
        center.fail_always(Operation::Logout, fault);
        let report = signed_in.sign_out().run(&my_sso()).unwrap();
        assert_eq!(outcome(&report), expected);
        assert_eq!((refreshes(&signed_in), signed_in.logouts()), (1, 2));
    }
}

/// An SDK has used the refresh token, and writes its response after a number of sleeps.
#[test]
fn a_token_that_an_sdk_saves_late_is_removed_and_its_session_ended() {
    for left in [Duration::ZERO, 60 * MINUTE] {
        for sleeps in 1..=10 {
            let (signed_in, writes) = with_writes();
            let world = &signed_in.world;
            set_left(&signed_in, left);
            world.center.revoke_access_tokens();
            let late = refresh_as_sdk(&signed_in);
            let torn = "{\"accessToken\": \"".to_owned();
            writes.lock().unwrap().push((sleeps - 1, TOKEN, torn));
            writes
                .lock()
                .unwrap()
                .push((sleeps, TOKEN, late.to_string()));
            let report = signed_in.sign_out().run(&my_sso()).unwrap();
            assert_no_problem(&report);
            assert_eq!(outcome(&report), "ended", "{left:?} {sleeps}");
            let path = world.home.sso_cache().join(TOKEN);
            assert!(!path.exists(), "{left:?} {sleeps}");
            let bearer = bearer_tokens(world);
            assert_eq!(
                bearer.last(),
                Some(&late["accessToken"].as_str().unwrap().to_owned())
            );
            assert_eq!(world.clock.slept().len(), sleeps, "{left:?}");
        }
    }
}

#[test]
fn a_late_token_without_a_key_or_of_a_refused_session_is_removed() {
    // Under another file name, and with a refresh token that is also refused.
    let (signed_in, writes) = with_writes();
    let home = &signed_in.world.home;
    let mut file = token_file(home, TOKEN);
    file["expiresAt"] = json!("2020-01-01T00:00:00Z");
    home.plant_sso_file("of-a-tool.json", &file);
    signed_in.world.center.end_session();
    let mut late = file.clone();
    late["accessToken"] = json!("late");
    writes
        .lock()
        .unwrap()
        .push((4, "of-a-tool.json", late.to_string()));
    let report = signed_in.sign_out().run_all().unwrap();
    assert_no_problem(&report);
    assert!(
        outcomes(&report)
            .iter()
            .all(|(_, outcome)| *outcome == "already ended")
    );
    assert!(!home.sso_cache().join("of-a-tool.json").exists());
    assert_eq!(slept(&signed_in), 3 * SECOND, "once for all tokens");
}

/// Otherwise, a process that waits for the lock could refresh the token meanwhile.
#[test]
fn the_lock_is_held_until_the_sessions_are_ended() {
    let locks = Arc::new(AtomicUsize::new(0));
    let held = Arc::clone(&locks);
    let world = World::with_sleep(move |home| {
        let cache = TokenCache::in_aws_dir(&home.aws_dir());
        let lock = cache.lock_token(&key(TOKEN), Duration::ZERO);
        assert!(lock.unwrap_err().is_locked());
        held.fetch_add(1, Ordering::Relaxed);
    });
    let signed_in = SignedIn::with_world(world);
    signed_in.world.center.end_session();
    let report = signed_in.sign_out().run(&my_sso()).unwrap();
    assert_eq!(outcome(&report), "already ended");
    assert!(locks.load(Ordering::Relaxed) > 0);
}

#[test]
fn a_refused_refresh_that_is_remembered_needs_no_wait() {
    let signed_in = SignedIn::new();
    let world = &signed_in.world;
    let token = world.cached_token().unwrap();
    let refused = Refusal::OF_REFRESH_TOKEN;
    world
        .cache
        .remember_refusal(&key(TOKEN), &token.access_token, refused)
        .unwrap();
    world.center.end_session();
    let report = signed_in.sign_out().run(&my_sso()).unwrap();
    assert_eq!(outcome(&report), "already ended");
    assert_eq!(slept(&signed_in), Duration::ZERO);
}

#[test]
fn the_file_that_could_not_be_removed_is_not_a_late_token() {
    let (signed_in, writes) = with_writes();
    let world = &signed_in.world;
    let same = token_file(&world.home, TOKEN);
    world.center.end_session();
    writes.lock().unwrap().push((2, TOKEN, same.to_string()));
    let report = signed_in.sign_out().run(&my_sso()).unwrap();
    assert_eq!(outcome(&report), "already ended");
    assert_eq!(slept(&signed_in), 3 * SECOND);
}

/// The first request ends the session of both. No tool refreshes a token so early, so that nothing has
/// to be awaited.
#[test]
fn a_refused_token_of_the_session_that_was_ended_counts_as_ended() {
    let signed_in = SignedIn::new();
    let second = signed_in.world.center.sign_in(&["sso:account:access"]);
    let second = second.token_file(&format!("{}/#/", TestEnv::START_URL), "us-east-1");
    signed_in.world.home.plant_sso_file(OTHER_TOKEN, &second);
    let report = signed_in.sign_out().run_all().unwrap();
    assert!(
        outcomes(&report)
            .iter()
            .all(|(_, outcome)| *outcome == "ended"),
        "{report:?}"
    );
    assert_eq!(slept(&signed_in), Duration::ZERO);
}

/// The expired token is refreshed before another token ends its session.
#[test]
fn an_expired_token_is_refreshed_before_any_session_ends() {
    for _ in 0..10 {
        let signed_in = SignedIn::new();
        set_left(&signed_in, Duration::ZERO);
        let report = signed_in.sign_out().run_all().unwrap();
        let expected = [MY_SSO, LEGACY].map(|label| (label.to_owned(), "ended"));
        assert_eq!(outcomes(&report), expected);
        assert_eq!(slept(&signed_in), Duration::ZERO);
        let requests = signed_in.world.center.requests();
        assert_eq!(requests[0].operation, Operation::CreateToken);
    }
}

/// Another program, for example of another user, has used the refresh token: its session may continue.
#[test]
fn the_session_of_a_token_that_another_program_refreshed_is_not_said_to_be_ended() {
    for fault in ["invalid_grant", "invalid_client"] {
        let signed_in = SignedIn::new();
        set_left(&signed_in, Duration::ZERO);
        signed_in
            .world
            .center
            .fail_always(Operation::CreateToken, Fault::oidc(fault));
        let report = signed_in.sign_out().run_all().unwrap();
        let expected = if fault == "invalid_grant" {
            "already ended"
        } else {
            "failed"
        };
        let expected = [(MY_SSO.to_owned(), expected), (LEGACY.to_owned(), "ended")];
        assert_eq!(outcomes(&report), expected);
    }
    // Nor if the client is refused, however long the token is valid.
    let signed_in = SignedIn::new();
    let center = &signed_in.world.center;
    let second = center.sign_in(&["sso:account:access"]);
    let other = second.token_file(TestEnv::START_URL, "us-east-1");
    signed_in.world.home.plant_sso_file(OTHER_TOKEN, &other);
    fs::remove_file(signed_in.world.home.sso_cache().join(LEGACY_TOKEN)).unwrap();
    center.fail_always(Operation::CreateToken, Fault::oidc("invalid_client"));
    let report = signed_in.sign_out().run_all().unwrap();
    let found = outcomes(&report)
        .into_iter()
        .map(|(_, outcome)| outcome.to_owned());
    assert_eq!(sorted(found.collect()), ["ended", "unconfirmed"]);
}
