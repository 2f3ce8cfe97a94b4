//! `cargo xtask torture`: kills of programs during token refreshes.

mod rig;

use anyhow::Result;
use clap::Args;

use crate::workspace::{build_programs, metadata, programs};

#[derive(Debug, Args)]
pub(crate) struct TortureArgs {
    /// Number of programs to kill
    #[arg(long, value_name = "N", default_value_t = 1000)]
    rounds: usize,

    /// Seed of an earlier run, to repeat its random times
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

/// Kills programs at random times, and reports the state of their files afterwards.
///
/// # Errors
///
/// If the programs cannot be built. A corrupt file or a failed run is a panic.
pub(crate) fn run(args: &TortureArgs) -> Result<()> {
    build_programs(&programs(&metadata()?))?;
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    println!("{}", rig::torture(seed, args.rounds));
    Ok(())
}
