//! Version, target and creation time of a release.

use std::path::PathBuf;

use anyhow::{Context, Result};
use cargo_metadata::Metadata;

use crate::workspace::{command, metadata, stdout_of};

/// Release that is built from the working tree.
pub(super) struct Release {
    pub(super) metadata: Metadata,
    /// Version of all packages in the workspace.
    pub(super) version: String,
    pub(super) target: String,
    pub(super) repository: String,
    /// Time of the commit in seconds since 1970, used for all files.
    pub(super) created_at: u64,
    pub(super) directory: PathBuf,
}

impl Release {
    /// Reads the manifests and the git log. The default target is the host.
    pub(super) fn read(target: Option<&str>) -> Result<Self> {
        let metadata = metadata()?;
        let package = metadata.packages.iter().find(|it| it.name == "sso-login");
        let package = package.context("the workspace has no sso-login")?;
        let repository = package.repository.clone();
        Ok(Self {
            version: package.version.to_string(),
            target: target.map_or_else(host, |target| Ok(target.to_owned()))?,
            repository: repository.context("Cargo.toml names no repository")?,
            created_at: commit_time()?,
            directory: metadata.target_directory.join("dist").into_std_path_buf(),
            metadata,
        })
    }

    /// Returns the file name for the target, without an extension.
    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.prefix(), self.target)
    }

    pub(super) fn archive_for(&self, target: &str) -> String {
        format!("{}-{target}.tar.gz", self.prefix())
    }

    /// Returns the prefix of all file names of this version.
    pub(super) fn prefix(&self) -> String {
        format!("aws-sso-tools-{}", self.version)
    }
}

fn host() -> Result<String> {
    let output = stdout_of(command("rustc").arg("-vV"))?;
    let target = output.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(target.context("rustc names no host")?.to_owned())
}

fn commit_time() -> Result<u64> {
    let time = stdout_of(command("git").args(["log", "-1", "--format=%ct"]))?;
    Ok(time.trim().parse()?)
}
