//! Paths and commands in documents.

use std::fs;
use std::path::Path;

use anyhow::Result;
use clap::CommandFactory as _;

use super::{Tree, text_of};
use crate::Task;
use crate::workspace::{Program, programs, root};

/// Prefixes of paths on a developer's machine. `concat!` keeps this file from matching.
const HOMES: [&str; 3] = [
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("C:\\Us", "ers\\"),
];

/// Finds lines that contain a path of a developer's machine.
pub(super) fn machine_paths(tree: &Tree) -> Result<Vec<String>> {
    let here = format!("{}/", root().display());
    let is_here = |line: &str| line.contains(&here) || HOMES.iter().any(|home| line.contains(home));
    let mut found = Vec::new();
    for path in &tree.files {
        let bytes = fs::read(root().join(path))?;
        let text = String::from_utf8_lossy(&bytes);
        let lines = (1..).zip(text.lines()).filter(|(_, line)| is_here(line));
        found.extend(lines.map(|(line, _)| format!("{}:{line}", path.display())));
    }
    Ok(found)
}

/// Finds code blocks with tasks of `cargo xtask` or options of the programs that do not exist. The
/// existing options are those in `docs/reference`.
pub(super) fn unknown_commands(tree: &Tree) -> Result<Vec<String>> {
    let known = Known::read(tree)?;
    let mut found = Vec::new();
    for path in tree.files_ending("md") {
        for (number, line) in code_lines(&text_of(path)?) {
            let unknown = known.unknown_in(line);
            found.extend(unknown.map(|problem| format!("{}:{number}: {problem}", path.display())));
        }
    }
    Ok(found)
}

/// Option groups that the programs share, in the order of every `--help`.
const GROUPS: [&str; 5] = [
    "Options:",
    "Profile selection:",
    "Sign-in:",
    "Output:",
    "Network:",
];

/// Finds reference pages with option groups in another order.
pub(super) fn unordered_groups(tree: &Tree) -> Result<Vec<String>> {
    let pages = tree.files_ending("md");
    let mut found = Vec::new();
    for path in pages.filter(|path| path.starts_with("docs/reference")) {
        let groups = groups_out_of_order(&text_of(path)?);
        found.extend(groups.iter().map(|(before, group)| {
            let path = path.display();
            format!("{path}: {group} comes after {before}; flatten the arguments in that order")
        }));
    }
    Ok(found)
}

/// Returns the groups that come after a later one of [`GROUPS`], each as `(later, group)`.
fn groups_out_of_order(page: &str) -> Vec<(&'static str, &'static str)> {
    let mut last = 0;
    let found = page.lines().filter_map(move |line| {
        let number = GROUPS.iter().position(|group| *group == line)?;
        // A page has the help of each subcommand, which begins with `Options`.
        let before = if number == 0 { 0 } else { last };
        last = number;
        (number < before).then(|| (GROUPS[before], GROUPS[number]))
    });
    found.collect()
}

struct Known {
    tasks: Vec<String>,
    /// Names of the programs, with the text of their reference pages.
    programs: Vec<(String, String)>,
}

impl Known {
    fn read(tree: &Tree) -> Result<Self> {
        let tasks = Task::command();
        let tasks = tasks
            .get_subcommands()
            .map(|task| task.get_name().to_owned());
        let mut pages = Vec::new();
        for Program { name, .. } in programs(&tree.metadata) {
            let page = text_of(&Path::new("docs/reference").join(&name).with_extension("md"))?;
            pages.push((name, page));
        }
        Ok(Self {
            tasks: tasks.collect(),
            programs: pages,
        })
    }

    fn unknown_in<'a>(&'a self, line: &'a str) -> impl Iterator<Item = String> + 'a {
        commands_in(line).filter_map(|words| self.unknown(&words))
    }

    fn unknown(&self, words: &[&str]) -> Option<String> {
        if let ["cargo", "xtask", task, ..] = words {
            let is_known = self.tasks.iter().any(|known| known == task);
            return (!is_known).then(|| format!("cargo xtask has no {task}"));
        }
        let (program, arguments) = words.split_first()?;
        let (_, page) = self.programs.iter().find(|(name, _)| name == program)?;
        let own = arguments.iter().take_while(|word| **word != "--");
        let options = own.filter(|word| word.starts_with("--"));
        let mut names = options.filter_map(|option| option.split('=').next());
        let unknown = names.find(|name| !has_word(page, name))?;
        Some(format!("{program} has no {unknown}"))
    }
}

/// Returns the words of each command in a line of shell: between `|`, `;`, `&` and parentheses,
/// without the prompt, leading variable assignments, and quotes.
fn commands_in(line: &str) -> impl Iterator<Item = Vec<&str>> {
    let is_plain = |word: &&str| *word != "$" && !word.contains('=');
    line.split(['|', ';', '&', '(', ')', '`'])
        .map(move |command| {
            let words = command
                .split_whitespace()
                .map(|word| word.trim_matches(['"', '\'']));
            words.skip_while(move |word| !is_plain(word)).collect()
        })
}

/// Returns whether `page` contains `name` as a whole word.
fn has_word(page: &str, name: &str) -> bool {
    let is_more = |next: char| next.is_alphanumeric() || next == '-';
    page.match_indices(name)
        .any(|(at, _)| !page[at + name.len()..].starts_with(is_more))
}

/// Returns the lines between code fences, numbered from 1.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        is_code && !is_fence
    })
}

#[cfg(test)]
mod tests {
    use super::{Known, code_lines, groups_out_of_order};

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        let known = Known {
            tasks: vec!["tidy".to_owned()],
            programs: vec![(
                "sso-login".to_owned(),
                "--profile <NAME>  --no-browser".to_owned(),
            )],
        };
        assert_eq!(
            known.unknown_in(line).collect::<Vec<_>>(),
            expected,
            "{line}"
        );
    }

    #[test]
    fn unknown_commands_are_found_anywhere_in_a_line() {
        check("cargo xtask tidy", &[]);
        check("$ cargo xtask tidy --anything", &[]);
        check("cargo xtask tydi", &["cargo xtask has no tydi"]);
        check("sso-login --profile dev --no-browser", &[]);
        check("AWS_PROFILE=dev sso-login --no", &["sso-login has no --no"]);
        check(
            "true && sso-login --profile=dev --fast | cat",
            &["sso-login has no --fast"],
        );
        check("eval \"$(sso-login --loud)\"", &["sso-login has no --loud"]);
        check("sso-login -- --fast", &[]);
        check("other-program --fast", &[]);
    }

    #[test]
    fn misordered_option_groups_are_found() {
        let check = |page: &str, expected: &[(&str, &str)]| {
            assert_eq!(groups_out_of_order(page), expected);
        };
        let ordered = "Options:\n  --a\nAnswers:\nOutput:\nNetwork:\n";
        check(&format!("{ordered}{ordered}"), &[]);
        check("Options:\nNetwork:\nOutput:\n", &[("Network:", "Output:")]);
    }

    #[test]
    fn code_lines_are_between_fences() {
        let text = "text\n```sh\none\n```\ntext\n  ```\n  two\n  ```\n";
        assert_eq!(
            code_lines(text).collect::<Vec<_>>(),
            [(3, "one"), (7, "  two")]
        );
    }
}
