//! Workspace directory, cargo metadata, and commands.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use cargo_metadata::{Metadata, MetadataCommand, Package};

/// Released program: a binary target of a package under `bins/`.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) package: String,
    /// File name under `target/release`.
    pub(crate) name: String,
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a directory in the workspace root")
}

/// Returns the workspace members with their targets and declared dependencies.
pub(crate) fn metadata() -> Result<Metadata> {
    MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()
        .context("cargo metadata")
}

/// Returns the programs, sorted by name.
pub(crate) fn programs(metadata: &Metadata) -> Vec<Program> {
    let bins = metadata.workspace_root.join("bins");
    let mut programs: Vec<_> = metadata
        .packages
        .iter()
        .filter(|package| package.manifest_path.starts_with(&bins))
        .flat_map(programs_of)
        .collect();
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    programs
}

fn programs_of(package: &Package) -> impl Iterator<Item = Program> {
    let targets = package.targets.iter().filter(|target| target.is_bin());
    targets.map(|target| Program {
        package: package.name.to_string(),
        name: target.name.clone(),
    })
}

/// Returns a command with the workspace root as its working directory.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Returns a cargo command for the programs only. A command for the whole workspace could build and
/// replace the running xtask with different features.
pub(crate) fn cargo(subcommand: &str, programs: &[Program]) -> Command {
    let mut cargo = command("cargo");
    cargo.arg(subcommand);
    for program in programs {
        cargo.args(["--package", &program.package]);
    }
    cargo
}

/// Builds the programs with the `dev` profile.
pub(crate) fn build_programs(programs: &[Program]) -> Result<()> {
    execute(cargo("build", programs).arg("--quiet"))
}

/// Runs a `cargo tree` command, and returns the listed crates as `NAME vVERSION`.
pub(crate) fn crates_of(tree: &mut Command) -> Result<BTreeSet<String>> {
    let listed = stdout_of(tree.args(["--prefix", "none", "--format", "{p}"]))?;
    let crates = listed.lines().map(|line| {
        let words: Vec<_> = line.split(' ').take(2).collect();
        words.join(" ")
    });
    Ok(crates.collect())
}

/// Runs `command` with inherited output.
pub(crate) fn execute(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| display(command))?;
    ensure!(status.success(), "{}: {status}", display(command));
    Ok(())
}

/// Runs `command` and returns its stdout.
///
/// # Errors
///
/// If it cannot be started, fails (with its stderr), or prints invalid UTF-8.
pub(crate) fn stdout_of(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| display(command))?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{}: {}\n{stderr}",
        display(command),
        output.status
    );
    String::from_utf8(output.stdout).with_context(|| display(command))
}

fn display(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the paths of all tracked and untracked files that git does not ignore, relative to the
/// workspace root.
pub(crate) fn sources() -> Result<BTreeSet<PathBuf>> {
    let mut git = command("git");
    git.args(["ls-files", "--cached", "--others"]);
    let listed = stdout_of(git.args(["--exclude-standard", "-z"]))?;
    let names = listed.split_terminator('\0').map(PathBuf::from);
    // git also lists files whose removal is not yet committed.
    Ok(names.filter(|path| root().join(path).is_file()).collect())
}

/// Returns the sorted paths of all files below `directory`, relative to it.
pub(crate) fn files_below(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(next) = directories.pop() {
        for entry in next
            .read_dir()
            .with_context(|| next.display().to_string())?
        {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                directories.push(entry.path());
            } else {
                files.push(entry.path().strip_prefix(directory)?.to_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}
