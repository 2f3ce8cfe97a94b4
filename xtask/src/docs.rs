//! `cargo xtask docs`: each program's help as a page under `docs/reference`, and the programs at
//! work where the documents show them.

mod transcript;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail, ensure};
use clap::Args;

use crate::workspace::{
    Program, command, execute, files_below, metadata, programs, root, stdout_of,
};

/// The arguments of `cargo xtask docs`.
#[derive(Debug, Args)]
pub(crate) struct DocsArgs {
    /// Change nothing, and fail where a page is not what its program says today
    #[arg(long)]
    check: bool,
}

/// File names under [`FOLDER`], with their text.
type Pages = BTreeMap<PathBuf, String>;

const FOLDER: &str = "docs/reference";

/// Writes the pages, or with `--check` compares them with what would be written.
///
/// # Errors
///
/// Where a program does not build or run, or where `--check` finds a difference.
pub(crate) fn run(args: &DocsArgs) -> Result<()> {
    let pages = pages()?;
    let documents = transcript::documents()?;
    if args.check {
        check_documents(&documents)?;
        check(&pages)
    } else {
        write_documents(&documents)?;
        write(&pages)
    }
}

fn pages() -> Result<Pages> {
    let metadata = metadata()?;
    let programs = programs(&metadata);
    build(&programs)?;
    let binaries = metadata.target_directory.join("debug").into_std_path_buf();
    let mut pages = Pages::new();
    for Program { name, .. } in &programs {
        let mut sections = Vec::new();
        add_sections(&binaries.join(name), &[name], &mut sections)?;
        let text = format!("{HEADER}{}", sections.join("\n"));
        pages.insert(PathBuf::from(format!("{name}.md")), text);
    }
    Ok(pages)
}

const HEADER: &str = "<!-- Written by `cargo xtask docs` from what the program says. -->\n\n";

fn build(programs: &[Program]) -> Result<()> {
    let mut build = command("cargo");
    build.args(["build", "--quiet"]);
    for program in programs {
        build.args(["--package", &program.package]);
    }
    execute(&mut build)
}

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
    let folder = root().join(FOLDER);
    let old = if folder.is_dir() {
        files_below(&folder)?
    } else {
        Vec::new()
    };
    let is_current = |name: &Path, text: &String| {
        fs::read_to_string(folder.join(name)).is_ok_and(|old| old == *text)
    };
    let stale = pages
        .iter()
        .filter(|(name, text)| !is_current(name, text))
        .map(|(name, _)| name);
    let left = old.iter().filter(|name| !pages.contains_key(*name));
    let found: Vec<_> = stale
        .chain(left)
        .map(|name| name.display().to_string())
        .collect();
    if !found.is_empty() {
        bail!(
            "{FOLDER} is not what the programs say (cargo xtask docs writes it): {}",
            found.join(", ")
        );
    }
    println!("{FOLDER}: current");
    Ok(())
}

fn check_documents(documents: &[(PathBuf, String)]) -> Result<()> {
    for (path, text) in documents {
        ensure!(
            fs::read_to_string(root().join(path))? == *text,
            "{} does not show what the programs do (cargo xtask docs records it)",
            path.display()
        );
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "documents under version control, of which one place is made anew"
)]
fn write_documents(documents: &[(PathBuf, String)]) -> Result<()> {
    for (path, text) in documents {
        fs::write(root().join(path), text)?;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "pages under version control, made anew as a whole"
)]
fn write(pages: &Pages) -> Result<()> {
    let folder = root().join(FOLDER);
    if folder.is_dir() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, text) in pages {
        fs::write(folder.join(name), text)?;
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
