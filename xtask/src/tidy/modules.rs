//! Rust files that no module includes, and long files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use cargo_metadata::{MetadataCommand, Package};

use super::{Tree, text_of};
use crate::workspace::root;

const MAX_LINES: usize = 400;

/// Finds Rust files that are neither a target nor a module of one.
pub(super) fn unreached_files(tree: &Tree) -> Result<Vec<String>> {
    let mut reached = BTreeSet::new();
    for target in targets(tree)? {
        reach(&target, directory(&target), &mut reached)?;
    }
    let unreached = tree.rust_files().filter(|path| !reached.contains(*path));
    Ok(unreached
        .map(|path| format!("{}: no `mod` includes it", path.display()))
        .collect())
}

/// Returns the root file of each target, including packages outside the workspace.
fn targets(tree: &Tree) -> Result<Vec<PathBuf>> {
    let mut targets: Vec<_> = tree.metadata.packages.iter().flat_map(targets_of).collect();
    for manifest in tree
        .files
        .iter()
        .filter(|path| path.ends_with("Cargo.toml"))
    {
        let is_member = |package: &Package| package.manifest_path == root().join(manifest);
        if manifest.parent() != Some(Path::new("")) && !tree.metadata.packages.iter().any(is_member)
        {
            let mut outside = MetadataCommand::new();
            let outside = outside
                .manifest_path(root().join(manifest))
                .no_deps()
                .exec()?;
            targets.extend(outside.packages.iter().flat_map(targets_of));
        }
    }
    Ok(targets)
}

fn targets_of(package: &Package) -> impl Iterator<Item = PathBuf> {
    package.targets.iter().map(|target| {
        let path = target.src_path.as_std_path();
        path.strip_prefix(root()).unwrap_or(path).to_owned()
    })
}

/// Adds `file` and its modules, which are in `directory`, to `reached`.
fn reach(file: &Path, directory: &Path, reached: &mut BTreeSet<PathBuf>) -> Result<()> {
    let text = text_of(file)?;
    reached.insert(file.to_owned());
    for name in modules_in(&text) {
        let inner = directory.join(name);
        let files = [inner.with_extension("rs"), inner.join("mod.rs")];
        // The compiler reports missing files.
        for file in files.into_iter().filter(|file| root().join(file).is_file()) {
            if !reached.contains(&file) {
                reach(&file, &inner, reached)?;
            }
        }
    }
    Ok(())
}

fn directory(target: &Path) -> &Path {
    target.parent().expect("a file path has a parent directory")
}

/// Returns the names in `mod NAME;` lines that rustfmt has formatted.
fn modules_in(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
        let line = line.strip_prefix("pub(super) ").unwrap_or(line);
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    })
}

/// Finds source files with more than [`MAX_LINES`] lines. Tests may be longer.
pub(super) fn long_files(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let is_source = |path: &&Path| path.iter().any(|part| part == "src");
    for path in tree.rust_files().filter(is_source) {
        let lines = text_of(path)?.lines().count();
        if lines > MAX_LINES {
            found.push(format!("{}: {lines} lines", path.display()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::modules_in;

    #[test]
    fn modules_are_found_at_any_visibility() {
        let text =
            "mod a;\npub mod b;\npub(crate) mod c;\nmod inline {\n    mod d;\n}\n// mod e;\n";
        let names: Vec<_> = modules_in(text).collect();
        assert_eq!(names, ["a", "b", "c", "d"]);
    }
}
