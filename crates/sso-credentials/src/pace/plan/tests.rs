//! Tests of the plan, in simulated time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::{
    BURST, FULL_RATE, Grant, HORIZON, MIN_RATE, PLANNED_SECOND, Plan, REDUCTION, Slot, Step,
    THROTTLING_TIMEOUT, WINDOW,
};

const SECOND: Duration = Duration::from_secs(1);
/// Start of each test, far from the earliest possible time.
const START: Duration = Duration::from_secs(1_800_000_000);

/// Simulates processes that start at `START`, and returns the times of their requests. Each
/// process acts `delay` after the time at which it wanted to act.
fn simulate(plan: &mut Plan, count: usize, delay: impl Fn(usize) -> Duration) -> Vec<Duration> {
    let mut slots: Vec<Option<Slot>> = vec![None; count];
    let processes = (0..count).map(|process| Reverse((START, process)));
    let mut waiting: BinaryHeap<_> = processes.collect();
    let mut sent = Vec::new();
    let mut steps = 0;
    while let Some(Reverse((at, process))) = waiting.pop() {
        steps += 1;
        let now = at + delay(steps);
        let random = f64::from(u8::try_from(steps * 89 % 256).unwrap()) / 256.0;
        match plan.step(slots[process], now, random) {
            Step::Send(_) => sent.push(now),
            Step::Wait { pause, slot } => {
                slots[process] = slot;
                waiting.push(Reverse((now + pause, process)));
            }
        }
    }
    sent.sort_unstable();
    sent
}

fn assert_within_limit(sent: &[Duration]) {
    for (first, next_window) in sent.iter().zip(&sent[WINDOW..]) {
        let elapsed = next_window.saturating_sub(*first);
        assert!(
            elapsed > SECOND,
            "{elapsed:?} after {:?}",
            first.saturating_sub(START)
        );
    }
}

fn granted(plan: &mut Plan, now: Duration) -> Grant {
    match plan.step(None, now, 0.5) {
        Step::Send(grant) => grant,
        wait @ Step::Wait { .. } => panic!("{wait:?}"),
    }
}

fn pause(plan: &mut Plan, now: Duration) -> Duration {
    match plan.step(None, now, 0.5) {
        Step::Send(_) => Duration::ZERO,
        Step::Wait { pause, .. } => pause,
    }
}

#[test]
fn idle_plan_sends_a_few_requests_without_a_wait() {
    let mut plan = Plan::default();
    for start in [START, START + 2 * PLANNED_SECOND, START + 3600 * SECOND] {
        for _ in 0..BURST {
            granted(&mut plan, start);
        }
        assert_ne!(pause(&mut plan, start), Duration::ZERO);
    }
}

#[test]
fn many_processes_use_the_rate_limit_and_never_exceed_it() {
    let check = |delay: &dyn Fn(usize) -> Duration| {
        let sent = simulate(&mut Plan::default(), 200, delay);
        assert_eq!(sent.len(), 200);
        assert_within_limit(&sent);
        let bound = Duration::from_secs_f64(199.0 / FULL_RATE).mul_f64(1.2);
        let took = sent[199].saturating_sub(START);
        assert!(took < bound, "{took:?}");
    };
    check(&|_| Duration::ZERO);
    check(&|step| Duration::from_millis(u64::try_from(step * 37 % 30).unwrap()));
    let late = Duration::from_millis(300);
    check(&|step| if step % 50 == 7 { late } else { Duration::ZERO });
}

#[test]
fn slots_of_killed_processes_delay_others_for_a_short_time_only() {
    let mut plan = Plan::default();
    for _ in 0..1000 {
        plan.step(None, START, 0.5);
    }
    let sent = simulate(&mut plan, 1, |_| Duration::ZERO);
    assert!(
        sent[0] <= START + 2 * HORIZON,
        "{:?}",
        sent[0].saturating_sub(START)
    );
}

#[test]
fn refusal_reduces_the_rate_which_then_recovers() {
    let mut plan = Plan::default();
    let grant = granted(&mut plan, START);
    plan.refuse(grant, START, None, 1.0);
    let check = |seconds: f64, rate: f64| {
        let at = plan.resume_at + Duration::from_secs_f64(seconds);
        let actual = plan.rate(at);
        assert!((actual - rate).abs() < 0.001, "{actual}, expected {rate}");
    };
    check(0.0, FULL_RATE * REDUCTION);
    check(1.0, FULL_RATE * REDUCTION + 2.0);
    check(3.0, FULL_RATE);
    check(3600.0, FULL_RATE);
}

#[test]
fn concurrent_refusals_reduce_the_rate_once() {
    let mut plan = Plan::default();
    let grants = [(); 8].map(|()| granted(&mut plan, START));
    plan.refuse(grants[0], START, None, 0.0);
    let once = plan.clone();
    for grant in &grants[1..] {
        plan.refuse(*grant, START, None, 0.0);
    }
    assert_eq!(plan, once);
    for number in 1..100 {
        let now = START + number * 10 * SECOND;
        let grant = granted(&mut plan, now);
        plan.refuse(grant, now, None, 0.0);
        let rate = plan.rate(now);
        assert!((MIN_RATE..FULL_RATE).contains(&rate), "{rate}");
    }
}

#[test]
fn refusal_delays_the_processes_that_wait_already() {
    let mut plan = Plan::default();
    let grants = [(); BURST].map(|()| granted(&mut plan, START));
    let Step::Wait { slot, .. } = plan.step(None, START, 0.5) else {
        panic!("the burst is used up")
    };
    plan.refuse(grants[0], START, Some(7 * SECOND), 0.0);
    let later = START + SECOND;
    let step = plan.step(slot, later, 0.0);
    let Step::Wait { pause, slot: None } = step else {
        panic!("{step:?}")
    };
    assert!(later + pause > START + 5 * SECOND, "{pause:?}");
    assert!(later + pause <= START + 7 * SECOND, "{pause:?}");
}

#[test]
fn pause_is_the_requested_one_but_never_shorter_than_the_back_off() {
    let check = |requested: u32, refusals: u32, expected: u64| {
        let mut plan = Plan::default();
        for _ in 0..refusals {
            let resumed = plan.resume_at.max(START);
            let grant = granted(&mut plan, resumed);
            plan.refuse(grant, resumed, Some(requested * SECOND), 0.0);
            let pause = plan.resume_at.saturating_sub(resumed);
            if plan.refusals == refusals {
                assert_eq!(
                    pause.as_millis(),
                    u128::from(expected),
                    "{requested} {refusals}"
                );
            }
        }
    };
    check(0, 1, 100);
    check(0, 2, 200);
    check(0, 4, 800);
    check(0, 20, 2500);
    check(3, 1, 3000);
    check(3, 4, 3000);
    check(60, 1, 60_000);
    check(61, 1, 100);
}

#[test]
fn throttling_lasts_until_a_request_is_accepted_or_it_is_forgotten() {
    let mut plan = Plan::default();
    for seconds in [0, 5, 10] {
        let now = START + seconds * SECOND;
        let grant = granted(&mut plan, now);
        assert_eq!(grant.is_throttled, seconds > 0);
        plan.refuse(grant, now, None, 0.0);
        assert_eq!(plan.throttled_for(now), Some(seconds * SECOND));
    }
    assert_eq!(plan.throttled_for(START + 60 * SECOND), None);
    let now = START + THROTTLING_TIMEOUT;
    let grant = granted(&mut plan, now);
    plan.refuse(grant, now, None, 0.0);
    assert_eq!(plan.throttled_for(now), Some(Duration::ZERO));
    plan.accept();
    assert_eq!(plan.throttled_for(now), None);
}

#[test]
fn impossible_plan_is_replaced() {
    let mut plan = Plan::default();
    for _ in 0..30 {
        plan.step(None, START, 0.0);
    }
    plan.updated_at = START;
    assert_eq!(plan.clone().checked(START), plan);
    let check = |change: &dyn Fn(&mut Plan)| {
        let mut changed = plan.clone();
        change(&mut changed);
        let mut checked = changed.clone().checked(START);
        assert_ne!(checked, changed);
        granted(&mut checked, START);
    };
    let future = START + 3600 * SECOND;
    check(&|plan| plan.updated_at = future);
    check(&|plan| plan.slots.push(Duration::MAX));
    check(&|plan| plan.slots.push(START + 5 * SECOND));
    check(&|plan| plan.sent.push(future));
    check(&|plan| plan.resume_at = future);
    check(&|plan| plan.refused_since = Some(future));
    check(&|plan| plan.reduced_rate = 0.0);
    check(&|plan| plan.reduced_rate = 1e300);
    let earlier = START.saturating_sub(3600 * SECOND);
    granted(&mut plan.checked(earlier), earlier);
}
