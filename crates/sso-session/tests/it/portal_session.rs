//! The end of an access portal session before a sign-in.

use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_session::Error;

use crate::world::{MINUTE, World};

fn end_session(world: &World) -> Result<(), Error> {
    let clients = world.clients();
    world.tokens(&clients).end_portal_session()
}

#[test]
fn an_access_portal_session_is_ended_and_its_token_is_kept() {
    let world = World::new();
    world.sign_in_with_left(60 * MINUTE);
    let token = world.cached_token();
    end_session(&world).unwrap();
    assert_eq!(world.center.count(Operation::Logout), 1);
    assert_eq!(world.cached_token(), token);
    // The access portal rejects the token, because its session has ended.
    end_session(&world).unwrap();
    assert_eq!(world.center.count(Operation::Logout), 2);
}

#[test]
fn a_failed_request_and_a_missing_token_are_errors() {
    let world = World::new();
    let error = end_session(&world).unwrap_err();
    assert!(error.is_sign_in_required(), "{error}");
    assert!(world.center.requests().is_empty());

    world.sign_in_with_left(60 * MINUTE);
    let fault = Fault::Status(500, json!({}));
    world.center.fail_always(Operation::Logout, fault);
    let error = end_session(&world).unwrap_err();
    assert!(matches!(error, Error::Portal { .. }), "{error}");
}
