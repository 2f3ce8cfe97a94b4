//! Entry point: [`Aws`] gives access to sessions and profiles.

mod console;
mod profile;
mod session;

use std::sync::Once;

use sso_config::{AwsEnv, ConfigFiles, SsoChain, SsoSession};
use sso_session::cache;
use sso_session::clients::background::Process;
use sso_session::clients::{ConnectionOptions, Network};
use sso_session::clock::SharedClock;
use sso_session::sign_in::RedirectListeners;
use sso_session::sign_out::{SignOut, SignOutReport, SignOutTarget};
use sso_session::status::{self, SessionStatus};
use sso_session::{ServiceClients, SystemClock};
use sso_types::{ProfileName, SessionName};
use token_cache::TokenCache;

use crate::error::Error;
use crate::keys::{assumed_roles, roles};

pub use console::Federation;
pub use profile::{CachedEntries, CachedState, Profile};
pub use session::{Session, SignInOptions};

/// Environment, config files, cache, clock and network options of a program.
///
/// [`session`](Self::session) gives access to tokens and the sign-in, [`profile`](Self::profile) to
/// credentials. Both find their network settings by the same rule, see [`sso_config::network`].
pub struct Aws {
    env: AwsEnv,
    files: ConfigFiles,
    cache: TokenCache,
    clock: SharedClock,
    options: ConnectionOptions,
    before_first_request: Box<dyn Fn() + Send + Sync>,
    start_background: Option<Box<dyn Fn() -> Option<Process> + Send + Sync>>,
    warning_of_unusable_files: Once,
    redirect_listeners: RedirectListeners,
}

/// Profile or session that the user selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// A profile, by name.
    Profile(ProfileName),
    /// An `[sso-session]` section, by name.
    Session(SessionName),
    /// No selection: the profile of the environment, else `default`.
    Default,
}

impl Aws {
    /// Reads the environment of this process and the config files.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a file cannot be read or parsed, or if there is no home directory.
    pub fn from_process(options: ConnectionOptions) -> Result<Self, Error> {
        Self::new(AwsEnv::from_process(), SystemClock::shared(), options)
    }

    /// Does the same as [`from_process`](Self::from_process), but an unusable config file counts as
    /// empty, because a [`sign_out`](Self::sign_out) may not need it.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no home directory.
    pub fn from_process_for_sign_out(options: ConnectionOptions) -> Result<Self, Error> {
        Self::with_usable_files(AwsEnv::from_process(), SystemClock::shared(), options)
    }

    /// Reads the config files that `env` specifies.
    ///
    /// # Errors
    ///
    /// Those of [`from_process`](Self::from_process).
    pub fn new(env: AwsEnv, clock: SharedClock, options: ConnectionOptions) -> Result<Self, Error> {
        let files = ConfigFiles::load(&env)?;
        Self::of_files(env, files, clock, options)
    }

    /// Does the same as [`new`](Self::new), but an unusable config file counts as empty.
    /// [`ConfigFiles::check_config`] returns its error.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no home directory.
    pub fn with_usable_files(
        env: AwsEnv,
        clock: SharedClock,
        options: ConnectionOptions,
    ) -> Result<Self, Error> {
        let files = ConfigFiles::load_usable(&env)?;
        Self::of_files(env, files, clock, options)
    }

    fn of_files(
        env: AwsEnv,
        files: ConfigFiles,
        clock: SharedClock,
        options: ConnectionOptions,
    ) -> Result<Self, Error> {
        Ok(Self {
            files,
            cache: cache::open(&env)?.with_lock_timeout(options.lock_timeout()),
            env,
            clock,
            options,
            before_first_request: Box::new(|| {}),
            start_background: None,
            warning_of_unusable_files: Once::new(),
            redirect_listeners: RedirectListeners::default(),
        })
    }

    /// Sets an action that runs once for each session or profile, for example to install a signal
    /// handler. It runs before the first request, credential process or MFA prompt.
    #[must_use]
    pub fn before_first_request(mut self, act: impl Fn() + Send + Sync + 'static) -> Self {
        self.before_first_request = Box::new(act);
        self
    }

    /// Sets a function that starts another process for an early refresh: see
    /// [`ServiceClients::refresh_in_background`]. The process must call
    /// [`Session::refresh_in_background`] or [`Profile::refresh_in_background`] for the session or
    /// profile that this value is used for.
    #[must_use]
    pub fn refresh_in_background(
        mut self,
        start: impl Fn() -> Option<Process> + Send + Sync + 'static,
    ) -> Self {
        self.start_background = Some(Box::new(start));
        self
    }

    /// Replaces the config files, for example with those that were read before.
    #[must_use]
    pub fn with_files(mut self, change: impl FnOnce(ConfigFiles) -> ConfigFiles) -> Self {
        self.files = change(self.files);
        self
    }

    /// Replaces the cache, for example with a read-only one.
    #[must_use]
    pub fn with_cache(mut self, change: impl FnOnce(TokenCache) -> TokenCache) -> Self {
        self.cache = change(self.cache);
        self
    }

    /// Reads the config files again.
    ///
    /// # Errors
    ///
    /// Those of [`from_process`](Self::from_process).
    pub fn reload(&mut self) -> Result<(), Error> {
        self.files = ConfigFiles::load(&self.env)?;
        Ok(())
    }

    /// Returns the environment.
    #[must_use]
    pub fn env(&self) -> &AwsEnv {
        &self.env
    }

    /// Returns the config and credentials files.
    #[must_use]
    pub fn files(&self) -> &ConfigFiles {
        &self.files
    }

    /// Returns the cache.
    #[must_use]
    pub fn cache(&self) -> &TokenCache {
        &self.cache
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &SharedClock {
        &self.clock
    }

    /// Returns the selected profile. Without one, returns the profile of the environment, else
    /// `default`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the variable of the profile is not Unicode.
    pub fn profile_in_effect(&self, selection: &Selection) -> Result<ProfileName, Error> {
        match selection {
            Selection::Profile(name) => Ok(name.clone()),
            Selection::Session(_) | Selection::Default => Ok(self.env.profile()?),
        }
    }

    /// Returns the selected session. Without a selection, returns the session of the profile in effect,
    /// else the only one in the config file. Uses the config files only, not the cache or the network.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the session or profile does not exist or is incomplete.
    pub fn session(&self, selection: &Selection) -> Result<Session<'_>, Error> {
        self.session_with(self.session_settings(selection)?, selection)
    }

    /// Returns a session with these settings, which need not be in the config file.
    ///
    /// # Errors
    ///
    /// Those of [`profile_in_effect`](Self::profile_in_effect).
    pub fn session_with(
        &self,
        settings: SsoSession,
        selection: &Selection,
    ) -> Result<Session<'_>, Error> {
        let clients = self.clients(selection, Some(&settings))?;
        Ok(Session::new(self, settings, clients))
    }

    /// Returns the selected profile. Uses the config files only, not the cache or the network.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the profile does not exist or has no credentials.
    pub fn profile(&self, selection: &Selection) -> Result<Profile<'_>, Error> {
        let profile = Profile::load(self, self.profile_in_effect(selection)?);
        match (profile, selection) {
            (Err(Error::Config(error)), Selection::Session(_) | Selection::Default) => {
                Err(self.files.explain_unselected(&self.env, error).into())
            }
            (profile, _) => profile,
        }
    }

    /// Logs a warning for each file that is unusable and therefore ignored, once for this value.
    ///
    /// [`session`](Self::session), [`profile`](Self::profile) and [`sign_out`](Self::sign_out) do
    /// this if they succeed without the file. Call it to list sessions and profiles.
    pub fn warn_of_unusable_files(&self) {
        self.warning_of_unusable_files
            .call_once(|| self.files.warn_of_unusable());
    }

    /// Signs out of the sessions in `request`.
    ///
    /// # Errors
    ///
    /// Those of [`SignOut::run`] and [`SignOut::run_all`].
    pub fn sign_out(&self, request: &SignOutRequest) -> Result<SignOutReport, Error> {
        let roles = roles(&self.env, &self.files);
        let assumed_roles = assumed_roles(&self.env, &self.files);
        let sign_out = SignOut {
            files: &self.files,
            cache: &self.cache,
            network: self.network(&Selection::Default)?,
            roles: &roles,
            assumed_roles: &assumed_roles,
            removes_registrations: request.removes_registrations,
        };
        let report = match (request.targets.as_slice(), request.is_dry_run) {
            ([], false) => sign_out.run_all(),
            ([], true) => sign_out.plan_all(),
            (targets, false) => sign_out.run(targets),
            (targets, true) => sign_out.plan(targets),
        };
        let report = report?;
        self.warn_of_unusable_files();
        Ok(report)
    }

    /// Checks whether the access portal accepts the tokens of `sessions` that have not expired.
    /// Sends one request for each token. Remembers rejected tokens.
    ///
    /// # Errors
    ///
    /// Those of [`profile_in_effect`](Self::profile_in_effect).
    pub fn verify_tokens(
        &self,
        sessions: &mut [SessionStatus],
        selection: &Selection,
    ) -> Result<(), Error> {
        status::verify_tokens(sessions, &self.cache, &self.network(selection)?);
        Ok(())
    }

    /// Calls `attempt`. If its error requires a sign-in, calls `sign_in` with the session. If
    /// `sign_in` returns `true`, reads the config files again, because a sign-in may correct them,
    /// and retries `attempt` once.
    ///
    /// # Errors
    ///
    /// Those of `attempt` and `sign_in`.
    pub fn retry_after_sign_in<T, E: From<Error>>(
        &mut self,
        attempt: impl Fn(&Self) -> Result<T, Error>,
        sign_in: impl FnOnce(&Self, &SsoSession) -> Result<bool, E>,
    ) -> Result<T, E> {
        let error = match attempt(self) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        match error.session_to_sign_in() {
            Some(session) if sign_in(self, session)? => {
                self.reload()?;
                Ok(attempt(self)?)
            }
            _ => Err(error.into()),
        }
    }

    /// Returns the network settings. [`Network::clients`] applies them to a session.
    ///
    /// # Errors
    ///
    /// Those of [`profile_in_effect`](Self::profile_in_effect).
    pub fn network(&self, selection: &Selection) -> Result<Network<'_>, Error> {
        Ok(Network {
            env: &self.env,
            files: &self.files,
            profile: self.profile_in_effect(selection)?,
            options: &self.options,
            clock: &self.clock,
        })
    }

    fn session_settings(&self, selection: &Selection) -> Result<SsoSession, Error> {
        let session = match selection {
            Selection::Session(name) => SsoSession::named(&self.files, name),
            Selection::Profile(name) => {
                SsoChain::load(&self.env, &self.files, name).map(|chain| chain.source.session)
            }
            Selection::Default => SsoSession::unselected(&self.env, &self.files),
        };
        let session = session.map_err(|error| self.files.explain(error))?;
        self.warn_of_unusable_files();
        Ok(session)
    }

    fn clients(
        &self,
        selection: &Selection,
        session: Option<&SsoSession>,
    ) -> Result<ServiceClients<'_>, Error> {
        let clients = self.network(selection)?.clients(session);
        let clients = clients.before_first_request(|| (self.before_first_request)());
        Ok(match &self.start_background {
            Some(start) => clients.refresh_in_background(start),
            None => clients,
        })
    }
}

/// Options of a sign-out.
#[derive(Clone, Debug, Default)]
pub struct SignOutRequest {
    /// Sessions to sign out of; all cached sessions if empty.
    pub targets: Vec<SignOutTarget>,
    /// If `true`, removes the client registrations too.
    pub removes_registrations: bool,
    /// If `true`, returns the plan without changes or requests.
    pub is_dry_run: bool,
}
