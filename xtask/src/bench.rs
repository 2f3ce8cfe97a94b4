//! `cargo xtask bench`: what a start of a program costs, written to `docs/performance.md`.

mod build;
mod contestants;
mod machine;
mod measure;
mod page;
mod readers;
mod scale;
mod sections;
mod service;

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

    /// Measure instead what thousands of profiles take; two minutes, of which most is waiting
    #[arg(long, conflicts_with = "rounds")]
    scale: bool,
}

const PAGE: &str = "docs/performance.md";
const SCALE_PAGE: &str = "docs/scale.md";

/// Builds the programs for release, runs them in turn, and writes the page. On a machine that
/// does nothing else this takes about eight minutes, a good part of them for builds.
///
/// # Errors
///
/// Where something does not build, or a program fails that is measured.
pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    ensure!(args.rounds > 0, "a median needs at least one round");
    let built = Built::new()?;
    if args.scale {
        return write(SCALE_PAGE, &scale::page(&built)?);
    }
    let page = Page {
        machine: machine::describe()?,
        rounds: args.rounds,
        sections: sections::measured(&built, args.rounds)?,
        readers: readers::compared()?,
        sizes: built.sizes()?,
        build: build::time_from_nothing()?,
    };
    write(PAGE, &page.to_string())
}

#[expect(clippy::disallowed_methods, reason = "a page under version control")]
fn write(page: &str, text: &str) -> Result<()> {
    fs::write(root().join(page), text)?;
    println!("{text}\nwritten to {page}");
    Ok(())
}
