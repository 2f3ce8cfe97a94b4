//! The refresh protocol, in every order in which processes can take its steps.

use insta::assert_snapshot;
use token_cache::refresh::RefreshError;
use token_cache::refresh::protocol::{RefreshSteps, refresh_rejected_with, refresh_with};
use token_cache::{CachedToken, Freshness, REFRESH_WINDOW};

use crate::model::{Explored, Faults, Model, Process, Program, Stop, now};

type Outcome = Result<CachedToken, RefreshError<Stop>>;

const FOR_USE: Program = |process| refresh_with(process, REFRESH_WINDOW);
const BEYOND_ANY_LIFETIME: Program = |process| refresh_with(process, 100 * REFRESH_WINDOW);
const AFTER_A_REJECTION: Program = |process| refresh_rejected_with(process, &"0".into());

fn model(programs: [Program; 3]) -> Model {
    Model {
        programs: programs.to_vec(),
        with_foreign_tool: false,
        disk_may_be_full: true,
        faults: Faults::default(),
    }
}

fn with_foreign_tool(programs: [Program; 3]) -> Model {
    Model {
        with_foreign_tool: true,
        disk_may_be_full: false,
        ..model(programs)
    }
}

fn with(faults: Faults) -> Model {
    Model {
        faults,
        ..model([FOR_USE; 3])
    }
}

/// Explores `model`, in which every property must hold.
fn explore(model: &Model) -> Explored {
    let explored = model.explore().unwrap_or_else(|found| panic!("{found}"));
    #[expect(clippy::print_stderr, reason = "figures for a run with --nocapture")]
    {
        eprintln!("{explored:?}");
    }
    explored
}

/// Explores `model`, which has a planted bug, and returns the shortest path to it.
fn counter_example(model: &Model) -> String {
    match model.explore() {
        Ok(explored) => panic!("not found: {explored:?}"),
        Err(found) => found.to_string(),
    }
}

#[test]
fn every_order_of_steps_and_every_kill_keeps_the_properties() {
    for programs in [
        [FOR_USE; 3],
        [BEYOND_ANY_LIFETIME; 3],
        [AFTER_A_REJECTION; 3],
        [FOR_USE, BEYOND_ANY_LIFETIME, AFTER_A_REJECTION],
    ] {
        let explored = explore(&model(programs));
        assert!(explored.states > 1_000 && explored.ends > 10);
        assert!(explored.ends_with_the_session_lost > 0);
    }
}

#[test]
fn a_tool_without_locks_that_writes_in_place_keeps_the_properties() {
    for programs in [
        [FOR_USE; 3],
        [FOR_USE, BEYOND_ANY_LIFETIME, AFTER_A_REJECTION],
    ] {
        let explored = explore(&with_foreign_tool(programs));
        assert!(explored.states > 1_000 && explored.ends > 10);
    }
}

#[test]
fn the_model_finds_a_lock_without_effect() {
    let faults = Faults {
        locks_nothing: true,
        ..Faults::default()
    };
    assert_snapshot!(counter_example(&with(faults)), @"
    a refresh token was used twice:
      process 0: Read, Found(0)
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 1: Read, Found(0)
      process 1: Read, Found(0)
      process 1: Reserve, Done
      process 1: Request(0)
    ");
}

#[test]
fn the_model_finds_a_refresh_with_a_token_read_before_the_lock() {
    fn refresh(process: &Process) -> Outcome {
        let old = process.read()?.expect("there is a token");
        if Freshness::of(old.expires_at, now()) == Freshness::Fresh {
            return Ok(old);
        }
        let lock = process.lock()?;
        process.reserve(&lock)?;
        request_and_save(process, &old)
    }
    assert_snapshot!(counter_example(&model([refresh; 3])), @"
    a refresh token was used twice:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 1: Read, Found(0)
      process 0: Save(1), Done
      process 1: Lock, Done
      process 1: Reserve, Done
      process 1: Request(0)
    ");
}

fn request_and_save(process: &Process, old: &CachedToken) -> Outcome {
    let grant = old.refresh_grant(now()).expect("it is refreshable");
    let new = process
        .request(old, grant)?
        .ok_or(RefreshError::SessionEnded)?;
    process.save((), &new);
    Ok(new)
}

#[test]
fn the_model_finds_a_write_in_place() {
    let faults = Faults {
        writes_in_place: true,
        ..Faults::default()
    };
    assert_snapshot!(counter_example(&with(faults)), @"
    a reader saw a part of a file:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 0: Tear, Done
      process 1: Read
    ");
}

#[test]
fn the_model_finds_a_reservation_after_the_request() {
    let faults = Faults {
        reserves_after_the_request: true,
        ..Faults::default()
    };
    assert_snapshot!(counter_example(&with(faults)), @"
    a token that was issued is lost, and no process was killed:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Request(0), Issued(1)
      process 1 is killed
      process 2 is killed
      the disk is full
      process 0: Reserve, DiskFull
    ");
}

#[test]
fn the_model_finds_a_lock_released_before_the_save() {
    fn refresh(process: &Process) -> Outcome {
        let lock = process.lock()?;
        let old = process.read()?.expect("there is a token");
        if Freshness::of(old.expires_at, now()) == Freshness::Fresh {
            return Ok(old);
        }
        process.reserve(&lock)?;
        drop(lock);
        request_and_save(process, &old)
    }
    assert_snapshot!(counter_example(&model([refresh; 3])), @"
    a refresh token was used twice:
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 1: Lock, Done
      process 1: Read, Found(0)
      process 1: Reserve, Done
      process 1: Request(0)
    ");
}

#[test]
fn the_model_finds_a_deadlock() {
    fn refresh(process: &Process) -> Outcome {
        let _lock = process.lock()?;
        refresh_with(process, REFRESH_WINDOW)
    }
    assert_snapshot!(counter_example(&model([refresh; 3])), @"
    processes wait for each other:
      process 0: Lock, Done
      process 0: Read, Found(0)
    ");
}

#[test]
fn the_model_finds_a_second_refresh_after_the_wait() {
    fn refresh(process: &Process) -> Outcome {
        process.read()?;
        let lock = process.lock()?;
        let old = process.read()?.expect("there is a token");
        process.reserve(&lock)?;
        request_and_save(process, &old)
    }
    assert_snapshot!(counter_example(&model([refresh; 3])), @"
    a process requested a token although another had saved a new one:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 1: Read, Found(0)
      process 0: Save(1), Done
      process 1: Lock, Done
      process 1: Read, Found(1)
      process 1: Reserve, Done
      process 1: Request(1)
    ");
}

#[test]
fn the_model_finds_a_missing_read_after_a_rejection() {
    fn refresh(process: &Process) -> Outcome {
        let lock = process.lock()?;
        let old = process.read()?.expect("there is a token");
        if Freshness::of(old.expires_at, now()) == Freshness::Fresh {
            return Ok(old);
        }
        process.reserve(&lock)?;
        request_and_save(process, &old)
    }
    explore(&model([refresh; 3]));
    assert_snapshot!(counter_example(&with_foreign_tool([refresh; 3])), @"
    a process ended without a token, although one was available:
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 3: Read, Found(0)
      process 3: Request(0), Issued(1)
      process 3: Tear, Done
      process 3: Save(1), Done
      process 0: Request(0), Rejected
    ");
}
