//! Where the workspace lies, and what cargo says about it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use cargo_metadata::{Metadata, MetadataCommand, Package};

/// A program that the workspace ships: a binary target of a package under `bins/`.
#[derive(Debug)]
pub(crate) struct Program {
    /// The package, as cargo's `-p` takes it.
    pub(crate) package: String,
    /// The file name under `target/release`.
    pub(crate) name: String,
}

/// Returns the workspace's top directory.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a directory of the workspace")
}

/// Returns the members, their targets and the dependencies that they declare.
///
/// # Errors
///
/// Where cargo cannot read a manifest.
pub(crate) fn metadata() -> Result<Metadata> {
    MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .exec()
        .context("cargo metadata")
}

/// Returns the programs by name.
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

/// Returns a command line that starts in the workspace's top directory.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Returns a cargo command for the programs, and nothing else of the workspace: this very program may
/// be built otherwise with all of it, and be replaced.
pub(crate) fn cargo(subcommand: &str, programs: &[Program]) -> Command {
    let mut cargo = command("cargo");
    cargo.arg(subcommand);
    for program in programs {
        cargo.args(["--package", &program.package]);
    }
    cargo
}

/// Builds the programs without optimisation: those that run here.
///
/// # Errors
///
/// Where one of them does not build.
pub(crate) fn build_programs(programs: &[Program]) -> Result<()> {
    execute(cargo("build", programs).arg("--quiet"))
}

/// Runs `cargo tree`, and returns the crates that it lists, each once as `NAME vVERSION`.
///
/// # Errors
///
/// Where it fails.
pub(crate) fn crates_of(tree: &mut Command) -> Result<BTreeSet<String>> {
    let listed = stdout_of(tree.args(["--prefix", "none", "--format", "{p}"]))?;
    let crates = listed.lines().map(|line| {
        let words: Vec<_> = line.split(' ').take(2).collect();
        words.join(" ")
    });
    Ok(crates.collect())
}

/// Runs `command` to its end, with its output on the terminal.
///
/// # Errors
///
/// Where it cannot be started or fails.
pub(crate) fn execute(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| shown(command))?;
    ensure!(status.success(), "{}: {status}", shown(command));
    Ok(())
}

/// Runs `command` to its end and returns what it wrote to standard output.
///
/// # Errors
///
/// Where it cannot be started, fails (with what it said), or writes what is not UTF-8.
pub(crate) fn stdout_of(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| shown(command))?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{}: {}\n{stderr}",
        shown(command),
        output.status
    );
    String::from_utf8(output.stdout).with_context(|| shown(command))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns every file that is under version control, or would be if it were added, sorted, as paths
/// relative to the root.
///
/// # Errors
///
/// Where git does not say.
pub(crate) fn sources() -> Result<BTreeSet<PathBuf>> {
    let mut git = command("git");
    git.args(["ls-files", "--cached", "--others"]);
    let listed = stdout_of(git.args(["--exclude-standard", "-z"]))?;
    let names = listed.split_terminator('\0').map(PathBuf::from);
    // One that was removed and not yet committed is listed all the same.
    Ok(names.filter(|path| root().join(path).is_file()).collect())
}

/// Returns every file below `directory`, sorted, as paths relative to it.
///
/// # Errors
///
/// Those of reading a directory.
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
