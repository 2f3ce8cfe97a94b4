//! Plan of the requests of all processes to one access portal. A point in time is the duration since
//! 1970, and is passed in.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Rate limit of the access portal for a user, in requests per second.
const FULL_RATE: f64 = 20.0;
/// Maximum number of requests in any second.
const WINDOW: usize = 20;
/// Number of requests that an idle plan sends at once.
const BURST: usize = 10;
/// Minimum rate in requests per second, however often requests are refused.
const MIN_RATE: f64 = 0.5;
/// Factor of the rate after a refusal.
const REDUCTION: f64 = 0.8;
/// Increase of a reduced rate in each second, in requests per second.
const RECOVERY: f64 = 2.0;
/// One second, with a margin for the delays of the processes and the network. Slots are planned
/// with it.
const PLANNED_SECOND: Duration = Duration::from_millis(1040);
/// One second, with a smaller margin. Requests that are later than their slots are counted with it.
const SENT_SECOND: Duration = Duration::from_millis(1010);
/// Maximum wait for a reserved slot. The slots of killed processes remain unused, so few are
/// reserved ahead. A process for which there is no slot asks again later.
const HORIZON: Duration = Duration::from_millis(1500);
/// Upper limit of the first pause after a refusal. It doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// Time after the end of a pause after which an earlier refusal is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(30);
/// Maximum difference between the clock of this process and that of the last writer.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(1);

/// Time without an accepted request after which throttling is an error. No pause is longer.
pub(crate) const THROTTLING_TIMEOUT: Duration = Duration::from_secs(60);

/// Plan of the requests. Spaces them evenly. After the service refused a request, reduces the rate
/// and pauses, then raises the rate gradually.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Plan {
    pub(super) updated_at: Duration,
    /// Times of the last reserved slots, at most [`WINDOW`].
    slots: Vec<Duration>,
    /// Times of the last requests, at most [`WINDOW`]. They may be later than their slots.
    sent: Vec<Duration>,
    /// Number of reductions of the rate. Slots of an earlier generation are void.
    generation: u64,
    /// Rate at `resume_at`.
    reduced_rate: f64,
    /// End of the last pause.
    resume_at: Duration,
    /// Time of the first refusal since the last accepted request.
    refused_since: Option<Duration>,
    /// Number of reductions of the rate since the last accepted request.
    refusals: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            updated_at: Duration::ZERO,
            slots: Vec::new(),
            sent: Vec::new(),
            generation: 0,
            reduced_rate: FULL_RATE,
            resume_at: Duration::ZERO,
            refused_since: None,
            refusals: 0,
        }
    }
}

/// Slot that is reserved for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    generation: u64,
}

/// Permission to send a request now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    generation: u64,
    /// True if no request has been accepted since a refusal.
    pub(super) is_throttled: bool,
}

/// Next step of a process that wants to send a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Send(Grant),
    /// The process waits and then asks again, with the slot.
    Wait {
        pause: Duration,
        slot: Option<Slot>,
    },
}

impl Plan {
    /// Returns the plan if all its times are possible at `now`, else an empty plan: the file may be
    /// corrupt, or the clock was set back.
    pub(super) fn checked(self, now: Duration) -> Self {
        let limit = now + CLOCK_TOLERANCE;
        let is_possible = self.updated_at <= limit
            && self.sent.iter().all(|at| *at <= limit)
            && self.slots.iter().all(|at| *at <= limit + HORIZON)
            && self.resume_at <= limit + THROTTLING_TIMEOUT
            && self.refused_since.is_none_or(|at| at <= limit)
            && (MIN_RATE..=FULL_RATE).contains(&self.reduced_rate);
        if is_possible {
            return self;
        }
        Self {
            generation: self.generation.wrapping_add(1),
            ..Self::default()
        }
    }

    /// Returns the next step of a process with the slot that it has reserved, if any. `random` is
    /// at least 0 and at most 1.
    pub(super) fn step(&mut self, slot: Option<Slot>, now: Duration, random: f64) -> Step {
        match slot {
            Some(slot) if slot.generation == self.generation => self.confirm(slot, now),
            _ => self.reserve(now, random),
        }
    }

    fn reserve(&mut self, now: Duration, random: f64) -> Step {
        let at = self.next_slot(now);
        let wait = at.saturating_sub(now);
        if wait > HORIZON {
            // Ends before the last reserved slot, so that no slot remains free in between.
            let pause = wait.saturating_sub(HORIZON) + HORIZON.mul_f64(f64::midpoint(1.0, random));
            return Step::Wait { pause, slot: None };
        }
        push(&mut self.slots, at);
        let slot = Slot {
            generation: self.generation,
        };
        if wait.is_zero() {
            return self.confirm(slot, now);
        }
        Step::Wait {
            pause: wait,
            slot: Some(slot),
        }
    }

    /// Returns the step at the time of the slot. The process waits again if other requests were so
    /// late that the service would refuse this one.
    fn confirm(&mut self, slot: Slot, now: Duration) -> Step {
        let pause = window_end(&self.sent, SENT_SECOND).saturating_sub(now);
        if !pause.is_zero() {
            return Step::Wait {
                pause,
                slot: Some(slot),
            };
        }
        push(&mut self.sent, now);
        Step::Send(Grant {
            generation: self.generation,
            is_throttled: self.refused_since.is_some(),
        })
    }

    fn next_slot(&self, now: Duration) -> Duration {
        let spaced = match self.slots.iter().max() {
            Some(last) if !self.allows_burst(now) => *last + self.interval(*last),
            _ => now,
        };
        let earliest = window_end(&self.slots, PLANNED_SECOND).max(self.resume_at);
        now.max(spaced).max(earliest)
    }

    fn allows_burst(&self, now: Duration) -> bool {
        let is_recent = |at: &&Duration| **at + PLANNED_SECOND > now;
        self.rate(now) >= FULL_RATE && self.slots.iter().filter(is_recent).count() < BURST
    }

    fn interval(&self, at: Duration) -> Duration {
        PLANNED_SECOND.div_f64(self.rate(at))
    }

    /// Returns the planned rate, in requests per second.
    pub(super) fn rate(&self, at: Duration) -> f64 {
        let recovered = at.saturating_sub(self.resume_at).as_secs_f64() * RECOVERY;
        (self.reduced_rate + recovered).min(FULL_RATE)
    }

    /// Reduces the rate, after the service refused the request of `grant`. Pauses for `requested`,
    /// but at least for the back-off. Several refused requests of the same generation reduce the
    /// rate once.
    pub(super) fn refuse(
        &mut self,
        grant: Grant,
        now: Duration,
        requested: Option<Duration>,
        random: f64,
    ) {
        if self.throttled_for(now).is_none() {
            self.refused_since = Some(now);
            self.refusals = 0;
        }
        // A process that receives a longer time does not wait for it.
        let requested = requested.filter(|pause| *pause <= THROTTLING_TIMEOUT);
        let mut pause = requested.unwrap_or_default();
        if grant.generation == self.generation {
            self.reduced_rate = (self.rate(now) * REDUCTION).max(MIN_RATE);
            self.generation = self.generation.wrapping_add(1);
            self.refusals = self.refusals.saturating_add(1);
            self.slots.clear();
            pause = pause.max(back_off(self.refusals, random));
        }
        self.resume_at = self.resume_at.max(now + pause);
    }

    /// Records that the service accepted a request.
    pub(super) fn accept(&mut self) {
        self.refused_since = None;
        self.refusals = 0;
    }

    /// Returns the time since the first refusal; `None` if a request has been accepted since then,
    /// or if none was sent for a long time.
    pub(super) fn throttled_for(&self, now: Duration) -> Option<Duration> {
        let since = self.refused_since?;
        let is_current = now <= self.resume_at + FORGOTTEN_AFTER;
        is_current.then(|| now.saturating_sub(since))
    }
}

/// Returns the end of the pause after the first of the last [`WINDOW`] times.
fn window_end(times: &[Duration], second: Duration) -> Duration {
    let first = times.iter().rev().nth(WINDOW - 1);
    first.map_or(Duration::ZERO, |at| *at + second)
}

fn push(times: &mut Vec<Duration>, at: Duration) {
    let surplus = (times.len() + 1).saturating_sub(WINDOW);
    times.drain(..surplus);
    times.push(at);
}

/// Returns a random pause, so that the programs of different users do not retry at the same time.
fn back_off(refusals: u32, random: f64) -> Duration {
    let doublings = 2_u32.saturating_pow(refusals.saturating_sub(1));
    let limit = FIRST_PAUSE.saturating_mul(doublings).min(MAX_PAUSE);
    limit.mul_f64(f64::midpoint(1.0, random))
}

#[cfg(test)]
mod tests;
