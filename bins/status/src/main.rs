//! Shows where one is signed in to AWS, and for how long.

mod args;
mod command;
mod report;

fn main() -> std::process::ExitCode {
    cli_ux::run(command::run)
}
