use std::time::Duration;

use identity_center_emulator::{Fault, Operation};
use sso_credentials::accounts::AccountListing;
use sso_session::TokenProvider;
use sso_session::sign_out::CHECKPOINT_SUFFIX;

use crate::world::{MINUTE, World};

/// Lists the accounts, calls `change` after the first one, and fails. Returns whether a checkpoint
/// remains.
fn has_checkpoint_after(change: impl Fn(&World) + Sync) -> bool {
    let world = World::new();
    world.signed_in_with_left(60 * MINUTE);
    let fault = Fault::portal("InvalidRequestException");
    world.center.fail_always(Operation::ListAccountRoles, fault);
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
            change(&world);
            true
        },
        on_progress: &|_| {},
    };
    listing.list().unwrap_err();
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
