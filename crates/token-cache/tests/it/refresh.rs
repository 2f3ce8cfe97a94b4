//! The refresh protocol, in every order in which processes can take its steps.

use insta::assert_snapshot;
use token_cache::{
    CachedToken, Freshness, NoToken, REFRESH_WINDOW, RefreshSteps, token_instead_of,
    token_valid_for,
};

use crate::model::{Explored, Faults, Model, Process, Program, Stop, now};

type Outcome = Result<CachedToken, NoToken<Stop>>;

const TO_USE: Program = |process| token_valid_for(process, REFRESH_WINDOW);
const FOR_LONGER_THAN_ANY_LIVES: Program = |process| token_valid_for(process, 100 * REFRESH_WINDOW);
const AFTER_A_REFUSAL: Program = |process| token_instead_of(process, &"0".into());

fn model(programs: [Program; 3]) -> Model {
    Model {
        programs: programs.to_vec(),
        with_stranger: false,
        disk_may_be_full: true,
        faults: Faults::default(),
    }
}

fn with_stranger(programs: [Program; 3]) -> Model {
    Model {
        with_stranger: true,
        disk_may_be_full: false,
        ..model(programs)
    }
}

fn with(faults: Faults) -> Model {
    Model {
        faults,
        ..model([TO_USE; 3])
    }
}

/// Explores `model`, in which no law may be broken.
fn explore(model: &Model) -> Explored {
    let explored = model.explore().unwrap_or_else(|found| panic!("{found}"));
    #[expect(
        clippy::print_stderr,
        reason = "figures for whoever asks for the output"
    )]
    {
        eprintln!("{explored:?}");
    }
    explored
}

/// Explores `model`, in which a bug was planted, and returns the shortest way to it.
fn counter_example(model: &Model) -> String {
    match model.explore() {
        Ok(explored) => panic!("not found: {explored:?}"),
        Err(found) => found.to_string(),
    }
}

#[test]
fn no_order_of_steps_and_no_kill_breaks_a_law() {
    for programs in [
        [TO_USE; 3],
        [FOR_LONGER_THAN_ANY_LIVES; 3],
        [AFTER_A_REFUSAL; 3],
        [TO_USE, FOR_LONGER_THAN_ANY_LIVES, AFTER_A_REFUSAL],
    ] {
        let explored = explore(&model(programs));
        assert!(explored.states > 1_000 && explored.ends > 10);
        assert!(explored.ends_with_the_session_lost > 0);
    }
}

#[test]
fn nor_does_a_tool_that_takes_no_lock_and_writes_in_place() {
    for programs in [
        [TO_USE; 3],
        [TO_USE, FOR_LONGER_THAN_ANY_LIVES, AFTER_A_REFUSAL],
    ] {
        let explored = explore(&with_stranger(programs));
        assert!(explored.states > 1_000 && explored.ends > 10);
    }
}

#[test]
fn a_lock_that_locks_nothing_would_be_found() {
    let faults = Faults {
        locks_nothing: true,
        ..Faults::default()
    };
    assert_snapshot!(counter_example(&with(faults)), @"
    a refresh token was used twice:
      process 0: Read, Found(0)
      process 0: Read, Found(0)
      process 0: MakeRoom, Done
      process 0: Request(0), Issued(1)
      process 1: Read, Found(0)
      process 1: Read, Found(0)
      process 1: MakeRoom, Done
      process 1: Request(0)
    ");
}

#[test]
fn a_refresh_with_the_token_that_was_read_before_the_lock_would_be_found() {
    fn refresh(process: &Process) -> Outcome {
        let old = process.read()?.expect("there is a token");
        if Freshness::of(old.expires_at, now()) == Freshness::Fresh {
            return Ok(old);
        }
        let lock = process.lock()?;
        process.make_room(&lock)?;
        request_and_save(process, &old)
    }
    assert_snapshot!(counter_example(&model([refresh; 3])), @"
    a refresh token was used twice:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: MakeRoom, Done
      process 0: Request(0), Issued(1)
      process 1: Read, Found(0)
      process 0: Save(1), Done
      process 1: Lock, Done
      process 1: MakeRoom, Done
      process 1: Request(0)
    ");
}

fn request_and_save(process: &Process, old: &CachedToken) -> Outcome {
    let renewal = old.renewal(now()).expect("it can be renewed");
    let new = process
        .request(old, renewal)?
        .ok_or(NoToken::SessionEnded)?;
    process.save((), &new);
    Ok(new)
}

#[test]
fn a_write_in_place_would_be_found() {
    let faults = Faults {
        writes_in_place: true,
        ..Faults::default()
    };
    assert_snapshot!(counter_example(&with(faults)), @"
    a reader saw a part of a file:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: MakeRoom, Done
      process 0: Request(0), Issued(1)
      process 0: Tear, Done
      process 1: Read
    ");
}

#[test]
fn room_that_is_made_after_the_request_would_be_found() {
    let faults = Faults {
        makes_room_after_the_request: true,
        ..Faults::default()
    };
    assert_snapshot!(counter_example(&with(faults)), @"
    a token that was issued is lost, and nobody was killed:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Request(0), Issued(1)
      process 1 is killed
      process 2 is killed
      the disk is full
      process 0: MakeRoom, NoRoom
    ");
}

#[test]
fn a_lock_that_is_given_back_before_the_save_would_be_found() {
    fn refresh(process: &Process) -> Outcome {
        let lock = process.lock()?;
        let old = process.read()?.expect("there is a token");
        if Freshness::of(old.expires_at, now()) == Freshness::Fresh {
            return Ok(old);
        }
        process.make_room(&lock)?;
        drop(lock);
        request_and_save(process, &old)
    }
    assert_snapshot!(counter_example(&model([refresh; 3])), @"
    a refresh token was used twice:
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: MakeRoom, Done
      process 0: Request(0), Issued(1)
      process 1: Lock, Done
      process 1: Read, Found(0)
      process 1: MakeRoom, Done
      process 1: Request(0)
    ");
}

#[test]
fn a_wait_that_never_ends_would_be_found() {
    fn refresh(process: &Process) -> Outcome {
        let _lock = process.lock()?;
        token_valid_for(process, REFRESH_WINDOW)
    }
    assert_snapshot!(counter_example(&model([refresh; 3])), @"
    processes wait for each other:
      process 0: Lock, Done
      process 0: Read, Found(0)
    ");
}

#[test]
fn waiting_and_then_asking_again_would_be_found() {
    fn refresh(process: &Process) -> Outcome {
        process.read()?;
        let lock = process.lock()?;
        let old = process.read()?.expect("there is a token");
        process.make_room(&lock)?;
        request_and_save(process, &old)
    }
    assert_snapshot!(counter_example(&model([refresh; 3])), @"
    who waited asked again, though there was a new token:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: MakeRoom, Done
      process 0: Request(0), Issued(1)
      process 1: Read, Found(0)
      process 0: Save(1), Done
      process 1: Lock, Done
      process 1: Read, Found(1)
      process 1: MakeRoom, Done
      process 1: Request(1)
    ");
}

#[test]
fn not_reading_again_after_a_refusal_would_be_found() {
    fn refresh(process: &Process) -> Outcome {
        let lock = process.lock()?;
        let old = process.read()?.expect("there is a token");
        if Freshness::of(old.expires_at, now()) == Freshness::Fresh {
            return Ok(old);
        }
        process.make_room(&lock)?;
        request_and_save(process, &old)
    }
    explore(&model([refresh; 3]));
    assert_snapshot!(counter_example(&with_stranger([refresh; 3])), @"
    a process ended without a token, though there was one to be had:
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: MakeRoom, Done
      process 3: Read, Found(0)
      process 3: Request(0), Issued(1)
      process 3: Tear, Done
      process 3: Save(1), Done
      process 0: Request(0), Refused
    ");
}
