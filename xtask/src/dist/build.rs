//! Reproducible builds of the programs, independent of directories and times.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::libraries::packages;
use super::release::Release;
use crate::workspace::{Program, cargo, command, execute, programs, root, stdout_of};

pub(super) struct Built {
    pub(super) directory: PathBuf,
    pub(super) programs: Vec<String>,
    /// Manual pages by file name.
    pub(super) man_pages: BTreeMap<String, String>,
}

impl Built {
    /// Builds the sources of this workspace.
    pub(super) fn here(release: &Release) -> Result<Self> {
        let programs = programs(&release.metadata);
        let target_dir = release.metadata.target_directory.join("dist-build");
        Ok(Self {
            directory: build(release, &programs, root(), target_dir.as_std_path())?,
            man_pages: man_pages(release, &programs)?,
            programs: programs.into_iter().map(|program| program.name).collect(),
        })
    }

    /// Builds a copy of the same sources.
    pub(super) fn again(&self, release: &Release, sources: &Path) -> Result<Self> {
        let programs = programs(&release.metadata);
        Ok(Self {
            directory: build(release, &programs, sources, &sources.join("target"))?,
            programs: self.programs.clone(),
            man_pages: self.man_pages.clone(),
        })
    }
}

/// Builds the programs for release, and returns their directory.
fn build(
    release: &Release,
    programs: &[Program],
    sources: &Path,
    target_dir: &Path,
) -> Result<PathBuf> {
    let mut build = cargo("build", programs);
    build.args(["--release", "--locked", "--quiet"]);
    build.args(["--target", &release.target]);
    build.arg("--target-dir").arg(target_dir);
    build.current_dir(sources);
    build.env(
        "CARGO_ENCODED_RUSTFLAGS",
        flags(release, sources, target_dir)?,
    );
    build.env("SOURCE_DATE_EPOCH", release.created_at.to_string());
    execute(&mut build)?;
    Ok(target_dir.join(&release.target).join("release"))
}

/// Returns the flags that replace the paths of this machine with fixed ones.
fn flags(release: &Release, sources: &Path, target_dir: &Path) -> Result<String> {
    let mut renamed = vec![(sources.to_owned(), "/sources")];
    renamed.extend(registries(release)?.into_iter().map(|it| (it, "/registry")));
    // The last matching flag applies, and this directory may be below the first one.
    renamed.push((target_dir.to_owned(), "/target"));
    let flags = renamed
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    Ok(flags.collect::<Vec<_>>().join("\u{1f}"))
}

/// Returns cargo's directories with the sources of third-party crates.
fn registries(release: &Release) -> Result<BTreeSet<PathBuf>> {
    let packages = packages(release)?;
    let directories = packages
        .iter()
        .filter_map(|package| package.manifest_path.parent()?.parent());
    Ok(directories.map(|it| it.as_std_path().to_owned()).collect())
}

/// Returns the manual pages, which the programs print with the feature `cli-ux/man`.
fn man_pages(release: &Release, programs: &[Program]) -> Result<BTreeMap<String, String>> {
    execute(cargo("build", programs).args(["--quiet", "--features", "cli-ux/man"]))?;
    let directory = release.metadata.target_directory.join("debug");
    let mut pages = BTreeMap::new();
    for program in programs {
        let names = programs.iter().map(|it| &it.name);
        let mut command = command(directory.join(&program.name));
        let output = stdout_of(command.arg("man-pages").args(names))?;
        let output: BTreeMap<String, String> = serde_json::from_str(&output)?;
        pages.extend(output);
    }
    Ok(pages)
}
