//! The project's workshop: fixtures.
#![expect(
    clippy::print_stdout,
    reason = "the workshop talks to the person who runs it"
)]

mod workspace;

mod fixtures;

use anyhow::Result;
use clap::Parser;

/// The project's workshop
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
enum Task {
    /// Write the expected values that the reference implementations give
    Fixtures(fixtures::FixturesArgs),
}

fn main() -> Result<()> {
    match Task::parse() {
        Task::Fixtures(args) => fixtures::run(&args),
    }
}
