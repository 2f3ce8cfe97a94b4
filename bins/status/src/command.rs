//! Main steps of the program.

use anyhow::anyhow;
use cli_ux::{Arguments, Failure, OutputForm, Ui, sign_in_arguments};
use sso_config::{ConfiguredSessions, SsoSession};
use sso_credentials::Aws;
use sso_credentials::aws::Selection;
use sso_credentials::status::ProfileStatus;
use sso_session::SignInReason;
use sso_session::status::{SessionState, SessionStatus};
use sso_types::escaped;
use token_cache::TokenCache;

use crate::args::{Args, Format};
use crate::report::Report;
use crate::selected::{self, Selected};
use crate::unmet::Unmet;
use crate::whoami;

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    check_options(args)?;
    if args.whoami {
        return whoami::run(args, ui);
    }
    let aws = Aws::from_process(args.global.short_connection(ui.program()))?;
    let aws = aws.with_cache(TokenCache::read_only);
    match args.format {
        Format::Prompt => prompt(args, ui, &aws.with_cache(|cache| cache.with_pause(|_| {}))),
        Format::Table => table(args, ui, &aws),
    }
}

fn check_options(args: &Args) -> Result<(), Failure> {
    let selects_several = args.selection.all || args.selection.count() > 1;
    let problem = match args.format {
        _ if args.whoami && selects_several => "--whoami shows only one profile",
        Format::Prompt if args.verify => "--verify cannot be used with --format prompt",
        Format::Prompt if selects_several => "--format prompt shows only one profile or session",
        _ => return Ok(()),
    };
    Err(Failure::usage(anyhow!(problem)))
}

fn table(args: &Args, ui: &Ui, aws: &Aws) -> Result<(), Failure> {
    let (selected, sessions) = selected::for_table(args, aws)?;
    let mut report = report(args, aws, selected, sessions);
    aws.warn_of_unusable_files();
    if args.verify {
        ui.exit_on_interrupt();
        let selection = network_selection(&report.selected);
        aws.verify_tokens(&mut report.sessions, &selection)?;
    }
    match args.output.form() {
        OutputForm::Json => ui.print(&report.json())?,
        OutputForm::Text => ui.print_text(&report.text(ui, aws.env()))?,
    }
    let broken = report.is_broken().then(|| report.problems.remove(0));
    report.warn_of_problems(ui);
    if let Some(error) = broken {
        return Err(error.into());
    }
    match report.unmet() {
        Some(unmet) => Err(sign_in_needed(&unmet, &report)),
        None => Ok(()),
    }
}

/// Returns the selection whose network settings take precedence: the first profile.
fn network_selection(selected: &[Selected]) -> Selection {
    let profile = selected.iter().find_map(|selected| match selected {
        Selected::Profile(name) => Some(name.clone()),
        _ => None,
    });
    profile.map_or(Selection::Default, Selection::Profile)
}

fn report(
    args: &Args,
    aws: &Aws,
    selected: Vec<Selected>,
    configured: ConfiguredSessions,
) -> Report {
    let (sessions, chains) = (configured.sessions, configured.chains);
    let now = aws.clock().now();
    Report {
        selected,
        sessions: sessions
            .into_iter()
            .map(|session| SessionStatus::of(session, aws.cache(), now))
            .collect(),
        profiles: chains
            .into_iter()
            .map(|chain| ProfileStatus::of(chain, aws.files(), aws.cache()))
            .collect(),
        problems: configured.problems,
        has_ignored_sections: aws.files().has_ignored_sections(),
        min_validity: args.min_validity.unwrap_or_default(),
        now,
    }
}

fn sign_in_needed(unmet: &Unmet<'_>, report: &Report) -> Failure {
    let status = match unmet {
        Unmet::Session(status) => status,
        Unmet::StartUrl(url) => {
            let error = anyhow!("not signed in to start URL {}", escaped(&url.to_string()));
            let arguments = Arguments::new().option("--start-url", url.as_str());
            return Failure::configuration(error).with_sign_in_hint(arguments);
        }
    };
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

/// Prints the prompt line, or nothing if the profile of the environment does not use SSO.
fn prompt(args: &Args, ui: &Ui, aws: &Aws) -> Result<(), Failure> {
    let (selected, sessions) = selected::for_prompt(args, aws)?;
    let report = report(args, aws, selected, sessions);
    match args.output.form() {
        OutputForm::Json => ui.print(&report.json())?,
        OutputForm::Text => ui.print_exact(&report.prompt())?,
    }
    if report.is_usable() {
        return Ok(());
    }
    Err(Failure::configuration(anyhow!("a sign-in is required")).silent())
}
