//! Checksums, a Homebrew formula and an installer for the archives of a release.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use sso_types::hex;

use super::debian;
use super::release::Release;

const FORMULA: &str = include_str!("formula.rb");
const INSTALLER: &str = include_str!("install.sh");

const FORMULA_NAME: &str = "aws-sso-tools.rb";
pub(super) const INSTALLER_NAME: &str = "install.sh";
const SUMS_NAME: &str = "SHA256SUMS";

/// Operating system and processor of an archive, as a target triple, as Homebrew's `on_` blocks,
/// and as printed by `uname`.
struct System {
    target: &'static str,
    homebrew: (&'static str, &'static str),
    uname: &'static str,
}

const SYSTEMS: [System; 4] = [
    System {
        target: "aarch64-apple-darwin",
        homebrew: ("macos", "arm"),
        uname: "Darwin arm64",
    },
    System {
        target: "x86_64-apple-darwin",
        homebrew: ("macos", "intel"),
        uname: "Darwin x86_64",
    },
    System {
        target: "aarch64-unknown-linux-gnu",
        homebrew: ("linux", "arm"),
        uname: "Linux aarch64",
    },
    System {
        target: "x86_64-unknown-linux-gnu",
        homebrew: ("linux", "intel"),
        uname: "Linux x86_64",
    },
];

/// Writes the files for the archives of this version in the release directory.
pub(super) fn write(release: &Release) -> Result<()> {
    let mut archives = Vec::new();
    for system in &SYSTEMS {
        let name = release.archive_for(system.target);
        if let Ok(bytes) = fs::read(release.directory.join(name)) {
            archives.push((system, sum(&bytes)));
        }
    }
    for (name, template, archives) in [
        (FORMULA_NAME, FORMULA, blocks(release, &archives)),
        (INSTALLER_NAME, INSTALLER, cases(&archives)),
    ] {
        let text = filled(template, release, &archives);
        super::write(&release.directory.join(name), text.as_bytes())?;
    }
    let sums = sums(release)?;
    print!("{sums}");
    super::write(&release.directory.join(SUMS_NAME), sums.as_bytes())
}

fn filled(template: &str, release: &Release, archives: &str) -> String {
    template
        .replace("@VERSION@", &release.version)
        .replace("@REPOSITORY@", &release.repository)
        .replace("@ARCHIVES@\n", archives)
}

/// Returns the formula's blocks with the URL of each archive.
fn blocks(release: &Release, archives: &[(&System, String)]) -> String {
    let mut blocks = String::new();
    for (system, sum) in archives {
        let (os, processor) = system.homebrew;
        let (repository, version) = (&release.repository, &release.version);
        let name = release.archive_for(system.target);
        let _ = write!(
            blocks,
            "  on_{os} do\n    on_{processor} do\n      \
             url \"{repository}/releases/download/v{version}/{name}\"\n      \
             sha256 \"{sum}\"\n    end\n  end\n"
        );
    }
    blocks
}

/// Returns the installer's cases with the target of each archive.
fn cases(archives: &[(&System, String)]) -> String {
    let mut cases = String::new();
    for (system, sum) in archives {
        let (uname, target) = (system.uname, system.target);
        let _ = writeln!(cases, "        '{uname}') target={target} sum={sum} ;;");
    }
    cases
}

/// Returns the checksums of all files of the release, in the format of `sha256sum --check`.
fn sums(release: &Release) -> Result<String> {
    let mut names = vec![FORMULA_NAME.to_owned(), INSTALLER_NAME.to_owned()];
    for entry in fs::read_dir(&release.directory)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let prefixes = [release.prefix(), debian::prefix(release)];
        if prefixes.iter().any(|prefix| name.starts_with(prefix)) {
            names.push(name);
        }
    }
    names.sort();
    let mut sums = String::new();
    for name in names {
        let bytes = fs::read(release.directory.join(&name)).with_context(|| name.clone())?;
        writeln!(sums, "{}  {name}", sum(&bytes))?;
    }
    Ok(sums)
}

fn sum(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes))
}
