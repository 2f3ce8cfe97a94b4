//! The steps.

use cli_ux::sign_in::{SignInDialog, SignInEvent, TokenRequirement};
use cli_ux::{Failure, FailureKind, Ui};
use sso_credentials::{
    AwsEnv, CachedToken, ConfigFiles, Configured, Error, Located, ServiceClients, SsoProfile,
    SsoSession, SystemClock, TokenCache, TokenProvider, normalised_start_url,
};

use crate::args::Args;
use crate::report::Report;

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    ui.exit_on_interrupt();
    let env = AwsEnv::of_process();
    let files = ConfigFiles::load(&env)?;
    let login = Login {
        args,
        ui,
        cache: &env.token_cache()?,
        env: &env,
        files: &files,
    };
    let mut report = Report::new(args, ui);
    if args.all {
        let outcome = login.everywhere(&mut report);
        report.finish()?;
        return outcome;
    }
    if let Some(start_url) = &args.start_url {
        login.without_config(start_url, &mut report)?;
    } else {
        login.to_session(&login.session()?, &mut report)?;
    }
    report.finish()
}

/// What every sign-in of this run has in common.
struct Login<'a> {
    args: &'a Args,
    ui: &'a Ui,
    env: &'a AwsEnv,
    files: &'a ConfigFiles,
    cache: &'a TokenCache,
}

impl Login<'_> {
    fn session(&self) -> Result<SsoSession, Error> {
        let selection = &self.args.selection;
        if let Some(name) = &selection.sso_session {
            return SsoSession::named(self.files, &name.as_str().into());
        }
        let profile = selection.profile_or(self.env.profile());
        Ok(SsoProfile::load(self.files, &profile)?.session)
    }

    /// One that fails does not keep the others from being tried.
    fn everywhere(&self, report: &mut Report<'_>) -> Result<(), Failure> {
        let Configured {
            sessions, problems, ..
        } = Configured::of(self.files);
        let count = sessions.len() + problems.len();
        if count == 0 {
            return Err(nothing_to_do(self.files));
        }
        let unreadable = problems.into_iter().map(Failure::from);
        let failed = sessions
            .iter()
            .filter_map(|session| self.to_session(session, report).err());
        let mut kinds = Vec::new();
        for failure in unreadable.chain(failed) {
            self.ui.report(&failure);
            kinds.push(failure.kind());
        }
        let worst = kinds.iter().max_by_key(|kind| kind.exit_status());
        worst.map_or(Ok(()), |&kind| Err(summary(kind, kinds.len(), count)))
    }

    fn without_config(&self, start_url: &str, report: &mut Report<'_>) -> Result<(), Failure> {
        let start_url = normalised_start_url(start_url);
        let clients = self.clients(None)?;
        let dialog = self.dialog(&clients, &|_| {});
        let trusts = |target: &str| dialog.trusts(target);
        let region = self.args.sso_region.clone();
        let located = Located::of_start_url(&start_url, region, &clients, &trusts)?;
        self.to(&located.session, Some(&located), &clients, report)
    }

    fn to_session(&self, session: &SsoSession, report: &mut Report<'_>) -> Result<(), Failure> {
        let clients = self.clients(Some(session))?;
        self.to(session, None, &clients, report)
    }

    /// Signs in to `session`; where it is known already that it is to be found elsewhere than the
    /// config says, there.
    fn to(
        &self,
        session: &SsoSession,
        located: Option<&Located>,
        clients: &ServiceClients<'_>,
        report: &mut Report<'_>,
    ) -> Result<(), Failure> {
        let tokens = TokenProvider {
            session,
            cache: self.cache,
            clients,
            clock: &SystemClock,
        };
        if let Some(token) = self.token_without_a_person(&tokens)? {
            return report.signed_in(session, &token);
        }
        if self.args.all {
            self.ui
                .say(format_args!("Signing in to {}.", session.described()));
        }
        if self.args.new_session {
            self.end_portal_session(&tokens);
        }
        let on_event = |event: SignInEvent<'_>| report.event(session, event);
        let dialog = self.dialog(clients, &on_event);
        let token = match located {
            Some(located) => dialog.sign_in_at(located, self.wanted()),
            None => dialog.sign_in(session, self.wanted()),
        }?;
        report.logged_in(session, &token)
    }

    fn token_without_a_person(
        &self,
        tokens: &TokenProvider<'_>,
    ) -> Result<Option<CachedToken>, Error> {
        if self.args.force {
            return Ok(None);
        }
        match tokens.token_valid_for(self.args.min_validity.duration()) {
            Err(error) if error.is_sign_in_required() => Ok(None),
            token => token.map(Some),
        }
    }

    /// A portal session that has ended already needs no end.
    fn end_portal_session(&self, tokens: &TokenProvider<'_>) {
        match tokens.end_portal_session() {
            Err(error) if !error.is_sign_in_required() => {
                let failure = Failure::from(error);
                self.ui
                    .warn(format_args!("{failure}; the portal session may go on"));
            }
            _ => {}
        }
    }

    fn wanted(&self) -> TokenRequirement {
        if self.args.force {
            TokenRequirement::New
        } else {
            TokenRequirement::ValidFor(self.args.min_validity.duration())
        }
    }

    /// A session of the config is reached as the profile says that led to it.
    fn clients(&self, session: Option<&SsoSession>) -> Result<ServiceClients<'static>, Error> {
        let profile = session.and_then(|session| session.profile.clone());
        let profile = profile.unwrap_or_else(|| self.env.profile());
        let connection = self.args.global.connection(self.ui.program());
        ServiceClients::new(self.env, self.files, &profile, &connection, &SystemClock)
    }

    fn dialog<'s>(
        &'s self,
        clients: &'s ServiceClients<'s>,
        on_event: &'s dyn Fn(SignInEvent<'_>),
    ) -> SignInDialog<'s> {
        SignInDialog {
            ui: self.ui,
            args: &self.args.sign_in,
            env: self.env,
            files: self.files,
            cache: self.cache,
            clients,
            clock: &SystemClock,
            on_event,
        }
    }
}

fn nothing_to_do(files: &ConfigFiles) -> Failure {
    let config = files.config_path().display();
    let error = anyhow::anyhow!("there is nothing to sign in to in {config}");
    Failure::configuration(error).with_hint("add an [sso-session NAME] section, or use --start-url")
}

fn summary(kind: FailureKind, failed: usize, count: usize) -> Failure {
    let error = anyhow::anyhow!("{failed} of {count} sign-ins failed");
    Failure::new(kind, error)
}
