//! Interactive sign-in: method and messages.

mod args;

mod choice;
mod escape;
mod event;
mod method;
mod prompt;

mod paste;

use sso_config::{AwsEnv, ConfigEdit, NotUnicode};
use sso_credentials::CachedToken;
use sso_credentials::aws::{Session, SignInOptions};
use sso_session::sign_in::TokenRequirement;
use sso_session::start_url::{ResolvedStartUrl, Trust};
use sso_types::{escaped_untruncated, sanitize};

use crate::browser::TmuxEnv;
use crate::command_line::{Arguments, CommandLine};
use crate::failure::{Failure, FailureKind};
use crate::interrupt::interrupt_this_thread;
use crate::terminal;
use crate::ui::Ui;

pub use args::SignInArgs;
pub use choice::{chosen_session, selected_session};
use escape::Escape;
pub use event::SignInEvent;
use method::SignInMethod;
use prompt::Prompt;

/// Interactive sign-in. The arguments, the config and the environment determine the method.
pub struct SignInDialog<'a> {
    /// Output streams of the program.
    pub ui: &'a Ui,
    /// Arguments of the sign-in.
    pub args: &'a SignInArgs,
    /// Session to sign in to.
    pub session: &'a Session<'a>,
    /// Callback for the events of the sign-in.
    pub on_event: &'a dyn Fn(SignInEvent<'_>),
}

impl SignInDialog<'_> {
    /// Signs in to the session. Corrects `sso_region` in the config file if the start URL belongs
    /// to another Region.
    ///
    /// # Errors
    ///
    /// If the sign-in fails. A config file that cannot be corrected causes only a warning.
    pub fn sign_in(&self, requirement: TokenRequirement) -> Result<CachedToken, Failure> {
        let resolved = self.resolve()?;
        let token = self.sign_in_at(&resolved, requirement)?;
        if resolved.session.region != self.session.settings().region {
            self.correct_region(&resolved);
        }
        Ok(token)
    }

    /// Resolves the start URL of the session. Asks the user to confirm a redirect to a URL that is
    /// not an AWS start URL.
    ///
    /// # Errors
    ///
    /// Those of [`Session::resolve`].
    pub fn resolve(&self) -> Result<ResolvedStartUrl, Failure> {
        Ok(self.session.resolve(&|target| trusts(self.ui, target))?)
    }

    /// Signs in to a session whose start URL is resolved.
    ///
    /// # Errors
    ///
    /// If the sign-in fails.
    pub fn sign_in_at(
        &self,
        resolved: &ResolvedStartUrl,
        requirement: TokenRequirement,
    ) -> Result<CachedToken, Failure> {
        self.sign_in_until(resolved, requirement, None)
    }

    /// Signs in like [`sign_in_at`](Self::sign_in_at). Returns `None` if the user presses Escape during the wait
    /// for the approval, to go back to the previous prompt; then the sign-in is cancelled.
    ///
    /// # Errors
    ///
    /// Those of [`sign_in_at`](Self::sign_in_at).
    pub fn sign_in_at_or_back(
        &self,
        resolved: &ResolvedStartUrl,
        requirement: TokenRequirement,
    ) -> Result<Option<CachedToken>, Failure> {
        let escape = Escape::default();
        match self.sign_in_until(resolved, requirement, Some(&escape)) {
            Err(_) if escape.is_pressed() => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    fn sign_in_until(
        &self,
        resolved: &ResolvedStartUrl,
        requirement: TokenRequirement,
        escape: Option<&Escape>,
    ) -> Result<CachedToken, Failure> {
        let _echo = self.ui.turn_off_echo();
        let aws = self.session.aws();
        let env = &TmuxEnv::new(aws.env());
        let settings = self.session.sign_in_settings();
        let session = &resolved.session;
        let method = SignInMethod::choose(self.args, session, &settings, env, aws.files())?;
        let redirect_port = method.redirect_port(self.args, &settings)?;
        let options = SignInOptions {
            grant: method.grant,
            redirect_port,
            requirement,
        };
        let prompt = Prompt {
            ui: self.ui,
            method,
            args: self.args,
            ssh_command: redirect_port
                .map(|port| ssh_command(env.current(), port.get()))
                .transpose()
                .map_err(sso_config::Error::from)?,
            escape: escape.cloned(),
            on_event: self.on_event,
        };
        Ok(self.session.sign_in(resolved, options, prompt)?)
    }

    fn correct_region(&self, resolved: &ResolvedStartUrl) {
        let (aws, region) = (self.session.aws(), &resolved.session.region);
        let (env, now) = (aws.env(), aws.clock().now());
        let program = self.ui.program().name();
        match ConfigEdit::correct_region(env, now, program, &resolved.session) {
            Ok(_) => self.ui.say(format_args!(
                "Corrected sso_region in {}: {region} instead of {}.",
                aws.files().config_path().display(),
                self.session.settings().region
            )),
            Err(error) => self.ui.warn(format_args!(
                "{}; sso_region should be {region}",
                Failure::from(error)
            )),
        }
    }
}

/// Asks the user whether to sign in at `target`, to which a vanity URL redirects, if there is a
/// terminal. Ctrl-C ends the program.
#[must_use]
pub fn trusts(ui: &Ui, target: &str) -> Trust {
    if !terminal::is_interactive() {
        return Trust::NotAsked;
    }
    ui.ask(format_args!(
        "The start URL redirects to {}, which is not an AWS start URL.",
        escaped_untruncated(target)
    ));
    match ui.confirm("Sign in there?", "an AWS start URL") {
        Ok(true) => Trust::Trusted,
        Err(failure) if failure.kind() == FailureKind::Interrupted => interrupt_this_thread(ui),
        Ok(false) | Err(_) => Trust::Refused,
    }
}

/// Returns the command that forwards `port`, to be run on the machine with the browser. The host is
/// the server of `SSH_CONNECTION` (client, client port, server, server port).
fn ssh_command(env: &AwsEnv, port: u16) -> Result<String, NotUnicode> {
    let connection = env.get("SSH_CONNECTION")?.unwrap_or_default();
    let mut server = connection.split(' ').skip(2);
    let host = server.next().map_or("HOST".to_owned(), sanitize);
    let arguments = match server.next() {
        None | Some("22") => Arguments::new(),
        Some(port) => Arguments::new().option("-p", sanitize(port)),
    };
    let arguments = arguments.option("-L", format!("{port}:127.0.0.1:{port}"));
    Ok(CommandLine::new("ssh", arguments.operand(host)).to_string())
}
