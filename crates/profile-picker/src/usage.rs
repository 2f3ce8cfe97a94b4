//! Uses of profiles, as the file contains them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// Maximum number of profiles. The least used ones are forgotten.
const MAX_PROFILES: usize = 500;

/// Maximum length of a name in bytes, so that the file remains small.
const MAX_NAME_BYTES: usize = 1_000;

/// Time after its last use in which a profile is remembered. Names of profiles that no longer exist are
/// forgotten by this.
const MAX_AGE: Duration = Duration::days(90);

/// Uses of all profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Uses {
    profiles: BTreeMap<String, Usage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    count: u32,
    /// Seconds since 1970.
    last_used_at: i64,
}

/// Rank of a profile: its number of uses, weighted by the time since the last one; then the time of the last
/// one.
pub(crate) type Rank = (u64, i64);

impl Uses {
    /// Adds a use of the profile `name`. Forgets old and rarely used profiles.
    pub(crate) fn add(&mut self, name: &str, now: OffsetDateTime) {
        if name.len() > MAX_NAME_BYTES {
            return;
        }
        let usage = self.profiles.entry(name.to_owned());
        let usage = usage.or_insert(Usage::NONE);
        usage.count = usage.count.saturating_add(1);
        usage.last_used_at = now.unix_timestamp();
        self.profiles.retain(|_, usage| usage.age(now) <= MAX_AGE);
        while self.profiles.len() > MAX_PROFILES {
            let others = self.profiles.iter().filter(|(other, _)| *other != name);
            let least = others.min_by_key(|(_, usage)| usage.rank(now));
            let Some(least) = least.map(|(other, _)| other.clone()) else {
                break;
            };
            self.profiles.remove(&least);
        }
    }

    /// Returns a key that sorts the most used profiles first, and those that were never used last.
    pub(crate) fn sort_key(&self, name: &str, now: OffsetDateTime) -> Reverse<Rank> {
        let usage = self.profiles.get(name);
        Reverse(usage.map_or((0, 0), |usage| usage.rank(now)))
    }
}

impl Usage {
    const NONE: Self = Self {
        count: 0,
        last_used_at: 0,
    };

    fn rank(&self, now: OffsetDateTime) -> Rank {
        let weight = match self.age(now).whole_days() {
            ..1 => 8,
            1..7 => 4,
            7..30 => 2,
            30.. => 1,
        };
        (u64::from(self.count) * weight, self.last_used_at)
    }

    /// Returns a negative age for a time in the future, after a change of the clock.
    fn age(&self, now: OffsetDateTime) -> Duration {
        Duration::seconds(now.unix_timestamp().saturating_sub(self.last_used_at))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};

    use super::{MAX_NAME_BYTES, MAX_PROFILES, Uses};

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    /// Returns the uses of profiles, each with a number of uses and the days since them.
    fn uses(uses: &[(&str, usize, i64)]) -> Uses {
        let mut all = Uses::default();
        for (name, count, days) in uses {
            for _ in 0..*count {
                all.add(name, NOW - Duration::days(*days));
            }
        }
        all
    }

    #[test]
    fn frequent_and_recent_uses_come_first() {
        let check = |used: &[(&str, usize, i64)], expected: [&str; 3]| {
            let uses = uses(used);
            let mut names = ["a", "b", "c"];
            names.sort_by_key(|name| uses.sort_key(name, NOW));
            assert_eq!(names, expected, "{used:?}");
        };
        check(&[], ["a", "b", "c"]);
        check(&[("c", 1, 0)], ["c", "a", "b"]);
        check(&[("b", 1, 0), ("c", 2, 0)], ["c", "b", "a"]);
        check(&[("b", 5, 2), ("c", 2, 0)], ["b", "c", "a"]);
        check(&[("b", 3, 2), ("c", 2, 0)], ["c", "b", "a"]);
        check(&[("b", 3, 8), ("c", 2, 2)], ["c", "b", "a"]);
        check(&[("b", 3, 31), ("c", 2, 8)], ["c", "b", "a"]);
        check(&[("b", 2, 3), ("c", 2, 2)], ["c", "b", "a"]);
        check(&[("c", 1, -5)], ["c", "a", "b"]);
    }

    #[test]
    fn old_names_are_forgotten_at_the_next_use() {
        let mut uses = uses(&[("old", 9, 91), ("known", 1, 90)]);
        assert!(uses.profiles.contains_key("old"));
        uses.add("new", NOW);
        let names: Vec<_> = uses.profiles.keys().collect();
        assert_eq!(names, ["known", "new"]);
    }

    #[test]
    fn number_and_length_of_names_are_limited() {
        let mut uses = Uses::default();
        for number in 0..MAX_PROFILES {
            uses.add(&format!("p{number}"), NOW);
            uses.add(&format!("p{number}"), NOW);
        }
        uses.add("new", NOW);
        assert_eq!(uses.profiles.len(), MAX_PROFILES);
        assert!(uses.profiles.contains_key("new"));
        let before = uses.clone();
        uses.add(&"x".repeat(MAX_NAME_BYTES + 1), NOW);
        assert_eq!(uses, before);
    }

    #[test]
    fn extreme_values_do_not_overflow() {
        let json = format!(
            "{{\"profiles\":{{\"a\":{{\"count\":{},\"lastUsedAt\":{}}},\
             \"b\":{{\"count\":1,\"lastUsedAt\":{}}}}}}}",
            u32::MAX,
            i64::MAX,
            i64::MIN
        );
        let mut uses: Uses = serde_json::from_str(&json).expect("the values are in range");
        assert!(uses.sort_key("a", NOW) < uses.sort_key("b", NOW));
        uses.add("a", NOW);
        uses.add("b", NOW);
        assert_eq!(uses.profiles["a"].count, u32::MAX);
        assert_eq!(uses.profiles["b"].count, 1);
    }
}
