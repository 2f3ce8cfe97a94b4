//! The project's workshop: what keeps the tree true, and what shows it at work.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the workshop talks to the person who runs it"
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

/// The project's workshop
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
enum Task {
    /// Show the main job at work: sign in, have credentials in a shell
    Demo(demo::DemoArgs),
    /// Run a local IAM Identity Center by itself
    Emulator(EmulatorArgs),
    /// Approve a sign-in as a person with a browser would
    #[command(hide = true)]
    Visit(demo::VisitArgs),
    /// Write the expected values that the reference implementations give
    Fixtures(fixtures::FixturesArgs),
    /// Hold the tree to docs/architecture.md
    Tidy(tidy::TidyArgs),
    /// Write docs/reference, and what the documents show of the programs at work
    Docs(docs::DocsArgs),
    /// Measure what a start of a program costs, and write docs/performance.md
    Bench(bench::BenchArgs),
    /// Make what a release is made of: archives, a package, checksums
    Dist(dist::DistArgs),
    /// Kill programs at random moments, and see what they leave to the next
    Torture(torture::TortureArgs),
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Demo(args) => demo::run(&args),
        Task::Emulator(args) => emulator::run(&args),
        Task::Visit(args) => demo::visit(&args),
        Task::Fixtures(args) => fixtures::run(&args),
        Task::Tidy(args) => tidy::run(&args),
        Task::Docs(args) => docs::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Dist(args) => dist::run(&args),
        Task::Torture(args) => torture::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
