use std::collections::BTreeSet;
use std::time::Duration;

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Fault, Operation};
use serde_json::json;
use sso_credentials::accounts::{AccountListing, CheckpointUse, Listing};
use sso_credentials::aws::Selection;
use sso_session::sign_out::{CHECKPOINT_SUFFIX, LISTING_SUFFIX};
use sso_session::{Clock as _, ErrorChain, TokenProvider};
use sso_test_support::TestEnv;

use crate::world::{MINUTE, World};

/// Lists the accounts, and calls `change` for each before its roles are listed.
fn list(
    world: &World,
    change: &(dyn Fn(&World) + Sync),
) -> Result<Listing, sso_credentials::Error> {
    let (session, clients) = (world.session(), world.clients());
    let tokens = TokenProvider {
        session: &session,
        cache: world.aws.cache(),
        clients: &clients,
        clock: world.aws.clock(),
    };
    let listing = AccountListing {
        tokens: &tokens,
        filter: &|_| {
            change(world);
            true
        },
        checkpoint: CheckpointUse::Continue,
        on_progress: &|_| {},
    };
    listing.list()
}

/// Lists the accounts, calls `change` after the first one, and fails. Returns whether a checkpoint
/// remains.
fn has_checkpoint_after(change: impl Fn(&World) + Sync) -> bool {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let (operation, fault) = (Operation::ListAccountRoles, Fault::InvalidJson);
    world.center.fail_always(operation, fault);
    list(&world, &change).unwrap_err();
    !world.aws.cache().state_files(CHECKPOINT_SUFFIX).is_empty()
}

#[test]
fn a_checkpoint_of_a_token_that_was_removed_or_replaced_is_not_written() {
    assert!(has_checkpoint_after(|_| {}));
    assert!(!has_checkpoint_after(|world| {
        let locked = world
            .aws
            .cache()
            .lock_token(&world.token_key(), Duration::ZERO);
        locked.unwrap().remove().unwrap();
    }));
    assert!(!has_checkpoint_after(|world| {
        world.home.plant_my_sso(&world.center.sign_in(&[]));
    }));
}

/// Returns the tokens of the requests for accounts and roles.
fn tokens_of_listing(world: &World) -> BTreeSet<String> {
    let requests = world.center.requests().into_iter();
    let tokens =
        requests.filter_map(|mut request| request.headers.remove("x-amz-sso_bearer_token"));
    tokens.collect()
}

#[test]
fn all_results_belong_to_one_token() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let another_user_signs_in = |world: &World| world.home.plant_my_sso(&world.center.sign_in(&[]));
    let listed = list(&world, &another_user_signs_in).unwrap();
    assert_eq!(listed.accounts.len(), 2);
    assert_eq!(tokens_of_listing(&world).len(), 1);
}

#[test]
fn a_rejected_token_starts_the_listing_again() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let fault = Fault::portal("UnauthorizedException");
    let (accounts, roles) = (Operation::ListAccounts, Operation::ListAccountRoles);
    world.center.fail_next(accounts, Fault::Amend(json!({})));
    world.center.fail_next(accounts, fault.clone());
    world.center.fail_next(roles, fault);
    let listed = list(&world, &|_| {}).unwrap();
    assert_eq!(listed.accounts.len(), 2);
    assert_eq!(tokens_of_listing(&world).len(), 2);
    assert_eq!(world.center.count(accounts), 3);
}

/// Returns a world in which the access portal refuses the second of three accounts.
fn with_refused_account(exception: &str) -> World {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    world.center.configure(|settings| {
        settings.accounts = Account::generated(3);
        settings.accounts[1].refusal = Some(exception.to_owned());
    });
    world
}

#[test]
fn refused_accounts_are_named_and_the_others_listed() {
    for (exception, reason) in [
        (
            "ForbiddenException",
            "ListAccountRoles failed: access is denied: ",
        ),
        (
            "ResourceNotFoundException",
            "ListAccountRoles failed: the requested resource does not exist: ",
        ),
        (
            "InvalidRequestException",
            "ListAccountRoles failed: the access portal rejected the request: ",
        ),
        (
            "UnauthorizedException",
            "the access portal refuses this account",
        ),
    ] {
        let world = with_refused_account(exception);
        let token = world.cached_token().unwrap();
        let listing = list(&world, &|_| {}).unwrap();
        let ids = listing.accounts.iter().map(|listed| &listed.account);
        let ids: Vec<_> = ids.map(|account| account.account_id.as_str()).collect();
        assert_eq!(ids, ["111122223333", "200000000002"], "{exception}");
        let [refused] = listing.refused.as_slice() else {
            panic!("{exception}: {listing:?}");
        };
        assert_eq!(
            refused.account.to_string(),
            "123456789011 (ProductionAccount)"
        );
        assert!(refused.reason.starts_with(reason), "{refused:?}");
        assert_eq!(world.cached_token(), Some(token), "{exception}");
        assert_eq!(tokens_of_listing(&world).len(), 1, "{exception}");
    }
}

#[test]
fn other_errors_name_the_account() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let fault = Fault::Amend(json!({ "roleList": [{ "roleName": 1 }] }));
    world.center.fail_always(Operation::ListAccountRoles, fault);
    let error = list(&world, &|_| {}).unwrap_err();
    let error = ErrorChain(&error).to_string();
    let start = "cannot list the roles in account ";
    assert!(error.starts_with(start), "{error}");
    assert!(
        error.contains("Account): ListAccountRoles failed: "),
        "{error}"
    );
}

fn cached(world: &World) -> Option<Listing> {
    let session = world.aws.session(&Selection::Session("my-sso".into()));
    session.unwrap().cached_listing()
}

#[test]
fn a_complete_listing_is_cached_for_an_hour_and_for_its_token() {
    let world = with_refused_account("ForbiddenException");
    assert_eq!(cached(&world), None);
    let listing = list(&world, &|_| {}).unwrap();
    world.center.forget_requests();
    world.clock.sleep(59 * MINUTE);
    assert_eq!(cached(&world), Some(listing));
    world.clock.sleep(MINUTE);
    assert_eq!(cached(&world), None);
    assert!(world.center.requests().is_empty());

    let world = with_refused_account("ForbiddenException");
    list(&world, &|_| {}).unwrap();
    world.signed_in_with_left(60 * MINUTE);
    assert_eq!(cached(&world), None, "another token");
}

#[test]
fn a_cached_listing_is_not_used_without_a_usable_token() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    list(&world, &|_| {}).unwrap();
    assert!(cached(&world).is_some());
    std::fs::remove_file(world.home.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO)).unwrap();
    assert_eq!(cached(&world), None);
}

#[test]
fn an_incomplete_listing_is_not_cached() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let session = world.aws.session(&Selection::Session("my-sso".into()));
    let session = session.unwrap();
    let is_production = |account: &sso_credentials::Account| {
        account.account_name.as_deref() == Some("ProductionAccount")
    };
    let listing = session.list_roles(&is_production, CheckpointUse::Continue, &|_| {});
    let listing = listing.unwrap();
    assert_eq!(listing.accounts.len(), 1);
    assert_eq!(listing.excluded.len(), 1);
    assert_eq!(listing.all_accounts().count(), 2);
    assert!(world.aws.cache().state_files(LISTING_SUFFIX).is_empty());
}
