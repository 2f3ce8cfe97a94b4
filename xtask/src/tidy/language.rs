//! Wording of comments, names, messages and documents, as far as a pattern recognizes it.

use std::path::Path;

use anyhow::{Context, Result};
use regex::Regex;

use super::{Tree, text_of};

/// A term that the project does not use, and its replacement.
struct Term {
    /// Regular expression that is matched against each line, ignoring case.
    pattern: &'static str,
    instead: &'static str,
    /// Extensions of the files that are searched.
    extensions: &'static [&'static str],
}

const TEXT: &[&str] = &["css", "html", "md", "py", "rs", "sh", "toml", "yml"];
const CODE: &[&str] = &["py", "rs", "sh"];

const TERMS: [Term; 20] = [
    Term {
        pattern: r"\b(?:no|some|any|every)body\b|\bwho(?:m|se)?ever\b",
        instead: "the user, the process, the administrator",
        extensions: TEXT,
    },
    Term {
        pattern: r"\b(?:person|people)\b",
        instead: "user",
        extensions: CODE,
    },
    Term {
        pattern: r"\brenew(?:s|ed|ing|al|able)?\b",
        instead: "refresh",
        extensions: TEXT,
    },
    Term {
        pattern: r"\banew\b",
        instead: "again",
        extensions: TEXT,
    },
    Term {
        pattern: r"\bmend(?:s|ed|ing)?\b",
        instead: "fix",
        extensions: TEXT,
    },
    Term {
        pattern: r"\bfolders?\b",
        instead: "directory",
        extensions: TEXT,
    },
    Term {
        pattern: r"\b(?:sets?|setting|moved?|moves|puts?|kept) aside\b",
        instead: "quarantine",
        extensions: TEXT,
    },
    Term {
        pattern: r"\bdamaged\b",
        instead: "corrupt",
        extensions: TEXT,
    },
    Term {
        pattern: r"\btak(?:e|es|en|ing) on (?:a|the|another|its) role",
        instead: "assume a role",
        extensions: TEXT,
    },
    Term {
        pattern: r"\bin a circle\b|\bcircular\b",
        instead: "cycle",
        extensions: TEXT,
    },
    Term {
        pattern: r"\b(?:to be|can be) had\b",
        instead: "available",
        extensions: TEXT,
    },
    Term {
        pattern: r"\b(?:sign(?:s|ed|ing)?|log(?:s|ged|ging)?)[ -]in by code\b",
        instead: "with a device code",
        extensions: TEXT,
    },
    Term {
        pattern: r"\bservers? of credentials\b",
        instead: "credentials endpoint",
        extensions: TEXT,
    },
    Term {
        pattern: r"\bway to the (?:services?|portal|server)\b",
        instead: "connection",
        extensions: TEXT,
    },
    Term {
        pattern: r"\bhow long (?:it|they) (?:lives?|lasts?)\b",
        instead: "lifetime",
        extensions: TEXT,
    },
    Term {
        pattern: r"\b(?:it|that|this|which|value|file|name) is no (?:[a-km-z]|l[a-np-z])",
        instead: "is not a",
        extensions: TEXT,
    },
    Term {
        pattern: r"\b(?:programs?|files?|folders?) of others\b",
        instead: "other tool's",
        extensions: TEXT,
    },
    Term {
        pattern: r"\bcounts? as absent\b",
        instead: "counts as missing",
        extensions: TEXT,
    },
    Term {
        pattern: r"^\s*//[/!] (?-i)(?:What|Who|Whom|Whose|Whether|How|Where)\b",
        instead: "a verb or a noun phrase at the beginning of a doc comment",
        extensions: &["rs"],
    },
    Term {
        pattern: r"^\s*// (?-i)(?:What|Who|Whom|Whose|Whether)\b",
        instead: "a noun as the subject of a comment",
        extensions: &["rs"],
    },
];

/// Lines that match a [`Term`] and may, by file and a part of the line.
const EXCEPTIONS: [(&str, &str); 1] = [("xtask/src/tidy/language.rs", "")];

/// Beginnings of the names of tests that state neither a subject nor an outcome.
const TEST_NAME: &str = r"#\[test\]\n(?:\s*#\[.*\]\n)*\s*fn ((?:who|whoever|whose|what|whatever|it|they|that|how|nobody|somebody)_\w*)";

/// Finds terms that the project does not use.
pub(super) fn avoided_terms(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for term in &TERMS {
        let regex = Regex::new(&format!("(?i){}", term.pattern)).context(term.pattern)?;
        for path in term
            .extensions
            .iter()
            .flat_map(|end| tree.files_ending(end))
        {
            let text = text_of(path)?;
            let uses = uses_of(&regex, &text).filter(|(_, line, _)| !is_excepted(path, line));
            found.extend(uses.map(|(number, _, word)| {
                let (path, instead) = (path.display(), term.instead);
                format!("{path}:{number}: \"{word}\"; write: {instead}")
            }));
        }
    }
    Ok(found)
}

/// Returns the lines, numbered from 1, that match, and the match.
fn uses_of<'a>(regex: &'a Regex, text: &'a str) -> impl Iterator<Item = (usize, &'a str, &'a str)> {
    let lines = (1..).zip(text.lines());
    lines.filter_map(|(number, line)| Some((number, line, regex.find(line)?.as_str().trim())))
}

fn is_excepted(path: &Path, line: &str) -> bool {
    EXCEPTIONS
        .iter()
        .any(|(file, part)| Path::new(file) == path && line.contains(part))
}

/// Finds tests whose names state neither a subject nor an outcome.
pub(super) fn test_names(tree: &Tree) -> Result<Vec<String>> {
    let regex = Regex::new(TEST_NAME)?;
    let mut found = Vec::new();
    for path in tree.rust_files() {
        let text = text_of(path)?;
        let names = regex.captures_iter(&text);
        found.extend(names.map(|name| format!("{}: {}", path.display(), &name[1])));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::{TERMS, TEST_NAME, uses_of};

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        let found = TERMS.iter().filter_map(|term| {
            let regex = Regex::new(&format!("(?i){}", term.pattern)).expect("a valid pattern");
            let (_, _, word) = uses_of(&regex, line).next()?;
            Some(word.to_owned())
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{line}");
    }

    #[test]
    fn avoided_terms_are_found_in_prose_and_code() {
        check("Nobody is asked.", &["Nobody"]);
        check("fn renew(&self) {}", &["renew"]);
        check("the folder is damaged", &["folder", "damaged"]);
        check("it is no URL", &["it is no U"]);
        check("    /// Whether it is valid.", &["/// Whether"]);
        check("    // What the AWS CLI reads.", &["// What"]);
        check("sign in by code", &["sign in by code"]);
    }

    #[test]
    fn ordinary_sentences_have_no_avoided_terms() {
        check("it is no longer accepted", &[]);
        check("there is no token", &[]);
        check("/// Returns whether the token is valid.", &[]);
        check("recommended amendments", &[]);
        check("a commended folderless name", &[]);
    }

    #[test]
    fn test_names_need_a_subject() {
        let regex = Regex::new(TEST_NAME).expect("a valid pattern");
        let name = |text| regex.captures(text).map(|name| name[1].to_owned());
        let named = "    #[test]\n    #[cfg(unix)]\n    fn what_is_new() {\n";
        assert_eq!(name(named).as_deref(), Some("what_is_new"));
        assert_eq!(name("    #[test]\n    fn whole_words_match() {\n"), None);
        assert_eq!(name("    fn what_is_new() {\n"), None);
    }
}
