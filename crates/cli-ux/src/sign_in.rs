//! Sign-ins at the terminal: their method and their messages.

mod args;

mod event;
mod method;
mod prompt;

mod paste;

use std::thread;
use std::time::Duration;

use sso_credentials::{
    AwsEnv, CachedToken, Clock, ConfigFiles, Located, ServiceClients, SignIn, SignInSettings,
    SsoSession, TokenCache, sanitize,
};

use crate::failure::{Failure, FailureKind};
use crate::interrupt::interrupt;
use crate::terminal;
use crate::ui::Ui;

pub use args::SignInArgs;
pub use event::SignInEvent;
use method::SignInMethod;
use prompt::Prompt;

/// Asks the user to sign in, by the method that the arguments, the config and the environment call
/// for.
pub struct SignInDialog<'a> {
    /// Streams of the program.
    pub ui: &'a Ui,
    /// Arguments of the sign-in.
    pub args: &'a SignInArgs,
    /// Environment.
    pub env: &'a AwsEnv,
    /// Config and credentials files.
    pub files: &'a ConfigFiles,
    /// Cache of the client registration and the token.
    pub cache: &'a TokenCache,
    /// Clients of the services.
    pub clients: &'a ServiceClients<'a>,
    /// Clock.
    pub clock: &'a dyn Clock,
    /// Receives the events, for a program that reports them.
    pub on_event: &'a dyn Fn(SignInEvent<'_>),
}

/// Token that a sign-in has to return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRequirement {
    /// A token with this minimum remaining lifetime, even if another process has just got it.
    ValidFor(Duration),
    /// A token of this sign-in.
    New,
}

impl SignInDialog<'_> {
    /// Signs in to a session of the config. Corrects `sso_region` in the config if the start URL
    /// belongs to another Region.
    ///
    /// # Errors
    ///
    /// The failure of the sign-in. A config that cannot be corrected is a warning.
    pub fn sign_in(
        &self,
        session: &SsoSession,
        requirement: TokenRequirement,
    ) -> Result<CachedToken, Failure> {
        let located = self.located(session)?;
        let token = self.sign_in_at(&located, requirement)?;
        if located.session.region != session.region {
            self.correct_region(&located, session);
        }
        Ok(token)
    }

    /// Resolves the start URL of `session`. Asks the user about a host that is not one of AWS.
    ///
    /// # Errors
    ///
    /// Those of [`Located::of`].
    pub fn located(&self, session: &SsoSession) -> Result<Located, Failure> {
        let trusts = |target: &str| self.trusts(target);
        Ok(Located::of(session, self.clients, &trusts)?)
    }

    /// Returns whether the user agrees to sign in at the target of a vanity URL; without a terminal,
    /// `false`.
    #[must_use]
    pub fn trusts(&self, target: &str) -> bool {
        if !terminal::is_interactive() {
            return false;
        }
        self.ui.ask(format_args!(
            "The start URL leads to {}, which is no start URL of AWS.",
            sanitize(target)
        ));
        match self.ui.confirm("Sign in there?", "a start URL of AWS") {
            Ok(agrees) => agrees,
            Err(failure) if failure.kind() == FailureKind::Interrupted => {
                interrupt(self.ui);
                loop {
                    thread::park();
                }
            }
            Err(_) => false,
        }
    }

    /// Signs in to a session whose start URL is resolved.
    ///
    /// # Errors
    ///
    /// The failure of the sign-in.
    pub fn sign_in_at(
        &self,
        located: &Located,
        requirement: TokenRequirement,
    ) -> Result<CachedToken, Failure> {
        let session = &located.session;
        let settings = SignInSettings::of(self.files, session)?;
        let method = SignInMethod::choose(self.args, session, &settings, self.env)?;
        let grant = method.grant;
        let redirect_port = self.args.redirect_port.or(settings.redirect_port);
        let sign_in = SignIn {
            session,
            issuer: &located.issuer,
            redirect_port,
            cache: self.cache,
            clients: self.clients,
            clock: self.clock,
            prompt: Prompt {
                ui: self.ui,
                method,
                args: self.args,
                ssh_command: redirect_port.map(|port| self.ssh_command(port.get())),
                on_event: self.on_event,
            },
        };
        Ok(match requirement {
            TokenRequirement::ValidFor(min_validity) => sign_in.run(grant, min_validity)?,
            TokenRequirement::New => sign_in.run_anew(grant)?,
        })
    }

    /// Returns the command for the machine of the browser that forwards the port. Its host is that
    /// of an SSH session (`SSH_CONNECTION`: client, its port, server, its port).
    fn ssh_command(&self, port: u16) -> String {
        let connection = self.env.get("SSH_CONNECTION").unwrap_or_default();
        let mut server = connection.split(' ').skip(2);
        let host = server.next().map_or("HOST".to_owned(), sanitize);
        let option = match server.next() {
            None | Some("22") => String::new(),
            Some(port) => format!(" -p {}", sanitize(port)),
        };
        format!("ssh{option} -L {port}:127.0.0.1:{port} {host}")
    }

    fn correct_region(&self, located: &Located, session: &SsoSession) {
        let program = self.ui.program().name();
        match located.remember_region(self.env, self.clock, program) {
            Ok(_) => self.ui.say(format_args!(
                "Corrected sso_region in {}: {} instead of {}.",
                self.files.config_path().display(),
                located.session.region,
                session.region
            )),
            Err(error) => self.ui.warn(format_args!(
                "{}; sso_region should be {}",
                Failure::from(error),
                located.session.region
            )),
        }
    }
}
