//! Main steps of the program.

use anyhow::anyhow;
use cli_ux::{Failure, OutputForm, Ui, sign_in_arguments};
use sso_config::{ConfiguredSessions, SsoProfile, SsoSession};
use sso_credentials::Aws;
use sso_credentials::status::ProfileStatus;
use sso_session::SignInReason;
use sso_session::status::{SessionState, SessionStatus};
use token_cache::TokenCache;

use crate::args::{Args, Format};
use crate::report::{self, Report};

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    check_options(args)?;
    let aws = Aws::from_process(args.global.short_connection(ui.program()))?;
    let aws = aws.with_cache(TokenCache::read_only);
    match args.format {
        Format::Prompt => prompt(args, ui, &aws.with_cache(|cache| cache.with_pause(|_| {}))),
        Format::Table => table(args, ui, &aws),
    }
}

fn check_options(args: &Args) -> Result<(), Failure> {
    let is_json = args.output.output == OutputForm::Json;
    let options = [(args.verify, "--verify"), (is_json, "--output json")];
    match options.into_iter().find(|(is_given, _)| *is_given) {
        Some((_, option)) if args.format == Format::Prompt => {
            let error = anyhow!("{option} cannot be used with --format prompt");
            Err(Failure::usage(error))
        }
        _ => Ok(()),
    }
}

fn table(args: &Args, ui: &Ui, aws: &Aws) -> Result<(), Failure> {
    let report = report(args, aws).map_err(|error| aws.files().explain(error));
    let mut report = report?;
    aws.warn_of_unusable_files();
    if args.verify {
        ui.exit_on_interrupt();
        aws.verify_tokens(&mut report.sessions, &args.selection.selection())?;
    }
    match args.output.output {
        OutputForm::Json => ui.print(&report.json())?,
        OutputForm::Text => ui.print_text(&report.text(ui))?,
    }
    report.warn_of_problems(ui);
    match report.first_sign_in_needed() {
        Some(status) => Err(sign_in_needed(status, &report)),
        None => Ok(()),
    }
}

fn report(args: &Args, aws: &Aws) -> Result<Report, sso_config::Error> {
    let ConfiguredSessions {
        sessions,
        profiles,
        problems,
        ..
    } = selected(args, aws)?;
    let (sessions, profiles) = (sessions.into_iter(), profiles.into_iter());
    let now = aws.clock().now();
    Ok(Report {
        sessions: sessions
            .map(|session| SessionStatus::of(session, aws.cache(), now))
            .collect(),
        profiles: profiles
            .map(|profile| ProfileStatus::of(profile, aws.files(), aws.cache()))
            .collect(),
        problems,
        has_ignored_sections: aws.files().has_ignored_sections(),
        min_validity: args.min_validity.unwrap_or_default(),
        now,
    })
}

fn selected(args: &Args, aws: &Aws) -> Result<ConfiguredSessions, sso_config::Error> {
    let files = aws.files();
    Ok(
        match (&args.selection.profile, &args.selection.sso_session) {
            (Some(profile), _) => {
                ConfiguredSessions::of_profile(SsoProfile::load(files, &profile.as_str().into())?)
            }
            (None, Some(session)) => ConfiguredSessions::of_session(
                files,
                SsoSession::named(files, &session.as_str().into())?,
            ),
            (None, None) => ConfiguredSessions::of(files),
        },
    )
}

fn sign_in_needed(status: &SessionStatus, report: &Report) -> Failure {
    let session = Box::new(status.session.clone());
    let reason = match status.state(report.min_validity, report.now) {
        SessionState::Ending => return sign_in_again_needed(&session),
        SessionState::Expired => SignInReason::Expired,
        SessionState::Refused => SignInReason::Revoked,
        _ => SignInReason::NotSignedIn,
    };
    sso_session::Error::SignInRequired { session, reason }.into()
}

fn sign_in_again_needed(session: &SsoSession) -> Failure {
    let error = anyhow!(
        "the token for {} is valid for less than --min-validity and cannot be refreshed",
        session.label()
    );
    let arguments = sign_in_arguments(session).flag("--force");
    // A token does not outlive the access portal session.
    Failure::configuration(error).with_sign_in_hint(arguments.flag("--new-session"))
}

/// Prints the prompt line, or nothing if the profile does not use SSO.
fn prompt(args: &Args, ui: &Ui, aws: &Aws) -> Result<(), Failure> {
    let name = aws.profile_in_effect(&args.selection.selection())?;
    let profile = match SsoProfile::load(aws.files(), &name) {
        Err(sso_config::Error::NotSso { .. } | sso_config::Error::UnknownProfile { .. }) => {
            return Ok(());
        }
        profile => profile?,
    };
    let (now, min_validity) = (aws.clock().now(), args.min_validity.unwrap_or_default());
    let session = SessionStatus::of(profile.session.clone(), aws.cache(), now);
    let profile = ProfileStatus::of(profile, aws.files(), aws.cache());
    ui.print_text(&report::prompt(&session, &profile, min_validity, now))?;
    if session.state(min_validity, now).is_usable() || profile.is_usable(min_validity, now) {
        return Ok(());
    }
    Err(Failure::configuration(anyhow!("a sign-in is required")).silent())
}
