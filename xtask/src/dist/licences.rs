//! Licences of third-party code, with their texts.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};
use cargo_metadata::Package;

use crate::workspace::files_below;

const HEAD: &str = "\
The programs of aws-sso-tools contain third-party code under the licences below: first the list of
packages, then the licence texts. The Rust standard library, https://github.com/rust-lang/rust, is
licensed under MIT OR Apache-2.0.
";

/// Prefixes of the names of licence files, in lower case.
const PREFIXES: [&str; 5] = ["copying", "licence", "license", "notice", "unlicense"];

/// Returns the list of `libraries`, and each licence text once with its packages.
///
/// # Errors
///
/// If a package has no licence text.
pub(super) fn notices(libraries: &[Package]) -> Result<String> {
    let list: Vec<_> = libraries.iter().map(line).collect();
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in libraries {
        for text in texts(package)? {
            owners
                .entry(text)
                .or_default()
                .push(package.name.to_string());
        }
    }
    let mut texts: Vec<_> = owners.into_iter().collect();
    texts.sort_by(|(_, a), (_, b)| a.cmp(b));
    let texts = texts.iter().map(|(text, owners)| section(text, owners));
    Ok([HEAD.to_owned(), list.join("\n") + "\n"]
        .into_iter()
        .chain(texts)
        .collect::<Vec<_>>()
        .join("\n"))
}

fn line(package: &Package) -> String {
    let licence = package.license.as_deref().unwrap_or("see below");
    let home = package.repository.as_deref().unwrap_or_default();
    let line = format!("{} {}: {licence}  {home}", package.name, package.version);
    line.trim_end().to_owned()
}

fn section(text: &str, owners: &[String]) -> String {
    let line = "-".repeat(80);
    format!("{line}\n{}\n{line}\n\n{text}\n", owners.join(", "))
}

/// Returns the licence texts of the package, with normalized line endings.
fn texts(package: &Package) -> Result<Vec<String>> {
    let directory = package.manifest_path.parent();
    let directory = directory
        .context("a manifest path has a parent directory")?
        .as_std_path();
    let mut texts = Vec::new();
    for path in files_below(directory)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_lowercase();
        // Crates about licences have source files with such names.
        let is_code = path.extension().is_some_and(|end| end == "rs");
        if !is_code && PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            let bytes = fs::read(directory.join(path))?;
            let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
            texts.push(text.trim().to_owned());
        }
    }
    if texts.is_empty() {
        bail!("{} has no licence text", package.name);
    }
    Ok(texts)
}
