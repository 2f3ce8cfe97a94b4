//! Every option of every program in one table: the same option has the same form, group, default and
//! repetition everywhere, or a row says why not.

mod commands;
mod own;
mod shared;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex::Regex;
use sso_test_support::TestEnv;

use own::OWN;
use shared::SHARED;

/// Options of the same form and meaning in several commands.
struct Row {
    /// As in the help: `-p, --profile <NAME>`, or `[NAME]` for a positional argument.
    option: &'static str,
    group: &'static str,
    /// Default, possible values and aliases as in the help, and `repeatable`.
    notes: &'static str,
    commands: &'static [&'static str],
    meaning: &'static str,
    /// Why the option differs from that of the first row with its name, or why a program lacks it.
    reason: &'static str,
}

/// Option in the help of a command.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    option: String,
    group: String,
    notes: String,
    command: String,
}

impl Row {
    fn name(&self) -> &str {
        let name = self.option.split_once("--");
        let name = name.map_or(self.option, |(_, name)| name);
        name.split([' ', '.']).next().unwrap()
    }

    fn listed(&self) -> impl Iterator<Item = Listed> {
        self.commands.iter().map(|command| Listed {
            option: self.option.to_owned(),
            group: self.group.to_owned(),
            notes: self.notes.to_owned(),
            command: (*command).to_owned(),
        })
    }
}

fn rows() -> impl Iterator<Item = &'static Row> {
    SHARED.iter().chain(OWN)
}

#[test]
fn the_table_lists_every_option_of_every_program() {
    let found: BTreeSet<_> = pages().values().flatten().cloned().collect();
    let expected: BTreeSet<_> = rows().flat_map(Row::listed).collect();
    let missing: Vec<_> = found.difference(&expected).collect();
    assert!(missing.is_empty(), "not in the table: {missing:#?}");
    let unknown: Vec<_> = expected.difference(&found).collect();
    assert!(unknown.is_empty(), "not in the help: {unknown:#?}");
}

#[test]
fn each_difference_has_a_reason() {
    let mut known = BTreeSet::new();
    for row in rows() {
        let is_first = known.insert(row.name());
        let option = row.option;
        assert!(!row.meaning.is_empty(), "{option} has no meaning");
        assert!(is_first || !row.reason.is_empty(), "{option} has no reason");
    }
}

#[test]
fn the_profile_is_the_first_option_of_a_selection() {
    for (command, options) in pages() {
        let is_option = |it: &&Listed| it.option.starts_with('-');
        let selection = options.iter().filter(|it| it.group == "Profile selection");
        let mut selection = selection.filter(is_option);
        let has_profile = selection.clone().any(|it| it.option.contains("--profile"));
        let first = selection.next().map(|it| it.option.as_str());
        let is_first = first == Some("-p, --profile <NAME>");
        assert_eq!(has_profile, is_first, "{command}: {first:?}");
    }
}

#[test]
fn the_short_help_fits_on_a_screen() {
    let mut env = TestEnv::offline();
    env.set("COLUMNS", "100");
    for command in pages().keys() {
        let help = env.run(&format!("{command} -h")).expect_code(0);
        let lines = help.stdout().lines().count();
        assert!(lines <= 40, "{command} -h has {lines} lines");
    }
}

/// The programs that act on any number of sessions combine the options, the others take one.
#[test]
fn selections_are_combined_or_refused_in_the_same_way() {
    let env = TestEnv::offline();
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let check = |command: &str, is_usage_error: bool| {
        let run = env.run(command);
        assert_eq!(run.code() == Some(252), is_usage_error, "{run}");
    };
    let url = format!("--start-url {}", TestEnv::START_URL);
    for program in [
        "sso-login --no-browser",
        "sso-logout --dry-run",
        "sso-status",
    ] {
        for options in [
            "-p dev -p prod",
            "-p dev --sso-session my-sso",
            "--json -p dev",
            "dev prod",
            "dev my-sso -p prod --sso-session my-sso",
            "dev --json",
        ] {
            check(&format!("{program} {options}"), false);
        }
        check(&format!("{program} {url} {url}/ -p dev"), false);
        check(&format!("{program} {} dev", TestEnv::START_URL), false);
        check(&format!("{program} --all"), false);
        for option in [
            "-p dev",
            "--sso-session my-sso",
            &url,
            "dev",
            TestEnv::START_URL,
        ] {
            check(&format!("{program} --all {option}"), true);
        }
    }
    for program in [
        "export-credentials --bearer-token",
        "sso-configure populate",
    ] {
        check(&format!("{program} -p dev -p prod"), true);
        check(&format!("{program} dev prod"), true);
        check(&format!("{program} dev -p dev"), true);
        check(&format!("{program} dev --sso-session my-sso"), true);
        check(&format!("{program} dev --json"), false);
        check(&format!("{program} my-sso"), false);
        check(&format!("{program} -p dev --sso-session my-sso"), true);
        check(
            &format!("{program} --sso-session my-sso --sso-session my-sso"),
            true,
        );
        check(&format!("{program} --json -p dev"), false);
    }
    for command in [
        "sso-configure list",
        "sso-configure check --offline",
        "sso-status",
        "sso-logout",
    ] {
        check(&format!("{command} --json"), false);
        check(&format!("{command} --json --output text"), true);
    }
}

/// Returns the options of each command in `docs/reference`, in the order of the help. `cargo xtask docs
/// --check` compares these pages with the programs.
fn pages() -> BTreeMap<String, Vec<Listed>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let files = fs::read_dir(root.join("docs/reference")).unwrap();
    let mut pages = BTreeMap::new();
    for file in files.map(|file| file.unwrap().path()) {
        let page = fs::read_to_string(&file).unwrap();
        if !file.ends_with("check.md") && !file.ends_with("console-services.md") {
            read(&page, &mut pages);
        }
    }
    assert!(pages.len() >= 5, "{:?}", pages.keys());
    pages
}

fn read(page: &str, pages: &mut BTreeMap<String, Vec<Listed>>) {
    let heading = Regex::new("^#+ (.+)$").unwrap();
    let group_line = Regex::new("^([A-Z][A-Za-z -]*):$").unwrap();
    let option_line = Regex::new(r"^(?:  |      )(-\w, --\S.*|--\S.*|\[[A-Z]+\].*)$").unwrap();
    let (mut command, mut group) = (String::new(), String::new());
    for line in page.lines() {
        if let Some(found) = heading.captures(line) {
            found[1].clone_into(&mut command);
            pages.insert(command.clone(), Vec::new());
        } else if let Some(found) = group_line.captures(line) {
            found[1].clone_into(&mut group);
        } else if let Some(options) = pages.get_mut(&command).filter(|_| group != "Examples") {
            if let Some(found) = option_line.captures(line) {
                options.push(Listed {
                    option: found[1].to_owned(),
                    group: group.clone(),
                    notes: String::new(),
                    command: command.clone(),
                });
            } else if let Some(option) = options.last_mut() {
                add_notes(&mut option.notes, line);
            }
        }
    }
}

fn add_notes(notes: &mut String, line: &str) {
    let note = r"\[((?:default|possible values|alias): [^\]]*)\]|\((repeatable)";
    for found in Regex::new(note).unwrap().captures_iter(line) {
        let separator = if notes.is_empty() { "" } else { "; " };
        let text = found.get(1).or(found.get(2)).unwrap().as_str();
        notes.push_str(separator);
        notes.push_str(text);
    }
}
