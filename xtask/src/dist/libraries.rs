//! Third-party packages that the programs link.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cargo_metadata::{MetadataCommand, Package};

use super::release::Release;
use crate::workspace::{cargo, crates_of, programs, root};

/// Returns the third-party packages that the programs link on the target, sorted by name and
/// version. Excludes build dependencies and procedural macros.
pub(super) fn third_party(release: &Release) -> Result<Vec<Package>> {
    let linked = linked(release)?;
    let mut packages = packages(release)?;
    packages.retain(|it| linked.contains(&format!("{} v{}", it.name, it.version)));
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(packages)
}

/// Returns all third-party packages of the workspace on the target.
pub(super) fn packages(release: &Release) -> Result<Vec<Package>> {
    let mut all = MetadataCommand::new();
    all.current_dir(root());
    all.other_options([format!("--filter-platform={}", release.target)]);
    let mut packages = all.exec().context("cargo metadata")?.packages;
    packages.retain(|package| package.source.is_some());
    Ok(packages)
}

/// Returns the linked crates as `NAME vVERSION`.
fn linked(release: &Release) -> Result<BTreeSet<String>> {
    let mut tree = cargo("tree", &programs(&release.metadata));
    tree.args(["--locked", "--target", &release.target]);
    crates_of(tree.args(["--edges", "normal,no-proc-macro"]))
}
