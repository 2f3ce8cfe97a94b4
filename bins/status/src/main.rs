//! Shows SSO sessions and profiles with the lifetimes of their tokens and credentials, and the identity
//! of the credentials of a profile.

mod args;
mod command;
mod report;
mod selected;
mod unmet;
mod whoami;

use std::process::ExitCode;

use cli_ux::Program;

const PROGRAM: Program = Program::new("sso-status", env!("CARGO_PKG_VERSION"))
    .with_family("aws-sso-tools")
    .with_manual("AWS SSO tools")
    .with_sign_in_command("sso-login")
    .with_credentials_command("export-credentials")
    .with_configure_command("sso-configure")
    .with_completion_variable("AWS_SSO_TOOLS_COMPLETE")
    .with_log_crates(sso_credentials::LOG_CRATES);

fn main() -> ExitCode {
    cli_ux::run(&PROGRAM, command::run)
}
