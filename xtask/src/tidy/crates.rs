//! Which crate may depend on which, and on what from outside.

use anyhow::Result;
use cargo_metadata::{Dependency, DependencyKind, Package};

use super::Tree;
use crate::workspace::{command, crates_of};

/// A crate and the crates of the workspace that it may depend on; the picture is in
/// `docs/architecture.md`.
const ARROWS: [(&str, &[&str]); 18] = [
    ("aws-config-parse", &[]),
    ("sso-types", &[]),
    ("locked-file", &[]),
    ("sso-transport", &["sso-types"]),
    ("sso-oidc", &["sso-transport", "sso-types"]),
    ("sso-portal", &["sso-transport", "sso-types"]),
    ("sts-assume-role", &["sso-transport", "sso-types"]),
    ("token-cache", &["locked-file", "sso-types"]),
    (
        "sso-credentials",
        &[
            "aws-config-parse",
            "locked-file",
            "sso-oidc",
            "sso-portal",
            "sso-transport",
            "sso-types",
            "sts-assume-role",
            "token-cache",
        ],
    ),
    ("cli-ux", &["sso-credentials", "sso-types"]),
    ("sso-login", &["cli-ux", "sso-credentials", "sso-types"]),
    ("sso-logout", &["cli-ux", "sso-credentials", "sso-types"]),
    ("sso-status", &["cli-ux", "sso-credentials", "sso-types"]),
    (
        "sso-configure",
        &[
            "aws-config-parse",
            "cli-ux",
            "locked-file",
            "sso-credentials",
            "sso-types",
        ],
    ),
    (
        "export-credentials",
        &[
            "aws-config-parse",
            "cli-ux",
            "locked-file",
            "sso-credentials",
            "sso-types",
        ],
    ),
    ("identity-center-emulator", &[]),
    ("sso-test-support", &["identity-center-emulator"]),
    ("xtask", &["identity-center-emulator", "sso-test-support"]),
];

/// The crates that the tests of every crate may use, and that no program may have in its tree.
pub(super) const FOR_TESTS: [&str; 2] = ["identity-center-emulator", "sso-test-support"];

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

/// Finds dependencies between members that [`ARROWS`] does not have.
pub(super) fn stray_arrows(tree: &Tree) -> Vec<String> {
    let packages = &tree.metadata.packages;
    packages.iter().flat_map(stray_arrows_of).collect()
}

fn stray_arrows_of(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
        return vec![format!(
            "{name}: has no row in the table of arrows (xtask/src/tidy/crates.rs)"
        )];
    };
    let inner = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.path.is_some());
    let stray = inner.filter(|dependency| !is_allowed(dependency, allowed));
    stray.map(|to| format!("{name} ─▶ {}", to.name)).collect()
}

fn is_allowed(dependency: &Dependency, allowed: &[&str]) -> bool {
    let name = dependency.name.as_str();
    let is_for_tests = dependency.kind == DependencyKind::Development;
    allowed.contains(&name) || is_for_tests && FOR_TESTS.contains(&name)
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
