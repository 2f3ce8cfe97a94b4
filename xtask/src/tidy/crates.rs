//! Which crate may depend on which, and on what from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use cargo_metadata::{DependencyKind, Package};

use super::{Tree, text_of};
use crate::workspace::{command, crates_of};

/// The page whose table has the arrows between the crates.
const PAGE: &str = "docs/architecture.md";

/// Crates for tests: the tests of each crate may use them, nothing that ships may.
pub(super) const FOR_TESTS: [&str; 2] = ["identity-center-emulator", "sso-test-support"];

/// Crates of the workspace, each with those that it depends on.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Libraries that one crate wraps for all that ship: whoever else needs what they do asks it.
const WRAPPED: [(&str, &str); 2] = [("nom", "aws-config-parse"), ("ureq", "sso-transport")];

/// Libraries that nothing shipped may bring: one program start per AWS call is the load that
/// counts, and a static binary needs neither a C library nor a runtime of threads.
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

/// Finds differences between the arrows of the manifests and those of the page.
pub(super) fn stray_arrows(tree: &Tree) -> Result<Vec<String>> {
    let drawn_arrows = arrows_in(&text_of(Path::new(PAGE))?);
    let mut found = Vec::new();
    for package in &tree.metadata.packages {
        let name = package.name.as_str();
        let Some(drawn) = drawn_arrows.get(name) else {
            found.push(format!("{name}: has no row in {PAGE}"));
            continue;
        };
        let real = arrows_of(package, false);
        let of_tests = arrows_of(package, true);
        let beside = of_tests
            .iter()
            .filter(|to| !is_below(name, to, &drawn_arrows));
        found.extend(beside.map(|to| format!("{name} ─▶ {to}: tests use what is not below")));
        let missing = real.difference(drawn);
        found.extend(missing.map(|to| format!("{name} ─▶ {to}: is not in {PAGE}")));
        let dead = drawn.difference(&real);
        found.extend(dead.map(|to| format!("{name} ─▶ {to}: is in {PAGE} only")));
    }
    Ok(found)
}

/// Returns the crates of the workspace that a package depends on, or that its tests do.
fn arrows_of(package: &Package, of_tests: bool) -> BTreeSet<String> {
    let inner = package.dependencies.iter();
    let inner = inner.filter(|dependency| dependency.path.is_some());
    inner
        .filter(|to| (to.kind == DependencyKind::Development) == of_tests)
        .map(|to| to.name.clone())
        .collect()
}

/// Returns whether the tests of a crate may use another: one for tests, or one that the crate
/// depends on, if only through others.
fn is_below(from: &str, to: &str, arrows: &Arrows) -> bool {
    let depends = |next: &String| next == to || is_below(next, to, arrows);
    FOR_TESTS.contains(&to)
        || arrows
            .get(from)
            .is_some_and(|next| next.iter().any(depends))
}

/// Reads the table: a crate in the first column, its dependencies in the second.
fn arrows_in(page: &str) -> Arrows {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.map(|row| row.split('|').map(str::trim));
    let arrows = cells.filter_map(|mut cells| {
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
    arrows.collect()
}

/// Finds shipped packages that name a library which is another's to wrap.
pub(super) fn shared_wrapped_libraries(tree: &Tree) -> Vec<String> {
    let names =
        |package: &Package, library| package.dependencies.iter().any(|it| it.name == library);
    let mut found = Vec::new();
    for (library, owner) in WRAPPED {
        for package in tree.shipped() {
            if package.name.as_str() != owner && names(package, library) {
                found.push(format!(
                    "{}: names {library}, which is {owner}'s",
                    package.name
                ));
            }
        }
    }
    found
}

/// Finds what is [`FORBIDDEN`] in what a shipped package builds, on any platform.
pub(super) fn forbidden_libraries(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for package in tree.shipped() {
        let libraries = libraries_of(&package.name)?;
        let forbidden = FORBIDDEN
            .iter()
            .filter(|name| libraries.iter().any(|it| it == *name));
        found.extend(forbidden.map(|name| {
            format!(
                "{}: brings {name} (cargo tree -e normal -i {name})",
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
    use super::arrows_in;

    #[test]
    fn the_table_has_a_crate_and_its_dependencies() {
        let page =
            "| crate | depends on |\n|---|---|\n| `a` | `b` `c-d` | holds `x` |\n| `b` | | |\n";
        let arrows = arrows_in(page);
        let names: Vec<_> = arrows["a"].iter().map(String::as_str).collect();
        assert_eq!(names, ["b", "c-d"]);
        assert!(arrows["b"].is_empty());
        assert_eq!(arrows.len(), 2);
    }
}
