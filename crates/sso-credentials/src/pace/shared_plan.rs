//! File with the plan that all processes of a user share.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sso_session::ErrorChain;
use sso_session::clock::SharedClock;
use sso_types::{Region, StartUrl};
use time::OffsetDateTime;
use token_cache::{CacheError, CacheKey, LockError, LockedFile, TokenCache};

use super::plan::Plan;

/// Maximum wait for the lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// Time after which a process that still holds the lock counts as stopped. Others hold it for a few
/// milliseconds.
const MAX_HOLD: Duration = Duration::from_secs(1);

/// Plan of one access portal, in the state directory of the cache. If the file cannot be locked or
/// written, or if the directory belongs to another user, the plan is that of this process only.
pub(super) struct SharedPlan<'a> {
    cache: &'a TokenCache,
    key: CacheKey,
    suffix: String,
    clock: &'a SharedClock,
    /// Plan of this process, if it cannot be shared.
    private: Mutex<Option<Plan>>,
}

impl<'a> SharedPlan<'a> {
    pub(super) fn of(
        start_url: &StartUrl,
        region: &Region,
        cache: &'a TokenCache,
        clock: &'a SharedClock,
    ) -> Self {
        Self {
            cache,
            key: CacheKey::legacy_token(start_url),
            suffix: format!("{region}.pace"),
            clock,
            private: Mutex::default(),
        }
    }

    /// Changes the plan under its lock. Writes the file only if the plan is different afterwards.
    pub(super) fn update<T>(&self, change: impl FnOnce(&mut Plan, Duration) -> T) -> T {
        let mut private = self.private.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = if private.is_none() { self.lock() } else { None };
        let now = self.now();
        let before = match &lock {
            Some(_) => self.read(),
            None => private.take().unwrap_or_default(),
        };
        let before = before.checked(now);
        let mut plan = before.clone();
        let outcome = change(&mut plan, now);
        if plan != before {
            plan.updated_at = now;
        }
        let is_saved = lock.is_some() && (plan == before || self.write(&plan));
        if !is_saved {
            *private = Some(plan);
        }
        outcome
    }

    /// Returns `None` if the plan cannot be shared.
    fn lock(&self) -> Option<LockedFile> {
        match self.lock_or_holder() {
            Ok(lock) => Some(lock).filter(LockedFile::is_effective),
            Err(error) if error.is_locked() => {
                log::warn!(
                    "{}; requests do not observe the pace of other processes",
                    ErrorChain(&error)
                );
                None
            }
            Err(error) => {
                log_private(&error);
                None
            }
        }
    }

    /// Waits for the lock until the same process has held it for [`MAX_HOLD`].
    fn lock_or_holder(&self) -> Result<LockedFile, CacheError> {
        let pause = |duration| self.clock.sleep(duration);
        let mut waited = Duration::ZERO;
        let mut last = None;
        loop {
            let lock = self
                .cache
                .lock_state(&self.key, &self.suffix, MAX_HOLD, pause);
            waited += MAX_HOLD;
            match lock {
                Err(CacheError::Lock(LockError::Held { holder, .. }))
                    if waited < LOCK_TIMEOUT && (holder.is_none() || holder != last) =>
                {
                    last = holder;
                }
                lock => return lock,
            }
        }
    }

    /// An unreadable or corrupt file counts as an empty plan.
    fn read(&self) -> Plan {
        let plan = self.cache.read_state(&self.key, &self.suffix);
        plan.unwrap_or_default()
    }

    fn write(&self, plan: &Plan) -> bool {
        let written = self.cache.write_state(&self.key, &self.suffix, plan);
        written.inspect_err(log_private).is_ok()
    }

    fn now(&self) -> Duration {
        let now = self.clock.now() - OffsetDateTime::UNIX_EPOCH;
        now.try_into().unwrap_or_default()
    }
}

fn log_private(error: &CacheError) {
    log::debug!(
        "{}; other processes do not observe the pace of this one",
        ErrorChain(error)
    );
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::time::Duration;

    use locked_file::{Durability, FileMode, WriteOptions, write_atomic};
    use sso_session::clock::{ManualClock, SharedClock};
    use time::OffsetDateTime;
    use token_cache::TokenCache;

    use super::SharedPlan;
    use crate::pace::plan::Step;

    const URL: &str = "https://my-sso-portal.awsapps.com/start";

    fn clock_at(seconds: i64) -> SharedClock {
        let now = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        Arc::new(ManualClock::at(now))
    }

    fn clock() -> SharedClock {
        clock_at(1_800_000_000)
    }

    fn plan<'a>(
        cache: &'a TokenCache,
        url: &str,
        region: &str,
        clock: &'a SharedClock,
    ) -> SharedPlan<'a> {
        SharedPlan::of(&url.into(), &region.parse().unwrap(), cache, clock)
    }

    fn path(plan: &SharedPlan<'_>) -> PathBuf {
        let name = format!("{}.{}", plan.key, plan.suffix);
        plan.cache.state_dir().join(name)
    }

    fn write(path: &Path, content: &str) {
        let options = WriteOptions::new(FileMode::Private).durability(Durability::Relaxed);
        write_atomic(path, content.as_bytes(), &options).unwrap();
    }

    /// Returns the number of requests that may be sent at once.
    fn burst(plan: &SharedPlan<'_>) -> usize {
        let is_sent =
            || plan.update(|plan, now| matches!(plan.step(None, now, 0.5), Step::Send(_)));
        (0..100).take_while(|_| is_sent()).count()
    }

    fn files(home: &Path) -> Vec<PathBuf> {
        let found = fs::read_dir(home.join("sso/cache/aws-sso-tools"));
        let entries = found.into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn plan_is_shared_by_the_processes_of_a_portal_only() {
        let home = tempfile::tempdir().unwrap();
        let (cache, clock) = (TokenCache::in_aws_dir(home.path()), clock());
        let check = |url: &str, region: &str, is_idle: bool| {
            let plan = plan(&cache, url, region, &clock);
            assert_eq!(burst(&plan) > 0, is_idle, "{url} {region}");
        };
        check(URL, "us-east-1", true);
        check(URL, "us-east-1", false);
        check(URL, "eu-west-1", true);
        check("https://other.awsapps.com/start", "us-east-1", true);
        assert_eq!(files(home.path()).len(), 6, "a plan and its lock for each");
    }

    #[test]
    fn corrupt_file_and_changed_clock_do_not_delay_requests() {
        let home = tempfile::tempdir().unwrap();
        let (cache, clock) = (TokenCache::in_aws_dir(home.path()), clock());
        let busy = plan(&cache, URL, "us-east-1", &clock);
        burst(&busy);
        let path = path(&busy);
        let written = fs::read_to_string(&path).unwrap();
        let far = written.replace("\"secs\":1800000000", "\"secs\":18000000000000000000");
        assert_ne!(far, written);
        let huge = "x".repeat(1 << 20);
        for content in [
            "",
            "\0\0\0\0",
            "[1,2",
            "{}",
            "null",
            &far,
            &huge,
            "{\"slots\":7}",
        ] {
            write(&path, content);
            assert_ne!(burst(&busy), 0, "{content:.60}");
            assert_eq!(burst(&busy), 0, "the file is repaired: {content:.60}");
        }
        let earlier = clock_at(1_700_000_000);
        assert_ne!(burst(&plan(&cache, URL, "us-east-1", &earlier)), 0);
        let later = clock_at(1_900_000_000);
        assert_ne!(burst(&plan(&cache, URL, "us-east-1", &later)), 0);
    }

    #[test]
    fn plan_that_cannot_be_written_is_private() {
        let check = |prepare: &dyn Fn(&Path)| {
            let home = tempfile::tempdir().unwrap();
            let directory = home.path().join("sso/cache/aws-sso-tools");
            fs::create_dir_all(directory.parent().unwrap()).unwrap();
            prepare(&directory);
            let (cache, clock) = (TokenCache::in_aws_dir(home.path()), clock());
            let plan = plan(&cache, URL, "us-east-1", &clock);
            assert_ne!(burst(&plan), 0);
            assert_eq!(burst(&plan), 0, "the process observes its own plan");
        };
        check(&|directory| write(directory, "a file"));
        let name = "c7aaaf71fcc8777ae2475525ed049d39fe16c484.us-east-1.pace";
        check(&|directory| fs::create_dir_all(directory.join(name)).unwrap());
        let lock = format!("{name}.lock");
        check(&|directory| fs::create_dir_all(directory.join(&lock)).unwrap());
    }

    /// The owner of the directory could make the file a link to another file of this user.
    #[cfg(unix)]
    #[test]
    fn plan_in_a_linked_directory_is_private() {
        let home = tempfile::tempdir().unwrap();
        let (cache, clock) = (TokenCache::in_aws_dir(home.path()), clock());
        let elsewhere = tempfile::tempdir().unwrap();
        fs::create_dir_all(cache.state_dir().parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), cache.state_dir()).unwrap();
        let plan = plan(&cache, URL, "us-east-1", &clock);
        assert_ne!(burst(&plan), 0);
        assert_eq!(burst(&plan), 0, "the process observes its own plan");
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }

    #[test]
    fn lock_of_a_stopped_process_is_not_awaited_for_ever() {
        let home = tempfile::tempdir().unwrap();
        let manual = Arc::new(ManualClock::at(OffsetDateTime::UNIX_EPOCH));
        let clock: SharedClock = manual.clone();
        let cache = TokenCache::in_aws_dir(home.path());
        let plan = plan(&cache, URL, "us-east-1", &clock);
        burst(&plan);
        let lock = plan.lock().unwrap();
        assert_ne!(burst(&plan), 0, "the plan is private");
        let waited = || manual.slept().iter().sum::<Duration>();
        assert_eq!(waited(), 2 * super::MAX_HOLD);
        drop(lock);
    }

    /// Many processes may hold the lock in turn.
    #[test]
    fn lock_without_a_known_holder_is_awaited_for_longer() {
        let home = tempfile::tempdir().unwrap();
        let manual = Arc::new(ManualClock::at(OffsetDateTime::UNIX_EPOCH));
        let clock: SharedClock = manual.clone();
        let cache = TokenCache::in_aws_dir(home.path());
        let plan = plan(&cache, URL, "us-east-1", &clock);
        burst(&plan);
        let lock = File::open(path(&plan).with_extension("pace.lock")).unwrap();
        lock.lock().unwrap();
        assert_ne!(burst(&plan), 0, "the plan is private");
        let waited: Duration = manual.slept().iter().sum();
        assert_eq!(waited, super::LOCK_TIMEOUT);
    }

    #[test]
    fn unchanged_plan_is_not_written() {
        let home = tempfile::tempdir().unwrap();
        let (cache, clock) = (TokenCache::in_aws_dir(home.path()), clock());
        let plan = plan(&cache, URL, "us-east-1", &clock);
        plan.update(|plan, _| plan.accept());
        assert!(!path(&plan).exists());
        burst(&plan);
        assert!(path(&plan).exists());
    }
}
