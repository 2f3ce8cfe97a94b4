//! Signs out of AWS: ends the sessions at the server and removes what they left here.

mod args;
mod command;
mod report;

fn main() -> std::process::ExitCode {
    cli_ux::run(command::run)
}
