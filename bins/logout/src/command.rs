//! Main steps of the program.

use cli_ux::{Arguments, CommandLine, Failure, OutputForm, Ui};
use sso_credentials::Aws;
use sso_credentials::aws::SignOutRequest;
use sso_session::sign_out::SignOutTarget;

use crate::args::Args;
use crate::report;

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    ui.exit_on_interrupt();
    let aws = Aws::from_process_for_sign_out(args.global.short_connection(ui.program()))?;
    let signed_out = aws.sign_out(&SignOutRequest {
        targets: targets(args),
        removes_registrations: args.forget_clients,
        is_dry_run: args.dry_run,
    })?;
    match args.output.output {
        OutputForm::Json => ui.print(&report::json(args, &signed_out))?,
        OutputForm::Text if args.dry_run => ui.print_text(&report::plan(&signed_out))?,
        OutputForm::Text => {}
    }
    report::say(args, ui, &signed_out);
    match signed_out.problems.into_iter().next() {
        Some(problem) => {
            let command = CommandLine::new("sso-logout", arguments(args));
            Err(Failure::from(problem)
                .with_step_hint("fix the cause, then run the command again:", command))
        }
        None => Ok(()),
    }
}

/// Returns the arguments that select sessions and files.
fn arguments(args: &Args) -> Arguments {
    let options = [
        ("--profile", &args.profile),
        ("--sso-session", &args.sso_session),
        ("--start-url", &args.start_url),
    ];
    let options = options
        .into_iter()
        .flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    let selection = options.fold(Arguments::new(), |arguments, (name, value)| {
        arguments.option(name, value)
    });
    if args.forget_clients {
        selection.flag("--forget-clients")
    } else {
        selection
    }
}

fn targets(args: &Args) -> Vec<SignOutTarget> {
    let profiles = args
        .profile
        .iter()
        .map(|name| SignOutTarget::Profile(name.as_str().into()));
    let sessions = args
        .sso_session
        .iter()
        .map(|name| SignOutTarget::Session(name.as_str().into()));
    let start_urls = args
        .start_url
        .iter()
        .map(|url| SignOutTarget::StartUrl(url.as_str().into()));
    profiles.chain(sessions).chain(start_urls).collect()
}
