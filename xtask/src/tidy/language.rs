//! Wording of comments, names, messages and documents, as far as a pattern recognizes it. The rules are
//! in `CONTRIBUTING.md`, section "Wording".

use std::path::Path;

use anyhow::{Context, Result};
use regex::Regex;

use super::{Tree, text_of};

/// Terms that files with one of the extensions do not contain.
struct Rule {
    extensions: &'static [&'static str],
    /// Regular expressions that are matched against each line, ignoring case, with the replacement.
    terms: &'static [(&'static str, &'static str)],
}

const RULES: [Rule; 3] = [
    Rule {
        extensions: &["css", "html", "md", "py", "rb", "rs", "sh", "toml", "yml"],
        terms: &[
            (
                r"\b(?:no|some|any|every)body\b|\bwho(?:m|se)?ever\b|\bno one(?:[^\w-]|$)|\bwho (?:is|are) to\b",
                "the user, the process, the administrator",
            ),
            (r"\brenew(?:s|ed|ing|al|able)?\b", "refresh"),
            (r"\banew\b", "again"),
            (r"\bmend(?:s|ed|ing)?\b", "fix"),
            (r"\bfolders?\b", "directory"),
            (
                r"\b(?:sets?|setting|moved?|moves|puts?|kept) aside\b",
                "quarantine",
            ),
            (r"\bdamaged\b", "corrupt"),
            (
                r"\btak(?:e|es|en|ing) on (?:a|the|another|its) role|\broles? that leads? to\b",
                "assume a role",
            ),
            (r"\b(?:way|ways) (?:by|of) roles\b", "role chain"),
            (r"\bcircles?\b|\bcircular\b", "cycle"),
            (r"\b(?:to be|can be) had\b", "available"),
            (
                r"\b(?:sign(?:s|ed|ing)?|log(?:s|ged|ging)?)[ -]in by code\b",
                "with a device code",
            ),
            (r"\bservers? of credentials\b", "credentials endpoint"),
            (
                r"\bway to the (?:services?|portal|server)\b",
                "connection, network settings",
            ),
            (
                r"\bhow long (?:it|they) (?:lives?|lasts?)\b|\blives? (?:longer|shorter)\b",
                "lifetime",
            ),
            (
                r"\b(?:it|that|this|which|value|file|name) is no (?:[a-km-z]|l[a-np-z])",
                "is not a",
            ),
            (
                r"\b(?:programs?|files?|folders?) of others\b",
                "other tool's",
            ),
            (r"\babsent\b", "missing; unset for a variable"),
            (
                r"\bask(?:s|ed|ing)? the (?:[\w-]+ )?(?:service|portal|server|STS)\b",
                "send a request to",
            ),
            (
                r"\banswers? (?:of|from) the (?:[\w-]+ )?(?:service|portal|server|STS)\b",
                "response",
            ),
        ],
    },
    Rule {
        extensions: &["py", "rs", "sh"],
        terms: &[
            (r"\b(?:person|people)\b", "user"),
            (r"\blaws?\b", "property, invariant"),
        ],
    },
    Rule {
        extensions: &["rs"],
        terms: &[
            (
                r"^\s*//[/!] (?-i)(?:What|Who|Whom|Whose|Whether|How|Where)\b",
                "a verb or a noun phrase at the beginning of a doc comment",
            ),
            (
                r"^\s*// (?-i)(?:What|Who|Whom|Whose|Whether)\b",
                "a noun as the subject of a comment",
            ),
        ],
    },
];

/// Files that quote the terms, with a part of the lines that may do so.
const QUOTES: [(&str, &str); 2] = [
    ("xtask/src/tidy/language.rs", ""),
    ("CONTRIBUTING.md", "| *"),
];

/// Names of tests that state neither a subject nor an outcome, recognized by their first word.
const TEST_NAME: &str = r"#\[test\]\n(?:\s*#\[.*\]\n)*\s*fn ((?:who|whoever|whose|what|whatever|it|they|that|how|nobody|somebody)_\w*)";

/// Finds terms that the project does not use.
pub(super) fn avoided_terms(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for Rule { extensions, terms } in RULES {
        let terms = compiled(terms)?;
        for path in extensions.iter().flat_map(|end| tree.files_ending(end)) {
            let text = text_of(path)?;
            for (number, line) in (1..).zip(text.lines()) {
                if !quotes(path, line) {
                    let uses = uses_in(line, &terms);
                    found.extend(uses.map(|(term, instead)| {
                        format!("{}:{number}: \"{term}\"; write: {instead}", path.display())
                    }));
                }
            }
        }
    }
    Ok(found)
}

fn compiled(terms: &[(&'static str, &'static str)]) -> Result<Vec<(Regex, &'static str)>> {
    let compile = |&(pattern, instead): &(&str, &'static str)| {
        let regex = Regex::new(&format!("(?i){pattern}")).with_context(|| pattern.to_owned())?;
        Ok((regex, instead))
    };
    terms.iter().map(compile).collect()
}

/// Returns the terms in the line, with their replacements.
fn uses_in<'a>(
    line: &'a str,
    terms: &'a [(Regex, &'static str)],
) -> impl Iterator<Item = (&'a str, &'static str)> {
    let uses = terms.iter();
    uses.filter_map(|(regex, instead)| Some((regex.find(line)?.as_str().trim(), *instead)))
}

fn quotes(path: &Path, line: &str) -> bool {
    let mut quotes = QUOTES.iter();
    quotes.any(|(file, part)| Path::new(file) == path && line.contains(part))
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

    use super::{RULES, TEST_NAME, compiled, uses_in};

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        let mut found = Vec::new();
        for rule in &RULES {
            let terms = compiled(rule.terms).expect("the patterns are valid");
            found.extend(uses_in(line, &terms).map(|(term, _)| term.to_owned()));
        }
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn avoided_terms_are_found_in_prose_and_code() {
        check("Nobody is asked.", &["Nobody"]);
        check("no one is to write", &["no one"]);
        check("fn renew(&self) {}", &["renew"]);
        check("the folder is damaged", &["folder", "damaged"]);
        check("the profiles form a circle", &["circle"]);
        check("the variable is absent", &["absent"]);
        check("it is no URL", &["it is no U"]);
        check("    /// Whether it is valid.", &["/// Whether"]);
        check("    // What the AWS CLI reads.", &["// What"]);
        check("sign in by code", &["sign in by code"]);
        check("asks the sign-in service", &["asks the sign-in service"]);
        check("asks the OIDC service", &["asks the OIDC service"]);
        check("an answer of the portal", &["answer of the portal"]);
        check("the laws of the cache", &["laws"]);
    }

    #[test]
    fn ordinary_sentences_have_no_avoided_terms() {
        check("it is no longer accepted", &[]);
        check("there is no token", &[]);
        check("/// Returns whether the token is valid.", &[]);
        check("recommended amendments", &[]);
        check("a commended folderless name", &[]);
        check("asks the user, who answers the prompt", &[]);
        check("the credentials would outlive the session", &[]);
        check("in a circled list, without flaws", &[]);
    }

    #[test]
    fn test_names_need_a_subject() {
        let regex = Regex::new(TEST_NAME).expect("the pattern is valid");
        let name = |text| regex.captures(text).map(|name| name[1].to_owned());
        let named = "    #[test]\n    #[cfg(unix)]\n    fn what_is_new() {\n";
        assert_eq!(name(named).as_deref(), Some("what_is_new"));
        assert_eq!(name("    #[test]\n    fn whole_words_match() {\n"), None);
        assert_eq!(name("    fn what_is_new() {\n"), None);
    }
}
