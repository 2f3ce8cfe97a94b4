//! Prints the AWS credentials of a profile, for a shell or another program.

mod args;
mod bearer_token;
mod command;
mod export;
mod format;
mod source;
mod wrapped;

fn main() -> std::process::ExitCode {
    cli_ux::run(command::run)
}
