//! Having a person sign in: which way, in which words.

mod args;

mod event;
mod prompt;
mod way;

mod paste;

use std::thread;
use std::time::Duration;

use sso_credentials::{
    AwsEnv, CachedToken, Clock, ConfigFiles, Located, ServiceClients, SignIn, SignInSettings,
    SsoSession, TokenCache, sanitize,
};

use crate::interrupt::interrupt;
use crate::terminal::Keys;
use crate::{Failure, FailureKind, Question, Ui};

pub use args::SignInArgs;
pub use event::SignInEvent;
pub(crate) use paste::restore;
use prompt::Prompt;
use way::Way;

/// Asks a person to sign in, in the way that the arguments, the config and the place call for.
pub struct SignInDialog<'a> {
    /// Who speaks.
    pub ui: &'a Ui,
    /// What was asked for.
    pub args: &'a SignInArgs,
    /// Where this is.
    pub env: &'a AwsEnv,
    /// What the config says.
    pub files: &'a ConfigFiles,
    /// Where the registration and the token are kept.
    pub cache: &'a TokenCache,
    /// Who issues them.
    pub clients: &'a ServiceClients<'a>,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// Hears what the person is told, for a program that tells it on.
    pub on_event: &'a dyn Fn(SignInEvent<'_>),
}

/// Which token will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedToken {
    /// One that is valid for so long, though somebody else has just got it.
    ValidFor(Duration),
    /// Another than there was.
    New,
}

impl SignInDialog<'_> {
    /// Signs in to a session of the config. Where its start URL turns out to belong to another
    /// Region than the config says, the config is corrected.
    ///
    /// # Errors
    ///
    /// What the sign-in ends with. That the config cannot be corrected is a warning.
    pub fn sign_in(
        &self,
        session: &SsoSession,
        wanted: WantedToken,
    ) -> Result<CachedToken, Failure> {
        let located = self.located(session)?;
        let token = self.sign_in_at(&located, wanted)?;
        if located.session.region != session.region {
            self.correct_region(&located, session);
        }
        Ok(token)
    }

    /// Finds out where the start URL of `session` leads, asking about a host that is not AWS's.
    ///
    /// # Errors
    ///
    /// Those of [`Located::of`].
    pub fn located(&self, session: &SsoSession) -> Result<Located, Failure> {
        let trusts = |target: &str| self.trusts(target);
        Ok(Located::of(session, self.clients, &trusts)?)
    }

    /// Whether the person agrees to sign in where a vanity URL leads; without a terminal nobody
    /// does.
    #[must_use]
    pub fn trusts(&self, target: &str) -> bool {
        if !Keys::are_there() {
            return false;
        }
        self.ui.ask(format_args!(
            "The start URL leads to {}, which is no start URL of AWS.",
            sanitize(target)
        ));
        let question = Question::new("Sign in there? [y/N]: ", "a start URL of AWS");
        match self.ui.ask_line(&question) {
            Ok(answer) => matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"),
            Err(failure) if failure.kind() == FailureKind::Interrupted => {
                interrupt(self.ui);
                loop {
                    thread::park();
                }
            }
            Err(_) => false,
        }
    }

    /// Signs in where the session is.
    ///
    /// # Errors
    ///
    /// What the sign-in ends with.
    pub fn sign_in_at(
        &self,
        located: &Located,
        wanted: WantedToken,
    ) -> Result<CachedToken, Failure> {
        let session = &located.session;
        let settings = SignInSettings::of(self.files, session)?;
        let way = Way::of(self.args, session, &settings, self.env)?;
        let grant = way.grant;
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
                way,
                args: self.args,
                ssh_command: redirect_port.map(|port| self.ssh_command(port.get())),
                on_event: self.on_event,
            },
        };
        Ok(match wanted {
            WantedToken::ValidFor(span) => sign_in.run(grant, span)?,
            WantedToken::New => sign_in.run_anew(grant)?,
        })
    }

    /// Returns what is to be run on the machine of the browser. An SSH session tells by which
    /// address this one is reached (`SSH_CONNECTION`: client, its port, server, its port).
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
        let did = self.ui.program();
        match located.remember_region(self.env, self.clock, did) {
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
