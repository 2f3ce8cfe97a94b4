//! `sso-configure list`.

mod json;

use std::time::Duration;

use clap::Args;
use cli_ux::{
    Failure, OutputArg, OutputForm, Table, Ui, no_sessions_configured, nothing_configured,
    print_profile_names,
};
use sso_config::{
    ConfigFiles, ConfiguredSessions, Error, ListedProfile, ListedProfiles, SsoSession,
};
use sso_credentials::Aws;
use sso_session::status::{SessionState, SessionStatus};
use sso_types::{AccountId, ProfileName, SessionName, escaped};
use time::OffsetDateTime;
use token_cache::TokenCache;

use crate::context::Context;

/// List the SSO sessions and all profiles in the config and credentials files
///
/// Shows for each session whether you are signed in, and for each profile its kind, such as SSO or access
/// keys, without sending requests. The session of a profile is the one that its credentials come from,
/// also through a source profile. Use sso-status for the remaining lifetimes.
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
        return print_profile_names(context.ui, &context.files()?);
    }
    let aws = context.aws()?.with_cache(TokenCache::read_only);
    let list = List::of(&aws, context.now());
    match args.output.form() {
        OutputForm::Json => context.print_json(&json::document(&list))?,
        OutputForm::Text => context.ui.print_text(&list.text(context.ui))?,
    }
    for problem in list.problems {
        context.ui.warn(Failure::from(problem));
    }
    Ok(())
}

struct List<'a> {
    files: &'a ConfigFiles,
    sessions: Vec<(SsoSession, SessionState)>,
    profiles: Vec<ListedProfile>,
    problems: Vec<Error>,
}

impl<'a> List<'a> {
    fn of(aws: &'a Aws, now: OffsetDateTime) -> Self {
        let (env, files) = (aws.env(), aws.files());
        let listed = ListedProfiles::of(env, files);
        let configured = ConfiguredSessions::with_chains(env, files);
        let configured = configured.and_problems(listed.problems);
        let with_state = |session| {
            let status = SessionStatus::of(session, aws.cache(), now);
            let state = status.state(Duration::ZERO, now);
            (status.session, state)
        };
        Self {
            files,
            sessions: configured.sessions.into_iter().map(with_state).collect(),
            profiles: listed.profiles,
            problems: configured.problems,
        }
    }

    fn text(&self, ui: &Ui) -> String {
        let has_problems = !self.problems.is_empty() || self.files.has_ignored_sections();
        let sessions = match (self.sessions.as_slice(), self.profiles.as_slice()) {
            ([], []) => nothing_configured(has_problems).to_owned(),
            ([], _) => no_sessions_configured(has_problems).to_owned(),
            (sessions, _) => ui.fitted(&session_table(sessions)),
        };
        let profiles = ui.fitted(&profile_table(&self.profiles));
        let mut parts = vec![sessions, profiles];
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }
}

fn session_table(sessions: &[(SsoSession, SessionState)]) -> Table {
    let mut table = Table::new(["SESSION", "SIGNED IN", "REGION", "START URL"]);
    for (session, state) in sessions {
        table.add([
            or_dash(session.name.as_ref().map(SessionName::as_str)),
            signed_in(*state).to_owned(),
            session.region.as_str().to_owned(),
            escaped(&session.start_url.to_string()),
        ]);
    }
    table
}

/// The table has the column SOURCE only if a profile gets its credentials from another one.
fn profile_table(profiles: &[ListedProfile]) -> Table {
    let has_source = profiles.iter().any(|it| it.source.is_some());
    let source_heading = has_source.then_some("SOURCE");
    let headings = ["PROFILE", "KIND"].into_iter().chain(source_heading);
    let mut table = Table::new(headings.chain(["SESSION", "ACCOUNT", "ROLE", "REGION"]));
    for profile in profiles {
        let source = has_source.then(|| or_dash(profile.source.as_ref().map(ProfileName::as_str)));
        let session = profile.session().and_then(|it| it.name.as_ref());
        let cells = [
            escaped(profile.name.as_str()),
            profile.kind_label().to_owned(),
        ];
        table.add(cells.into_iter().chain(source).chain([
            or_dash(session.map(SessionName::as_str)),
            or_dash(profile.account_id().as_ref().map(AccountId::as_str)),
            or_dash(profile.role_name()),
            or_dash(profile.region.as_deref()),
        ]));
    }
    table
}

fn or_dash(text: Option<&str>) -> String {
    text.map_or_else(|| "–".to_owned(), escaped)
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
