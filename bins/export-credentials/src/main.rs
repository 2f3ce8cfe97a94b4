//! Prints the AWS credentials of a profile, for a shell or another program.

mod args;
mod command;
mod export;
mod format;
mod wrapped;

fn main() -> std::process::ExitCode {
    cli_ux::run(command::run)
}
