//! Main steps of the program.

use cli_ux::sign_in::{SignInDialog, SignInEvent, selected_session, trusts};
use cli_ux::{Failure, FailureKind, SelectedSession, Ui};
use sso_config::{ConfiguredSessions, SsoSession};
use sso_credentials::aws::{Selection, Session};
use sso_credentials::{Aws, CachedToken, Error};
use sso_session::sign_in::TokenRequirement;
use sso_session::start_url::{
    ResolvedStartUrl, check_start_url, is_same_start_url, normalize_start_url,
};
use sso_types::{Region, StartUrl};

use crate::args::Args;
use crate::report::Report;

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    check_options(args)?;
    ui.exit_on_interrupt();
    let aws = Aws::from_process(args.global.connection(ui.program()))?;
    let login = Login {
        args,
        ui,
        aws: &aws,
    };
    let mut report = Report::new(args, ui, &aws);
    let selected = args.selection.selected(|name| aws.files().named(name))?;
    if args.selects_several() {
        let outcome = if args.selection.all {
            login.sign_in_to_all(&mut report)
        } else {
            login.sign_in_to_each(&selected, &mut report)
        };
        report.finish()?;
        return outcome;
    }
    let target = login.target(selected.first())?;
    login.sign_in_to(&target, &mut report)?;
    report.finish()
}

/// Rejects options that do not apply to the start URLs, or that need one.
fn check_options(args: &Args) -> Result<(), Failure> {
    let problem = match args.selection.has_start_url() {
        false if args.sso_region.is_some() => "--sso-region requires --start-url or a URL",
        true if args.sign_in.remote => "--remote cannot be used with a start URL",
        true if args.sign_in.redirect_port.is_some() => {
            "--redirect-port cannot be used with a start URL"
        }
        _ => return Ok(()),
    };
    Err(Failure::usage(anyhow::anyhow!(problem)))
}

/// Session to sign in to.
enum Target<'a> {
    Session(Box<Session<'a>>),
    /// Start URL without a config file.
    StartUrl(StartUrl),
}

impl Target<'_> {
    /// Returns whether a sign-in to `other` obtains the same token.
    fn shares_token_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Session(one), Self::Session(other)) => {
                one.settings().shares_token_with(other.settings())
            }
            (Self::Session(session), Self::StartUrl(url))
            | (Self::StartUrl(url), Self::Session(session)) => {
                let settings = session.settings();
                settings.name.is_none() && settings.start_url == *url
            }
            (Self::StartUrl(one), Self::StartUrl(other)) => one == other,
        }
    }
}

struct Login<'a> {
    args: &'a Args,
    ui: &'a Ui,
    aws: &'a Aws,
}

impl Login<'_> {
    /// Signs in to all configured sessions. A failed sign-in does not stop the others.
    fn sign_in_to_all(&self, report: &mut Report<'_>) -> Result<(), Failure> {
        let ConfiguredSessions {
            sessions, problems, ..
        } = ConfiguredSessions::of(self.aws.files());
        self.aws.warn_of_unusable_files();
        let count = sessions.len() + problems.len();
        if count == 0 {
            return Err(no_sessions(self.aws));
        }
        let invalid = problems.into_iter().map(Failure::from);
        let failed = sessions
            .into_iter()
            .filter_map(|session| self.sign_in_to_configured(session, report).err());
        self.report_failures(invalid.chain(failed), count)
    }

    /// Signs in once to each of the `selected` sessions. A failed sign-in does not stop the others, but a
    /// selection that does not exist is an error before the first one.
    fn sign_in_to_each(
        &self,
        selected: &[SelectedSession<'_>],
        report: &mut Report<'_>,
    ) -> Result<(), Failure> {
        let mut targets: Vec<Target<'_>> = Vec::new();
        for selected in selected {
            let target = self.target(Some(selected))?;
            if !targets.iter().any(|known| known.shares_token_with(&target)) {
                targets.push(target);
            }
        }
        let failed = targets.iter();
        let failed = failed.filter_map(|target| self.sign_in_to(target, report).err());
        self.report_failures(failed, targets.len())
    }

    fn report_failures(
        &self,
        failures: impl Iterator<Item = Failure>,
        count: usize,
    ) -> Result<(), Failure> {
        let mut kinds = Vec::new();
        for failure in failures {
            self.ui.report(&failure);
            kinds.push(failure.kind());
        }
        let worst = kinds.iter().max_by_key(|kind| kind.exit_status());
        worst.map_or(Ok(()), |&kind| Err(summary(kind, kinds.len(), count)))
    }

    fn target(&self, selected: Option<&SelectedSession<'_>>) -> Result<Target<'_>, Failure> {
        let selection = match selected {
            Some(SelectedSession::StartUrl(url)) => {
                let url = normalize_start_url(url);
                check_start_url(&url)?;
                return Ok(Target::StartUrl(url));
            }
            Some(SelectedSession::Profile(name)) => Selection::Profile((*name).into()),
            Some(SelectedSession::Session(name)) => Selection::Session((*name).into()),
            None => Selection::Default,
        };
        let question = "Select the SSO session to sign in to:";
        let session = selected_session(self.aws, self.ui, &selection, question)?;
        Ok(Target::Session(Box::new(session)))
    }

    fn sign_in_to(&self, target: &Target<'_>, report: &mut Report<'_>) -> Result<(), Failure> {
        match target {
            Target::Session(session) => self.sign_in(session, None, report),
            Target::StartUrl(url) => self.sign_in_without_config(url, report),
        }
    }

    fn sign_in_to_configured(
        &self,
        session: SsoSession,
        report: &mut Report<'_>,
    ) -> Result<(), Failure> {
        let session = self.aws.session_with(session, &Selection::Default)?;
        self.sign_in(&session, None, report)
    }

    fn sign_in_without_config(
        &self,
        start_url: &StartUrl,
        report: &mut Report<'_>,
    ) -> Result<(), Failure> {
        let region = self.args.sso_region.clone();
        let region = region.or_else(|| self.configured_region(start_url));
        let trusts = |target: &str| trusts(self.ui, target);
        let resolved = self.aws.resolve_start_url(start_url, region, &trusts)?;
        let session = self
            .aws
            .session_with(resolved.session.clone(), &Selection::Default)?;
        self.sign_in(&session, Some(&resolved), report)
    }

    /// Returns the Region of a session in the config file with the start URL.
    fn configured_region(&self, start_url: &StartUrl) -> Option<Region> {
        let sessions = ConfiguredSessions::of(self.aws.files()).sessions;
        let session = sessions
            .into_iter()
            .find(|session| is_same_start_url(&session.start_url, start_url));
        session.map(|session| session.region)
    }

    /// Signs in to `session`, at `resolved` if its start URL has already been resolved.
    fn sign_in(
        &self,
        session: &Session<'_>,
        resolved: Option<&ResolvedStartUrl>,
        report: &mut Report<'_>,
    ) -> Result<(), Failure> {
        if let Some(token) = self.token_without_sign_in(session)? {
            return report.token_reused(session.settings(), &token);
        }
        if self.args.selects_several() {
            let session = session.settings().label();
            self.ui.say(format_args!("Signing in to {session}."));
        }
        if self.args.new_session {
            self.end_portal_session(session);
        }
        let on_event = |event: SignInEvent<'_>| report.event(session.settings(), event);
        let dialog = SignInDialog {
            ui: self.ui,
            args: &self.args.sign_in,
            session,
            on_event: &on_event,
        };
        let token = match resolved {
            Some(resolved) => dialog.sign_in_at(resolved, self.requirement()),
            None => dialog.sign_in(self.requirement()),
        }?;
        report.signed_in(session.settings(), &token)
    }

    fn token_without_sign_in(&self, session: &Session<'_>) -> Result<Option<CachedToken>, Error> {
        if self.args.force {
            return Ok(None);
        }
        let min_validity = self.args.min_validity.duration();
        match session.token_in_place_of_sign_in(min_validity) {
            Err(error) if error.is_sign_in_required() => Ok(None),
            token => token.map(Some),
        }
    }

    /// Ends the access portal session. Reports failures as warnings, except if the session has
    /// already ended.
    fn end_portal_session(&self, session: &Session<'_>) {
        match session.end_portal_session() {
            Err(error) if !error.is_sign_in_required() => {
                let failure = Failure::from(error);
                self.ui.warn(format_args!(
                    "{failure}; the access portal session may continue"
                ));
            }
            _ => {}
        }
    }

    fn requirement(&self) -> TokenRequirement {
        if self.args.force {
            TokenRequirement::New
        } else {
            TokenRequirement::ValidFor(self.args.min_validity.duration())
        }
    }
}

fn no_sessions(aws: &Aws) -> Failure {
    let config = aws.files().config_path().display();
    let error = anyhow::anyhow!("no SSO sessions or legacy start URLs found in {config}");
    Failure::configuration(error).with_session_hint(aws.files())
}

fn summary(kind: FailureKind, failed: usize, count: usize) -> Failure {
    let error = anyhow::anyhow!("{failed} of {count} sign-ins failed");
    Failure::new(kind, error)
}
