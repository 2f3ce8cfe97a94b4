//! The classification of errors, also if the local clock may have caused them.

use std::io;
use std::time::Duration;

use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Fault, Operation};
use sso_oidc::OidcError;
use sso_portal::PortalError;
use sso_session::sign_in::SignInGrant;
use sso_session::{ClockSkew, Error, SignInReason};

use crate::sign_in::{sign_in, unexpected_prompt};
use crate::world::{MINUTE, World};

fn with_clock_off(source: Error) -> Error {
    Error::ClockOff {
        skew: ClockSkew(time::Duration::hours(1)),
        source: Box::new(source),
    }
}

fn of_portal(source: PortalError) -> Error {
    let operation = "Logout";
    Error::Portal { operation, source }
}

fn of_oidc() -> Error {
    Error::Oidc {
        operation: "CreateToken",
        source: OidcError::Random(io::ErrorKind::Other.into()),
    }
}

fn not_approved() -> Error {
    Error::NotApproved {
        timeout: Duration::ZERO,
        may_be_unknown_client: false,
    }
}

#[test]
fn only_a_rejection_by_the_access_portal_is_unauthorized() {
    let check = |error: fn() -> Error, expected: bool| {
        assert_eq!(error().is_unauthorized(), expected, "{}", error());
        let with_clock_off = with_clock_off(error());
        assert_eq!(with_clock_off.is_unauthorized(), expected, "{}", error());
    };
    check(|| of_portal(PortalError::MalformedToken), true);
    check(|| of_portal(PortalError::RepeatedPage), false);
    check(of_oidc, false);
    check(not_approved, false);
}

#[test]
fn only_a_required_sign_in_has_a_session_to_sign_in_to() {
    let session = World::new().session;
    let sign_in_required = || Error::SignInRequired {
        session: Box::new(session.clone()),
        reason: SignInReason::Expired,
    };
    let check = |error: Error, is_required: bool| {
        let expected = is_required.then_some(&session);
        assert_eq!(error.session_to_sign_in(), expected, "{error}");
        assert_eq!(error.is_sign_in_required(), is_required, "{error}");
    };
    check(sign_in_required(), true);
    check(with_clock_off(sign_in_required()), true);
    for error in [of_oidc, not_approved] {
        check(error(), false);
        check(with_clock_off(error()), false);
    }
}

// The local clock is one hour ahead, so that each error is a ClockOff.
#[test]
fn a_rejected_client_is_replaced_even_if_the_clock_is_off() {
    let check = |operation: Operation, error: &str, is_replaced: bool| {
        let world = World::new();
        world.clock.set(world.shared_clock.now() + 60 * MINUTE);
        world.center.set_consent(Consent::Granted);
        sign_in(&world, SignInGrant::DeviceCode, unexpected_prompt).unwrap();
        world.center.fail_next(operation, Fault::oidc(error));
        let outcome = sign_in(&world, SignInGrant::DeviceCode, unexpected_prompt);
        match &outcome {
            Ok(_) => assert!(is_replaced, "{error}"),
            Err(Error::ClockOff { .. }) => assert!(!is_replaced, "{error}"),
            Err(other) => panic!("{error}: {other:?}"),
        }
        let registered = world.center.count(Operation::RegisterClient);
        assert_eq!(registered, 1 + usize::from(is_replaced), "{error}");
    };
    let start = Operation::StartDeviceAuthorization;
    check(start, "invalid_client", true);
    check(start, "unauthorized_client", true);
    check(start, "server_error", false);
}
