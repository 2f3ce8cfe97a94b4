//! Writes the profiles of IAM Identity Center into the config file.

mod args;
mod check;
mod command;
mod list;
mod migrate;
mod populate;
mod undo;

fn main() -> std::process::ExitCode {
    cli_ux::run(command::run)
}
