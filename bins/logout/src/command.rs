//! The steps.

use cli_ux::{Failure, OutputForm, Ui};
use sso_credentials::{AwsEnv, ConfigFiles, Error, SignOut, SignOutOf, SignedOut};

use crate::args::Args;
use crate::report;

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    ui.exit_on_interrupt();
    let env = AwsEnv::of_process();
    let sign_out = SignOut {
        env: &env,
        files: &ConfigFiles::load(&env)?,
        cache: &env.token_cache()?,
        connection: &args.global.short_connection(ui.program()),
        forgets_clients: args.forget_clients,
    };
    let signed_out = signed_out(args, &sign_out)?;
    match args.output.output {
        OutputForm::Json => ui.print(&report::json(args, &signed_out))?,
        OutputForm::Text if args.dry_run => ui.print(&report::plan(&signed_out))?,
        OutputForm::Text => {}
    }
    report::say(args, ui, &signed_out);
    match signed_out.problems.into_iter().next() {
        Some(problem) => Err(Failure::from(problem).with_hint("run sso-logout again")),
        None => Ok(()),
    }
}

fn signed_out(args: &Args, sign_out: &SignOut<'_>) -> Result<SignedOut, Error> {
    match (selected(args).as_slice(), args.dry_run) {
        ([], false) => sign_out.of_everything(),
        ([], true) => sign_out.plan_of_everything(),
        (these, false) => sign_out.of_these(these),
        (these, true) => sign_out.plan_of_these(these),
    }
}

fn selected(args: &Args) -> Vec<SignOutOf> {
    let profiles = args
        .profile
        .iter()
        .map(|name| SignOutOf::Profile(name.as_str().into()));
    let sessions = args
        .sso_session
        .iter()
        .map(|name| SignOutOf::Session(name.as_str().into()));
    let start_urls = args
        .start_url
        .iter()
        .map(|url| SignOutOf::StartUrl(url.as_str().into()));
    profiles.chain(sessions).chain(start_urls).collect()
}
