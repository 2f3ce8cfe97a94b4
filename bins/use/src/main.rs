//! Switches the AWS profile of the current shell.

mod args;
mod command;
mod credentials;
mod current;
mod environment;
mod function;
mod init;
mod list;
mod other_region;
mod shell;
mod sign_in;
mod switch;

use std::process::ExitCode;

use cli_ux::Program;

const PROGRAM: Program = Program::new("sso-use", env!("CARGO_PKG_VERSION"))
    .with_family("aws-sso-tools")
    .with_manual("AWS SSO tools")
    .with_sign_in_command("sso-login")
    .with_credentials_command("export-credentials")
    .with_configure_command("sso-configure")
    .with_completion_variable("AWS_SSO_TOOLS_COMPLETE")
    .with_log_crates(sso_credentials::LOG_CRATES)
    .with_failure_output(function::after_failure)
    .with_help_output(function::in_place_of_help);

fn main() -> ExitCode {
    cli_ux::run(&PROGRAM, command::run)
}
