//! `cargo xtask bench`: what a start of a program costs, written to `docs/performance.md`.

mod build;
mod contestants;
mod machine;
mod measure;
mod page;

use std::fs;

use anyhow::{Result, ensure};
use clap::Args;

use crate::workspace::root;
use build::Built;
use page::Page;

/// The arguments of `cargo xtask bench`.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// How often each program is run; the AWS CLI takes part in every twentieth round
    #[arg(long, default_value_t = 400)]
    rounds: usize,
}

const PAGE: &str = "docs/performance.md";

/// Builds the programs for release, runs them in turn, and writes the page. On a machine that
/// does nothing else this takes about a minute.
///
/// # Errors
///
/// Where something does not build, or a program fails that is measured.
#[expect(clippy::disallowed_methods, reason = "a page under version control")]
pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    ensure!(args.rounds > 0, "a median needs at least one round");
    let built = Built::new()?;
    let page = Page {
        machine: machine::describe()?,
        rounds: args.rounds,
        warm: measure::costs(&contestants::warm(&built), args.rounds)?,
        cold: measure::costs(&contestants::cold(&built), args.rounds)?,
        prompt: measure::costs(&contestants::prompt(&built), args.rounds)?,
        sizes: built.sizes()?,
    };
    let text = page.to_string();
    fs::write(root().join(PAGE), &text)?;
    println!("{text}\nwritten to {PAGE}");
    Ok(())
}
