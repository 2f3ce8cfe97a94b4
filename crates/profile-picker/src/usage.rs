//! Uses of profiles, as the file contains them: in each line, a name with a number of uses and the time of the
//! last one. The uses of a profile are the sum of its lines.

use std::borrow::Cow;
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    profiles: BTreeMap<String, Usage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Usage {
    count: u32,
    /// Seconds since 1970.
    last_used_at: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    profile: Cow<'a, str>,
    count: u32,
    last_used_at: i64,
}

/// Rank of a profile: its number of uses, weighted by the time since the last one; then the time of the last
/// one.
pub(crate) type Rank = (u64, i64);

/// Returns the line for one use of the profile `name` at `now`, or `None` if the name is too long.
pub(crate) fn line(name: &str, now: OffsetDateTime) -> Option<String> {
    let usage = Usage {
        count: 1,
        last_used_at: now.unix_timestamp(),
    };
    (name.len() <= MAX_NAME_BYTES).then(|| usage.line_of(name))
}

impl Uses {
    /// Reads the lines of the file. Skips corrupt lines, and forgets old and rarely used profiles.
    pub(crate) fn read(lines: &[u8], now: OffsetDateTime) -> Self {
        let mut uses = Self::default();
        for line in lines.split(|byte| *byte == b'\n') {
            if let Ok(line) = serde_json::from_slice(line) {
                uses.add(line);
            }
        }
        uses.forget(now);
        uses
    }

    /// Returns the shortest file with these uses.
    pub(crate) fn to_lines(&self) -> Vec<u8> {
        let profiles = self.profiles.iter();
        let lines = profiles.map(|(name, usage)| usage.line_of(name));
        lines.collect::<String>().into_bytes()
    }

    fn add(&mut self, line: Line<'_>) {
        let usage = self.profiles.entry(line.profile.into_owned());
        let usage = usage.or_insert(Usage::NONE);
        usage.count = usage.count.saturating_add(line.count);
        usage.last_used_at = line.last_used_at;
    }

    fn forget(&mut self, now: OffsetDateTime) {
        self.profiles.retain(|_, usage| usage.age(now) <= MAX_AGE);
        let surplus = self.profiles.len().saturating_sub(MAX_PROFILES);
        if surplus > 0 {
            let profiles = self.profiles.iter();
            let mut ranked: Vec<_> = profiles
                .map(|(name, usage)| (usage.rank(now), name.clone()))
                .collect();
            ranked.sort();
            for (_, name) in &ranked[..surplus] {
                self.profiles.remove(name);
            }
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

    /// Returns the line of the profile `name`. It begins with a line break, because a crash or a full disk may
    /// have cut off the line before it.
    fn line_of(self, name: &str) -> String {
        let line = Line {
            profile: name.into(),
            count: self.count,
            last_used_at: self.last_used_at,
        };
        let json = serde_json::to_string(&line);
        format!("\n{}", json.expect("text and numbers can be serialized"))
    }

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

    use super::{MAX_NAME_BYTES, MAX_PROFILES, Uses, line};

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    /// Returns the uses of profiles, each with a number of uses and the days since them.
    fn uses(uses: &[(&str, usize, i64)]) -> Uses {
        let lines = |(name, count, days): &(&str, usize, i64)| used(name, *days).repeat(*count);
        read(&uses.iter().map(lines).collect::<String>())
    }

    fn used(name: &str, days: i64) -> String {
        line(name, NOW - Duration::days(days)).expect("the name is short enough")
    }

    fn read(lines: &str) -> Uses {
        Uses::read(lines.as_bytes(), NOW)
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
    fn old_names_are_forgotten() {
        let uses = uses(&[("old", 9, 91), ("known", 1, 90), ("new", 1, 0)]);
        let names: Vec<_> = uses.profiles.keys().collect();
        assert_eq!(names, ["known", "new"]);
    }

    #[test]
    fn number_and_length_of_names_are_limited() {
        let number = |number: usize| used(&format!("p{number}"), 0);
        let twice = (0..MAX_PROFILES).map(|it| number(it).repeat(2));
        let uses = read(&(used("rare", 0) + &twice.collect::<String>()));
        assert_eq!(uses.profiles.len(), MAX_PROFILES);
        assert!(!uses.profiles.contains_key("rare"));
        assert_eq!(line(&"x".repeat(MAX_NAME_BYTES + 1), NOW), None);
        assert!(line(&"x".repeat(MAX_NAME_BYTES), NOW).is_some());
    }

    #[test]
    fn compacted_lines_have_the_same_uses() {
        let uses = uses(&[
            ("a", 3, 2),
            ("東京 \"x\"\n", 1, 0),
            ("old", 1, 91),
            ("a", 1, 1),
        ]);
        let lines = String::from_utf8(uses.to_lines()).expect("JSON is UTF-8");
        assert_eq!(lines.matches('\n').count(), 2, "{lines}");
        assert_eq!(read(&lines), uses);
        assert_eq!(uses.profiles["a"].count, 4);
    }

    #[test]
    fn corrupt_line_is_skipped_also_if_it_was_cut_off() {
        let complete = used("a", 0);
        for corrupt in ["", "{", "[]", "\0", "null", &complete[..20]] {
            let uses = read(&format!("{corrupt}{complete}\n{corrupt}{complete}"));
            assert_eq!(uses.profiles["a"].count, 2, "{corrupt:?}");
            assert_eq!(uses.profiles.len(), 1, "{corrupt:?}");
        }
    }

    #[test]
    fn extreme_values_do_not_overflow() {
        let lines = format!(
            "{{\"profile\":\"a\",\"count\":{},\"lastUsedAt\":{}}}\n\
             {{\"profile\":\"b\",\"count\":1,\"lastUsedAt\":{}}}",
            u32::MAX,
            i64::MAX,
            i64::MIN
        );
        let uses = read(&lines);
        assert!(uses.sort_key("a", NOW) < uses.sort_key("b", NOW));
        assert!(!uses.profiles.contains_key("b"));
        let uses = read(&(lines + &used("a", 0) + &used("b", 0)));
        assert_eq!(uses.profiles["a"].count, u32::MAX);
        assert_eq!(uses.profiles["b"].count, 2);
    }
}
