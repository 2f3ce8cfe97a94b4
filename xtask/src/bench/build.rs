//! Release builds of the measured programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::workspace::{Program, cargo, command, crates_of, execute, metadata, programs, root};

/// Release binaries in a temporary directory.
pub(super) struct Built {
    /// Program that prints a line and exits, for the minimum cost of a start.
    pub(super) hello: PathBuf,
    programs: Vec<Program>,
    directory: TempDir,
}

pub(super) struct Size {
    pub(super) name: String,
    pub(super) bytes: u64,
    /// Number of linked crates, including the workspace's.
    pub(super) crates: usize,
}

impl Built {
    pub(super) fn new() -> Result<Self> {
        let metadata = metadata()?;
        let programs = programs(&metadata);
        execute(&mut release_build(&programs))?;
        let target = metadata.target_directory.into_std_path_buf();
        let hello = build_hello(&target.join("bench"))?;
        let directory = tempfile::tempdir_in(target.join("bench"))?;
        for program in &programs {
            install(
                &target.join("release").join(&program.name),
                directory.path(),
            )?;
        }
        Ok(Self {
            hello: install(&hello, directory.path())?,
            programs,
            directory,
        })
    }

    pub(super) fn program(&self, name: &str) -> String {
        let program = self.directory.path().join(name);
        program.to_string_lossy().into_owned()
    }

    /// Returns the size of each binary, starting with the hello world program.
    pub(super) fn sizes(&self) -> Result<Vec<Size>> {
        let hello = Size {
            name: "hello world".to_owned(),
            bytes: fs::metadata(&self.hello)?.len(),
            crates: 0,
        };
        let sizes = self.programs.iter().map(|program| self.size(program));
        [Ok(hello)].into_iter().chain(sizes).collect()
    }

    fn size(&self, program: &Program) -> Result<Size> {
        Ok(Size {
            name: program.name.clone(),
            bytes: fs::metadata(self.program(&program.name))?.len(),
            crates: crates_below(&program.package)?,
        })
    }
}

/// Copies a program to `directory`, as an installation does. The page cache keeps a copied file in
/// larger pieces than a file that the linker wrote, which affects the start-up time.
fn install(program: &Path, directory: &Path) -> Result<PathBuf> {
    let name = program
        .file_name()
        .context("a program path has a file name")?;
    let copy = directory.join(name);
    fs::copy(program, &copy)?;
    Ok(copy)
}

/// Builds all programs in an empty target directory, and returns the elapsed time.
pub(super) fn time_clean_build() -> Result<Duration> {
    let programs = programs(&metadata()?);
    let directory = tempfile::tempdir()?;
    let start = Instant::now();
    execute(
        release_build(&programs)
            .arg("--target-dir")
            .arg(directory.path()),
    )?;
    Ok(start.elapsed())
}

fn release_build(programs: &[Program]) -> Command {
    let mut build = cargo("build", programs);
    build.args(["--release", "--quiet"]);
    build
}

/// Generates the hello world crate below `directory`, and builds it with the workspace's release
/// profile.
#[expect(
    clippy::disallowed_methods,
    reason = "generated below the target directory"
)]
fn build_hello(directory: &Path) -> Result<PathBuf> {
    let crate_dir = directory.join("hello");
    fs::create_dir_all(crate_dir.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"hello\"\nedition = \"2024\"\n\n[workspace]\n\n{}",
        release_profile()?
    );
    fs::write(crate_dir.join("Cargo.toml"), manifest)?;
    fs::write(
        crate_dir.join("src/main.rs"),
        "fn main() {\n    println!(\"hello\");\n}\n",
    )?;
    let mut build = command("cargo");
    build
        .args(["build", "--release", "--quiet", "--target-dir"])
        .arg(directory);
    execute(
        build
            .arg("--manifest-path")
            .arg(crate_dir.join("Cargo.toml")),
    )?;
    Ok(directory.join("release/hello"))
}

fn release_profile() -> Result<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let start = manifest
        .find("[profile.release]")
        .context("Cargo.toml has no release profile")?;
    let profile = &manifest[start..];
    let end = profile.find("\n[").unwrap_or(profile.len());
    Ok(profile[..end].to_owned())
}

/// Returns the number of crates that `package` links on this platform, without itself.
fn crates_below(package: &str) -> Result<usize> {
    let mut tree = command("cargo");
    tree.args(["tree", "--package", package, "--edges", "normal"]);
    Ok(crates_of(&mut tree)?.len() - 1)
}
