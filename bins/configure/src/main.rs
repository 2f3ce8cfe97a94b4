//! Writes the profiles of IAM Identity Center into the config file.

mod args;
mod command;

mod context;
mod precedence;

mod wizard;

mod populate;

mod check;
mod list;
mod migrate;
mod undo;

fn main() -> std::process::ExitCode {
    cli_ux::run(command::run)
}
