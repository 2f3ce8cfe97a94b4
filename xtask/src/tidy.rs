//! `cargo xtask tidy`: holds the tree to `docs/architecture.md`, where the compiler cannot.

mod arrows;
mod crates;
mod documents;
mod family;
mod links;
mod messages;
mod modules;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cargo_metadata::{Metadata, Package};
use clap::Args;

use crate::workspace::{metadata, root, sources};

/// The arguments of `cargo xtask tidy`.
#[derive(Debug, Args)]
pub(crate) struct TidyArgs {}

/// What the checks look at, read once.
struct Tree {
    metadata: Metadata,
    /// The files under version control, and those that would be if they were added.
    files: Vec<PathBuf>,
}

/// One thing to hold the tree to. What it finds says where and what, one finding a line.
struct Check {
    law: &'static str,
    find: fn(&Tree) -> Result<Vec<String>>,
}

const CHECKS: [Check; 16] = [
    Check {
        law: "crates depend on each other as docs/architecture.md says, and no arrow there is dead",
        find: crates::stray_arrows,
    },
    Check {
        law: "a library that one crate is there to wrap is named by that crate alone",
        find: |tree| Ok(crates::shared_wrapped_libraries(tree)),
    },
    Check {
        law: "nothing that ships brings an async runtime, OpenSSL or aws-lc",
        find: crates::forbidden_libraries,
    },
    Check {
        law: "modules of a crate import from each other in one direction, not through its root",
        find: arrows::cycles_of_modules,
    },
    Check {
        law: "a `mod` reaches every Rust file",
        find: modules::unreached_files,
    },
    Check {
        law: "no source file is longer than 400 lines",
        find: modules::long_files,
    },
    Check {
        law: "secrets, files, environment, clock and exit statuses stay where they belong",
        find: words::misplaced,
    },
    Check {
        law: "each exception in the table of words is in use",
        find: words::unused_exceptions,
    },
    Check {
        law: "the programs describe themselves as one family",
        find: family::differing_descriptions,
    },
    Check {
        law: "the programs show the log messages of each crate that logs",
        find: family::unlisted_log_crates,
    },
    Check {
        law: "no file names a path of somebody's machine",
        find: documents::machine_paths,
    },
    Check {
        law: "the commands in the documents exist",
        find: documents::unknown_commands,
    },
    Check {
        law: "the groups of options are in the same order in every --help",
        find: documents::unordered_groups,
    },
    Check {
        law: "the links in the documents lead somewhere",
        find: links::dead_links,
    },
    Check {
        law: "each page of the book is in its table of contents",
        find: links::pages_outside_the_book,
    },
    Check {
        law: "each error of the programs is explained in the guide",
        find: messages::unexplained,
    },
];

/// Runs every check and reports each.
///
/// # Errors
///
/// Where a check finds something, or cannot look.
pub(crate) fn run(_: &TidyArgs) -> Result<()> {
    let tree = Tree::read()?;
    let mut total = 0;
    for Check { law, find } in CHECKS {
        let findings = find(&tree).with_context(|| law)?;
        println!(
            "{} {law}",
            if findings.is_empty() { "  ok" } else { "FAIL" }
        );
        for finding in &findings {
            println!("       {finding}");
        }
        total += findings.len();
    }
    if total > 0 {
        bail!("tidy found {total} things");
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

    /// The packages that are made to be used, as opposed to those that test and keep them.
    fn shipped(&self) -> impl Iterator<Item = &Package> {
        let packages = self.metadata.packages.iter();
        packages.filter(|package| !is_workshop(package.name.as_str()))
    }

    /// The Rust files below the `src` of a shipped package.
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

/// Returns whether a package is for testing and keeping the others.
fn is_workshop(name: &str) -> bool {
    name == "xtask" || crates::FOR_TESTS.contains(&name)
}

/// Returns the package's directory, relative to the top one as the files of a [`Tree`] are.
fn dir_of(package: &Package) -> &Path {
    let directory = package.manifest_path.as_std_path().parent();
    let directory = directory.expect("a manifest is in a directory");
    directory.strip_prefix(root()).unwrap_or(directory)
}

fn text_of(path: &Path) -> Result<String> {
    fs::read_to_string(root().join(path)).with_context(|| path.display().to_string())
}
