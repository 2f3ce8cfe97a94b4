//! Check that the same sources produce the same bytes in any directory.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::build::Built;
use super::files;
use super::release::Release;
use crate::workspace::{root, sources};

/// Builds a copy of the sources in a directory with a random name, and compares the files with
/// `first`.
pub(super) fn check(release: &Release, built: &Built, first: &[(String, Vec<u8>)]) -> Result<()> {
    let copy = tempfile::tempdir()?;
    copy_sources(copy.path())?;
    let second = files(release, &built.again(release, copy.path())?)?;
    let pairs = first.iter().zip(&second);
    let differing = pairs.filter(|(first, second)| first != second);
    let names: Vec<_> = differing.map(|((name, _), _)| name.as_str()).collect();
    if !names.is_empty() {
        bail!(
            "a build in another directory differs in: {}",
            names.join(", ")
        );
    }
    println!("a build in another directory is identical");
    Ok(())
}

/// Copies all files that git does not ignore.
fn copy_sources(to: &Path) -> Result<()> {
    for name in sources()? {
        let (from, to) = (root().join(&name), to.join(&name));
        let directory = to.parent().context("a file path has a parent directory")?;
        fs::create_dir_all(directory)?;
        fs::copy(from, to).with_context(|| name.display().to_string())?;
    }
    Ok(())
}
