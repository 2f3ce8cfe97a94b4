//! `sso-configure list`.

mod names;

use std::time::Duration;

use clap::Args;
use cli_ux::{Failure, OutputArg, OutputForm, Table, Ui, nothing_configured};
use serde::Serialize;
use sso_config::{ConfigFiles, ConfiguredSessions, SsoProfile, SsoSession};
use sso_session::status::{SessionState, SessionStatus};
use sso_types::{
    AccountId, ProfileName, Region, RegistrationScope, RoleName, SessionName, StartUrl, sanitize,
};
use token_cache::TokenCache;

use crate::context::Context;

/// List the SSO sessions and profiles in the config file
///
/// Shows for each session whether you are signed in, without sending requests. Use sso-status for
/// the remaining lifetimes.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    output: OutputArg,

    /// Print only the name of each profile, one per line
    #[arg(long, conflicts_with_all = ["output", "json"], help_heading = "Output")]
    names: bool,
}

pub(crate) fn run(args: &ListArgs, context: Context<'_>) -> Result<(), Failure> {
    if args.names {
        return names::print(&context.files()?, context);
    }
    let aws = context.aws()?.with_cache(TokenCache::read_only);
    let files = aws.files();
    let ConfiguredSessions {
        sessions,
        profiles,
        problems,
        ..
    } = ConfiguredSessions::of(files);
    let sessions: Vec<_> = sessions
        .into_iter()
        .map(|session| {
            let status = SessionStatus::of(session, aws.cache(), context.now());
            let state = status.state(Duration::ZERO, context.now());
            (status.session, state)
        })
        .collect();
    match args.output.form() {
        OutputForm::Json => context.print_json(&document(&sessions, &profiles, files))?,
        OutputForm::Text if sessions.is_empty() && profiles.is_empty() => {
            let has_problems = !problems.is_empty() || files.has_ignored_sections();
            context.ui.print_text(nothing_configured(has_problems))?;
        }
        OutputForm::Text => context
            .ui
            .print_text(&text(&sessions, &profiles, files, context.ui))?,
    }
    for problem in problems {
        context.ui.warn(Failure::from(problem));
    }
    Ok(())
}

fn text(
    sessions: &[(SsoSession, SessionState)],
    profiles: &[SsoProfile],
    files: &ConfigFiles,
    ui: &Ui,
) -> String {
    let mut tables = vec![
        ui.fitted(&session_table(sessions)),
        ui.fitted(&profile_table(profiles, files)),
    ];
    tables.retain(|table| !table.is_empty());
    tables.join("\n")
}

fn session_table(sessions: &[(SsoSession, SessionState)]) -> Table {
    let mut table = Table::new(["SESSION", "SIGNED IN", "REGION", "START URL"]);
    for (session, state) in sessions {
        table.add([
            name_of(session),
            signed_in(*state).to_owned(),
            session.region.as_str().to_owned(),
            sanitize(session.start_url.as_str()),
        ]);
    }
    table
}

fn profile_table(profiles: &[SsoProfile], files: &ConfigFiles) -> Table {
    let mut table = Table::new(["PROFILE", "SESSION", "ACCOUNT", "ROLE", "REGION"]);
    for profile in profiles {
        table.add([
            sanitize(profile.name.as_str()),
            name_of(&profile.session),
            or_dash(profile.account_id.as_ref().map(AccountId::as_str)),
            or_dash(profile.role_name.as_ref().map(RoleName::as_str)),
            or_dash(files.region(&profile.name).as_deref()),
        ]);
    }
    table
}

fn name_of(session: &SsoSession) -> String {
    or_dash(session.name.as_ref().map(SessionName::as_str))
}

fn or_dash(text: Option<&str>) -> String {
    text.map_or_else(|| "–".to_owned(), sanitize)
}

fn signed_in(state: SessionState) -> &'static str {
    match state {
        SessionState::Valid => "yes",
        SessionState::Refreshable => "refreshable",
        SessionState::Ending => "ending",
        SessionState::Expired | SessionState::Refused => "expired",
        SessionState::SignedOut => "no",
        SessionState::Unreadable => "unreadable",
    }
}

fn document<'a>(
    sessions: &'a [(SsoSession, SessionState)],
    profiles: &'a [SsoProfile],
    files: &ConfigFiles,
) -> Document<'a> {
    let sessions = sessions.iter().map(|(session, state)| Session {
        name: session.name.as_ref(),
        start_url: &session.start_url,
        region: &session.region,
        registration_scopes: session.scopes.as_deref(),
        state: *state,
    });
    let profiles = profiles.iter().map(|profile| Profile {
        name: &profile.name,
        session_name: profile.session.name.as_ref(),
        start_url: &profile.session.start_url,
        account_id: profile.account_id.as_ref(),
        role_name: profile.role_name.as_ref(),
        region: files.region(&profile.name),
        location: location_of(files, &profile.name),
    });
    Document {
        file: files.config_path().display().to_string(),
        sessions: sessions.collect(),
        profiles: profiles.collect(),
    }
}

fn location_of(files: &ConfigFiles, name: &ProfileName) -> Option<String> {
    let profile = files.profile(name)?;
    let section = profile.config().or(profile.credentials())?;
    Some(files.location_of_section(&section).to_string())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    file: String,
    sessions: Vec<Session<'a>>,
    profiles: Vec<Profile<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    /// `null` for a legacy start URL.
    name: Option<&'a SessionName>,
    start_url: &'a StartUrl,
    region: &'a Region,
    registration_scopes: Option<&'a [RegistrationScope]>,
    state: SessionState,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile<'a> {
    name: &'a ProfileName,
    session_name: Option<&'a SessionName>,
    start_url: &'a StartUrl,
    account_id: Option<&'a AccountId>,
    role_name: Option<&'a RoleName>,
    region: Option<String>,
    /// `FILE:LINE`.
    location: Option<String>,
}
