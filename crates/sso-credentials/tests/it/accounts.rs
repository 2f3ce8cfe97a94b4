use std::collections::BTreeSet;
use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use sso_credentials::accounts::{AccountListing, AccountRoles, CheckpointUse};
use sso_session::TokenProvider;
use sso_session::sign_out::CHECKPOINT_SUFFIX;

use crate::world::{MINUTE, World};

/// Lists the accounts, and calls `change` for each before its roles are listed.
fn list(
    world: &World,
    change: &(dyn Fn(&World) + Sync),
) -> Result<Vec<AccountRoles>, sso_credentials::Error> {
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
    let fault = Fault::portal("InvalidRequestException");
    world.center.fail_always(Operation::ListAccountRoles, fault);
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
    assert_eq!(listed.len(), 2);
    assert_eq!(tokens_of_listing(&world).len(), 1);
}

#[test]
fn a_rejected_token_starts_the_listing_again() {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let fault = Fault::portal("UnauthorizedException");
    world.center.fail_next(Operation::ListAccountRoles, fault);
    let listed = list(&world, &|_| {}).unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(tokens_of_listing(&world).len(), 2);
    assert_eq!(world.center.count(Operation::ListAccounts), 2);
}
