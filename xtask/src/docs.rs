//! `cargo xtask docs`: each program's help and the rules of `sso-configure check` as pages under
//! `docs/reference`, and the programs at work where the documents show them.

mod transcript;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::workspace::{Program, build_programs, files_below, metadata, programs, root, stdout_of};

/// The arguments of `cargo xtask docs`.
#[derive(Debug, Args)]
pub(crate) struct DocsArgs {
    /// Change nothing, and fail where a page is not what its program says today
    #[arg(long)]
    check: bool,
}

/// Paths below the workspace's top directory, with their text.
type Pages = BTreeMap<PathBuf, String>;

/// Directory of the pages for the programs and for the rules of `sso-configure check`.
const DIRECTORY: &str = "docs/reference";

/// Writes the pages, or with `--check` compares them with what would be written.
///
/// # Errors
///
/// Where a program does not build or run, or where `--check` finds a difference.
pub(crate) fn run(args: &DocsArgs) -> Result<()> {
    let metadata = metadata()?;
    let programs = programs(&metadata);
    build_programs(&programs)?;
    let binaries = metadata.target_directory.join("debug");
    let mut pages = pages(&programs, binaries.as_ref())?;
    let (path, rules) = check_rules(binaries.as_ref())?;
    pages.insert(path, rules);
    pages.extend(transcript::documents()?);
    if args.check {
        check(&pages)
    } else {
        write(&pages)
    }
}

fn pages(programs: &[Program], binaries: &Path) -> Result<Pages> {
    let mut pages = Pages::new();
    for Program { name, .. } in programs {
        let mut sections = Vec::new();
        add_sections(&binaries.join(name), &[name], &mut sections)?;
        let text = format!("{HEADER}{}", sections.join("\n"));
        pages.insert(Path::new(DIRECTORY).join(format!("{name}.md")), text);
    }
    Ok(pages)
}

/// Returns the page on the rules of `sso-configure check`.
fn check_rules(binaries: &Path) -> Result<(PathBuf, String)> {
    let rules = stdout_of(Command::new(binaries.join("sso-configure")).arg("check-rules"))?;
    let path = Path::new(DIRECTORY).join("check-rules.md");
    Ok((path, format!("{HEADER}{rules}")))
}

const HEADER: &str = "<!-- Written by `cargo xtask docs` from what the program says. -->\n\n";

/// Adds a section for the command `words` (a program and its subcommands so far), and one
/// for each subcommand below it.
fn add_sections(binary: &Path, words: &[&str], sections: &mut Vec<String>) -> Result<()> {
    let help = help(binary, &words[1..])?;
    let level = "#".repeat(words.len());
    sections.push(format!(
        "{level} {}\n\n```text\n{help}\n```\n",
        words.join(" ")
    ));
    for subcommand in subcommands(&help) {
        add_sections(binary, &[words, &[subcommand]].concat(), sections)?;
    }
    Ok(())
}

/// Returns the long help as it looks on a terminal of 100 columns, without colour.
fn help(binary: &Path, subcommands: &[&str]) -> Result<String> {
    let mut program = Command::new(binary);
    program.args(subcommands).arg("--help");
    // No stream is a terminal, so that the width comes from COLUMNS.
    program
        .stdin(Stdio::null())
        .env_clear()
        .env("COLUMNS", "100");
    let help = stdout_of(&mut program)?;
    let lines: Vec<_> = help.trim_end().lines().map(str::trim_end).collect();
    Ok(lines.join("\n"))
}

/// Returns the names under `Commands:` in a help text.
fn subcommands(help: &str) -> impl Iterator<Item = &str> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    // Further lines of a description are indented more.
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help")
}

fn check(pages: &Pages) -> Result<()> {
    let directory = root().join(DIRECTORY);
    let old = if directory.is_dir() {
        files_below(&directory)?
    } else {
        Vec::new()
    };
    let is_current = |path: &Path, text: &String| {
        fs::read_to_string(root().join(path)).is_ok_and(|old| old == *text)
    };
    let stale = pages
        .iter()
        .filter(|(path, text)| !is_current(path, text))
        .map(|(path, _)| path.clone());
    let left = old.iter().map(|name| Path::new(DIRECTORY).join(name));
    let left = left.filter(|path| !pages.contains_key(path));
    let found: Vec<_> = stale
        .chain(left)
        .map(|path| path.display().to_string())
        .collect();
    if !found.is_empty() {
        bail!(
            "not what the programs say and do (cargo xtask docs writes it): {}",
            found.join(", ")
        );
    }
    println!("{} pages: current", pages.len());
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "pages under version control, made anew"
)]
fn write(pages: &Pages) -> Result<()> {
    let directory = root().join(DIRECTORY);
    if directory.is_dir() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    for (path, text) in pages {
        fs::write(root().join(path), text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::subcommands;

    #[test]
    fn subcommands_are_the_names_under_their_heading() {
        let help = "Do it\n\nUsage: x [COMMAND]\n\nCommands:\n  check  Look\n         well\n  undo   Back\n  help   Print\n\nOptions:\n  -h, --help\n";
        assert_eq!(subcommands(help).collect::<Vec<_>>(), ["check", "undo"]);
        assert_eq!(subcommands("Usage: x\n\nOptions:\n  -h").count(), 0);
    }
}
