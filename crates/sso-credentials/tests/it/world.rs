//! Test fixture: a home directory, an emulator, a clock, and an `Aws` value that uses them.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use identity_center_emulator::Emulator;
use identity_center_emulator::sign_in::IssuedTokens;
use sso_config::{AwsEnv, SsoRole, SsoSession};
use sso_credentials::aws::{Aws, Selection};
use sso_session::ServiceClients;
use sso_session::clients::ConnectionOptions;
use sso_session::clock::ManualClock;
use sso_session::keys::SessionKeys as _;
use sso_test_support::TestEnv;
use time::OffsetDateTime;
use token_cache::{CacheEvent, CacheKey, CachedToken};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
/// Remaining lifetime below which credentials are refreshed.
pub(crate) const REFRESH_WINDOW: Duration = Duration::from_secs(15 * 60);
pub(crate) const LESS_THAN_REFRESH_WINDOW: Duration = Duration::from_secs(15 * 60 - 1);

/// A process and its emulator. Requests are not retried. The clock is stopped at a whole second,
/// the resolution of the cache files. A sleep advances this clock and the emulator's.
pub(crate) struct World {
    pub(crate) center: Emulator,
    pub(crate) home: Arc<TestEnv>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) aws: Aws,
}

pub(crate) struct LockWaits(Receiver<String>);

impl World {
    pub(crate) fn new() -> Self {
        Self::with_config(TestEnv::SAMPLE_CONFIG)
    }

    pub(crate) fn with_config(config: &str) -> Self {
        let center = Emulator::start();
        center.stop_clock();
        let home = TestEnv::new(&center);
        home.write_config(config);
        let now = OffsetDateTime::now_utc().truncate_to_second();
        let clock = Arc::new(ManualClock::at(now).on_sleep({
            let center = center.clone();
            move |duration| center.advance(duration)
        }));
        Self {
            aws: aws(&home, &center, &clock, &[]),
            center,
            home: home.into(),
            clock,
        }
    }

    pub(crate) fn aws_with(&self, variables: &[(&str, &str)]) -> Aws {
        aws(&self.home, &self.center, &self.clock, variables)
    }

    /// Returns the same world for another process, which the test runs in a thread.
    pub(crate) fn of_another_process(&self) -> (Self, LockWaits) {
        let (sender, waits) = mpsc::channel();
        let on_event = move |event| {
            if let CacheEvent::WaitingForLock { path, .. } = event {
                let name = path.file_name().unwrap().to_str().unwrap();
                sender.send(name.to_owned()).unwrap();
            }
        };
        let world = Self {
            center: self.center.clone(),
            home: self.home.clone(),
            clock: self.clock.clone(),
            aws: self
                .aws_with(&[])
                .with_cache(|cache| cache.on_event(on_event)),
        };
        (world, LockWaits(waits))
    }

    /// Returns the role of the profile `dev`.
    pub(crate) fn role(&self) -> SsoRole {
        SsoRole {
            session: self.session(),
            account_id: "111122223333".into(),
            role_name: "ReadOnly".into(),
        }
    }

    pub(crate) fn session(&self) -> SsoSession {
        let session = Selection::Profile("dev".into());
        self.aws.session(&session).unwrap().settings().clone()
    }

    pub(crate) fn token_key(&self) -> CacheKey {
        self.session().token_key()
    }

    pub(crate) fn clients(&self) -> ServiceClients<'_> {
        self.aws.network(&Selection::Default).unwrap().clients(None)
    }

    /// Signs in and sets the clock, so that the token expires after `left`.
    pub(crate) fn signed_in_with_left(&self, left: Duration) -> IssuedTokens {
        let signed_in = self.center.sign_in(&["sso:account:access"]);
        self.home.plant_my_sso(&signed_in);
        self.clock
            .set(self.cached_token().unwrap().expires_at - left);
        signed_in
    }

    pub(crate) fn cached_token(&self) -> Option<CachedToken> {
        self.aws.cache().token(&self.token_key()).unwrap()
    }
}

impl LockWaits {
    /// Blocks until the process waits for the lock `name`.
    pub(crate) fn for_lock(&self, name: &str) {
        assert_eq!(self.0.recv_timeout(MINUTE).unwrap(), name);
    }
}

fn aws(
    home: &TestEnv,
    center: &Emulator,
    clock: &Arc<ManualClock>,
    variables: &[(&str, &str)],
) -> Aws {
    let url = center.url();
    let emulator_settings = [
        ("AWS_ENDPOINT_URL", url.as_str()),
        ("AWS_MAX_ATTEMPTS", "1"),
    ];
    let env: AwsEnv = home.environment(&[&emulator_settings, variables].concat());
    Aws::new(env, clock.clone(), ConnectionOptions::new("a test")).unwrap()
}
