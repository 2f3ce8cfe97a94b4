//! The programs, built so that directories and times leave no trace in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::release::Release;
use super::shipped::packages;
use crate::workspace::{Program, cargo, command, execute, programs, root, stdout_of};

/// The programs of one build, and what they say of themselves.
pub(super) struct Built {
    /// Where the programs are.
    pub(super) directory: PathBuf,
    /// Their names.
    pub(super) programs: Vec<String>,
    /// Their manual pages, by file name.
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

    /// Builds the same sources once more, in a copy of them.
    pub(super) fn again(&self, release: &Release, sources: &Path) -> Result<Self> {
        let programs = programs(&release.metadata);
        Ok(Self {
            directory: build(release, &programs, sources, &sources.join("target"))?,
            programs: self.programs.clone(),
            man_pages: self.man_pages.clone(),
        })
    }
}

/// Builds the programs as they ship, and returns where they are.
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
    build.env("SOURCE_DATE_EPOCH", release.made_at.to_string());
    execute(&mut build)?;
    Ok(target_dir.join(&release.target).join("release"))
}

/// Returns the flags that give each directory of this machine a name that all machines share.
fn flags(release: &Release, sources: &Path, target_dir: &Path) -> Result<String> {
    let mut renamed = vec![(sources.to_owned(), "/sources")];
    renamed.extend(registries(release)?.into_iter().map(|it| (it, "/registry")));
    // The last one counts, and this may be below the first.
    renamed.push((target_dir.to_owned(), "/target"));
    let flags = renamed
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    Ok(flags.collect::<Vec<_>>().join("\u{1f}"))
}

/// Returns the directories where cargo keeps the sources of others.
fn registries(release: &Release) -> Result<BTreeSet<PathBuf>> {
    let packages = packages(release)?;
    let directories = packages
        .iter()
        .filter_map(|package| package.manifest_path.parent()?.parent());
    Ok(directories.map(|it| it.as_std_path().to_owned()).collect())
}

/// Asks the programs for their manual pages, in a build that can tell them.
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
