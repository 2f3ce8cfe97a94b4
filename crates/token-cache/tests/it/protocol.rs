//! Model check of the refresh protocol: every interleaving of the steps of several processes.

use insta::assert_snapshot;
use token_cache::refresh::RefreshError;
use token_cache::refresh::protocol::{RefreshSteps, refresh_rejected_with, refresh_with};
use token_cache::{CachedToken, Freshness, REFRESH_WINDOW};

use crate::model::{Explored, Faults, Model, Process, Program, Stop, now};

type Outcome = Result<CachedToken, RefreshError<Stop>>;

const DEFAULT_VALIDITY: Program = |process| refresh_with(process, REFRESH_WINDOW);
const LONGER_THAN_ANY_LIFETIME: Program = |process| refresh_with(process, 100 * REFRESH_WINDOW);
const AFTER_REJECTION: Program = |process| refresh_rejected_with(process, &"0".into());

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
        ..model([DEFAULT_VALIDITY; 3])
    }
}

fn explore(model: &Model) -> Explored {
    let explored = model.explore().unwrap_or_else(|found| panic!("{found}"));
    #[expect(clippy::print_stderr, reason = "figures for a run with --nocapture")]
    {
        eprintln!("{explored:?}");
    }
    explored
}

/// Explores `model`, which has a planted bug, and returns the shortest path to the violation.
fn counter_example(model: &Model) -> String {
    match model.explore() {
        Ok(explored) => panic!("no violation found: {explored:?}"),
        Err(found) => found.to_string(),
    }
}

#[test]
fn the_properties_hold_in_every_interleaving_with_kills() {
    for programs in [
        [DEFAULT_VALIDITY; 3],
        [LONGER_THAN_ANY_LIFETIME; 3],
        [AFTER_REJECTION; 3],
        [DEFAULT_VALIDITY, LONGER_THAN_ANY_LIFETIME, AFTER_REJECTION],
    ] {
        let explored = explore(&model(programs));
        assert!(explored.states > 1_000 && explored.final_states > 10);
        assert!(explored.final_states_with_lost_session > 0);
    }
}

#[test]
fn the_properties_hold_with_a_tool_that_takes_no_lock_and_writes_in_place() {
    for programs in [
        [DEFAULT_VALIDITY; 3],
        [DEFAULT_VALIDITY, LONGER_THAN_ANY_LIFETIME, AFTER_REJECTION],
    ] {
        let explored = explore(&with_foreign_tool(programs));
        assert!(explored.states > 1_000 && explored.final_states > 10);
    }
}

#[test]
fn the_model_finds_an_ineffective_lock() {
    let faults = Faults {
        ignores_locks: true,
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
        let old = process.read()?.expect("a token is cached");
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
    let grant = old.refresh_grant(now()).expect("the token is refreshable");
    let new = process
        .request(old, grant)?
        .ok_or(RefreshError::SessionEnded)?;
    process.save((), old, &new);
    Ok(new)
}

#[test]
fn the_model_finds_a_write_in_place() {
    let faults = Faults {
        writes_in_place: true,
        ..Faults::default()
    };
    assert_snapshot!(counter_example(&with(faults)), @"
    a process read a partial file:
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
        reserves_after_request: true,
        ..Faults::default()
    };
    assert_snapshot!(counter_example(&with(faults)), @"
    an issued token was lost although no process was killed:
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
        let old = process.read()?.expect("a token is cached");
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
    the processes are deadlocked:
      process 0: Lock, Done
      process 0: Read, Found(0)
    ");
}

#[test]
fn the_model_finds_a_second_refresh_after_the_wait() {
    fn refresh(process: &Process) -> Outcome {
        process.read()?;
        let lock = process.lock()?;
        let old = process.read()?.expect("a token is cached");
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
fn the_model_finds_a_missing_read_after_a_rejected_request() {
    fn refresh(process: &Process) -> Outcome {
        let lock = process.lock()?;
        let old = process.read()?.expect("a token is cached");
        if Freshness::of(old.expires_at, now()) == Freshness::Fresh {
            return Ok(old);
        }
        process.reserve(&lock)?;
        request_and_save(process, &old)
    }
    explore(&model([refresh; 3]));
    assert_snapshot!(counter_example(&with_foreign_tool([refresh; 3])), @"
    a process ended without a token although one was available:
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
