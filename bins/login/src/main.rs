//! Signs in to AWS through IAM Identity Center.

mod args;
mod command;
mod report;

fn main() -> std::process::ExitCode {
    cli_ux::run(command::run)
}
