//! What is released: which version, for which machine, made when.

use std::path::PathBuf;

use anyhow::{Context, Result};
use cargo_metadata::Metadata;

use crate::workspace::{command, metadata, stdout_of};

/// The release that the tree is about to be.
pub(super) struct Release {
    pub(super) metadata: Metadata,
    /// As all packages of the workspace have it.
    pub(super) version: String,
    /// The target's triple.
    pub(super) target: String,
    /// Where the sources live, as a page of the web.
    pub(super) repository: String,
    /// When the commit was made, in seconds since 1970: the time of everything in it.
    pub(super) made_at: u64,
    /// Where everything is written.
    pub(super) directory: PathBuf,
}

impl Release {
    /// Reads it from the manifests and git; without a `target` it is for this machine.
    pub(super) fn read(target: Option<&str>) -> Result<Self> {
        let metadata = metadata()?;
        let package = metadata.packages.iter().find(|it| it.name == "sso-login");
        let package = package.context("the workspace has no sso-login")?;
        let repository = package.repository.clone();
        Ok(Self {
            version: package.version.to_string(),
            target: target.map_or_else(machine, |target| Ok(target.to_owned()))?,
            repository: repository.context("Cargo.toml names no repository")?,
            made_at: time_of_commit()?,
            directory: metadata.target_directory.join("dist").into_std_path_buf(),
            metadata,
        })
    }

    /// Returns the name of what is for one target, without an ending.
    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.prefix(), self.target)
    }

    /// Returns the name of the archive for a target.
    pub(super) fn archive_for(&self, target: &str) -> String {
        format!("{}-{target}.tar.gz", self.prefix())
    }

    /// Returns how the names of this version begin.
    pub(super) fn prefix(&self) -> String {
        format!("aws-sso-tools-{}", self.version)
    }
}

fn machine() -> Result<String> {
    let output = stdout_of(command("rustc").arg("-vV"))?;
    let target = output.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(target.context("rustc names no host")?.to_owned())
}

fn time_of_commit() -> Result<u64> {
    let time = stdout_of(command("git").args(["log", "-1", "--format=%ct"]))?;
    Ok(time.trim().parse()?)
}
