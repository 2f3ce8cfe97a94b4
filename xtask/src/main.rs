//! Development tasks of the workspace, run as `cargo xtask`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tasks print to the developer's terminal"
)]

mod workspace;

mod demo;
mod emulator;

mod bench;
mod dist;
mod docs;
mod fixtures;
mod tidy;
mod torture;

use std::process::ExitCode;

use clap::Parser;
use identity_center_emulator::cli::EmulatorArgs;

/// Development tasks of the workspace
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
enum Task {
    /// Demonstrate the programs: sign in, and get credentials in a shell
    Demo(demo::DemoArgs),
    /// Run a local IAM Identity Center
    Emulator(EmulatorArgs),
    /// Approve a sign-in like a user with a browser
    #[command(hide = true)]
    Visit(demo::VisitArgs),
    /// Generate expected values with the reference implementations
    Fixtures(fixtures::FixturesArgs),
    /// Check the rules of the repository that the compiler cannot check
    Tidy(tidy::TidyArgs),
    /// Generate docs/reference and the recorded output in the documents
    Docs(docs::DocsArgs),
    /// Measure the cost of the programs, and write docs/performance.md
    Bench(bench::BenchArgs),
    /// Build the files of a release: archive, Debian package, checksums
    Dist(dist::DistArgs),
    /// Kill programs at random times, and check the files that they leave
    Torture(torture::TortureArgs),
}

fn main() -> ExitCode {
    let result = match Task::parse() {
        Task::Demo(args) => demo::run(&args),
        Task::Emulator(args) => {
            return emulator::run(&args).map_or_else(|error| failed(&error), ExitCode::from);
        }
        Task::Visit(args) => demo::visit(&args),
        Task::Fixtures(args) => fixtures::run(&args),
        Task::Tidy(args) => tidy::run(&args),
        Task::Docs(args) => docs::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Dist(args) => dist::run(&args),
        Task::Torture(args) => torture::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}
