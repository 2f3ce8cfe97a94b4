//! Whether the same sources give the same bytes, whoever builds them and where.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::build::Built;
use super::files;
use super::release::Release;
use crate::workspace::{root, sources};

/// Builds everything once more from a copy of the sources in a directory of a name that nobody could
/// foresee, and compares it with `first`.
pub(super) fn check(release: &Release, built: &Built, first: &[(String, Vec<u8>)]) -> Result<()> {
    let copy = tempfile::tempdir()?;
    copy_sources(copy.path())?;
    let second = files(release, &built.again(release, copy.path())?)?;
    let pairs = first.iter().zip(&second);
    let differing = pairs.filter(|(first, second)| first != second);
    let names: Vec<_> = differing.map(|((name, _), _)| name.as_str()).collect();
    if !names.is_empty() {
        bail!(
            "built in another folder, these are others: {}",
            names.join(", ")
        );
    }
    println!("built in another folder, every byte is the same");
    Ok(())
}

/// Copies what is under version control, or would be if it were added.
fn copy_sources(to: &Path) -> Result<()> {
    for name in sources()? {
        let (from, to) = (root().join(&name), to.join(&name));
        let directory = to.parent().context("a file is in a folder")?;
        fs::create_dir_all(directory)?;
        fs::copy(from, to).with_context(|| name.display().to_string())?;
    }
    Ok(())
}
