//! Model check of the refresh protocol: every interleaving of the steps of several processes.

use insta::assert_snapshot;
use token_cache::refresh::protocol::early::{refresh_early_with, refresh_in_background_with};
use token_cache::refresh::protocol::{RefreshSteps, refresh_rejected_with, refresh_with};
use token_cache::refresh::{RefreshError, RefreshResponse};
use token_cache::{CachedToken, Freshness, REFRESH_WINDOW};

use crate::model::{
    Actor, Explored, Faults, Held, Model, Process, Program, Reuse, Stop, Writes, now,
};

type Outcome = Result<CachedToken, RefreshError<Stop>>;

const DEFAULT_VALIDITY: Program = Program::needed(|process| refresh_with(process, REFRESH_WINDOW));
const LONGER_THAN_ANY_LIFETIME: Program =
    Program::needed(|process| refresh_with(process, 100 * REFRESH_WINDOW));
const AFTER_REJECTION: Program =
    Program::needed(|process| refresh_rejected_with(process, &"0".into()));
const EARLY: Program = Program::early(|process| refresh_early_with(process, REFRESH_WINDOW));
/// Starts another process for the refresh, see [`IN_BACKGROUND`].
const EARLY_ELSEWHERE: Program =
    Program::early(|process| refresh_early_with(process.in_background(), REFRESH_WINDOW));
const IN_BACKGROUND: Program =
    Program::in_background(|process| refresh_in_background_with(process, REFRESH_WINDOW));

fn model<const N: usize>(programs: [Program; N]) -> Model {
    Model {
        programs: programs.to_vec(),
        actors: Vec::new(),
        reuse: Reuse::IsRejected,
        has_locks: true,
        disk_may_be_full: false,
        faults: Faults::default(),
    }
}

fn with_full_disk(programs: [Program; 3]) -> Model {
    Model {
        disk_may_be_full: true,
        ..model(programs)
    }
}

fn with_actors<const N: usize>(programs: [Program; N], actors: &[Actor]) -> Model {
    Model {
        actors: actors.to_vec(),
        ..model(programs)
    }
}

fn with_writer_in_place(programs: [Program; 3]) -> Model {
    with_actors(programs, &[Actor::Refreshes(Writes::InPlace)])
}

fn with(faults: Faults) -> Model {
    Model {
        faults,
        ..with_full_disk([DEFAULT_VALIDITY; 3])
    }
}

fn needed(run: fn(&Process) -> Outcome) -> [Program; 3] {
    [Program::needed(run); 3]
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
        [DEFAULT_VALIDITY, EARLY, EARLY],
        [DEFAULT_VALIDITY, EARLY_ELSEWHERE, IN_BACKGROUND],
        [IN_BACKGROUND; 3],
    ] {
        let explored = explore(&with_full_disk(programs));
        assert!(explored.states > 300 && explored.final_states > 10);
        assert!(explored.final_states_with_lost_session > 0);
    }
}

#[test]
fn the_properties_hold_with_a_tool_that_takes_no_lock_and_writes_in_place() {
    for programs in [
        [DEFAULT_VALIDITY; 3],
        [DEFAULT_VALIDITY, LONGER_THAN_ANY_LIFETIME, AFTER_REJECTION],
    ] {
        let explored = explore(&with_writer_in_place(programs));
        assert!(explored.states > 1_000 && explored.final_states > 5);
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
        let reservation = process.reserve(&lock)?;
        request_and_save(process, reservation, &old)
    }
    assert_snapshot!(counter_example(&with_full_disk(needed(refresh))), @"
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

fn request_and_save(process: &Process, reservation: Held, old: &CachedToken) -> Outcome {
    let Some(grant) = old.refresh_grant(now()) else {
        return Err(RefreshError::NotRefreshable);
    };
    let RefreshResponse::Issued(new) = process.request(old, grant)? else {
        process.remember_end(old)?;
        return Err(RefreshError::SessionEnded);
    };
    process.save(reservation, old, &new);
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
      process 1 ends normally
      process 2 ends normally
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
        let reservation = process.reserve(&lock)?;
        drop(lock);
        request_and_save(process, reservation, &old)
    }
    assert_snapshot!(counter_example(&with_full_disk(needed(refresh))), @"
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
    assert_snapshot!(counter_example(&with_full_disk(needed(refresh))), @"
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
        let reservation = process.reserve(&lock)?;
        request_and_save(process, reservation, &old)
    }
    assert_snapshot!(counter_example(&with_full_disk(needed(refresh))), @"
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
        let reservation = process.reserve(&lock)?;
        request_and_save(process, reservation, &old)
    }
    explore(&with_full_disk(needed(refresh)));
    assert_snapshot!(counter_example(&with_writer_in_place(needed(refresh))), @"
    an end was remembered that is not one:
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 3: Read, Found(0)
      process 3: Request(0), Issued(1)
      process 0: Request(0), Rejected(0)
      process 0: RememberEnd(0)
    ");
}

const PAIRS: [[Program; 2]; 5] = [
    [DEFAULT_VALIDITY; 2],
    [DEFAULT_VALIDITY, EARLY],
    [EARLY, AFTER_REJECTION],
    [EARLY; 2],
    [EARLY_ELSEWHERE, IN_BACKGROUND],
];

/// Behaviour of the service, and whether the file system has locks.
const FRIENDLY: (Reuse, bool) = (Reuse::IsRejected, true);
const STRICT: (Reuse, bool) = (Reuse::EndsSession, true);
const WITHOUT_LOCKS: (Reuse, bool) = (Reuse::IsRejected, false);
const STRICT_WITHOUT_LOCKS: (Reuse, bool) = (Reuse::EndsSession, false);

/// Explores each pair of processes with other programs.
fn explore_pairs(actors: &[Actor], environments: &[(Reuse, bool)]) {
    for programs in PAIRS {
        for &(reuse, has_locks) in environments {
            let explored = explore(&Model {
                reuse,
                has_locks,
                ..with_actors(programs, actors)
            });
            assert!(explored.final_states > 2);
        }
    }
}

#[test]
fn the_properties_hold_with_an_sdk_that_writes_in_time_too_late_or_never() {
    let all = [FRIENDLY, STRICT, WITHOUT_LOCKS, STRICT_WITHOUT_LOCKS];
    explore_pairs(&[], &all);
    for writes in [
        Writes::InTime,
        Writes::InPlace,
        Writes::TooLate,
        Writes::Never,
    ] {
        explore_pairs(&[Actor::Refreshes(writes)], &all);
    }
    let sdk = Actor::Refreshes(Writes::InTime);
    explore_pairs(&[sdk, sdk], &[FRIENDLY]);
}

#[test]
fn the_properties_hold_during_a_sign_in_a_sign_out_and_the_removal_of_the_cache() {
    for change in [Actor::SignsIn, Actor::SignsOut, Actor::RemovesCache] {
        explore_pairs(&[change], &[FRIENDLY, STRICT, WITHOUT_LOCKS]);
        explore_pairs(&[change, Actor::SignsIn], &[STRICT]);
        for writes in [Writes::InTime, Writes::TooLate] {
            explore_pairs(&[change, Actor::Refreshes(writes)], &[STRICT]);
        }
    }
}

#[test]
fn the_model_finds_a_missing_wait_after_a_rejected_request() {
    let sdk = [Actor::Refreshes(Writes::InTime)];
    let without_wait = |model: Model| Model {
        faults: Faults {
            does_not_wait: true,
            ..Faults::default()
        },
        ..model
    };
    assert_snapshot!(counter_example(&without_wait(with_actors([DEFAULT_VALIDITY], &sdk))), @"
    an end was remembered that is not one:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 1: Read, Found(0)
      process 1: Request(0), Issued(1)
      process 0: Request(0), Rejected(0)
      process 0: Read, Found(0)
      process 0: RememberEnd(0)
    ");
    let without_locks = Model {
        has_locks: false,
        ..model([DEFAULT_VALIDITY; 2])
    };
    explore(&without_locks);
    assert_snapshot!(counter_example(&without_wait(without_locks)), @"
    an end was remembered that is not one:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 1: Read, Found(0)
      process 1: Lock, Done
      process 1: Read, Found(0)
      process 1: Reserve, Done
      process 1: Request(0), Rejected(0)
      process 1: Read, Found(0)
      process 1: RememberEnd(0)
    ");
}

#[test]
fn the_model_finds_an_end_that_is_remembered_before_the_wait() {
    let faults = Faults {
        remembers_at_once: true,
        ..Faults::default()
    };
    let sdk = [Actor::Refreshes(Writes::InTime)];
    let model = Model {
        faults,
        ..with_actors([DEFAULT_VALIDITY], &sdk)
    };
    assert_snapshot!(counter_example(&model), @"
    an end was remembered that is not one:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 1: Read, Found(0)
      process 1: Request(0), Issued(1)
      process 0: Request(0), Rejected(0)
      process 0: RememberEnd(0)
    ");
}

#[test]
fn the_model_finds_a_save_without_a_comparison() {
    let found = |actor: Actor| {
        let faults = Faults {
            does_not_compare: true,
            ..Faults::default()
        };
        counter_example(&Model {
            faults,
            ..with_actors([DEFAULT_VALIDITY], &[actor])
        })
    };
    assert_snapshot!(found(Actor::SignsIn), @"
    a newer sign-in was overwritten:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 1: SignIn, Done
      process 0: Save(1)
    ");
    assert_snapshot!(found(Actor::SignsOut), @"
    a removed token was restored:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 1: EndSession, Done
      process 1: Remove, Done
      process 0: Save(1)
    ");
    assert_snapshot!(found(Actor::RemovesCache), @"
    a removed token was restored:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 1: RemoveCache, Done
      process 0: Save(1)
    ");
}

#[test]
fn the_model_finds_the_token_of_a_user_who_has_signed_out_or_in() {
    let found = |actor: Actor| {
        let faults = Faults {
            uses_unsaved_token: true,
            ..Faults::default()
        };
        counter_example(&Model {
            faults,
            ..with_actors([DEFAULT_VALIDITY], &[actor])
        })
    };
    assert_snapshot!(found(Actor::SignsIn), @"
    a process ended with the token of an older sign-in:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 1: SignIn, Done
      process 0: Save(1), Superseded
    ");
    assert_snapshot!(found(Actor::SignsOut), @"
    a process ended with the token of an older sign-in:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 1: EndSession, Done
      process 1: Remove, Done
      process 0: Save(1), Superseded
    ");
}

#[test]
fn the_model_finds_an_early_refresh_that_does_not_wait_for_a_late_response() {
    let faults = Faults {
        drops_late_responses: true,
        ..Faults::default()
    };
    let model = Model {
        faults,
        ..model([EARLY])
    };
    assert_snapshot!(counter_example(&model), @"
    an issued token was lost although no process was killed:
      process 0: Read, Found(0)
      process 0: TryLock, Done
      process 0: Read, Found(0)
      process 0: Claim(0), Claimed
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 0: RememberFailure(0, Failed { retry_after: None }), Done
    ");
}

#[test]
fn the_model_finds_an_end_that_does_not_wait_for_a_critical_section() {
    let faults = Faults {
        ends_at_once: true,
        ..Faults::default()
    };
    let model = Model {
        faults,
        ..model([DEFAULT_VALIDITY])
    };
    assert_snapshot!(counter_example(&model), @"
    an issued token was lost although no process was killed:
      process 0: Read, Found(0)
      process 0: Lock, Done
      process 0: Read, Found(0)
      process 0: Reserve, Done
      process 0: Request(0), Issued(1)
      process 0 ends normally
    ");
}
