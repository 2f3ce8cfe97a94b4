//! The steps.

use anyhow::anyhow;
use cli_ux::{Failure, OutputForm, Ui};
use sso_credentials::{
    AwsEnv, Clock as _, ConfigFiles, Configured, Error, ProfileStatus, SessionStatus, SignInReason,
    SsoProfile, SsoSession, Standing, SystemClock, TokenCache, verify_tokens,
};

use crate::args::{Args, Format};
use crate::report::{self, Report};

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    if args.verify && args.format == Format::Prompt {
        let error = anyhow!("--format prompt asks nobody: leave out --verify");
        return Err(Failure::usage(error));
    }
    let env = AwsEnv::of_process();
    let files = ConfigFiles::load(&env)?;
    let cache = env.token_cache()?.read_only();
    match args.format {
        Format::Prompt => prompt(args, ui, &env, &files, &cache.with_pause(|_| {})),
        Format::Table => table(args, ui, &env, &files, &cache),
    }
}

fn table(
    args: &Args,
    ui: &Ui,
    env: &AwsEnv,
    files: &ConfigFiles,
    cache: &TokenCache,
) -> Result<(), Failure> {
    let mut report = report(args, files, cache)?;
    if args.verify {
        ui.exit_on_interrupt();
        let connection = args.global.short_connection(ui.program());
        verify_tokens(&mut report.sessions, env, files, &connection, report.now);
    }
    match args.output.output {
        OutputForm::Json => ui.print(&report.json())?,
        OutputForm::Text => ui.print(&report.text(ui))?,
    }
    report.say_problems(ui);
    match report.unusable() {
        Some(status) => Err(sign_in_needed(ui, status, &report)),
        None => Ok(()),
    }
}

fn report(args: &Args, files: &ConfigFiles, cache: &TokenCache) -> Result<Report, Error> {
    let Configured {
        sessions,
        profiles,
        problems,
    } = selected(args, files)?;
    let sessions = sessions.into_iter();
    let profiles = profiles.into_iter();
    Ok(Report {
        sessions: sessions
            .map(|session| SessionStatus::of(session, cache))
            .collect(),
        profiles: profiles
            .map(|profile| ProfileStatus::of(profile, files, cache))
            .collect(),
        problems,
        span: args.min_validity.unwrap_or_default(),
        now: SystemClock.now(),
    })
}

fn selected(args: &Args, files: &ConfigFiles) -> Result<Configured, Error> {
    match (&args.selection.profile, &args.selection.sso_session) {
        (Some(profile), _) => {
            let profile = SsoProfile::load(files, &profile.as_str().into())?;
            Ok(Configured {
                sessions: vec![profile.session.clone()],
                profiles: vec![profile],
                problems: Vec::new(),
            })
        }
        (None, Some(session)) => {
            let session = SsoSession::named(files, &session.as_str().into())?;
            let mut profiles = Configured::of(files).profiles;
            profiles.retain(|profile| profile.session.name == session.name);
            Ok(Configured {
                sessions: vec![session],
                profiles,
                problems: Vec::new(),
            })
        }
        (None, None) => Ok(Configured::of(files)),
    }
}

fn sign_in_needed(ui: &Ui, status: &SessionStatus, report: &Report) -> Failure {
    let session = Box::new(status.session.clone());
    let reason = match status.standing(report.span, report.now) {
        Standing::Expired | Standing::Ending => SignInReason::Expired,
        Standing::Refused => SignInReason::Revoked,
        _ => SignInReason::NotSignedIn,
    };
    let is_ending = status.standing(report.span, report.now) == Standing::Ending;
    let named = session.described();
    let needed = Failure::from(Error::SignInRequired { session, reason });
    if !is_ending {
        return needed;
    }
    let error = anyhow!("the token of {named} ends before that, and cannot be renewed");
    let hints = needed.hints(ui.program()).into_iter();
    let hints = hints.map(|hint| format!("{hint} --force"));
    hints.fold(Failure::configuration(error), Failure::with_hint)
}

/// A profile that gets its credentials otherwise is nothing to speak of.
fn prompt(
    args: &Args,
    ui: &Ui,
    env: &AwsEnv,
    files: &ConfigFiles,
    cache: &TokenCache,
) -> Result<(), Failure> {
    let profile = match SsoProfile::load(files, &args.selection.profile_or(env.profile())) {
        Err(Error::NotSso { .. } | Error::UnknownProfile { .. }) => return Ok(()),
        profile => profile?,
    };
    let (now, span) = (SystemClock.now(), args.min_validity.unwrap_or_default());
    let session = SessionStatus::of(profile.session.clone(), cache);
    let profile = ProfileStatus::of(profile, files, cache);
    ui.print(&report::prompt(&session, &profile, span, now))?;
    if session.standing(span, now).is_usable() || profile.is_usable(span, now) {
        return Ok(());
    }
    Err(Failure::configuration(anyhow!("a sign-in is needed")).silent())
}
