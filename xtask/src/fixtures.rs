//! `cargo xtask fixtures`: expected values from the reference implementations.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::workspace::{command, execute, files_below, metadata, root, stdout_of};

/// Scripts in `xtask/oracle` that write fixtures, run as `python3 SCRIPT OUT_DIR`.
const ORACLES: [&str; 10] = [
    "cache_keys.py",
    "config.py",
    "endpoints.py",
    "process_words.py",
    "regions.py",
    "retry_codes.py",
    "start_urls.py",
    "sts_signatures.py",
    "timestamps.py",
    "token_files.py",
];

#[derive(Debug, Args)]
pub(crate) struct FixturesArgs {
    /// Fail if a fixture differs from its oracle's output; change nothing
    #[arg(long)]
    check: bool,

    /// Compare the config parser with botocore on 20,000 random texts instead
    #[arg(long, conflicts_with = "check")]
    differential: bool,

    /// Seed of an earlier run, to repeat its texts
    #[arg(long, value_name = "NUMBER", requires = "differential")]
    seed: Option<u64>,
}

/// Writes the fixtures, or compares them with the oracles' output.
///
/// # Errors
///
/// If an oracle cannot run, or if `--check` or `--differential` finds a difference.
pub(crate) fn run(args: &FixturesArgs) -> Result<()> {
    let python = oracle_python()?;
    let fixtures = root().join("fixtures");
    if args.differential {
        compare_on_random_texts(&python, args.seed)
    } else if args.check {
        check(&python, &fixtures)
    } else {
        run_oracles(&python, &fixtures)
    }
}

fn check(python: &Path, fixtures: &Path) -> Result<()> {
    let fresh = tempfile::tempdir()?;
    copy_dir(fixtures, fresh.path())?;
    run_oracles(python, fresh.path())?;
    let differences = differences(fixtures, fresh.path())?;
    if differences.is_empty() {
        println!("fixtures: current");
        return Ok(());
    }
    bail!(
        "fixtures differ from the oracles' output (run cargo xtask fixtures to update them):\n  {}",
        differences.join("\n  ")
    );
}

fn run_oracles(python: &Path, out_dir: &Path) -> Result<()> {
    for script in ORACLES {
        let path = Path::new("xtask/oracle").join(script);
        // -B writes no byte code next to the sources.
        let mut oracle = command(python);
        execute(oracle.arg("-B").arg(path).arg(out_dir))?;
    }
    Ok(())
}

fn compare_on_random_texts(python: &Path, seed: Option<u64>) -> Result<()> {
    let example = ["--package", "aws-config-parse", "--example", "differential"];
    execute(command("cargo").args(["build", "--quiet"]).args(example))?;
    let program = metadata()?
        .target_directory
        .join("debug/examples/differential");
    let mut comparison = command(python);
    comparison.args(["-B", "xtask/oracle/differential.py", program.as_str()]);
    if let Some(seed) = seed {
        comparison.args(["--seed", &seed.to_string()]);
    }
    execute(&mut comparison)
}

/// Returns a line for each file that is missing from `fixtures` or differs from `fresh`.
fn differences(fixtures: &Path, fresh: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files_below(fresh)? {
        let new = fs::read(fresh.join(&file))?;
        match fs::read(fixtures.join(&file)) {
            Err(_) => found.push(format!("fixtures/{}: missing", file.display())),
            Ok(old) if old != new => {
                let line = first_difference(&old, &new);
                found.push(format!("fixtures/{}:{line}: differs", file.display()));
            }
            Ok(_) => {}
        }
    }
    Ok(found)
}

/// Returns the number of the first different line, starting from 1.
fn first_difference(old: &[u8], new: &[u8]) -> usize {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    old[..same].split(|byte| *byte == b'\n').count()
}

fn copy_dir(from: &Path, to: &Path) -> Result<()> {
    for file in files_below(from)? {
        let copy = to.join(&file);
        fs::create_dir_all(copy.parent().expect("a file path has a parent directory"))?;
        fs::copy(from.join(file), copy)?;
    }
    Ok(())
}

/// Returns a Python with the pinned botocore: `python3` from `PATH`, or the one in
/// `target/oracle-venv`, which is created if it is missing.
fn oracle_python() -> Result<PathBuf> {
    let pinned = pinned_botocore()?;
    let venv = root().join("target/oracle-venv");
    let own = venv.join("bin/python");
    for python in [PathBuf::from("python3"), own.clone()] {
        if botocore_version(&python).is_some_and(|version| version == pinned) {
            return Ok(python);
        }
    }
    println!(
        "fixtures: creating {} with botocore {pinned}",
        venv.display()
    );
    execute(command("python3").args(["-m", "venv"]).arg(&venv))?;
    execute(command(&own).args(["-m", "pip", "install", "--quiet", "-r", REQUIREMENTS]))?;
    Ok(own)
}

const REQUIREMENTS: &str = "xtask/oracle/requirements.txt";

fn pinned_botocore() -> Result<String> {
    let requirements = fs::read_to_string(root().join(REQUIREMENTS))?;
    let version = requirements
        .lines()
        .find_map(|line| line.strip_prefix("botocore=="));
    Ok(version
        .context("requirements.txt pins no botocore")?
        .to_owned())
}

fn botocore_version(python: &Path) -> Option<String> {
    let mut command = Command::new(python);
    command.args(["-c", "import botocore; print(botocore.__version__)"]);
    command.stderr(Stdio::null());
    Some(stdout_of(&mut command).ok()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[track_caller]
    fn check(old: &str, new: &str, expected: usize) {
        assert_eq!(first_difference(old.as_bytes(), new.as_bytes()), expected);
    }

    #[test]
    fn first_difference_returns_the_first_different_line() {
        check("a\nb\nc\n", "a\nx\nc\n", 2);
        check("a\n", "a\nb\n", 2);
        check("", "a\n", 1);
        check("a", "b", 1);
    }
}
