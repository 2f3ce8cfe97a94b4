//! The files that a sign-out removes, its requests, and its report.

use std::collections::BTreeMap;
use std::thread;

use identity_center_emulator::sign_in::IssuedTokens;
use identity_center_emulator::{Fault, Operation};
use serde_json::{Value, json};
use sso_session::Error;
use sso_session::keys::SessionKeys as _;
use sso_session::sign_out::{
    AssumedRoleOrigins, RemovedAssumedRole, RemovedToken, RevocationOutcome, RoleOrigins, SignOut,
    SignOutReport, SignOutTarget,
};
use sso_test_support::TestEnv;
use token_cache::{CacheError, CacheKey, CachedToken, EntryLocation, TokenCache};

use crate::world::{MINUTE, World};

pub(crate) const TOKEN: &str = TestEnv::TOKEN_OF_MY_SSO;
pub(crate) const LEGACY_TOKEN: &str = TestEnv::TOKEN_OF_LEGACY;
pub(crate) const OTHER_TOKEN: &str = "00000000000000000000000000000000000000bb.json";
const REGISTRATION: &str = TestEnv::REGISTRATION_OF_MY_SSO;
const CREDENTIALS: &str = TestEnv::CREDENTIALS_OF_DEV;
const LEGACY_CREDENTIALS: &str = "a86fc0ef036e01b9ff8f964ffab896b19c6ff372.json";
const ROLE: &str = "95d09881ce2b8640037689ba1232104a0ff278d8.json";
const LEGACY_ROLE: &str = "a411d2cddf1526f9ba19e164ce9543bb02d26a43.json";
const ROLE_ARN: &str = "arn:aws:iam::222222222222:role/x";

const OTHER_START_URL: &str = "https://other.awsapps.com/start";
pub(crate) const MY_SSO: &str = "SSO session my-sso";
pub(crate) const LEGACY: &str = "start URL https://my-sso-portal.awsapps.com/start";

/// A world that is signed in to the session `my-sso` and to its start URL as a legacy session, with
/// role credentials and an assumed role of each, and with the registration of `my-sso`.
pub(crate) struct SignedIn {
    pub(crate) world: World,
    roles: BTreeMap<CacheKey, RoleOrigins>,
    assumed_roles: BTreeMap<CacheKey, AssumedRoleOrigins>,
    removes_registrations: bool,
}

pub(crate) fn key(name: &str) -> CacheKey {
    name.trim_end_matches(".json").parse().unwrap()
}

fn credentials() -> Value {
    json!({
        "AccessKeyId": "ASIAEXAMPLEEXAMPLE00",
        "SecretAccessKey": "hunter2",
        "SessionToken": "hunter3",
        "Expiration": "2099-12-31T23:59:59Z",
    })
}

fn origins(token: &str, profile: &str) -> AssumedRoleOrigins {
    AssumedRoleOrigins {
        role_arn: ROLE_ARN.to_owned(),
        profiles: vec![profile.into()],
        token_keys: [Some(key(token))].into(),
    }
}

fn role_of(token: &str) -> RoleOrigins {
    RoleOrigins {
        token_key: key(token),
        account_id: "111122223333".into(),
        role_name: "ReadOnly".into(),
        profiles: vec!["dev".into()],
    }
}

impl SignedIn {
    pub(crate) fn new() -> Self {
        Self::with_world(World::new())
    }

    pub(crate) fn with_world(world: World) -> Self {
        let tokens = world.sign_in_with_left(60 * MINUTE);
        let legacy = world.center.sign_in(&[]);
        plant_token(&world, LEGACY_TOKEN, &legacy, TestEnv::START_URL);
        let registration = tokens.registration_file(&["sso:account:access"]);
        world.home.plant_sso_file(REGISTRATION, &registration);
        for name in [CREDENTIALS, LEGACY_CREDENTIALS] {
            let file = json!({ "ProviderType": "sso", "Credentials": credentials() });
            world.home.plant_cli_file(name, &file);
        }
        for name in [ROLE, LEGACY_ROLE] {
            let file = json!({ "AssumedRoleUser": {}, "Credentials": credentials() });
            world.home.plant_cli_file(name, &file);
        }
        let roles = [(CREDENTIALS, TOKEN), (LEGACY_CREDENTIALS, LEGACY_TOKEN)];
        let origins = [
            (key(ROLE), origins(TOKEN, "deploy")),
            (key(LEGACY_ROLE), origins(LEGACY_TOKEN, "of-legacy")),
        ];
        Self {
            world,
            roles: roles.map(|(of, token)| (key(of), role_of(token))).into(),
            assumed_roles: origins.into(),
            removes_registrations: false,
        }
    }

    pub(crate) fn sign_out(&self) -> SignOut<'_> {
        self.sign_out_with(&self.world.cache)
    }

    fn sign_out_with<'a>(&'a self, cache: &'a TokenCache) -> SignOut<'a> {
        let network = self.world.network();
        SignOut {
            files: network.files,
            cache,
            network,
            roles: &self.roles,
            assumed_roles: &self.assumed_roles,
            removes_registrations: self.removes_registrations,
        }
    }

    /// Returns the names of the cached files, except those of this program.
    fn cached(&self) -> Vec<String> {
        let files = self.world.home.files();
        let names = files
            .iter()
            .filter(|path| path.contains("/cache/") && !path.contains("/aws-sso-tools/"))
            .map(|path| path.rsplit('/').next().unwrap().to_owned());
        names.collect()
    }

    pub(crate) fn logouts(&self) -> usize {
        self.world.center.count(Operation::Logout)
    }
}

pub(crate) fn plant_token(world: &World, name: &str, tokens: &IssuedTokens, start_url: &str) {
    let file = tokens.token_file(start_url, "us-east-1");
    world.home.plant_sso_file(name, &file);
}

pub(crate) fn my_sso() -> [SignOutTarget; 1] {
    [SignOutTarget::Session("my-sso".into())]
}

fn name_of(location: &EntryLocation) -> String {
    let file = location.file().unwrap();
    file.file_name().unwrap().to_str().unwrap().to_owned()
}

fn names<'a>(locations: impl IntoIterator<Item = &'a EntryLocation>) -> Vec<String> {
    locations.into_iter().map(name_of).collect()
}

/// Returns the names of all files in the lists of removed files, sorted like the files of a home.
fn removed(report: &SignOutReport) -> Vec<String> {
    let roles = report.assumed_roles.iter().map(|role| &role.location);
    let mut in_cli = names(roles.chain(report.role_credentials.iter().map(|it| &it.location)));
    let tokens = report.tokens.iter().map(|token| &token.location);
    let mut in_sso = names(tokens.chain(&report.registrations));
    in_cli.sort();
    in_sso.sort();
    [in_cli, in_sso].concat()
}

/// Returns the label and the outcome of each token.
pub(crate) fn outcomes(report: &SignOutReport) -> Vec<(String, &'static str)> {
    let outcome = |token: &RemovedToken| match &token.server {
        None => "none",
        Some(RevocationOutcome::Ended) => "ended",
        Some(RevocationOutcome::AlreadyEnded) => "already ended",
        Some(RevocationOutcome::Expired) => "expired",
        Some(RevocationOutcome::Unconfirmed(_)) => "unconfirmed",
        Some(RevocationOutcome::Failed(_)) => "failed",
    };
    let tokens = report.tokens.iter();
    tokens
        .map(|token| (token.label(), outcome(token)))
        .collect()
}

pub(crate) fn assert_no_problem(report: &SignOutReport) {
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert!(report.held_locks.is_empty(), "{:?}", report.held_locks);
    assert!(report.unreadable.is_empty(), "{:?}", report.unreadable);
}

#[test]
fn a_target_selects_the_token_with_its_credentials_and_its_registration() {
    let all = [
        CREDENTIALS,
        ROLE,
        LEGACY_ROLE,
        LEGACY_CREDENTIALS,
        TOKEN,
        REGISTRATION,
        LEGACY_TOKEN,
    ];
    let of_my_sso = [CREDENTIALS, ROLE, TOKEN];
    let of_legacy = [LEGACY_ROLE, LEGACY_CREDENTIALS, LEGACY_TOKEN];
    let without_registration = [&all[..5], &all[6..]].concat();
    let check = |targets: Option<&[SignOutTarget]>, removes_registrations, expected: &[&str]| {
        let mut signed_in = SignedIn::new();
        signed_in.removes_registrations = removes_registrations;
        assert_eq!(signed_in.cached(), all);
        let sign_out = signed_in.sign_out();

        let plan = targets.map_or_else(|| sign_out.plan_all(), |targets| sign_out.plan(targets));
        let plan = plan.unwrap();
        assert_eq!(removed(&plan), expected, "{targets:?}");
        assert!(plan.tokens.iter().all(|token| token.server.is_none()));
        assert_eq!(signed_in.cached(), all, "a plan changes nothing");
        assert!(signed_in.world.center.requests().is_empty());

        let report = targets.map_or_else(|| sign_out.run_all(), |targets| sign_out.run(targets));
        let report = report.unwrap();
        assert_no_problem(&report);
        assert_eq!(removed(&report), expected, "{targets:?}");
        let kept = all.iter().filter(|name| !expected.contains(name));
        assert!(kept.eq(signed_in.cached().iter()), "{targets:?}");
        assert_eq!(signed_in.logouts(), report.tokens.len(), "{targets:?}");
    };
    let profile = |name: &str| SignOutTarget::Profile(name.into());
    let start_url = |url: &str| SignOutTarget::StartUrl(url.into());
    check(None, false, &without_registration);
    check(None, true, &all);
    check(Some(&my_sso()), false, &of_my_sso);
    let with_registration = [CREDENTIALS, ROLE, TOKEN, REGISTRATION];
    check(Some(&my_sso()), true, &with_registration);
    check(Some(&[profile("prod")]), false, &of_my_sso);
    check(Some(&[profile("legacy")]), true, &of_legacy);
    let both = [profile("legacy"), profile("dev")];
    check(Some(&both), false, &without_registration);
    let same = format!("{}/#/", TestEnv::START_URL);
    check(Some(&[start_url(&same)]), false, &without_registration);
    check(Some(&[start_url(OTHER_START_URL)]), true, &[]);
    check(Some(&[]), true, &[]);
}

#[test]
fn an_unknown_target_is_an_error_and_removes_nothing() {
    let signed_in = SignedIn::new();
    let before = signed_in.cached();
    for target in [
        SignOutTarget::Profile("unknown".into()),
        SignOutTarget::Session("unknown".into()),
    ] {
        let targets = [target];
        for outcome in [
            signed_in.sign_out().plan(&targets),
            signed_in.sign_out().run(&targets),
        ] {
            assert!(matches!(outcome, Err(Error::Config(_))), "{outcome:?}");
        }
    }
    assert_eq!(signed_in.cached(), before);
    assert!(signed_in.world.center.requests().is_empty());
}

#[test]
fn the_report_describes_a_removed_token_and_an_assumed_role() {
    let signed_in = SignedIn::new();
    let sign_out = signed_in.sign_out();
    for report in [sign_out.plan(&my_sso()), sign_out.run(&my_sso())] {
        let report = report.unwrap();
        let [token] = &report.tokens[..] else {
            panic!("{report:?}");
        };
        let cache = &signed_in.world.cache;
        assert_eq!(token.location, cache.token_location(&key(TOKEN)));
        assert_eq!(token.session, Some("my-sso".into()));
        assert_eq!(token.start_url, Some(TestEnv::START_URL.into()));
        assert_eq!(token.region, Some("us-east-1".parse().unwrap()));
        assert_eq!(token.label(), MY_SSO);
        let role = RemovedAssumedRole {
            location: cache.role_credentials_location(&key(ROLE)),
            role_arn: Some(ROLE_ARN.to_owned()),
            profiles: vec!["deploy".into()],
        };
        assert_eq!(report.assumed_roles, [role]);
    }
}

#[test]
fn a_label_contains_no_control_characters() {
    let location = World::new().cache.token_location(&key(TOKEN));
    let mut token = RemovedToken {
        location,
        session: None,
        start_url: Some("https://x/\u{1b}[2J".into()),
        region: None,
        server: None,
    };
    assert_eq!(token.label(), r"start URL https://x/\u{1b}[2J");
    token.session = Some("mine\u{7}".into());
    assert_eq!(token.label(), r"SSO session mine\u{7}");
}

/// Each request has the token of its file. The first that arrives ends the session of both tokens, so
/// that the access portal rejects the other one.
#[test]
fn two_sessions_with_one_start_url_are_both_ended() {
    let signed_in = SignedIn::new();
    let tokens = [TOKEN, LEGACY_TOKEN].map(|name| {
        let path = signed_in.world.home.sso_cache().join(name);
        let file = signed_in.world.home.read_json(path);
        file["accessToken"].as_str().unwrap().to_owned()
    });
    let report = signed_in.sign_out().run_all().unwrap();
    let expected = [(MY_SSO.to_owned(), "ended"), (LEGACY.to_owned(), "ended")];
    assert_eq!(outcomes(&report), expected);
    assert_eq!(
        sorted(bearer_tokens(&signed_in.world)),
        sorted(tokens.into())
    );
}

pub(crate) fn sorted(mut tokens: Vec<String>) -> Vec<String> {
    tokens.sort();
    tokens
}

/// Returns the tokens of the requests for `Logout`.
pub(crate) fn bearer_tokens(world: &World) -> Vec<String> {
    let requests = world.center.requests().into_iter();
    requests
        .filter(|request| request.operation == Operation::Logout)
        .map(|mut request| request.headers.remove("x-amz-sso_bearer_token").unwrap())
        .collect()
}

#[test]
fn a_token_that_the_access_portal_rejects_is_removed() {
    let signed_in = SignedIn::new();
    signed_in.world.center.end_session();
    let report = signed_in.sign_out().run_all().unwrap();
    assert_no_problem(&report);
    let expected = [
        (MY_SSO.to_owned(), "already ended"),
        (LEGACY.to_owned(), "already ended"),
    ];
    assert_eq!(outcomes(&report), expected);
    assert_eq!(signed_in.cached(), [REGISTRATION]);
}

#[test]
fn a_failed_request_is_reported_and_not_repeated() {
    for fault in [Fault::Status(500, json!({})), Fault::Throttle(None)] {
        let signed_in = SignedIn::new();
        signed_in.world.center.fail_always(Operation::Logout, fault);
        let report = signed_in.sign_out().run(&my_sso()).unwrap();
        assert_no_problem(&report);
        assert_eq!(outcomes(&report), [(MY_SSO.to_owned(), "failed")]);
        assert_eq!(signed_in.logouts(), 1);
        assert!(signed_in.world.cached_token().is_none());
    }
}

/// Only a rejected token with the start URL of an ended session counts as ended.
#[test]
fn an_ended_session_does_not_change_the_outcome_of_other_tokens() {
    let check = |token: Value, expected: &'static str| {
        let signed_in = SignedIn::new();
        signed_in.world.home.plant_sso_file(OTHER_TOKEN, &token);
        let report = signed_in.sign_out().run_all().unwrap();
        let label = format!("start URL {}", token["startUrl"].as_str().unwrap());
        let expected = [
            (label, expected),
            (MY_SSO.to_owned(), "ended"),
            (LEGACY.to_owned(), "ended"),
        ];
        assert_eq!(outcomes(&report), expected);
    };
    let with = |start_url: &str, region: Option<&str>| {
        json!({
            "startUrl": start_url, "region": region,
            "accessToken": "unknown", "expiresAt": "2099-12-31T23:59:59Z",
        })
    };
    check(with(TestEnv::START_URL, Some("us-east-1")), "ended");
    check(with(OTHER_START_URL, Some("us-east-1")), "already ended");
    // Without a Region, no request is sent.
    check(with(TestEnv::START_URL, None), "failed");
    check(with(OTHER_START_URL, None), "failed");
}

#[test]
fn a_refresh_in_progress_completes_before_the_sign_out() {
    let signed_in = SignedIn::new();
    let world = &signed_in.world;
    let new = world.center.sign_in(&["sso:account:access"]);
    let refreshed = CachedToken {
        access_token: new.access_token.as_str().into(),
        ..world.cached_token().unwrap()
    };
    let (other, waits) = world.for_another_process();
    let token_key = world.session.token_key();
    let lock = world.cache.lock_token(&token_key, MINUTE).unwrap();
    thread::scope(|scope| {
        let signed_out = scope.spawn(|| {
            let sign_out = signed_in.sign_out_with(&other.cache);
            sign_out.run(&my_sso()).unwrap()
        });
        waits.expect(&format!("{token_key}.lock"));
        lock.reserve().unwrap().commit(&refreshed).unwrap();
        drop(lock);
        let report = signed_out.join().unwrap();
        assert_no_problem(&report);
        assert_eq!(outcomes(&report), [(MY_SSO.to_owned(), "ended")]);
    });
    assert_eq!(bearer_tokens(world), [new.access_token]);
    assert!(world.cached_token().is_none());
}

#[test]
fn a_lock_that_is_not_released_does_not_prevent_the_sign_out() {
    let signed_in = SignedIn::new();
    let token_key = signed_in.world.session.token_key();
    let cache = TokenCache::in_aws_dir(&signed_in.world.home.aws_dir()).with_pause(|_| {});
    let lock = signed_in
        .world
        .cache
        .lock_token(&token_key, MINUTE)
        .unwrap();
    let _pending = lock.reserve().unwrap();
    let own = signed_in.world.cache.state_dir();
    let used = locked_file::temporary_files(own);
    let dead = own.join(".locked-file-dead.tmp");
    signed_in.world.home.write(&dead, "secret");
    let report = signed_in.sign_out_with(&cache).run(&my_sso()).unwrap();
    assert_eq!(names(&report.leftovers), [".locked-file-dead.tmp"]);
    assert!(!dead.exists());
    let kept = report.temporary_files.iter();
    let kept: Vec<_> = kept.map(|location| location.file().unwrap()).collect();
    assert_eq!((kept, used.len()), (vec![used[0].as_path()], 1));
    assert_eq!(report.held_locks.len(), 1, "{:?}", report.held_locks);
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert_eq!(removed(&report), [CREDENTIALS, ROLE, TOKEN]);
    assert!(signed_in.world.cached_token().is_none());
}

#[test]
fn a_sign_in_in_progress_is_reported() {
    let signed_in = SignedIn::new();
    let cache = &signed_in.world.cache;
    let lock = cache.lock_login(&key(TOKEN), MINUTE).unwrap();
    let report = signed_in.sign_out().run_all().unwrap();
    assert_eq!(report.sign_ins_in_progress, [MY_SSO]);
    drop(lock);
    let report = signed_in.sign_out().run_all().unwrap();
    assert!(report.sign_ins_in_progress.is_empty());
}

#[test]
fn a_corrupt_token_file_is_kept_and_reported() {
    let signed_in = SignedIn::new();
    let path = signed_in.world.home.sso_cache().join(TOKEN);
    signed_in.world.home.write(&path, "{\"accessToken\": ");
    let sign_out = signed_in.sign_out();
    for report in [sign_out.plan(&my_sso()), sign_out.run(&my_sso())] {
        let report = report.unwrap();
        let unreadable = report.unreadable.iter().map(CacheError::location);
        assert_eq!(names(&unreadable.collect::<Vec<_>>()), [TOKEN]);
        assert!(report.tokens.is_empty() && path.exists());
    }
}

#[test]
fn state_files_and_temporary_files_of_crashed_processes_are_removed() {
    let signed_in = SignedIn::new();
    let own = ".aws/sso/cache/aws-sso-tools";
    let of = |suffix: &str| format!("{}.{suffix}", key(TOKEN));
    let planted = [of("accounts"), of("corrupt"), of("refused"), of("region")];
    for name in planted
        .iter()
        .map(String::as_str)
        .chain([".locked-file-dead.tmp"])
    {
        signed_in.world.home.write(format!("{own}/{name}"), "x");
    }
    let report = signed_in.sign_out().run(&my_sso()).unwrap();
    assert_no_problem(&report);
    let mut leftovers = names(&report.leftovers);
    leftovers.sort();
    let temporary = [".locked-file-dead.tmp".to_owned()];
    assert_eq!(leftovers, [&temporary[..], &planted].concat());
    let files = signed_in.world.home.files();
    let own = files.iter().filter(|path| path.starts_with(own));
    assert!(own.clone().all(|path| path.ends_with("lock")), "{files:?}");
}

#[test]
fn a_directory_that_cannot_be_listed_is_a_problem_and_the_report_has_the_rest() {
    let signed_in = SignedIn::new();
    let home = &signed_in.world.home;
    std::fs::remove_dir_all(home.cli_cache()).unwrap();
    home.write(home.cli_cache(), "");
    let refused = format!("{}.refused", key(TOKEN));
    let refused = home.sso_cache().join("aws-sso-tools").join(refused);
    home.write(&refused, "x");
    let sign_out = signed_in.sign_out();
    assert!(sign_out.plan_all().is_err());
    let center = &signed_in.world.center;
    center.fail_always(Operation::Logout, Fault::Status(500, json!({})));
    let report = sign_out.run_all().unwrap();
    let expected = [(MY_SSO.to_owned(), "failed"), (LEGACY.to_owned(), "failed")];
    assert_eq!(outcomes(&report), expected);
    assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
    assert!(!refused.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_removed_is_a_problem_and_the_others_are_removed() {
    let check = |immutable: &str| {
        let signed_in = SignedIn::new();
        let home = &signed_in.world.home;
        let mut paths = [home.sso_cache(), home.cli_cache()].map(|dir| dir.join(immutable));
        paths.sort_by_key(|path| !path.exists());
        let Some(_immutable) = sso_test_support::FileAttribute::set('i', &paths[0]) else {
            return;
        };
        let report = signed_in.sign_out().run(&my_sso()).unwrap();
        let [problem] = &report.problems[..] else {
            panic!("{immutable}: {:?}", report.problems);
        };
        assert!(matches!(problem, Error::Cache(_)), "{problem}");
        let mut expected = vec![CREDENTIALS, ROLE, TOKEN];
        expected.retain(|name| *name != immutable);
        assert_eq!(removed(&report), expected);
        assert!(paths[0].exists());
        // The token that was not removed is reported too.
        let tokens: Vec<_> = report.tokens.iter().chain(&report.kept_tokens).collect();
        let [token] = &tokens[..] else {
            panic!("{report:?}");
        };
        assert!(matches!(token.server, Some(RevocationOutcome::Ended)));
    };
    for name in [TOKEN, CREDENTIALS, ROLE] {
        check(name);
    }
}
