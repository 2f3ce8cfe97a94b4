use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use identity_center_emulator::Emulator;
use identity_center_emulator::sign_in::IssuedTokens;
use sso_config::{AwsEnv, ConfigFiles, SsoProfile, SsoSession};
use sso_session::clients::{ConnectionOptions, Network};
use sso_session::clock::{ManualClock, SharedClock};
use sso_session::keys::SessionKeys as _;
use sso_session::sign_in::{
    AuthorizationPrompt, RedirectListeners, SignIn, SignInGrant, TokenRequirement,
};
use sso_session::{Error, ServiceClients, TokenProvider};
use sso_test_support::TestEnv;
use time::OffsetDateTime;
use token_cache::{CacheEvent, CachedToken, TokenCache};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const WINDOW: Duration = Duration::from_secs(15 * 60);
pub(crate) const LESS_THAN_WINDOW: Duration = Duration::from_secs(15 * 60 - 1);

/// An emulator, a home directory with the sample config file and no token, and a clock.
///
/// The clock is stopped at a whole second, as in the timestamps of the files. A sleep advances the
/// clock and that of the emulator.
pub(crate) struct World {
    pub(crate) center: Emulator,
    pub(crate) home: Arc<TestEnv>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) cache: TokenCache,
    pub(crate) session: SsoSession,
    pub(crate) shared_clock: SharedClock,
    pub(crate) listeners: RedirectListeners,
    env: AwsEnv,
    files: ConfigFiles,
    options: ConnectionOptions,
}

/// Names of the locks that another process starts to wait for.
pub(crate) struct LockWaits(Receiver<String>);

impl World {
    pub(crate) fn new() -> Self {
        Self::with_sleep(|_| {})
    }

    /// Returns a world in which `hook` is called after each sleep of the clock.
    pub(crate) fn with_sleep(hook: impl Fn(&TestEnv) + Send + Sync + 'static) -> Self {
        let center = Emulator::start();
        center.stop_clock();
        let home = Arc::new(TestEnv::new(&center));
        home.write_config(TestEnv::SAMPLE_CONFIG);
        let now = OffsetDateTime::now_utc().truncate_to_second();
        let clock = ManualClock::at(now).on_sleep({
            let (center, home) = (center.clone(), home.clone());
            move |duration| {
                center.advance(duration);
                hook(&home);
            }
        });
        let cache = TokenCache::in_aws_dir(&home.aws_dir());
        Self::with(center, home, clock.into(), cache)
    }

    /// Returns the same world with three attempts for each request.
    pub(crate) fn retrying(self) -> Self {
        Self {
            env: environment(&self.center, &self.home, "3"),
            ..self
        }
    }

    /// Returns the same world, with the OIDC service at this URL.
    pub(crate) fn with_oidc_at(self, url: &str) -> Self {
        let variables = [
            ("AWS_ENDPOINT_URL_SSO_OIDC", url),
            ("AWS_MAX_ATTEMPTS", "1"),
        ];
        Self {
            env: self.home.environment(&variables),
            ..self
        }
    }

    /// Returns the same world for another process, simulated by a thread.
    pub(crate) fn for_another_process(&self) -> (Self, LockWaits) {
        let (sender, waits) = mpsc::channel();
        let cache = TokenCache::in_aws_dir(&self.home.aws_dir()).on_event(move |event| {
            if let CacheEvent::WaitingForLock { path, .. } = event {
                let name = path.file_name().unwrap().to_str().unwrap();
                sender.send(name.to_owned()).unwrap();
            }
        });
        let (center, home, clock) = (&self.center, &self.home, &self.clock);
        let world = Self::with(center.clone(), home.clone(), clock.clone(), cache);
        (world, LockWaits(waits))
    }

    /// Disables retries, so that no test waits for one.
    fn with(
        center: Emulator,
        home: Arc<TestEnv>,
        clock: Arc<ManualClock>,
        cache: TokenCache,
    ) -> Self {
        let env = environment(&center, &home, "1");
        let files = ConfigFiles::load(&env).unwrap();
        Self {
            session: SsoProfile::load(&files, &"dev".into()).unwrap().session,
            shared_clock: clock.clone(),
            listeners: RedirectListeners::default(),
            options: ConnectionOptions::new("a test"),
            center,
            home,
            clock,
            cache,
            env,
            files,
        }
    }

    pub(crate) fn trust_only(&mut self, ca_bundle: &Path) {
        self.options.ca_bundle = Some(ca_bundle.to_owned().into());
    }

    /// Limits the wait for all responses except that to a refresh.
    pub(crate) fn limit_responses(&mut self, read_timeout: Duration) {
        self.options.refresh_read_timeout = Some(self.options.read_timeout);
        self.options.read_timeout = read_timeout;
    }

    pub(crate) fn network(&self) -> Network<'_> {
        Network {
            env: &self.env,
            files: &self.files,
            profile: "dev".into(),
            options: &self.options,
            clock: &self.shared_clock,
        }
    }

    pub(crate) fn clients(&self) -> ServiceClients<'_> {
        self.network().clients(Some(&self.session))
    }

    pub(crate) fn tokens<'a>(&'a self, clients: &'a ServiceClients<'a>) -> TokenProvider<'a> {
        TokenProvider {
            session: &self.session,
            cache: &self.cache,
            clients,
            clock: &self.shared_clock,
        }
    }

    pub(crate) fn sign_in(
        &self,
        grant: SignInGrant,
        requirement: TokenRequirement,
        prompt: impl AuthorizationPrompt,
    ) -> Result<CachedToken, Error> {
        self.sign_in_with(&self.clients(), grant, requirement, prompt)
    }

    pub(crate) fn sign_in_with(
        &self,
        clients: &ServiceClients<'_>,
        grant: SignInGrant,
        requirement: TokenRequirement,
        prompt: impl AuthorizationPrompt,
    ) -> Result<CachedToken, Error> {
        let sign_in = SignIn {
            session: &self.session,
            issuer: &self.session.start_url,
            redirect_port: None,
            listeners: &self.listeners,
            cache: &self.cache,
            clients,
            clock: &self.shared_clock,
            prompt,
        };
        sign_in.run(grant, requirement)
    }

    /// Caches a token of a sign-in with the remaining lifetime `left`.
    pub(crate) fn sign_in_with_left(&self, left: Duration) -> IssuedTokens {
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

fn environment(center: &Emulator, home: &TestEnv, attempts: &str) -> AwsEnv {
    let url = center.url();
    home.environment(&[("AWS_ENDPOINT_URL", &url), ("AWS_MAX_ATTEMPTS", attempts)])
}

impl LockWaits {
    /// Blocks until the process waits for the lock `name`.
    pub(crate) fn expect(&self, name: &str) {
        assert_eq!(self.0.recv_timeout(MINUTE).unwrap(), name);
    }
}
