//! Consistency of the programs: their descriptions, and the crates whose log messages they show.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use regex::Regex;

use super::{Tree, dir_of, text_of};

/// List of the crates whose log messages the programs show.
const LOG_CRATES: &str = "crates/sso-credentials/src/log_crates.rs";

/// Finds programs whose description differs from the first program's, except for the name.
pub(super) fn differing_descriptions(tree: &Tree) -> Result<Vec<String>> {
    let programs = tree.files.iter().filter(|path| is_program(path));
    let described = programs.map(|path| Ok((path, description(&text_of(path)?))));
    let described: Vec<(&PathBuf, Vec<String>)> = described.collect::<Result<_>>()?;
    let (first, expected) = described.first().context("there is no program")?;
    let differing = described.iter().filter(|(_, lines)| lines != expected);
    let found = differing.map(|(path, _)| {
        let (path, first) = (path.display(), first.display());
        format!("{path}: the Program differs from that in {first}")
    });
    Ok(found.collect())
}

fn is_program(path: &Path) -> bool {
    path.starts_with("bins") && path.ends_with("src/main.rs")
}

/// Returns the lines of a `Program` that follow its name, without those for a single program.
fn description(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.trim().trim_end_matches(';'));
    let lines = lines.filter(|line| line.starts_with(".with_"));
    let own = [".with_failure_output(", ".with_help_output("];
    let lines = lines.filter(|line| !own.iter().any(|it| line.starts_with(it)));
    lines.map(ToOwned::to_owned).collect()
}

/// Finds crates that log but are missing from [`LOG_CRATES`], so that the programs do not show their
/// messages.
pub(super) fn unlisted_log_crates(tree: &Tree) -> Result<Vec<String>> {
    let listed = text_of(Path::new(LOG_CRATES))?;
    let logs = Regex::new(r"\blog::(error|warn|info|debug|trace)!")?;
    let mut found = Vec::new();
    for package in tree.shipped() {
        let name = package.name.replace('-', "_");
        let sources = dir_of(package).join("src");
        // cli-ux shows its own messages.
        let is_listed = name == "cli_ux" || listed.contains(&format!("\"{name}\""));
        for path in tree.rust_files().filter(|path| path.starts_with(&sources)) {
            if !is_listed && logs.is_match(&text_of(path)?) {
                found.push(format!("{}: {name} is not in {LOG_CRATES}", path.display()));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::description;

    #[test]
    fn descriptions_exclude_the_name() {
        let text = "const P: Program = Program::new(\"a\", \"1\")\n    .with_family(\"f\");\n";
        assert_eq!(description(text), [".with_family(\"f\")"]);
    }
}
