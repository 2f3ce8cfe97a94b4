//! Opens the AWS console with a profile.

mod args;
mod browser;
mod command;
mod handoff;
mod link;
#[cfg(target_os = "linux")]
mod peer;
mod report;
mod service_list;
mod sign_in;
mod target;

use std::process::ExitCode;

use cli_ux::Program;

const PROGRAM: Program = Program::new("sso-console", env!("CARGO_PKG_VERSION"))
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
