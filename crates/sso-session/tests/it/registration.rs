//! Client registrations that the service no longer accepts.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_session::keys::SessionKeys as _;
use sso_session::sign_in::{AuthorizationRequest, SignInGrant};
use sso_session::{Error, SignInReason};
use sso_test_support::{Browser, TestEnv, Visit};
use token_cache::unconfirmed_client::UNCONFIRMED_CLIENT_SUFFIX;

use crate::sign_in::{approve, sign_in, sign_in_with, unexpected_prompt};
use crate::token::reason;
use crate::world::World;

const CODE: SignInGrant = SignInGrant::AuthorizationCode;
const DEVICE: SignInGrant = SignInGrant::DeviceCode;

fn url_of(request: &AuthorizationRequest<'_>) -> String {
    let AuthorizationRequest::Browser { url, .. } = request else {
        panic!("unexpected grant: {request:?}");
    };
    (*url).to_owned()
}

fn registered(world: &World) -> usize {
    world.center.count(Operation::RegisterClient)
}

fn is_remembered(world: &World) -> bool {
    !world
        .cache
        .state_files(UNCONFIRMED_CLIENT_SUFFIX)
        .is_empty()
}

/// Ends the sign-in at the prompt, like a process that is killed while it waits.
fn die_at_prompt(world: &World) -> String {
    let shown = RefCell::new(String::new());
    let die = |request: &AuthorizationRequest<'_>| {
        shown.replace(url_of(request));
        panic!("killed");
    };
    let killed = catch_unwind(AssertUnwindSafe(|| sign_in(world, CODE, die)));
    assert!(killed.is_err());
    shown.into_inner()
}

#[test]
fn a_killed_sign_in_with_a_cached_client_makes_the_next_one_register_a_client() {
    let world = World::new();
    sign_in(&world, CODE, approve).unwrap();
    world.center.forget_clients();
    let url = die_at_prompt(&world);
    let page = Browser::new().visit(&url);
    assert!(page.body.contains("Unknown client"), "{}", page.body);
    assert!(is_remembered(&world));

    let token = sign_in(&world, CODE, approve).unwrap();
    assert_eq!(registered(&world), 2);
    assert_eq!(world.cached_token(), Some(token));
    assert!(!is_remembered(&world));
    sign_in(&world, CODE, approve).unwrap();
    assert_eq!(registered(&world), 2);
}

#[test]
fn a_killed_sign_in_with_a_new_client_does_not() {
    let world = World::new();
    die_at_prompt(&world);
    assert!(!is_remembered(&world));
    sign_in(&world, CODE, approve).unwrap();
    assert_eq!(registered(&world), 1);
}

#[test]
fn a_denied_sign_in_with_a_cached_client_makes_the_next_one_register_a_client() {
    let world = World::new();
    sign_in(&world, CODE, approve).unwrap();
    world.center.set_consent(Consent::Deny);
    let prompts = RefCell::new(0);
    let denied = sign_in(&world, CODE, |request| {
        prompts.replace_with(|count| *count + 1);
        approve(request);
    });
    assert!(
        matches!(denied, Err(Error::AuthorizationRefused { .. })),
        "{denied:?}"
    );
    assert_eq!((prompts.into_inner(), registered(&world)), (1, 1));
    world.center.set_consent(Consent::Ask);
    sign_in(&world, CODE, approve).unwrap();
    assert_eq!(registered(&world), 2);
}

#[test]
fn a_state_directory_that_cannot_hold_the_client_does_not_stop_the_sign_in() {
    let world = World::new();
    sign_in(&world, CODE, approve).unwrap();
    let key = world.session.token_key();
    let state_file = world
        .cache
        .state_dir()
        .join(format!("{key}.{UNCONFIRMED_CLIENT_SUFFIX}"));
    std::fs::create_dir(state_file).unwrap();
    sign_in(&world, CODE, approve).unwrap();
    assert_eq!(registered(&world), 1);
}

/// Responses that refuse a request for good, in known words, in unknown words, and without any.
fn refusals() -> Vec<Fault> {
    let words = [
        "invalid_client",
        "unauthorized_client",
        "invalid_grant",
        "invalid_scope",
        "unsupported_grant_type",
        "invalid_request",
        "invalid_redirect_uri",
        "invalid_client_metadata",
    ];
    let unknown = [
        Fault::Status(400, json!({ "error": "something_new" })),
        Fault::Status(403, json!({ "__type": "SomethingNewException" })),
        Fault::Status(404, json!({})),
    ];
    words.into_iter().map(Fault::oidc).chain(unknown).collect()
}

/// Responses after which the client may still be accepted.
fn failures() -> [Fault; 5] {
    [
        Fault::oidc("server_error"),
        Fault::kms("KMS_DisabledException"),
        Fault::Throttle(None),
        Fault::Status(400, json!({ "__type": "ThrottlingException" })),
        Fault::Status(408, json!({})),
    ]
}

#[test]
fn a_cached_client_that_is_refused_after_the_approval_is_replaced_once() {
    let check = |fault: Fault, is_replaced: bool| {
        let world = World::new();
        sign_in(&world, CODE, approve).unwrap();
        world
            .center
            .fail_next(Operation::CreateToken, fault.clone());
        let (replaced, is_started_again) = answer_first(&world, |url| Browser::new().approve(url));
        assert_eq!(replaced.is_ok(), is_replaced, "{fault:?}: {replaced:?}");
        assert_eq!(is_started_again, is_replaced, "{fault:?}");
        assert_eq!(
            registered(&world),
            1 + usize::from(is_replaced),
            "{fault:?}"
        );

        world
            .center
            .fail_always(Operation::CreateToken, fault.clone());
        sign_in(&world, CODE, approve).unwrap_err();
        let again = registered(&world);
        world.center.clear_faults();
        sign_in(&world, CODE, approve).unwrap();
        assert!(registered(&world) <= again + 1, "{fault:?}");
        if is_replaced {
            assert_eq!(again, 3, "{fault:?}");
        }
    };
    for fault in refusals() {
        check(fault, true);
    }
    check(Fault::oidc("access_denied"), true);
    check(Fault::oidc("expired_token"), true);
    for fault in failures() {
        check(fault, false);
    }
}

/// Signs in. `answer` opens the first URL, and the user approves the next one. Returns the result, and
/// whether the first page announces a new sign-in.
fn answer_first(
    world: &World,
    answer: impl FnOnce(&str) -> Visit + Send + 'static,
) -> (Result<(), Error>, bool) {
    let (answer, answered) = (Cell::new(Some(answer)), Cell::new(None));
    let outcome = sign_in(world, CODE, |request| match answer.take() {
        Some(answer) => {
            let url = url_of(request);
            answered.set(Some(thread::spawn(move || answer(&url))));
        }
        None => approve(request),
    });
    let page = answered.take().unwrap().join().unwrap().body;
    let is_started_again = page.contains("it starts the sign-in again");
    let has_next_step = page.contains("To try again") || page.contains("for the next step");
    let is_signed_in = page.contains("You are signed in");
    assert!(is_started_again ^ has_next_step ^ is_signed_in, "{page}");
    (outcome.map(drop), is_started_again)
}

#[test]
fn a_cached_client_that_is_refused_at_a_redirect_is_replaced() {
    let redirected = |world: &World, error: &'static str| {
        answer_first(world, move |url| {
            let state = crate::loopback::parameter(url, "state");
            let redirect_uri = crate::loopback::parameter(url, "redirect_uri");
            Browser::new().visit(&format!("{redirect_uri}?error={error}&state={state}"))
        })
    };
    let check = |error: &'static str, is_replaced: bool| {
        let world = World::new();
        let (outcome, is_started_again) = redirected(&world, error);
        assert!(outcome.is_err() && !is_started_again, "{error}: new client");
        sign_in(&world, CODE, approve).unwrap();
        let (outcome, is_started_again) = redirected(&world, error);
        assert_eq!(outcome.is_ok(), is_replaced, "{error}: {outcome:?}");
        assert_eq!(is_started_again, is_replaced, "{error}");
    };
    check("invalid_client", true);
    check("unauthorized_client", true);
    check("invalid_request", true);
    check("invalid_scope", true);
    check("invalid_grant", true);
    check("unsupported_response_type", true);
    check("something_new", true);
    check("access_denied", false);
    check("server_error", false);
    check("temporarily_unavailable", false);
}

#[test]
fn a_device_code_registers_a_client_in_place_of_a_refused_one_in_the_same_run() {
    let check = |operation, fault: Fault, is_replaced: bool| {
        let world = World::new();
        world.center.set_consent(Consent::Granted);
        sign_in(&world, DEVICE, unexpected_prompt).unwrap();
        world.center.fail_next(operation, fault.clone());
        let outcome = sign_in(&world, DEVICE, |request| {
            assert!(!is_replaced, "unexpected prompt: {request:?}");
        });
        let is_registered = registered(&world) == 2;
        assert_eq!(is_registered, is_replaced, "{fault:?}: {outcome:?}");
        assert!(outcome.is_ok() || !is_replaced, "{fault:?}: {outcome:?}");
    };
    let (start, create) = (Operation::StartDeviceAuthorization, Operation::CreateToken);
    for fault in refusals() {
        check(start, fault.clone(), true);
        check(create, fault, true);
    }
    check(start, Fault::oidc("access_denied"), true);
    check(start, Fault::oidc("expired_token"), true);
    check(create, Fault::oidc("access_denied"), false);
    check(create, Fault::oidc("expired_token"), false);
    for fault in failures() {
        check(start, fault.clone(), false);
        check(create, fault, false);
    }
}

#[test]
fn a_new_client_that_is_refused_is_not_replaced_again() {
    for fault in refusals() {
        let world = World::new();
        let start = Operation::StartDeviceAuthorization;
        world.center.fail_always(start, fault.clone());
        sign_in(&world, DEVICE, unexpected_prompt).unwrap_err();
        assert_eq!(registered(&world), 1, "{fault:?}");
        sign_in(&world, DEVICE, unexpected_prompt).unwrap_err();
        assert_eq!(registered(&world), 2, "{fault:?}");
        assert_eq!(world.center.count(start), 3, "{fault:?}");
    }
}

#[test]
fn a_client_that_is_registered_for_another_grant_is_replaced() {
    let world = World::new();
    world.center.set_consent(Consent::Granted);
    sign_in(&world, CODE, approve).unwrap();
    let path = world.home.sso_cache().join(TestEnv::REGISTRATION_OF_MY_SSO);
    let mut file = world.home.read_json(&path);
    file.as_object_mut().unwrap().remove("grantTypes");
    world
        .home
        .plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &file);
    sign_in(&world, DEVICE, unexpected_prompt).unwrap();
    assert_eq!(registered(&world), 2);
}

#[test]
fn a_refresh_with_a_forgotten_client_requires_a_sign_in_with_a_new_one() {
    let world = World::new();
    sign_in(&world, CODE, approve).unwrap();
    world.center.forget_clients();
    let expires_at = world.cached_token().unwrap().expires_at;
    world.clock.set(expires_at);
    let clients = world.clients();
    let refused = world.tokens(&clients).token().unwrap_err();
    assert_eq!(reason(&refused), Some(SignInReason::SessionEnded));
    sign_in(&world, CODE, approve).unwrap();
    assert_eq!(registered(&world), 2);
}

#[test]
fn a_refresh_that_is_refused_in_other_words_requires_a_sign_in_with_a_new_client() {
    for error in ["invalid_request", "invalid_scope", "invalid_redirect_uri"] {
        let world = World::new();
        sign_in(&world, CODE, approve).unwrap();
        world.clock.set(world.cached_token().unwrap().expires_at);
        world
            .center
            .fail_next(Operation::CreateToken, Fault::oidc(error));
        let clients = world.clients();
        let refused = world.tokens(&clients).token().unwrap_err();
        assert!(refused.is_sign_in_required(), "{refused:?}");
        sign_in(&world, CODE, approve).unwrap();
        assert_eq!(registered(&world), 2, "{error}");
    }
}

#[test]
fn a_refresh_that_is_refused_for_another_reason_keeps_the_client() {
    let world = World::new();
    sign_in(&world, CODE, approve).unwrap();
    world.center.end_session();
    let expires_at = world.cached_token().unwrap().expires_at;
    world.clock.set(expires_at);
    let clients = world.clients();
    world.tokens(&clients).token().unwrap_err();
    sign_in(&world, CODE, approve).unwrap();
    assert_eq!(registered(&world), 1);
}

// The AWS CLI registers for the same key, under another name.
#[test]
fn a_client_of_another_tool_is_used_and_replaced_alike() {
    let world = World::new();
    sign_in(&world, CODE, approve).unwrap();
    let path = world.home.sso_cache().join(TestEnv::REGISTRATION_OF_MY_SSO);
    let mut file = world.home.read_json(&path);
    file["clientId"] = json!("client-of-the-aws-cli");
    world
        .home
        .plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &file);
    let url = die_at_prompt(&world);
    assert!(url.contains("client-of-the-aws-cli"), "{url}");
    assert!(is_remembered(&world));
    sign_in(&world, CODE, approve).unwrap();
    assert_eq!(registered(&world), 2);
}

/// Signs in while another process changes the cached registration during the request for a new one.
/// Returns the client ID in the cache at the end.
fn client_after_change(world: &World, change: impl Fn() + Send + Sync) -> Option<String> {
    world.center.set_consent(Consent::Granted);
    let clients = world.clients().before_first_request(change);
    let token = sign_in_with(world, &clients, DEVICE).unwrap();
    assert_eq!(world.cached_token(), Some(token));
    let key = world.session.registration_key();
    let cached = world.cache.registration(&key).unwrap();
    cached.map(|cached| cached.client_id.as_str().to_owned())
}

#[test]
fn a_client_that_another_process_registers_or_removes_meanwhile_is_not_overwritten() {
    let other =
        json!({"clientId": "other", "clientSecret": "s", "expiresAt": "2099-01-01T00:00:00Z"});
    let file = TestEnv::REGISTRATION_OF_MY_SSO;
    let world = World::new();
    let registered = client_after_change(&world, || {});
    assert!(registered.is_some_and(|client| client != "other"));

    let world = World::new();
    let client = client_after_change(&world, || world.home.plant_sso_file(file, &other));
    assert_eq!(client.as_deref(), Some("other"));

    let mut unusable = other.clone();
    unusable["grantTypes"] = json!(["authorization_code"]);
    let client_after = |change: &(dyn Fn(&World) + Sync)| {
        let world = World::new();
        world.home.plant_sso_file(file, &unusable);
        client_after_change(&world, || change(&world))
    };
    let replaced = client_after(&|_| {});
    assert!(replaced.is_some_and(|client| client != "other"));
    let changed = client_after(&|world| world.home.plant_sso_file(file, &other));
    assert_eq!(changed.as_deref(), Some("other"));
    let removed = client_after(&|world| {
        let path = world.home.sso_cache().join(file);
        std::fs::remove_file(world.home.home().join(path)).unwrap();
    });
    assert_eq!(removed, None);
}
