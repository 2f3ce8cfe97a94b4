//! Spacing of requests. All times are durations since a fixed start and are passed in.

use std::collections::VecDeque;
use std::time::Duration;

/// Rate limit of the access portal for a user, in requests per second.
pub(super) const FULL_RATE: f64 = 20.0;
/// Maximum number of requests in any second.
const WINDOW: usize = 20;
/// Minimum rate in requests per second, however often requests are throttled.
const MIN_RATE: f64 = 0.5;
/// Increase of a reduced rate in each second, in requests per second.
const RECOVERY: f64 = 4.0;
/// Safety margin, as a fraction of a second. Without it, the service may count a delayed request
/// towards the next second and throttle a request there.
const MARGIN: f64 = 0.02;

/// Spaces requests evenly. Halves the rate when the service throttles requests, then raises it
/// gradually.
#[derive(Debug)]
pub(super) struct Pacer {
    next_at: Duration,
    /// Rate at `reduced_at`.
    reduced_rate: f64,
    reduced_at: Duration,
    /// Number of times the rate was halved.
    generation: u32,
    /// Number of reserved slots whose requests have not been sent.
    waiting: usize,
    /// Times of the last requests, at most [`WINDOW`]. They may be later than the slots.
    sent_at: VecDeque<Duration>,
}

/// Time that is reserved for a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slot {
    pub(super) at: Duration,
    generation: u32,
}

impl Pacer {
    pub(super) fn new() -> Self {
        Self {
            next_at: Duration::ZERO,
            reduced_rate: FULL_RATE,
            reduced_at: Duration::ZERO,
            generation: 0,
            waiting: 0,
            sent_at: VecDeque::new(),
        }
    }

    /// Reserves the next slot, at `now` or later.
    pub(super) fn reserve(&mut self, now: Duration) -> Slot {
        let at = self.next_at.max(now).max(self.window_end());
        self.waiting += 1;
        let interval = (1.0 + MARGIN) / self.rate(at);
        self.next_at = at + Duration::from_secs_f64(interval);
        Slot {
            at,
            generation: self.generation,
        }
    }

    /// Returns the earliest time at which the next request does not exceed [`WINDOW`].
    fn window_end(&self) -> Duration {
        let index = (WINDOW - 1).checked_sub(self.waiting);
        let sent_at = index.and_then(|index| self.sent_at.iter().rev().nth(index));
        let second = Duration::from_secs_f64(1.0 + MARGIN);
        sent_at.map_or(Duration::ZERO, |sent_at| *sent_at + second)
    }

    /// Returns whether the request of `slot` may be sent now, and records it as sent if so. A slot
    /// that was reserved before the rate was halved is void.
    pub(super) fn try_acquire(&mut self, slot: Slot, now: Duration) -> bool {
        if !self.is_current(slot) {
            return false;
        }
        self.waiting = self.waiting.saturating_sub(1);
        self.sent_at.push_back(now);
        if self.sent_at.len() > WINDOW {
            self.sent_at.pop_front();
        }
        true
    }

    fn is_current(&self, slot: Slot) -> bool {
        slot.generation == self.generation
    }

    /// Halves the rate and pauses for `pause`, after the service throttled the request of `slot`.
    /// Several throttled requests of the same generation halve the rate once.
    pub(super) fn slow_down(&mut self, slot: Slot, now: Duration, pause: Duration) {
        if self.is_current(slot) {
            self.reduced_rate = (self.rate(now) / 2.0).max(MIN_RATE);
            self.generation += 1;
            self.waiting = 0;
            self.next_at = now;
        }
        self.reduced_at = self.reduced_at.max(now + pause);
        self.next_at = self.next_at.max(self.reduced_at);
    }

    pub(super) fn rate(&self, now: Duration) -> f64 {
        let recovered = now.saturating_sub(self.reduced_at).as_secs_f64() * RECOVERY;
        (self.reduced_rate + recovered).min(FULL_RATE)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FULL_RATE, MIN_RATE, Pacer};

    const SECOND: Duration = Duration::from_secs(1);

    fn sent_within(pacer: &mut Pacer, from: Duration, to: Duration) -> usize {
        std::iter::from_fn(|| Some(pacer.reserve(from)))
            .take_while(|slot| slot.at < to)
            .count()
    }

    #[test]
    fn requests_start_at_the_full_rate() {
        let mut pacer = Pacer::new();
        let slots: Vec<_> = (0..=40).map(|_| pacer.reserve(Duration::ZERO).at).collect();
        assert_eq!(slots[0], Duration::ZERO);
        for (first, next_window) in slots.iter().zip(&slots[20..]) {
            let elapsed = next_window.saturating_sub(*first);
            assert!(elapsed > SECOND, "{elapsed:?}");
            assert!(elapsed < SECOND + Duration::from_millis(30), "{elapsed:?}");
        }
    }

    #[test]
    fn delayed_requests_count_towards_the_next_second() {
        let mut pacer = Pacer::new();
        let late = Duration::from_millis(300);
        let sent_at: Vec<_> = (0..20)
            .map(|number| {
                let slot = pacer.reserve(Duration::ZERO);
                let at = if number < 5 { slot.at + late } else { slot.at };
                assert!(pacer.try_acquire(slot, at));
                at
            })
            .collect();
        for first in sent_at {
            let slot = pacer.reserve(Duration::ZERO);
            assert!(slot.at > first + SECOND, "{slot:?} after {first:?}");
            assert!(pacer.try_acquire(slot, slot.at));
        }
    }

    #[test]
    fn idle_time_does_not_allow_a_burst() {
        let mut pacer = Pacer::new();
        pacer.reserve(Duration::ZERO);
        let late = 10 * SECOND;
        let slots = [pacer.reserve(late).at, pacer.reserve(late).at];
        assert_eq!(slots[0], late);
        assert!(slots[1] > late + SECOND / 21, "{slots:?}");
    }

    #[test]
    fn throttling_halves_the_rate_which_then_recovers() {
        let mut pacer = Pacer::new();
        let slot = pacer.reserve(Duration::ZERO);
        pacer.slow_down(slot, SECOND, SECOND);
        let check = |seconds, rate: f64| {
            let actual = pacer.rate(seconds * SECOND);
            assert!((actual - rate).abs() < 0.001, "{actual}, expected {rate}");
        };
        check(1, FULL_RATE / 2.0);
        check(2, FULL_RATE / 2.0);
        check(3, FULL_RATE / 2.0 + 4.0);
        check(5, FULL_RATE);
        check(3600, FULL_RATE);
    }

    #[test]
    fn no_request_is_sent_before_the_requested_pause_is_over() {
        let mut pacer = Pacer::new();
        let slot = pacer.reserve(Duration::ZERO);
        pacer.slow_down(slot, SECOND, 7 * SECOND);
        assert_eq!(pacer.reserve(SECOND).at, 8 * SECOND);
        let late_slot = pacer.reserve(SECOND);
        pacer.slow_down(late_slot, 9 * SECOND, Duration::ZERO);
        assert!(pacer.reserve(9 * SECOND).at >= 9 * SECOND);
    }

    #[test]
    fn concurrent_throttled_requests_halve_the_rate_once() {
        let mut pacer = Pacer::new();
        let slots = [(); 8].map(|()| pacer.reserve(Duration::ZERO));
        for slot in slots {
            pacer.slow_down(slot, SECOND, Duration::ZERO);
            assert!(!pacer.try_acquire(slot, SECOND), "the slot is void");
        }
        let rate = pacer.rate(SECOND);
        assert!((rate - FULL_RATE / 2.0).abs() < 0.001, "{rate}");
        let later = pacer.reserve(SECOND);
        pacer.slow_down(later, SECOND, Duration::ZERO);
        assert!(pacer.rate(SECOND) < rate);
    }

    #[test]
    fn rate_never_falls_below_the_minimum() {
        let mut pacer = Pacer::new();
        for _ in 0..100 {
            let slot = pacer.reserve(SECOND);
            pacer.slow_down(slot, SECOND, Duration::ZERO);
        }
        assert!((pacer.rate(SECOND) - MIN_RATE).abs() < 0.001);
        assert!(sent_within(&mut pacer, SECOND, 11 * SECOND) >= 5);
    }
}
