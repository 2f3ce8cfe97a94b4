//! Reports of a sign-out, as text and JSON.

use cli_ux::{SCHEMA_VERSION, Ui, Verbosity, shown_json};
use serde::Serialize;
use sso_session::ErrorChain;
use sso_session::sign_out::{
    RemovedAssumedRole, RemovedRoleCredentials, RemovedToken, RevocationOutcome, SignOutReport,
};
use sso_types::{AccountId, ProfileName, Region, RoleName, SessionName, StartUrl, escaped};
use token_cache::{CacheError, EntryLocation};

use crate::args::Args;

pub(crate) fn say(args: &Args, ui: &Ui, sign_out: &SignOutReport) {
    if !args.dry_run {
        report_revocations(ui, sign_out.tokens.iter().chain(&sign_out.kept_tokens));
        report_removed_files(ui, sign_out);
        report_same_start_url(ui, &sign_out.same_start_url);
    }
    for error in &sign_out.unreadable {
        ui.warn(format_args!(
            "{}; it may contain a token and is not removed",
            in_one_line(error)
        ));
    }
    for error in &sign_out.held_locks {
        ui.warn(format_args!(
            "{}; the files are removed without waiting for that process",
            in_one_line(error)
        ));
    }
    for location in &sign_out.temporary_files {
        ui.warn(format_args!(
            "{} may contain a token and is not removed, because another process may still write it",
            shown(location)
        ));
    }
    for session in &sign_out.sign_ins_in_progress {
        ui.warn(format_args!(
            "a sign-in to {} is in progress and is not cancelled",
            escaped(session)
        ));
    }
    report_unattributed_files(ui, &unattributed(sign_out));
    for problem in sign_out.problems.iter().skip(1) {
        ui.warn(in_one_line(problem));
    }
    if !args.dry_run && sign_out.problems.is_empty() {
        ui.say(success(args, sign_out));
    }
}

fn report_revocations<'a>(ui: &Ui, tokens: impl Iterator<Item = &'a RemovedToken>) {
    for token in tokens {
        match &token.server {
            Some(RevocationOutcome::Failed(error)) => ui.warn(format_args!(
                "{}; the access portal session for {} continues until it expires",
                in_one_line(error),
                token.label()
            )),
            Some(RevocationOutcome::Unconfirmed(error)) => ui.warn(format_args!(
                "{}; the access portal session for {} may continue until it expires",
                in_one_line(error),
                token.label()
            )),
            Some(RevocationOutcome::Expired) => ui.warn(format_args!(
                "the access token for {label} has expired and cannot be refreshed; the access \
                 portal session for {label} continues until it expires",
                label = token.label()
            )),
            Some(RevocationOutcome::AlreadyEnded) => ui.say(format_args!(
                "The service no longer accepts the token for {}. Its session had already ended, unless \
                 another program has refreshed the token.",
                token.label()
            )),
            Some(RevocationOutcome::Ended) | None => {}
        }
    }
}

fn report_removed_files(ui: &Ui, sign_out: &SignOutReport) {
    if ui.verbosity() >= Verbosity::Steps {
        for (location, kind) in files(sign_out) {
            ui.say(format_args!("removed {} ({kind})", shown(location)));
        }
    }
}

/// Only IAM Identity Center knows which tokens belong to one sign-in session.
fn report_same_start_url(ui: &Ui, sessions: &[String]) {
    if sessions.is_empty() {
        return;
    }
    ui.say(
        "These have the same start URL and stay signed in on this machine. If they belong to the \
         sign-in session that was ended, the service no longer refreshes their tokens:",
    );
    for session in sessions {
        ui.say(format_args!("  {}", escaped(session)));
    }
}

fn unattributed(sign_out: &SignOutReport) -> Vec<EntryLocation> {
    let (files, registrations) = (&sign_out.unattributed, &sign_out.unattributed_registrations);
    files.iter().chain(registrations).cloned().collect()
}

fn report_unattributed_files(ui: &Ui, unattributed: &[EntryLocation]) {
    if unattributed.is_empty() {
        return;
    }
    let kept = match unattributed.len() {
        1 => "1 file was kept because it".to_owned(),
        count => format!("{count} files were kept because they"),
    };
    ui.say(format_args!("{kept} cannot be attributed to a sign-in:"));
    for location in unattributed {
        ui.say(format_args!("  {}", shown(location)));
    }
}

fn success(args: &Args, sign_out: &SignOutReport) -> String {
    let selects_all = args.selection.count() == 0;
    match (selects_all, sign_out.tokens.as_slice()) {
        (true, _) if found_nothing(sign_out) => {
            "Already signed out of all SSO profiles.".to_owned()
        }
        (true, _) => "Successfully signed out of all SSO profiles.".to_owned(),
        (false, []) if found_nothing(sign_out) => {
            "Already signed out of the selected sessions.".to_owned()
        }
        (false, []) => "Not signed in to any selected session.".to_owned(),
        (false, tokens) => {
            let names: Vec<_> = tokens.iter().map(RemovedToken::label).collect();
            format!("Successfully signed out of {}.", names.join(" and "))
        }
    }
}

/// Returns whether no file was removed, and none was kept that may contain a token.
fn found_nothing(sign_out: &SignOutReport) -> bool {
    files(sign_out).next().is_none()
        && sign_out.temporary_files.is_empty()
        && sign_out.unattributed.is_empty()
        && sign_out.unreadable.is_empty()
}

pub(crate) fn plan(plan: &SignOutReport) -> String {
    let lines: Vec<_> = files(plan)
        .map(|(location, kind)| format!("{} ({kind})\n", shown(location)))
        .collect();
    match lines.as_slice() {
        [] => "Nothing would be removed.\n".to_owned(),
        lines => format!("Would be removed:\n{}", lines.concat()),
    }
}

fn files(sign_out: &SignOutReport) -> impl Iterator<Item = (&EntryLocation, String)> {
    let tokens = sign_out.tokens.iter();
    let tokens = tokens.map(|token| (&token.location, format!("token for {}", token.label())));
    let roles = sign_out.role_credentials.iter();
    let roles = roles.map(|role| (&role.location, role_credentials(role)));
    let assumed = sign_out.assumed_roles.iter();
    let assumed = assumed.map(|role| (&role.location, assumed_role(role)));
    let others = [
        (&sign_out.registrations, "client registration"),
        (&sign_out.leftovers, "leftover"),
    ];
    let others = others
        .into_iter()
        .flat_map(|(locations, kind)| locations.iter().map(move |it| (it, kind.to_owned())));
    tokens.chain(roles).chain(assumed).chain(others)
}

fn role_credentials(removed: &RemovedRoleCredentials) -> String {
    let role = match &removed.role {
        Some((account_id, role_name)) => format!(" for {role_name} in account {account_id}"),
        None => String::new(),
    };
    let profiles = of_profiles(&removed.profiles);
    escaped(&format!("role credentials{role}{profiles}"))
}

fn assumed_role(role: &RemovedAssumedRole) -> String {
    let arn = role.role_arn.as_deref().unwrap_or("unknown");
    let profiles = of_profiles(&role.profiles);
    escaped(&format!("credentials of the assumed role {arn}{profiles}"))
}

fn of_profiles(names: &[ProfileName]) -> String {
    let names: Vec<_> = names.iter().map(ProfileName::as_str).collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!(" of profile {}", names.join(" and ")),
    }
}

pub(crate) fn json(args: &Args, sign_out: &SignOutReport) -> String {
    let SignOutReport {
        tokens,
        kept_tokens,
        role_credentials,
        assumed_roles,
        registrations,
        leftovers,
        temporary_files,
        unreadable,
        same_start_url,
        sign_ins_in_progress,
        problems,
        ..
    } = sign_out;
    let document = Document {
        schema_version: SCHEMA_VERSION,
        dry_run: args.dry_run,
        tokens: tokens.iter().map(Token::from).collect(),
        kept_tokens: kept_tokens.iter().map(Token::from).collect(),
        role_credentials: role_credentials.iter().map(RoleCredentials::from).collect(),
        assumed_role_credentials: assumed_roles.iter().map(AssumedRole::from).collect(),
        client_registrations: texts(registrations),
        leftovers: texts(leftovers),
        temporary_files: texts(temporary_files),
        unattributed: texts(&unattributed(sign_out)),
        unreadable: texts(
            &unreadable
                .iter()
                .map(CacheError::location)
                .collect::<Vec<_>>(),
        ),
        same_start_url,
        sign_ins_in_progress,
        problems: problems.iter().map(|error| in_one_line(error)).collect(),
    };
    shown_json(&document)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    dry_run: bool,
    tokens: Vec<Token<'a>>,
    /// Tokens that could not be removed.
    kept_tokens: Vec<Token<'a>>,
    role_credentials: Vec<RoleCredentials<'a>>,
    assumed_role_credentials: Vec<AssumedRole<'a>>,
    client_registrations: Vec<String>,
    leftovers: Vec<String>,
    /// Temporary files of other processes, which are kept.
    temporary_files: Vec<String>,
    unattributed: Vec<String>,
    unreadable: Vec<String>,
    /// Sessions that were not selected and may have ended too.
    same_start_url: &'a [String],
    #[serde(rename = "beingSignedInTo")]
    sign_ins_in_progress: &'a [String],
    problems: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoleCredentials<'a> {
    file: String,
    account_id: Option<&'a AccountId>,
    role_name: Option<&'a RoleName>,
    profiles: &'a [ProfileName],
}

impl<'a> From<&'a RemovedRoleCredentials> for RoleCredentials<'a> {
    fn from(removed: &'a RemovedRoleCredentials) -> Self {
        let role = removed.role.as_ref();
        Self {
            file: removed.location.to_string(),
            account_id: role.map(|(account_id, _)| account_id),
            role_name: role.map(|(_, role_name)| role_name),
            profiles: &removed.profiles,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssumedRole<'a> {
    file: String,
    role_arn: Option<&'a str>,
    profiles: &'a [ProfileName],
}

impl<'a> From<&'a RemovedAssumedRole> for AssumedRole<'a> {
    fn from(role: &'a RemovedAssumedRole) -> Self {
        Self {
            file: role.location.to_string(),
            role_arn: role.role_arn.as_deref(),
            profiles: &role.profiles,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Token<'a> {
    session_name: Option<&'a SessionName>,
    start_url: Option<&'a StartUrl>,
    region: Option<&'a Region>,
    file: String,
    /// `ended`, `alreadyEnded`, `expired`, `notTold` or, in a dry run, `notAsked`.
    server: &'static str,
    reason: Option<String>,
}

impl<'a> From<&'a RemovedToken> for Token<'a> {
    fn from(token: &'a RemovedToken) -> Self {
        let (server, reason) = match &token.server {
            Some(RevocationOutcome::Ended) => ("ended", None),
            Some(RevocationOutcome::AlreadyEnded) => ("alreadyEnded", None),
            Some(RevocationOutcome::Expired) => ("expired", None),
            Some(RevocationOutcome::Failed(error) | RevocationOutcome::Unconfirmed(error)) => {
                ("notTold", Some(in_one_line(error)))
            }
            None => ("notAsked", None),
        };
        Self {
            session_name: token.session.as_ref(),
            start_url: token.start_url.as_ref(),
            region: token.region.as_ref(),
            file: token.location.to_string(),
            server,
            reason,
        }
    }
}

fn texts(locations: &[EntryLocation]) -> Vec<String> {
    locations.iter().map(EntryLocation::to_string).collect()
}

/// Removes control characters, because another tool may have chosen the file name.
fn shown(location: &EntryLocation) -> String {
    escaped(&location.to_string())
}

fn in_one_line(error: &dyn std::error::Error) -> String {
    escaped(&ErrorChain(error).to_string())
}
