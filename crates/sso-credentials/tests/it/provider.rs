use std::cell::Cell;
use std::time::Duration;

use identity_center_emulator::settings::{ACCESS_KEY, AssumableRole};
use identity_center_emulator::sign_in::rfc3339;
use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_config::chain::{AssumedRole, CredentialChain};
use sso_credentials::keys::RoleKeys as _;
use sso_credentials::provider::{CredentialsProvider, MfaPrompt};
use sso_credentials::{Credentials, Error, KeysOrigin};
use sso_session::Clock as _;
use sso_test_support::TestEnv;
use sso_types::Secret;
use token_cache::CacheKey;

use crate::world::{LESS_THAN_REFRESH_WINDOW, MINUTE, REFRESH_WINDOW, World};

const DEVICE: &str = "arn:aws:iam::111122223333:mfa/otter";

#[derive(Default)]
struct FakeMfa {
    code: Option<&'static str>,
    prompts: Cell<u32>,
}

impl MfaPrompt for FakeMfa {
    fn token_code(&self, serial_number: &str) -> Option<Secret> {
        assert_eq!(serial_number, DEVICE);
        self.prompts.set(self.prompts.get() + 1);
        self.code.map(Into::into)
    }
}

/// Returns a world with the role chain `base` → `x` → `y`, and a role `mfa` that requires an MFA
/// code.
fn world() -> World {
    let [id, secret] = ACCESS_KEY;
    let world = World::with_config(&format!(
        "[profile base]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\
         [profile x]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = base\n\
         [profile y]\nrole_arn = arn:aws:iam::222222222222:role/y\nsource_profile = x\n\
         [profile mfa]\nrole_arn = arn:aws:iam::222222222222:role/mfa\nsource_profile = base\n\
         mfa_serial = {DEVICE}\n"
    ));
    world.center.configure(|settings| {
        let role = AssumableRole::new("arn:aws:iam::222222222222:role/mfa");
        settings.assumable_roles.push(role.with_mfa_serial(DEVICE));
    });
    world
}

fn chain_of(world: &World, profile: &str) -> CredentialChain {
    CredentialChain::load(world.aws.env(), world.aws.files(), &profile.into()).unwrap()
}

fn credentials(
    world: &World,
    profile: &str,
    min_validity: Duration,
    mfa: &FakeMfa,
) -> Result<Credentials, Error> {
    let clients = world.clients();
    let provider = CredentialsProvider {
        chain: &chain_of(world, profile),
        cache: world.aws.cache(),
        clients: &clients,
        clock: world.aws.clock(),
        mfa,
    };
    provider.credentials(min_validity)
}

fn default_credentials(world: &World, profile: &str) -> Result<Credentials, Error> {
    credentials(world, profile, REFRESH_WINDOW, &FakeMfa::default())
}

fn cached_key(world: &World, profile: &str) -> CacheKey {
    chain_of(world, profile)
        .roles
        .last()
        .unwrap()
        .credentials_key()
}

fn requests(world: &World) -> usize {
    world.center.count(Operation::AssumeRole)
}

#[test]
fn role_is_assumed_again_fifteen_minutes_before_expiry() {
    let check = |left: Duration, expected: usize| {
        let world = world();
        let issued = default_credentials(&world, "x").unwrap();
        world.clock.set(issued.expires_at.unwrap() - left);
        let fault = Fault::sts("InternalFailure");
        world.center.fail_always(Operation::AssumeRole, fault);
        assert_eq!(default_credentials(&world, "x").is_ok(), expected == 1);
        assert_eq!(requests(&world), expected);
    };
    check(REFRESH_WINDOW, 1);
    check(LESS_THAN_REFRESH_WINDOW, 2);
}

#[test]
fn long_chain_does_not_overflow_the_stack() {
    let world = world();
    let mut chain = chain_of(&world, "x");
    let role = chain.roles[0].clone();
    chain.roles.extend((0..400).map(|number| AssumedRole {
        external_id: Some(format!("link-{number}")),
        ..role.clone()
    }));
    world
        .center
        .configure(|settings| settings.assumable_roles.clear());
    let clients = world.clients();
    let provider = CredentialsProvider {
        chain: &chain,
        cache: world.aws.cache(),
        clients: &clients,
        clock: world.aws.clock(),
        mfa: &FakeMfa::default(),
    };
    provider.credentials(REFRESH_WINDOW).unwrap_err();
    assert_eq!(requests(&world), 1);
}

#[test]
fn only_roles_that_are_not_cached_are_assumed() {
    let world = world();
    default_credentials(&world, "y").unwrap();
    assert_eq!(requests(&world), 2);
    let locked = world
        .aws
        .cache()
        .lock_role_credentials(&cached_key(&world, "y"), MINUTE);
    locked.unwrap().remove().unwrap();
    default_credentials(&world, "y").unwrap();
    assert_eq!(requests(&world), 3);

    let locked = world
        .aws
        .cache()
        .lock_role_credentials(&cached_key(&world, "x"), MINUTE);
    locked.unwrap().remove().unwrap();
    default_credentials(&world, "y").unwrap();
    assert_eq!(
        requests(&world),
        3,
        "a role is not assumed if the next role in the chain is cached"
    );
}

#[test]
fn clock_skew_is_the_reported_reason() {
    let world = world();
    world
        .clock
        .set(time::OffsetDateTime::now_utc() - time::Duration::hours(1));
    let error = default_credentials(&world, "x").unwrap_err();
    let Error::ClockOff { source, skew } = error else {
        panic!("{error:?}")
    };
    assert!(skew.0 < time::Duration::minutes(-55), "{skew}");
    assert!(matches!(*source, Error::AssumeRole { .. }), "{source:?}");
}

#[test]
fn generated_session_name_is_not_part_of_the_cache_key() {
    let world = world();
    default_credentials(&world, "x").unwrap();
    let form = world.center.requests()[0].form();
    assert!(
        form["RoleSessionName"].starts_with("aws-sso-tools-"),
        "{form:?}"
    );
    // From botocore.
    let expected = "95d09881ce2b8640037689ba1232104a0ff278d8";
    assert_eq!(cached_key(&world, "x").as_str(), expected);
}

#[test]
fn cached_role_needs_no_mfa_code() {
    let world = world();
    let mfa = FakeMfa {
        code: Some("123456"),
        ..FakeMfa::default()
    };
    for _ in 0..2 {
        credentials(&world, "mfa", REFRESH_WINDOW, &mfa).unwrap();
    }
    assert_eq!((mfa.prompts.get(), requests(&world)), (1, 1));
}

#[test]
fn missing_mfa_code_is_an_error_without_a_request() {
    for code in [None, Some("")] {
        let world = world();
        let mfa = FakeMfa {
            code,
            ..FakeMfa::default()
        };
        let error = credentials(&world, "mfa", REFRESH_WINDOW, &mfa).unwrap_err();
        assert!(matches!(error, Error::MfaRequired { .. }), "{error:?}");
        assert!(error.to_string().contains(DEVICE));
        assert_eq!(requests(&world), 0);
    }
}

#[test]
fn invalid_network_setting_is_reported_before_the_mfa_prompt() {
    let mut world = world();
    world.aws = world.aws_with(&[("AWS_MAX_ATTEMPTS", "0")]);
    let mfa = FakeMfa {
        code: Some("123456"),
        ..FakeMfa::default()
    };
    let error = credentials(&world, "mfa", REFRESH_WINDOW, &mfa).unwrap_err();
    assert_eq!(
        error.to_string(),
        "AWS_MAX_ATTEMPTS must be a positive integer"
    );
    assert_eq!(mfa.prompts.get(), 0);
}

#[test]
fn credentials_that_cannot_be_cached_are_returned() {
    let world = world();
    world.home.write(".aws/cli", "not a directory");
    default_credentials(&world, "x").unwrap();
    default_credentials(&world, "x").unwrap();
    assert_eq!(requests(&world), 2);
}

#[test]
fn an_implausible_expiration_of_an_assumed_role_is_an_invalid_response() {
    for expiration in [
        "1970-01-01T00:00:00Z",
        "2001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ] {
        let world = world();
        let response = format!(
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId>\
             <SecretAccessKey>hunter2</SecretAccessKey><SessionToken>hunter2</SessionToken>\
             <Expiration>{expiration}</Expiration></Credentials><AssumedRoleUser>\
             <AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::222222222222:assumed-role/x/x</Arn>\
             </AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
        );
        world
            .center
            .fail_always(Operation::AssumeRole, Fault::Xml(200, response));
        let error = credentials(&world, "x", Duration::ZERO, &FakeMfa::default()).unwrap_err();
        let text = sso_session::ErrorChain(&error).to_string();
        assert!(
            text.contains("has no valid Expiration"),
            "{expiration}: {text}"
        );
    }
}

const SESSION_CHAIN: &str = "[profile x]\nrole_arn = arn:aws:iam::222222222222:role/x\n\
                             source_profile = dev\n\
                             [profile y]\nrole_arn = arn:aws:iam::222222222222:role/y\n\
                             source_profile = x\n";

/// Returns the profiles of a chain with cached credentials, after `change` at the first request.
fn cached_roles(
    prepare: impl FnOnce(&World),
    change: impl Fn(&World) + Send + Sync,
) -> Vec<&'static str> {
    let world = World::with_config(&format!("{}\n{SESSION_CHAIN}", TestEnv::SAMPLE_CONFIG));
    world.signed_in_with_left(60 * MINUTE);
    prepare(&world);
    let clients = world.clients().before_first_request(|| change(&world));
    let chain = chain_of(&world, "y");
    let provider = CredentialsProvider {
        chain: &chain,
        cache: world.aws.cache(),
        clients: &clients,
        clock: world.aws.clock(),
        mfa: &FakeMfa::default(),
    };
    provider.credentials(Duration::ZERO).unwrap();
    let cached = |key: CacheKey| world.aws.cache().role_credentials(&key).unwrap();
    let dev = cached(world.role().credentials_key()).map(|_| "dev");
    let assumed = ["x", "y"].into_iter();
    let assumed = assumed.filter(|profile| cached(cached_key(&world, profile)).is_some());
    dev.into_iter().chain(assumed).collect()
}

// The first request is GetRoleCredentials in the first half, and AssumeRole in the second.
#[test]
fn assumed_roles_of_a_token_that_was_removed_or_replaced_are_not_cached() {
    let sign_out = |world: &World| {
        let locked = world.aws.cache().lock_token(&world.token_key(), MINUTE);
        locked.unwrap().remove().unwrap();
    };
    let sign_in = |world: &World| world.home.plant_my_sso(&world.center.sign_in(&[]));
    assert_eq!(cached_roles(|_| {}, |_| {}), ["dev", "x", "y"]);
    assert_eq!(cached_roles(|_| {}, sign_out), [""; 0]);
    assert_eq!(cached_roles(|_| {}, sign_in), [""; 0]);
    let cache_source = |world: &World| {
        default_credentials(world, "dev").unwrap();
    };
    assert_eq!(cached_roles(cache_source, |_| {}), ["dev", "x", "y"]);
    assert_eq!(cached_roles(cache_source, sign_out), ["dev"]);
    assert_eq!(cached_roles(cache_source, sign_in), ["dev"]);
}

#[test]
fn a_role_chain_whose_token_is_refreshed_first_is_cached() {
    let expire = |world: &World| {
        let path = world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
        let mut token = world.home.read_json(path);
        token["expiresAt"] = json!(rfc3339(world.clock.now()));
        world.home.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    };
    assert_eq!(cached_roles(expire, |_| {}), ["dev", "x", "y"]);
}

/// Returns a world that is signed in, with the role `x` that is assumed with the credentials of the
/// SSO profile `dev`, the role `y` that is assumed with those of `x`, and a role `mfa`.
fn sso_world() -> World {
    let role = |name, source| {
        let arn = format!("arn:aws:iam::222222222222:role/{name}");
        format!("[profile {name}]\nrole_arn = {arn}\nsource_profile = {source}\n")
    };
    let world = World::with_config(&format!(
        "{}{}{}{}mfa_serial = {DEVICE}\n",
        TestEnv::SAMPLE_CONFIG,
        role("x", "dev"),
        role("y", "x"),
        role("mfa", "dev"),
    ));
    world.center.configure(|settings| {
        let role = AssumableRole::new("arn:aws:iam::222222222222:role/mfa");
        settings.assumable_roles.push(role.with_mfa_serial(DEVICE));
    });
    world.signed_in_with_left(60 * MINUTE);
    world
}

fn issued(world: &World) -> usize {
    world.center.count(Operation::GetRoleCredentials)
}

fn refuse_next(world: &World, times: usize, code: &str) {
    for _ in 0..times {
        let operation = Operation::AssumeRole;
        world.center.fail_next(operation, Fault::sts(code));
    }
}

fn origin_of(error: Error) -> KeysOrigin {
    let Error::AssumeRole { origin, source, .. } = error else {
        panic!("{error:?}")
    };
    assert!(source.is_invalid_keys(), "{source:?}");
    *origin
}

#[test]
fn an_error_contains_the_pause_that_the_service_requests() {
    let pause = Some(7 * MINUTE);
    for (operation, profile) in [
        (Operation::GetRoleCredentials, "dev"),
        (Operation::AssumeRole, "x"),
        (Operation::CreateToken, "dev"),
    ] {
        let world = sso_world();
        if operation == Operation::CreateToken {
            world.signed_in_with_left(Duration::ZERO);
        }
        world.center.fail_always(operation, Fault::Throttle(pause));
        let error = default_credentials(&world, profile).unwrap_err();
        assert_eq!(error.retry_after(), pause, "{operation:?}: {error:?}");
    }
}

#[test]
fn cached_source_credentials_that_sts_refuses_are_requested_again() {
    for code in [
        "ExpiredToken",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
    ] {
        let world = sso_world();
        let source = default_credentials(&world, "dev").unwrap();
        refuse_next(&world, 1, code);
        default_credentials(&world, "x").unwrap();
        assert_eq!((issued(&world), requests(&world)), (2, 2), "{code}");
        let cached = default_credentials(&world, "dev").unwrap();
        assert_ne!(cached.access_key_id, source.access_key_id, "{code}");
        assert_eq!(issued(&world), 2, "{code}");
    }
}

#[test]
fn source_credentials_that_sts_refuses_are_requested_again_only_once_and_only_if_cached() {
    let check = |code, is_cached: bool, expected: (usize, usize)| {
        let world = sso_world();
        if is_cached {
            default_credentials(&world, "dev").unwrap();
        }
        world
            .center
            .fail_always(Operation::AssumeRole, Fault::sts(code));
        let error = default_credentials(&world, "x").unwrap_err();
        assert_eq!((issued(&world), requests(&world)), expected, "{code}");
        error
    };
    let session = KeysOrigin::Session(sso_world().session());
    assert_eq!(origin_of(check("ExpiredToken", true, (2, 2))), session);
    assert_eq!(origin_of(check("ExpiredToken", false, (1, 1))), session);
    check("AccessDenied", true, (1, 1));
    check("ValidationError", true, (1, 1));
    check("InternalFailure", true, (1, 1));
}

#[test]
fn cached_credentials_in_the_middle_of_a_chain_are_requested_again() {
    let check = |refusals: usize, expected: (usize, usize)| {
        let world = sso_world();
        default_credentials(&world, "x").unwrap();
        refuse_next(&world, refusals, "ExpiredToken");
        default_credentials(&world, "y").unwrap();
        assert_eq!((issued(&world), requests(&world)), expected, "{refusals}");
    };
    check(0, (1, 2));
    // The role `x` is assumed again.
    check(1, (1, 4));
    // The credentials of `dev` are refused too.
    check(2, (2, 5));
}

#[test]
fn refused_source_credentials_do_not_prompt_for_a_second_mfa_code() {
    let world = sso_world();
    default_credentials(&world, "dev").unwrap();
    refuse_next(&world, 1, "ExpiredToken");
    let mfa = FakeMfa {
        code: Some("123456"),
        ..FakeMfa::default()
    };
    credentials(&world, "mfa", REFRESH_WINDOW, &mfa).unwrap();
    assert_eq!((mfa.prompts.get(), requests(&world)), (1, 2));
}

#[test]
fn refused_source_credentials_without_a_token_require_a_sign_in() {
    let world = sso_world();
    default_credentials(&world, "dev").unwrap();
    let locked = world.aws.cache().lock_token(&world.token_key(), MINUTE);
    locked.unwrap().remove().unwrap();
    refuse_next(&world, 1, "ExpiredToken");
    let error = default_credentials(&world, "x").unwrap_err();
    assert!(error.is_sign_in_required(), "{error:?}");
    world.signed_in_with_left(60 * MINUTE);
    refuse_next(&world, 1, "ExpiredToken");
    default_credentials(&world, "x").unwrap();
}

#[test]
fn refused_static_keys_are_located_and_not_sent_again() {
    let world = world();
    refuse_next(&world, 1, "InvalidClientTokenId");
    let origin = origin_of(default_credentials(&world, "x").unwrap_err());
    let KeysOrigin::Static(location) = origin else {
        panic!("{origin:?}")
    };
    assert_eq!((location.line, requests(&world)), (2, 1));
}

#[cfg(unix)]
#[test]
fn a_process_whose_credentials_sts_refuses_runs_again_once() {
    let check = |second: &str, is_accepted: bool, expected: usize| {
        let [id, secret] = ACCESS_KEY;
        let mut world = world();
        let print = |id: &str| {
            format!(r#"{{"Version":1,"AccessKeyId":"{id}","SecretAccessKey":"{secret}"}}"#)
        };
        world.home.write("first", print("AKIAREVOKED"));
        world
            .home
            .write("second", print(&second.replace("VALID", id)));
        let home = world.home.home().display();
        world.home.write_config(&format!(
            "[profile p]\n\
             credential_process = sh -c 'cat \"$0/first\"; cp \"$0/second\" \"$0/first\"' \"{home}\"\n\
             [profile x]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = p\n"
        ));
        world.aws = world.aws_with(&[]);
        let outcome = default_credentials(&world, "x");
        assert_eq!(requests(&world), expected, "{outcome:?}");
        match outcome {
            Ok(_) => assert!(is_accepted),
            Err(error) => {
                assert!(!is_accepted, "{error:?}");
                let origin = origin_of(error);
                let is_located = matches!(&origin, KeysOrigin::Process(at) if at.line == 2);
                assert!(is_located, "{origin:?}");
            }
        }
    };
    check("VALID", true, 2);
    check("AKIAREVOKED", false, 1);
    check("AKIAUNKNOWN", false, 2);
}
