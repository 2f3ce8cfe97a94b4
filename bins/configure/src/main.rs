//! Creates and maintains IAM Identity Center profiles in the AWS config file.

mod args;
mod command;

mod checks;
mod confirmation;
mod context;
mod contradictions;
mod derived_name;
mod input;
mod listing;
mod only_session;
mod precedence;
mod regions;

mod wizard;

mod populate;

mod accounts;
mod check;
mod list;
mod migrate;
mod other_source;
mod undo;

use std::process::ExitCode;

use cli_ux::Program;

const PROGRAM: Program = Program::new("sso-configure", env!("CARGO_PKG_VERSION"))
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
