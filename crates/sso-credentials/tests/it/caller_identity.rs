use std::time::Duration;

use identity_center_emulator::settings::ACCESS_KEY;
use identity_center_emulator::{Fault, Operation};
use sso_credentials::aws::Selection;
use sso_credentials::provider::NoMfa;
use sso_credentials::{CallerIdentity, Error, KeysOrigin};
use sso_test_support::TestEnv;

use crate::world::{MINUTE, World};

/// Returns a world that is signed in, with a profile of each kind.
fn world() -> World {
    let [id, secret] = ACCESS_KEY;
    let output =
        format!(r#"{{"Version": 1, "AccessKeyId": "{id}", "SecretAccessKey": "{secret}"}}"#);
    let world = World::with_config(&format!(
        "{}[profile chained]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = dev\n\
         role_session_name = otter\n\
         [profile keys]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\
         [profile process]\ncredential_process = echo '{output}'\n",
        TestEnv::SAMPLE_CONFIG
    ));
    world.signed_in_with_left(60 * MINUTE);
    world
}

fn identity(world: &World, profile: &str) -> Result<CallerIdentity, Error> {
    let selection = Selection::Profile(profile.into());
    let profile = world.aws.profile(&selection)?;
    profile.caller_identity(Duration::ZERO, &NoMfa)
}

fn refuse_next(world: &World, count: usize, code: &str) {
    for _ in 0..count {
        let operation = Operation::GetCallerIdentity;
        world.center.fail_next(operation, Fault::sts(code));
    }
}

fn counts(world: &World) -> [usize; 3] {
    [
        Operation::GetRoleCredentials,
        Operation::AssumeRole,
        Operation::GetCallerIdentity,
    ]
    .map(|operation| world.center.count(operation))
}

#[test]
fn a_profile_of_each_kind_has_an_identity() {
    let world = world();
    let check = |profile: &str, account: &str, arn: &str| {
        let identity = identity(&world, profile).unwrap();
        assert_eq!(identity.account.as_str(), account);
        assert!(identity.arn.starts_with(arn), "{identity:?}");
    };
    let permission_set = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_";
    check("dev", "111122223333", permission_set);
    let role = "arn:aws:sts::222222222222:assumed-role/x/otter";
    check("chained", "222222222222", role);
    let user = "arn:aws:iam::111122223333:user/otter";
    check("keys", "111122223333", user);
    assert_eq!(counts(&world), [1, 1, 3]);
    if cfg!(unix) {
        check("process", "111122223333", user);
    }
}

#[test]
fn cached_credentials_without_an_identity_are_requested_again_once() {
    let check = |profile: &str, code: &str, refusals: usize, expected: [usize; 3]| {
        let world = world();
        identity(&world, profile).unwrap();
        refuse_next(&world, refusals, code);
        let outcome = identity(&world, profile);
        assert_eq!(counts(&world), expected, "{profile} {code}");
        outcome
    };
    check("dev", "ExpiredToken", 1, [2, 0, 3]).unwrap();
    check("chained", "InvalidClientTokenId", 1, [1, 2, 3]).unwrap();
    if cfg!(unix) {
        check("process", "ExpiredToken", 1, [0, 0, 2]).unwrap_err();
    }
    check("keys", "ExpiredToken", 1, [0, 0, 2]).unwrap_err();
    check("dev", "ExpiredToken", 2, [2, 0, 3]).unwrap_err();
    check("dev", "AccessDenied", 1, [1, 0, 2]).unwrap_err();
}

#[test]
fn newly_issued_credentials_without_an_identity_are_not_requested_again() {
    let world = world();
    refuse_next(&world, 1, "ExpiredToken");
    let error = identity(&world, "chained").unwrap_err();
    assert_eq!(counts(&world), [1, 1, 1]);
    let Error::CallerIdentity { origin, source } = error else {
        panic!("{error:?}")
    };
    assert_eq!(*origin, KeysOrigin::Session(world.session()));
    assert!(source.is_invalid_keys());
}

#[test]
fn an_identity_without_a_sign_in_requires_one() {
    let world = World::new();
    for profile in ["dev", "legacy"] {
        let error = identity(&world, profile).unwrap_err();
        assert!(error.is_sign_in_required(), "{error:?}");
    }
    assert_eq!(counts(&world), [0, 0, 0]);
}
