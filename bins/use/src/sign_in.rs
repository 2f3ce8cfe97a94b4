//! Sign-in to the session of the profile.

use std::time::Duration;

use anyhow::anyhow;
use cli_ux::{Arguments, CommandLine, Failure, Ui};
use sso_config::SsoChain;
use sso_credentials::Aws;
use sso_session::cache;
use sso_session::status::SessionStatus;
use sso_types::ProfileName;

use crate::args::Args;

/// Signs in if the session of `profile` needs it, on a terminal. Elsewhere, only warns.
pub(crate) fn if_needed(
    args: &Args,
    ui: &Ui,
    aws: &Aws,
    profile: &ProfileName,
    chain: &SsoChain,
) -> Result<(), Failure> {
    let session = chain.source.session.clone();
    let now = aws.clock().now();
    // Only a program that uses the token changes the mode of its file.
    let cache = cache::open(aws.env())?.read_only();
    let status = SessionStatus::of(session, &cache, now);
    if status.state(Duration::ZERO, now).is_usable() {
        return Ok(());
    }
    if !args.no_login && ui.is_interactive() {
        return if sign_in(args, ui, profile)? {
            Ok(())
        } else {
            Err(failed(profile))
        };
    }
    if !args.no_login {
        let label = status.session.label();
        let arguments = Arguments::new().option("--profile", profile.as_str());
        let command = CommandLine::new(ui.program().sign_in_command(), arguments);
        ui.warn_with_hint(format_args!("{label} needs a sign-in"), command);
    }
    Ok(())
}

/// Runs `sso-login`, and returns whether it succeeded.
pub(crate) fn sign_in(args: &Args, ui: &Ui, profile: &ProfileName) -> Result<bool, Failure> {
    // One argument, because a name may begin with a hyphen.
    let profile = format!("--profile={}", profile.as_str());
    ui.run_sign_in(&[profile], &args.global)
}

fn failed(profile: &ProfileName) -> Failure {
    let error = anyhow!("the sign-in failed; the profile of the shell is unchanged");
    let arguments = Arguments::new().flag("--no-login");
    let arguments = arguments.option("--profile", profile.as_str());
    let command = CommandLine::new("sso-use", arguments);
    Failure::configuration(error).with_step_hint("to switch without a sign-in:", command)
}
