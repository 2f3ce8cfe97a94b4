//! Whose code is in the programs.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use cargo_metadata::{MetadataCommand, Package};

use super::release::Release;
use crate::workspace::{cargo, crates_of, programs, root};

/// Returns the packages of others that the programs link on the target, by name and version. Those
/// that only take part in building are not among them.
pub(super) fn libraries(release: &Release) -> Result<Vec<Package>> {
    let linked = linked(release)?;
    let mut packages = packages(release)?;
    packages.retain(|it| linked.contains(&format!("{} v{}", it.name, it.version)));
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(packages)
}

/// Returns every package of others that the workspace has on the target.
pub(super) fn packages(release: &Release) -> Result<Vec<Package>> {
    let mut all = MetadataCommand::new();
    all.current_dir(root());
    all.other_options([format!("--filter-platform={}", release.target)]);
    let mut packages = all.exec().context("cargo metadata")?.packages;
    packages.retain(|package| package.source.is_some());
    Ok(packages)
}

/// Returns the crates that are linked, as `NAME vVERSION`.
fn linked(release: &Release) -> Result<BTreeSet<String>> {
    let mut tree = cargo("tree", &programs(&release.metadata));
    tree.args(["--locked", "--target", &release.target]);
    crates_of(tree.args(["--edges", "normal,no-proc-macro"]))
}
