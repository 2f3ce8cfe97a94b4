//! Main steps of the program.

use cli_ux::{
    Arguments, CommandLine, Failure, OutputForm, SelectedSession, Ui, nothing_configured_in,
};
use sso_credentials::Aws;
use sso_credentials::aws::SignOutRequest;
use sso_session::sign_out::{SignOutTarget, named};
use sso_session::start_url::{check_start_url, normalize_start_url};

use crate::args::Args;
use crate::report;

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    ui.exit_on_interrupt();
    let aws = Aws::from_process_for_sign_out(args.global.short_connection(ui.program()))?;
    let selected = args
        .selection
        .selected(|name| named(name, aws.files(), aws.cache()))?;
    let signed_out = aws.sign_out(&SignOutRequest {
        targets: targets(&selected),
        removes_registrations: args.forget_clients,
        is_dry_run: args.dry_run,
    })?;
    if signed_out.tokens.is_empty() {
        check_start_urls(&selected)?;
    }
    match args.output.form() {
        OutputForm::Json => ui.print(&report::json(args, &signed_out))?,
        OutputForm::Text if args.dry_run => ui.print_text(&report::plan(&signed_out))?,
        OutputForm::Text => {}
    }
    report::say(args, ui, &signed_out);
    let is_of_all = args.selection.count() == 0 && !args.dry_run;
    let has_nothing = is_of_all && signed_out.tokens.is_empty();
    if let Some(text) = nothing_configured_in(aws.files()).filter(|_| has_nothing) {
        ui.say(text);
    }
    match signed_out.problems.into_iter().next() {
        Some(problem) => {
            let command = CommandLine::new("sso-logout", arguments(args, &selected));
            Err(Failure::from(problem)
                .with_step_hint("fix the cause, then run the command again:", command))
        }
        None => Ok(()),
    }
}

/// Returns the arguments that select sessions and files.
fn arguments(args: &Args, selected: &[SelectedSession<'_>]) -> Arguments {
    let selected = selected.iter();
    let selection = selected.fold(Arguments::new(), |arguments, selected| match selected {
        SelectedSession::Profile(name) => arguments.option("--profile", name),
        SelectedSession::Session(name) => arguments.option("--sso-session", name),
        SelectedSession::StartUrl(url) => arguments.option("--start-url", url),
    });
    if args.forget_clients {
        selection.flag("--forget-clients")
    } else {
        selection
    }
}

/// Fails if a selected start URL is not a URL, so that no sessions have it.
fn check_start_urls(selected: &[SelectedSession<'_>]) -> Result<(), sso_session::Error> {
    let mut urls = selected.iter().filter_map(|selected| match selected {
        SelectedSession::StartUrl(url) => Some(normalize_start_url(url)),
        _ => None,
    });
    urls.try_for_each(|url| check_start_url(&url))
}

fn targets(selected: &[SelectedSession<'_>]) -> Vec<SignOutTarget> {
    let selected = selected.iter();
    selected
        .map(|selected| match *selected {
            SelectedSession::Profile(name) => SignOutTarget::Profile(name.into()),
            SelectedSession::Session(name) => SignOutTarget::Session(name.into()),
            SelectedSession::StartUrl(url) => SignOutTarget::StartUrl(url.into()),
        })
        .collect()
}
