//! Dependencies between the crates, and on libraries.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use cargo_metadata::{DependencyKind, Package};

use super::{Tree, text_of};
use crate::workspace::{command, crates_of};

/// Page with the table of the dependencies between the crates.
const PAGE: &str = "docs/architecture.md";

/// Crates that only tests may depend on.
pub(super) const FOR_TESTS: [&str; 2] = ["identity-center-emulator", "sso-test-support"];

/// Crates of the workspace, with their dependencies in the workspace.
type Dependencies = BTreeMap<String, BTreeSet<String>>;

/// Libraries, each with the only shipped crate that may depend on it.
const WRAPPED: [(&str, &str); 2] = [("nom", "aws-config-parse"), ("ureq", "sso-transport")];

/// Libraries that no shipped crate may depend on. A program may start once for each AWS call, and an
/// async runtime or a C library would dominate its start time.
const FORBIDDEN: [&str; 13] = [
    "async-std",
    "aws-lc-fips-sys",
    "aws-lc-rs",
    "aws-lc-sys",
    "aws-sigv4",
    "hyper",
    "hyper-util",
    "native-tls",
    "openssl",
    "openssl-sys",
    "reqwest",
    "smol",
    "tokio",
];

/// Finds differences between the dependencies in the manifests and in the table.
pub(super) fn mismatched_dependencies(tree: &Tree) -> Result<Vec<String>> {
    let table = dependencies_in(&text_of(Path::new(PAGE))?);
    let mut found = Vec::new();
    for package in &tree.metadata.packages {
        let name = package.name.as_str();
        let Some(documented) = table.get(name) else {
            found.push(format!("{name}: has no row in {PAGE}"));
            continue;
        };
        let declared = dependencies_of(package, false);
        let of_tests = dependencies_of(package, true);
        let upward = of_tests.iter().filter(|to| !is_below(name, to, &table));
        found.extend(
            upward.map(|to| format!("{name} ─▶ {to}: tests depend on a crate that is not below")),
        );
        let missing = declared.difference(documented);
        found.extend(missing.map(|to| format!("{name} ─▶ {to}: is not in {PAGE}")));
        let obsolete = documented.difference(&declared);
        found.extend(obsolete.map(|to| format!("{name} ─▶ {to}: is in {PAGE} only")));
    }
    Ok(found)
}

/// Returns the workspace crates that a package, or its tests, depend on.
fn dependencies_of(package: &Package, of_tests: bool) -> BTreeSet<String> {
    let inner = package.dependencies.iter();
    let inner = inner.filter(|dependency| dependency.path.is_some());
    inner
        .filter(|to| (to.kind == DependencyKind::Development) == of_tests)
        .map(|to| to.name.clone())
        .collect()
}

/// Returns whether the tests of a crate may depend on another crate: one for tests, or one of its own
/// direct or transitive dependencies.
fn is_below(from: &str, to: &str, table: &Dependencies) -> bool {
    let depends = |next: &String| next == to || is_below(next, to, table);
    FOR_TESTS.contains(&to) || table.get(from).is_some_and(|next| next.iter().any(depends))
}

/// Reads the table: a crate in the first column, its dependencies in the second.
fn dependencies_in(page: &str) -> Dependencies {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.map(|row| row.split('|').map(str::trim));
    let dependencies = cells.filter_map(|mut cells| {
        let (name, dependencies) = (cells.nth(1)?, cells.next()?);
        let names = |cell: &str| {
            cell.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        Some((name.trim_matches('`').to_owned(), names(dependencies)))
    });
    dependencies.collect()
}

/// Finds shipped packages that depend on a library that only another crate may depend on.
pub(super) fn shared_wrapped_libraries(tree: &Tree) -> Vec<String> {
    let names =
        |package: &Package, library| package.dependencies.iter().any(|it| it.name == library);
    let mut found = Vec::new();
    for (library, owner) in WRAPPED {
        for package in tree.shipped() {
            if package.name.as_str() != owner && names(package, library) {
                found.push(format!(
                    "{}: depends on {library}, which only {owner} may",
                    package.name
                ));
            }
        }
    }
    found
}

/// Finds [`FORBIDDEN`] libraries among the dependencies of shipped packages, on all platforms.
pub(super) fn forbidden_libraries(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for package in tree.shipped() {
        let libraries = libraries_of(&package.name)?;
        let forbidden = FORBIDDEN
            .iter()
            .filter(|name| libraries.iter().any(|it| it == *name));
        found.extend(forbidden.map(|name| {
            format!(
                "{}: depends on {name} (cargo tree -e normal -i {name})",
                package.name
            )
        }));
    }
    Ok(found)
}

fn libraries_of(package: &str) -> Result<Vec<String>> {
    let mut tree = command("cargo");
    tree.args(["tree", "--package", package, "--edges", "normal,build"]);
    let crates = crates_of(tree.args(["--all-features", "--target", "all"]))?;
    let names = crates.iter().filter_map(|name| name.split(' ').next());
    Ok(names.map(ToOwned::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::dependencies_in;

    #[test]
    fn table_rows_are_crates_with_their_dependencies() {
        let page =
            "| crate | depends on |\n|---|---|\n| `a` | `b` `c-d` | holds `x` |\n| `b` | | |\n";
        let dependencies = dependencies_in(page);
        let names: Vec<_> = dependencies["a"].iter().map(String::as_str).collect();
        assert_eq!(names, ["b", "c-d"]);
        assert!(dependencies["b"].is_empty());
        assert_eq!(dependencies.len(), 2);
    }
}
