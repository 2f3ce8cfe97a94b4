//! `cargo xtask dist`: what a release is made of, in `target/dist`.

mod release;

mod build;
mod content;
mod licences;
mod shipped;

mod archive;
mod debian;
mod needs;
mod sbom;

mod index;
mod reproduce;
mod trial;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::Args;

use build::Built;
use content::File;
use release::Release;

/// The arguments of `cargo xtask dist`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct DistArgs {
    /// Build for this target instead of the machine's own; its programs have to run here
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,

    /// Build once more, in another folder, and fail where a byte differs
    #[arg(long)]
    check: bool,

    /// Install what was made, the package in a bare Debian (as root), and see whether it works
    #[arg(long = "try")]
    is_tried: bool,

    /// Build nothing: only write what points to the archives that are there
    #[arg(long, conflicts_with_all = ["target", "check", "is_tried"])]
    index: bool,

    /// Build nothing: only print the licences of what others have written
    #[arg(long, conflicts_with_all = ["check", "is_tried", "index"])]
    notices: bool,
}

/// Builds the programs and writes what a release is made of. The same sources give the same bytes.
///
/// # Errors
///
/// Where something does not build, or is found to be other than it should.
pub(crate) fn run(args: &DistArgs) -> Result<()> {
    let release = &Release::read(args.target.as_deref())?;
    if args.notices {
        print!("{}", licences::notices(&shipped::libraries(release)?)?);
        return Ok(());
    }
    ensure!(cfg!(unix), "what is made here is for systems like Unix");
    fs::create_dir_all(&release.directory)?;
    if !args.index {
        let built = Built::here(release)?;
        let files = files(release, &built)?;
        for (name, bytes) in &files {
            write(&release.directory.join(name), bytes)?;
        }
        if args.check {
            reproduce::check(release, &built, &files)?;
        }
    }
    index::write(release)?;
    if args.is_tried {
        trial::run(release)?;
    }
    Ok(())
}

/// Returns the files that are made of one build, by name.
fn files(release: &Release, built: &Built) -> Result<Vec<(String, Vec<u8>)>> {
    let libraries = shipped::libraries(release)?;
    let content = content::collect(built, &libraries)?;
    let mut files = vec![
        (
            release.archive_for(&release.target),
            archive::tarball(&content, &release.name(), release.made_at)?,
        ),
        (
            format!("{}.cdx.json", release.name()),
            sbom::document(release, &libraries)?,
        ),
    ];
    if release.target.ends_with("-linux-gnu") {
        let needs = needs::of_programs(&content)?;
        println!("{needs}");
        files.extend(debian::package(release, &content, &needs)?);
    }
    Ok(files)
}

#[expect(
    clippy::disallowed_methods,
    reason = "created again below the target directory"
)]
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
