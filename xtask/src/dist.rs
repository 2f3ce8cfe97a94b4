//! `cargo xtask dist`: the files of a release, in `target/dist`.

mod release;

mod build;
mod content;
mod libraries;
mod licences;

mod archive;
mod debian;
mod dependencies;
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

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent flag")]
pub(crate) struct DistArgs {
    /// Target instead of the host; its programs must run on this machine
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,

    /// Build again in another directory, and fail if any byte differs
    #[arg(long)]
    check: bool,

    /// Test the installer, and the package in a minimal Debian (as root)
    #[arg(long = "try")]
    trial: bool,

    /// Only write the checksums, formula and installer for existing archives
    #[arg(long, conflicts_with_all = ["target", "check", "trial"])]
    index: bool,

    /// Only print the licences of third-party code
    #[arg(long, conflicts_with_all = ["check", "trial", "index"])]
    notices: bool,
}

/// Builds the programs and writes the files of a release. The build is reproducible.
pub(crate) fn run(args: &DistArgs) -> Result<()> {
    let release = &Release::read(args.target.as_deref())?;
    if args.notices {
        print!("{}", licences::notices(&libraries::third_party(release)?)?);
        return Ok(());
    }
    ensure!(cfg!(unix), "releases are built on Unix only");
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
    if args.trial {
        trial::run(release)?;
    }
    Ok(())
}

fn files(release: &Release, built: &Built) -> Result<Vec<(String, Vec<u8>)>> {
    let third_party = libraries::third_party(release)?;
    let content = content::collect(built, &third_party)?;
    let mut files = vec![
        (
            release.archive_for(&release.target),
            archive::tarball(&content, &release.name(), release.created_at)?,
        ),
        (
            format!("{}.cdx.json", release.name()),
            sbom::document(release, &third_party)?,
        ),
    ];
    if release.target.ends_with("-linux-gnu") {
        let dependencies = dependencies::of_programs(&content)?;
        println!("{dependencies}");
        files.extend(debian::package(release, &content, &dependencies)?);
    }
    Ok(files)
}

#[expect(
    clippy::disallowed_methods,
    reason = "generated below the target directory"
)]
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
