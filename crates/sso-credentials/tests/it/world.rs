//! A home, an Identity Center and a clock that belong to the test.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use identity_center_emulator::Emulator;
use identity_center_emulator::sign_in::IssuedTokens;
use sso_credentials::{
    AwsEnv, Clock, ConfigFiles, Connection, RoleCredentialsProvider, ServiceClients, SsoProfile,
    SsoRole, SsoSession, TokenProvider,
};
use sso_test_support::TestEnv;
use time::OffsetDateTime;
use token_cache::{CacheEvent, CachedToken, TokenCache};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const SECOND: Duration = Duration::from_secs(1);
/// How long before its end a token is renewed.
pub(crate) const WINDOW: Duration = Duration::from_secs(15 * 60);
pub(crate) const LESS_THAN_WINDOW: Duration = Duration::from_secs(15 * 60 - 1);

/// A clock that stands still, at a whole second as the files have it, until somebody sleeps.
#[derive(Clone)]
pub(crate) struct TestClock {
    now: Cell<OffsetDateTime>,
    slept: RefCell<Vec<Duration>>,
    center: Emulator,
}

impl TestClock {
    pub(crate) fn set(&self, now: OffsetDateTime) {
        self.now.set(now);
    }

    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.slept.borrow().clone()
    }
}

impl Clock for TestClock {
    fn now(&self) -> OffsetDateTime {
        self.now.get()
    }

    /// The Identity Center's clock goes along.
    fn sleep(&self, span: Duration) {
        self.slept.borrow_mut().push(span);
        self.now.set(self.now.get() + span);
        self.center.advance(span);
    }
}

/// The sample config, signed in to by nobody yet.
pub(crate) struct World {
    pub(crate) center: Emulator,
    pub(crate) home: Arc<TestEnv>,
    pub(crate) clock: TestClock,
    pub(crate) cache: TokenCache,
    pub(crate) session: SsoSession,
}

/// Hears when a process begins to wait for a lock.
pub(crate) struct Waits(Receiver<String>);

impl World {
    pub(crate) fn new() -> Self {
        let center = Emulator::start();
        center.stop_clock();
        let home = TestEnv::new(&center);
        home.write_config(TestEnv::SAMPLE_CONFIG);
        let clock = TestClock {
            now: Cell::new(OffsetDateTime::now_utc().truncate_to_second()),
            slept: RefCell::default(),
            center: center.clone(),
        };
        let files = ConfigFiles::load(&env_of(&home, &[])).unwrap();
        let session = SsoProfile::load(&files, &"dev".into()).unwrap().session;
        let cache = TokenCache::in_aws_dir(&home.aws_dir());
        Self {
            center,
            home: home.into(),
            clock,
            cache,
            session,
        }
    }

    /// The same as another process sees it, which may run in another thread.
    pub(crate) fn of_another_process(&self) -> (Self, Waits) {
        let (sender, waits) = mpsc::channel();
        let cache = TokenCache::in_aws_dir(&self.home.aws_dir()).on_event(move |event| {
            if let CacheEvent::WaitingForLock { path, .. } = event {
                let name = path.file_name().unwrap().to_str().unwrap();
                sender.send(name.to_owned()).unwrap();
            }
        });
        let world = Self {
            center: self.center.clone(),
            home: self.home.clone(),
            clock: self.clock.clone(),
            cache,
            session: self.session.clone(),
        };
        (world, Waits(waits))
    }

    /// One attempt a request, so that nothing waits.
    pub(crate) fn clients(&self) -> ServiceClients<'_> {
        let url = self.center.url();
        let variables = [
            ("AWS_ENDPOINT_URL", url.as_str()),
            ("AWS_MAX_ATTEMPTS", "1"),
        ];
        let env = env_of(&self.home, &variables);
        let files = ConfigFiles::load(&env).unwrap();
        ServiceClients::new(&env, &files, &"dev".into(), &connection(), &self.clock).unwrap()
    }

    pub(crate) fn tokens<'a>(&'a self, clients: &'a ServiceClients<'a>) -> TokenProvider<'a> {
        TokenProvider {
            session: &self.session,
            cache: &self.cache,
            clients,
            clock: &self.clock,
        }
    }

    pub(crate) fn role(&self) -> SsoRole {
        SsoRole {
            session: self.session.clone(),
            account_id: "111122223333".into(),
            role_name: "ReadOnly".into(),
        }
    }

    pub(crate) fn credentials_of<'a>(
        &'a self,
        role: &'a SsoRole,
        clients: &'a ServiceClients<'a>,
    ) -> RoleCredentialsProvider<'a> {
        RoleCredentialsProvider {
            role,
            cache: &self.cache,
            clients,
            clock: &self.clock,
        }
    }

    /// Plants the token of a sign-in that has `left` of its time now.
    pub(crate) fn signed_in_with_left(&self, left: Duration) -> IssuedTokens {
        let signed_in = self.center.sign_in(&["sso:account:access"]);
        self.home.plant_my_sso(&signed_in);
        self.clock
            .set(self.cached_token().unwrap().expires_at - left);
        signed_in
    }

    pub(crate) fn cached_token(&self) -> Option<CachedToken> {
        self.cache.token(&self.session.token_key()).unwrap()
    }
}

impl Waits {
    /// Returns once the process waits for the lock `name`.
    pub(crate) fn for_lock(&self, name: &str) {
        assert_eq!(self.0.recv_timeout(MINUTE).unwrap(), name);
    }
}

/// The environment of a process that lives in `home` and knows these variables.
pub(crate) fn env_of(home: &TestEnv, variables: &[(&str, &str)]) -> AwsEnv {
    let folder = home.home().to_str().unwrap();
    let of_home = [("HOME", folder), ("USERPROFILE", folder)];
    of_home
        .into_iter()
        .chain(variables.iter().copied())
        .collect()
}

pub(crate) fn connection() -> Connection {
    Connection {
        ca_bundle: None,
        connect_timeout: MINUTE,
        read_timeout: MINUTE,
        user_agent: "a test".to_owned(),
    }
}
