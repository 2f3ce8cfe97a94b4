//! Prints AWS credentials of a profile for a shell or another program.

mod args;
#[cfg(unix)]
mod background;
mod bearer_token;
mod command;
#[cfg(unix)]
mod companion;
#[cfg(unix)]
mod detached;
mod export;
mod failure_output;
mod format;
mod other_region;
mod own_command;
mod refresh;
mod source;
mod wrapped;

use std::process::ExitCode;

use cli_ux::Program;

const PROGRAM: Program = Program::new("export-credentials", env!("CARGO_PKG_VERSION"))
    .with_family("aws-sso-tools")
    .with_manual("AWS SSO tools")
    .with_sign_in_command("sso-login")
    .with_credentials_command("export-credentials")
    .with_configure_command("sso-configure")
    .with_completion_variable("AWS_SSO_TOOLS_COMPLETE")
    .with_log_crates(sso_credentials::LOG_CRATES)
    .with_failure_output(failure_output::statements);

fn main() -> ExitCode {
    cli_ux::run(&PROGRAM, command::run)
}
