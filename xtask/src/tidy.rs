//! `cargo xtask tidy`: checks the rules of the repository that no other tool checks.

mod commands;
mod crates;
mod documents;
mod family;
mod imports;
mod language;
mod links;
mod messages;
mod modules;
mod restricted;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cargo_metadata::{Metadata, Package};
use clap::Args;

use crate::workspace::{metadata, root, sources};

#[derive(Debug, Args)]
pub(crate) struct TidyArgs {}

/// Input of the checks, read once.
struct Tree {
    metadata: Metadata,
    /// Tracked and untracked files that git does not ignore, relative to the workspace root.
    files: Vec<PathBuf>,
}

struct Check {
    rule: &'static str,
    /// Returns the violations, one line each.
    find: fn(&Tree) -> Result<Vec<String>>,
}

const CHECKS: [Check; 19] = [
    Check {
        rule: "the dependencies between crates are those of docs/architecture.md",
        find: crates::mismatched_dependencies,
    },
    Check {
        rule: "only the wrapper crate of a library uses it",
        find: |tree| Ok(crates::shared_wrapped_libraries(tree)),
    },
    Check {
        rule: "nothing that ships depends on an async runtime, OpenSSL or aws-lc",
        find: crates::forbidden_libraries,
    },
    Check {
        rule: "the modules of a crate import in one direction, and not through its root",
        find: imports::cycles_of_modules,
    },
    Check {
        rule: "every Rust file belongs to a module",
        find: modules::unreached_files,
    },
    Check {
        rule: "no source file is longer than 400 lines",
        find: modules::long_files,
    },
    Check {
        rule: "secrets, files, the environment, the clock and exit statuses are used only where allowed",
        find: restricted::misplaced,
    },
    Check {
        rule: "every exception in restricted/rules.rs is in use",
        find: restricted::unused_exceptions,
    },
    Check {
        rule: "the programs share one description of their family",
        find: family::differing_descriptions,
    },
    Check {
        rule: "the programs show the log messages of every crate that logs",
        find: family::unlisted_log_crates,
    },
    Check {
        rule: "no file contains a path of a developer's machine",
        find: documents::machine_paths,
    },
    Check {
        rule: "the commands in the documents exist",
        find: documents::unknown_commands,
    },
    Check {
        rule: "the groups of options are in the same order in every --help",
        find: documents::unordered_groups,
    },
    Check {
        rule: "the links in the documents have targets",
        find: links::dead_links,
    },
    Check {
        rule: "every page of the book is in the table of contents",
        find: links::pages_outside_the_book,
    },
    Check {
        rule: "docs/guide/troubleshooting.md explains every error",
        find: messages::unexplained,
    },
    Check {
        rule: "commands in messages are made of CommandLine, which quotes their arguments",
        find: commands::unquoted,
    },
    Check {
        rule: "comments, names, messages and documents use the terms of CONTRIBUTING.md",
        find: language::avoided_terms,
    },
    Check {
        rule: "the name of a test states its subject",
        find: language::test_names,
    },
];

/// Runs all checks and prints their results.
///
/// # Errors
///
/// If a check finds a violation or fails.
pub(crate) fn run(_: &TidyArgs) -> Result<()> {
    let tree = Tree::read()?;
    let mut total = 0;
    for Check { rule, find } in CHECKS {
        let findings = find(&tree).with_context(|| rule)?;
        println!(
            "{} {rule}",
            if findings.is_empty() { "  ok" } else { "FAIL" }
        );
        for finding in &findings {
            println!("       {finding}");
        }
        total += findings.len();
    }
    if total > 0 {
        bail!("tidy found {total} violations");
    }
    Ok(())
}

impl Tree {
    fn read() -> Result<Self> {
        Ok(Self {
            metadata: metadata()?,
            files: sources()?.into_iter().collect(),
        })
    }

    /// Returns the packages that ship: all except those for tests and `xtask`.
    fn shipped(&self) -> impl Iterator<Item = &Package> {
        let packages = self.metadata.packages.iter();
        packages.filter(|package| !is_for_development(package.name.as_str()))
    }

    /// Returns the Rust files in the `src` directories of the shipped packages.
    fn shipped_sources(&self) -> impl Iterator<Item = &Path> {
        let directories: Vec<_> = self
            .shipped()
            .map(|package| dir_of(package).join("src"))
            .collect();
        self.rust_files().filter(move |path| {
            directories
                .iter()
                .any(|directory| path.starts_with(directory))
        })
    }

    fn rust_files(&self) -> impl Iterator<Item = &Path> {
        self.files_ending("rs")
    }

    fn files_ending(&self, extension: &str) -> impl Iterator<Item = &Path> {
        let files = self.files.iter().map(PathBuf::as_path);
        files.filter(move |path| path.extension().is_some_and(|end| end == extension))
    }
}

fn is_for_development(name: &str) -> bool {
    name == "xtask" || crates::FOR_TESTS.contains(&name)
}

/// Returns the package's directory, relative to the workspace root.
fn dir_of(package: &Package) -> &Path {
    let directory = package.manifest_path.as_std_path().parent();
    let directory = directory.expect("a manifest path has a parent directory");
    directory.strip_prefix(root()).unwrap_or(directory)
}

fn text_of(path: &Path) -> Result<String> {
    fs::read_to_string(root().join(path)).with_context(|| path.display().to_string())
}
