use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use identity_center_emulator::Operation;
use identity_center_emulator::grant_type::{DEVICE_CODE, REFRESH_TOKEN};
use identity_center_emulator::settings::Consent;
use sso_credentials::Error;
use sso_credentials::aws::{Aws, Profile, Selection, Session, SignInOptions, SignOutRequest};
use sso_credentials::endpoint::CredentialEndpoint;
use sso_credentials::provider::NoMfa;
use sso_session::clients::ConnectionOptions;
use sso_session::sign_in::{
    AuthorizationPrompt, AuthorizationRequest, SignInGrant, TokenRequirement,
};
use sso_session::sign_out::SignOutTarget;
use sso_session::start_url::Trust;
use sso_session::{Clock as _, ServiceClients, SignInReason, TokenProvider};
use sso_test_support::TestEnv;
use token_cache::refresh::{RefreshClock, RefreshError, RefreshGrant};
use token_cache::{CacheError, CacheEvent, CacheKey, CachedToken, refresh};

use crate::world::{MINUTE, REFRESH_WINDOW, World};

/// Fails to compile if a type cannot be used from several threads.
const _: () = {
    const fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Aws>();
    is_send_and_sync::<Session<'_>>();
    is_send_and_sync::<Profile<'_>>();
    is_send_and_sync::<TokenProvider<'_>>();
    is_send_and_sync::<ServiceClients<'_>>();
    is_send_and_sync::<CredentialEndpoint>();
};

fn profile(name: &str) -> Selection {
    Selection::Profile(name.into())
}

fn session(name: &str) -> Selection {
    Selection::Session(name.into())
}

#[test]
fn profile_in_effect_is_the_selected_one_else_that_of_the_environment() {
    let world = World::new();
    let check = |variables: &[(&str, &str)], selection: &Selection, expected: &str| {
        let found = world
            .aws_with(variables)
            .profile_in_effect(selection)
            .unwrap();
        assert_eq!(found.as_str(), expected, "{variables:?} {selection:?}");
    };
    let variable = [("AWS_PROFILE", "prod")];
    check(&variable, &profile("dev"), "dev");
    check(&variable, &session("my-sso"), "prod");
    check(&variable, &Selection::Default, "prod");
    check(&[], &session("my-sso"), "default");
    check(&[], &Selection::Default, "default");
}

#[test]
fn session_is_found_by_name_by_profile_and_by_environment() {
    let world = World::new();
    let check = |variables: &[(&str, &str)], selection: &Selection, expected: &str| {
        let aws = world.aws_with(variables);
        let session = aws.session(selection).unwrap();
        assert_eq!(session.settings().label(), expected, "{selection:?}");
    };
    let legacy = "start URL https://my-sso-portal.awsapps.com/start";
    check(&[], &session("my-sso"), "SSO session my-sso");
    check(&[], &profile("dev"), "SSO session my-sso");
    check(&[], &profile("legacy"), legacy);
    check(&[("AWS_PROFILE", "legacy")], &Selection::Default, legacy);
    assert!(world.center.requests().is_empty());
}

#[test]
fn missing_session_or_profile_is_a_config_error() {
    let world = World::new();
    let of_session = |selection| match world.aws.session(&selection).map(drop) {
        Err(Error::Config(error)) => error,
        other => panic!("{selection:?}: {other:?}"),
    };
    let of_profile = |selection| match world.aws.profile(&selection).map(drop) {
        Err(Error::Config(error)) => error,
        other => panic!("{selection:?}: {other:?}"),
    };
    for error in [of_session(profile("gone")), of_profile(profile("gone"))] {
        assert!(
            matches!(error, sso_config::Error::UnknownProfile { .. }),
            "{error:?}"
        );
    }
    let error = of_session(Selection::Default);
    assert!(
        matches!(error, sso_config::Error::NoSessionSelected { .. }),
        "{error:?}"
    );
    let error = of_profile(Selection::Default);
    assert!(
        matches!(error, sso_config::Error::NoProfileSelected { .. }),
        "{error:?}"
    );
    let error = of_session(session("gone"));
    assert!(
        matches!(error, sso_config::Error::UnknownSession { .. }),
        "{error:?}"
    );
}

#[test]
fn token_is_refreshed_if_its_remaining_lifetime_is_below_the_minimum() {
    let world = World::new();
    world.signed_in_with_left(10 * MINUTE);
    let session = world.aws.session(&session("my-sso")).unwrap();
    let token = session.token(5 * MINUTE).unwrap();
    assert_eq!(Some(token), world.cached_token());
    assert_eq!(world.center.count_grants(REFRESH_TOKEN), 0);
    let token = session.token(REFRESH_WINDOW).unwrap();
    assert_eq!(Some(token), world.cached_token());
    assert_eq!(world.center.count_grants(REFRESH_TOKEN), 1);
    assert_eq!(session.status().token.unwrap(), world.cached_token());
}

struct NoPrompt;

impl AuthorizationPrompt for NoPrompt {
    type Guard = ();

    fn show(&self, request: &AuthorizationRequest<'_>) {
        panic!("unexpected prompt for {request:?}");
    }

    fn token_not_saved_yet(&self, error: &sso_session::Error, _: Duration) {
        panic!("unexpected error {error:?}");
    }
}

/// Signs in with a device code that is already approved.
fn sign_in(world: &World, session: &Session<'_>, requirement: TokenRequirement) {
    world.center.set_consent(Consent::Granted);
    let resolved = session.resolve(&|_| Trust::NotAsked).unwrap();
    let options = SignInOptions {
        grant: SignInGrant::DeviceCode,
        redirect_port: None,
        requirement,
    };
    let token = session.sign_in(&resolved, options, NoPrompt).unwrap();
    assert_eq!(Some(token), world.cached_token());
}

#[test]
fn sign_in_reuses_a_valid_token_unless_forced() {
    let check = |requirement, expected| {
        let world = World::new();
        world.signed_in_with_left(60 * MINUTE);
        let session = world.aws.session(&session("my-sso")).unwrap();
        sign_in(&world, &session, requirement);
        assert_eq!(
            world.center.count_grants(DEVICE_CODE),
            expected,
            "{requirement:?}"
        );
    };
    check(TokenRequirement::ValidFor(60 * MINUTE), 0);
    check(TokenRequirement::ValidFor(61 * MINUTE), 1);
    check(TokenRequirement::New, 1);
}

#[test]
fn profile_returns_and_caches_the_credentials_of_its_role() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let dev = world.aws.profile(&profile("dev")).unwrap();
    assert_eq!(dev.name().unwrap().as_str(), "dev");
    assert_eq!(dev.region().as_deref(), Some("us-west-2"));
    let found = dev.credentials(REFRESH_WINDOW, &NoMfa).unwrap();
    assert_eq!(found.account_id.unwrap().as_str(), "111122223333");
    assert_eq!(world.center.count(Operation::GetRoleCredentials), 1);
    assert!(
        world
            .home
            .cli_cache()
            .join(TestEnv::CREDENTIALS_OF_DEV)
            .exists()
    );
    let again = dev.credentials(REFRESH_WINDOW, &NoMfa).unwrap();
    assert_eq!(again.access_key_id, found.access_key_id);
    assert_eq!(world.center.count(Operation::GetRoleCredentials), 1);
}

#[test]
fn duration_is_an_error_for_a_profile_that_assumes_no_role() {
    let world = World::new();
    let refused = world
        .aws
        .profile(&profile("dev"))
        .unwrap()
        .with_duration(900);
    assert!(
        matches!(
            refused.map(drop),
            Err(Error::Config(sso_config::Error::DurationNotApplicable))
        ),
        "the permission set determines the duration of an IAM Identity Center role"
    );
}

#[test]
fn role_of_a_session_needs_no_profile() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let role = world.aws.role(
        &session("my-sso"),
        "123456789011".into(),
        "FullAccess".into(),
    );
    let role = role.unwrap();
    assert_eq!((role.name(), role.region()), (None, None));
    let found = role.credentials(REFRESH_WINDOW, &NoMfa).unwrap();
    assert_eq!(found.account_id.unwrap().as_str(), "123456789011");
}

/// Only one profile of the session contains the endpoint URL.
#[test]
fn every_selection_finds_the_network_settings_of_the_session() {
    let world = World::new();
    let endpoint = format!("max_attempts = 1\nendpoint_url = {}\n", world.center.url());
    let config = TestEnv::SAMPLE_CONFIG.replace(
        "sso_account_id = 123456789011\n",
        &format!("sso_account_id = 123456789011\n{endpoint}"),
    );
    world.home.write_config(&config);
    let env = world.home.environment(&[]);
    let options = ConnectionOptions::new("a test");
    let aws = Aws::new(env, world.clock.clone(), options).unwrap();
    let signed_in = || world.signed_in_with_left(60 * MINUTE);
    let check = |operation: Operation, request: &dyn Fn()| {
        world.center.forget_requests();
        request();
        assert_eq!(world.center.count(operation), 1, "{operation:?}");
    };

    for selection in [session("my-sso"), profile("dev"), profile("prod")] {
        let session = aws.session(&selection).unwrap();
        signed_in();
        check(Operation::CreateToken, &|| {
            drop(session.token(61 * MINUTE).unwrap());
        });
        check(Operation::StartDeviceAuthorization, &|| {
            sign_in(&world, &session, TokenRequirement::New);
        });
        signed_in();
        check(Operation::ListAccounts, &|| {
            session.list_accounts().unwrap();
        });
        check(Operation::ListAccountRoles, &|| {
            let account = "111122223333".into();
            session.list_account_roles(&account).unwrap();
        });
        check(Operation::ListAccounts, &|| {
            let mut statuses = [session.status()];
            aws.verify_tokens(&mut statuses, &selection).unwrap();
            assert!(matches!(statuses[0].accepted, Some(Ok(true))));
        });
        check(Operation::Logout, &|| {
            session.end_portal_session().unwrap();
        });
        signed_in();
        check(Operation::GetRoleCredentials, &|| {
            let role = aws.role(&selection, "111122223333".into(), "Billing".into());
            // The access portal denies a role that the user does not have.
            role.unwrap()
                .credentials(REFRESH_WINDOW, &NoMfa)
                .unwrap_err();
        });
    }
    check(Operation::GetRoleCredentials, &|| {
        let dev = aws.profile(&profile("dev")).unwrap();
        dev.credentials(REFRESH_WINDOW, &NoMfa).unwrap();
    });
    check(Operation::Logout, &|| {
        let report = aws.sign_out(&SignOutRequest::default()).unwrap();
        assert_eq!(report.tokens.len(), 1);
    });
}

/// The process of the refresh may be stopped. When it continues, it finds the token missing.
#[test]
fn sign_out_during_an_endless_refresh_removes_the_token_which_is_not_saved_again() {
    let world = World::new();
    world.signed_in_with_left(MINUTE);
    let (clock, waits) = (world.clock.clone(), Arc::new(AtomicUsize::new(0)));
    let logout = world.aws_with(&[]).with_cache(|cache| {
        let waits = waits.clone();
        let cache = cache.with_pause(move |pause| clock.sleep(pause));
        cache.on_event(move |event| {
            assert!(
                matches!(event, CacheEvent::WaitingForLock { .. }),
                "{event:?}"
            );
            waits.fetch_add(1, Ordering::SeqCst);
        })
    });
    let other = CacheKey::session_token(&"other".into());
    let _other_lock = world.aws.cache().lock_token(&other, MINUTE).unwrap();
    let request = |old: &CachedToken, _: RefreshGrant<'_>| {
        let before = world.clock.now();
        let report = logout.sign_out(&SignOutRequest::default()).unwrap();
        assert!(world.clock.now() - before <= Duration::from_secs(31));
        assert_eq!(waits.load(Ordering::SeqCst), 1, "only for the first lock");
        assert_eq!((report.tokens.len(), report.problems.len()), (1, 0));
        assert!(!report.held_locks.is_empty());
        assert!(world.cached_token().is_none());
        let expires_at = old.expires_at + 60 * MINUTE;
        Ok::<_, CacheError>(Some(CachedToken {
            expires_at,
            ..old.clone()
        }))
    };
    let clock = RefreshClock {
        now: || world.clock.now(),
        sleep: |pause| world.clock.sleep(pause),
    };
    let key = world.token_key();
    let refreshed = refresh(
        world.aws.cache(),
        &key,
        Some,
        REFRESH_WINDOW,
        clock,
        request,
    );
    // The new token would outlive the sign-out.
    assert!(matches!(refreshed, Err(RefreshError::NotCached)));
    assert!(world.cached_token().is_none());
}

#[test]
fn before_first_request_runs_once_and_not_for_cached_results() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let calls = Arc::new(AtomicUsize::new(0));
    let aws = world.aws_with(&[]).before_first_request({
        let calls = calls.clone();
        move || {
            calls.fetch_add(1, Ordering::SeqCst);
        }
    });
    aws.session(&profile("dev"))
        .unwrap()
        .token(REFRESH_WINDOW)
        .unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    let dev = aws.profile(&profile("dev")).unwrap();
    for _ in 0..2 {
        dev.credentials(REFRESH_WINDOW, &NoMfa).unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }
}

fn region_if_signed_in(aws: &Aws) -> Result<Option<String>, Error> {
    aws.session(&profile("dev"))?.token(Duration::ZERO)?;
    Ok(aws.files().region(&"dev".into()))
}

#[test]
fn successful_attempt_runs_once_without_a_sign_in() {
    let mut world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let attempts = Cell::new(0);
    let region = world.aws.retry_after_sign_in(
        |aws| {
            attempts.set(attempts.get() + 1);
            region_if_signed_in(aws)
        },
        |_, _| -> Result<bool, Error> { panic!("unexpected sign-in") },
    );
    assert_eq!(region.unwrap().as_deref(), Some("us-west-2"));
    assert_eq!(attempts.get(), 1);
}

#[test]
fn attempt_that_requires_a_sign_in_is_repeated_with_the_new_config() {
    let World {
        center,
        home,
        mut aws,
        ..
    } = World::new();
    let (attempts, sign_ins) = (Cell::new(0), Cell::new(0));
    let region = aws.retry_after_sign_in(
        |aws| {
            attempts.set(attempts.get() + 1);
            region_if_signed_in(aws)
        },
        |aws, session| -> Result<bool, Error> {
            sign_ins.set(sign_ins.get() + 1);
            assert_eq!(session.name, Some("my-sso".into()));
            assert_eq!(aws.files().region(&"dev".into()).unwrap(), "us-west-2");
            home.plant_my_sso(&center.sign_in(&[]));
            home.write_config(&TestEnv::SAMPLE_CONFIG.replace("us-west-2", "eu-west-1"));
            Ok(true)
        },
    );
    assert_eq!(region.unwrap().as_deref(), Some("eu-west-1"));
    assert_eq!((attempts.get(), sign_ins.get()), (2, 1));
}

#[test]
fn failed_second_attempt_does_not_start_another_sign_in() {
    let mut world = World::new();
    let (attempts, sign_ins) = (Cell::new(0), Cell::new(0));
    let error = world.aws.retry_after_sign_in(
        |aws| {
            attempts.set(attempts.get() + 1);
            region_if_signed_in(aws)
        },
        |_, _| -> Result<bool, Error> {
            sign_ins.set(sign_ins.get() + 1);
            Ok(true)
        },
    );
    assert!(error.unwrap_err().is_sign_in_required());
    assert_eq!((attempts.get(), sign_ins.get()), (2, 1));
}

#[test]
fn error_of_the_attempt_is_returned_if_the_sign_in_is_declined() {
    let mut world = World::new();
    let attempts = Cell::new(0);
    let error = world.aws.retry_after_sign_in(
        |aws| {
            attempts.set(attempts.get() + 1);
            region_if_signed_in(aws)
        },
        |_, _| Ok::<_, Error>(false),
    );
    let error = error.unwrap_err();
    assert!(
        matches!(
            &error,
            Error::Session(sso_session::Error::SignInRequired {
                session,
                reason: SignInReason::NotSignedIn
            }) if **session == world.session()
        ),
        "{error:?}"
    );
    assert_eq!(attempts.get(), 1);
}

#[test]
fn error_that_a_sign_in_does_not_fix_starts_no_sign_in() {
    let mut world = World::new();
    let error = world.aws.retry_after_sign_in(
        |aws| aws.profile(&profile("gone")).map(drop),
        |_, _| -> Result<bool, Error> { panic!("unexpected sign-in") },
    );
    assert!(matches!(error, Err(Error::Config(_))), "{error:?}");
}

#[test]
fn sign_out_plan_lists_the_files_without_removing_them() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let dev = world.aws.profile(&profile("dev")).unwrap();
    dev.credentials(REFRESH_WINDOW, &NoMfa).unwrap();
    world.center.forget_requests();
    let before = world.home.files();
    let planned = |targets| {
        let request = SignOutRequest {
            targets,
            is_dry_run: true,
            ..SignOutRequest::default()
        };
        world.aws.sign_out(&request).unwrap()
    };
    let token = world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let credentials = world.home.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV);
    for targets in [
        vec![],
        vec![SignOutTarget::Session("my-sso".into())],
        vec![SignOutTarget::Profile("dev".into())],
        vec![SignOutTarget::StartUrl(TestEnv::START_URL.into())],
    ] {
        let plan = planned(targets.clone());
        let tokens = plan.tokens.iter().map(|token| token.location.file());
        assert_eq!(tokens.collect::<Vec<_>>(), [Some(&*token)], "{targets:?}");
        assert!(plan.tokens[0].server.is_none(), "{targets:?}");
        let role_credentials = plan.role_credentials.iter().map(|it| it.location.file());
        assert_eq!(role_credentials.collect::<Vec<_>>(), [Some(&*credentials)]);
        assert_eq!(plan.role_credentials[0].profiles, ["dev".into()]);
    }
    let plan = planned(vec![SignOutTarget::Profile("legacy".into())]);
    assert!(plan.tokens.is_empty() && plan.role_credentials.is_empty());
    assert_eq!(world.home.files(), before);
    assert!(world.center.requests().is_empty());
}

#[test]
fn sign_out_removes_the_files_of_its_plan() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let dev = world.aws.profile(&profile("dev")).unwrap();
    dev.credentials(REFRESH_WINDOW, &NoMfa).unwrap();
    let plan = SignOutRequest {
        is_dry_run: true,
        ..SignOutRequest::default()
    };
    let plan = world.aws.sign_out(&plan).unwrap();
    let done = world.aws.sign_out(&SignOutRequest::default()).unwrap();
    assert_eq!(done.role_credentials, plan.role_credentials);
    assert_eq!(done.tokens[0].location, plan.tokens[0].location);
    assert_eq!(world.center.count(Operation::Logout), 1);
    assert_eq!(world.cached_token(), None);
    for location in done.role_credentials.into_iter().map(|it| it.location) {
        assert!(!location.file().unwrap().exists(), "{location}");
    }
}
