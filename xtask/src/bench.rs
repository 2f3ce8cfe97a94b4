//! `cargo xtask bench`: the cost of the programs, written to `docs/performance.md`.

mod benchmarks;
mod build;
mod machine;
mod measure;
mod page;
#[cfg(unix)]
mod picker;
mod rate_limit;
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

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Number of runs of each program; the AWS CLI runs in every twentieth round
    #[arg(long, default_value_t = 400)]
    rounds: usize,

    /// Measure thousands of profiles instead, and write docs/scale.md; takes two minutes
    #[arg(long, conflicts_with = "rounds")]
    scale: bool,
}

const PAGE: &str = "docs/performance.md";
const SCALE_PAGE: &str = "docs/scale.md";

/// Builds the programs for release, measures them, and writes the page. This takes about eight
/// minutes on an idle machine; a large part of this time is for builds.
pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    ensure!(args.rounds > 0, "--rounds must be at least 1");
    let built = Built::new()?;
    if args.scale {
        return write(SCALE_PAGE, &scale::page(&built)?);
    }
    let page = Page {
        machine: machine::describe()?,
        rounds: args.rounds,
        sections: sections::measured(&built, args.rounds)?,
        #[cfg(unix)]
        picked: picker::measured(&built, args.rounds.div_ceil(20)),
        rate_limited: rate_limit::measured(&built)?,
        readers: readers::compared()?,
        sizes: built.sizes()?,
        clean_build: build::time_clean_build()?,
    };
    write(PAGE, &page.to_string())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the page is under version control"
)]
fn write(page: &str, text: &str) -> Result<()> {
    fs::write(root().join(page), text)?;
    println!("{text}\nwritten to {page}");
    Ok(())
}
