//! Explanations of the error messages in the guide.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use regex::Regex;

use super::Tree;
use crate::workspace::root;

/// Page that explains the messages: list items that begin with messages as code, up to a colon.
const PAGE: &str = "docs/guide/troubleshooting.md";

/// Code before the text of an error.
const ERROR: &str = r#"(?:#\[error\(|\b(?:anyhow|bail)!\(|\bensure!\([^;"]*?|(?:context|Error::other)\((?:\|\| ?)?(?:format!\()?)\s*"#;

/// Code that makes an error of a variable, whose name is the first group.
const FROM_VARIABLE: &str =
    r"(?:(?:context|Error::other)\((?:\|\| ?)?|\b(?:anyhow|bail)!\()\s*&?([a-z_]+)\s*\)";

/// Files whose error texts are the arms of a `match`.
const IN_A_MATCH: [&str; 3] = [
    "crates/aws-config-parse/src/edit/error.rs",
    "crates/aws-config-parse/src/problem.rs",
    "crates/sso-credentials/src/error/sign_in_reason.rs",
];

/// Code before the text of an error in a `match` arm.
const ARM: &str = r"=>\s*\{?\s*(?:format!\()?\s*";

const LITERAL: &str = r#""((?:[^"\\]|\\.)*)""#;

/// Finds errors in the sources that the page does not explain, and messages on the page that are not
/// in the sources.
pub(super) fn unexplained(tree: &Tree) -> Result<Vec<String>> {
    let page = fs::read_to_string(root().join(PAGE))?;
    let explained = explained(&page);
    ensure!(!explained.is_empty(), "{PAGE} lists no messages");
    let error = Regex::new(&format!("(?s){ERROR}{LITERAL}"))?;
    let arm = Regex::new(&format!("(?s){ARM}{LITERAL}"))?;
    // A quote in a character literal does not start a string.
    let literal = Regex::new(&format!(r#"(?s)'\\?"'|{LITERAL}"#))?;
    let (mut missing, mut known) = (Vec::new(), Vec::new());
    for path in tree.shipped_sources() {
        let source = fs::read_to_string(root().join(path))?;
        let code = without_comments(&source);
        let mut errors = patterns(&error, &code);
        errors.extend(in_variables(&literal, &code)?);
        if IN_A_MATCH.iter().any(|file| Path::new(file) == path) {
            errors.extend(patterns(&arm, &source));
        }
        let is_missing = |error: &&Pattern| !explained.iter().any(|text| error.matches(text));
        let of_file = errors.iter().filter(is_missing);
        missing.extend(of_file.map(|error| format!("{}: {}", path.display(), error.0)));
        known.extend(patterns(&literal, &source));
    }
    let is_unknown = |text: &&String| !known.iter().any(|message| message.matches(text));
    let unknown = explained.iter().filter(is_unknown);
    missing.extend(unknown.map(|text| format!("{PAGE}: not in the sources: {text}")));
    Ok(missing)
}

/// Returns the source without comments, whose examples contain other errors.
fn without_comments(source: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let lines = source.split_inclusive('\n').filter(is_code);
    lines.collect()
}

/// Returns the texts in the statements that bind the variables of errors.
fn in_variables(literal: &Regex, source: &str) -> Result<Vec<Pattern>> {
    let uses = Regex::new(FROM_VARIABLE)?;
    let names: BTreeSet<_> = uses
        .captures_iter(source)
        .map(|found| found[1].to_owned())
        .collect();
    let mut found = Vec::new();
    for name in names {
        // A semicolon in a string does not end the statement.
        let statement = Regex::new(&format!(
            r#"(?s)\blet {name}(?:: [^=]+)? =((?:"(?:[^"\\]|\\.)*"|[^";])*);"#
        ))?;
        let values = statement.captures_iter(source).filter_map(|it| it.get(1));
        found.extend(values.flat_map(|value| patterns(literal, value.as_str())));
    }
    Ok(found)
}

/// Returns the code before the first colon of each list item that begins with code.
fn explained(page: &str) -> Vec<String> {
    let (mut messages, mut is_head) = (Vec::new(), false);
    for event in Parser::new(page) {
        match event {
            Event::Start(Tag::Item) => is_head = true,
            Event::Text(text) if text.trim() != "," => is_head = false,
            Event::End(TagEnd::Item) => is_head = false,
            Event::Code(text) if is_head => messages.push(text.trim().to_owned()),
            _ => {}
        }
    }
    messages
}

/// A format string of `format!`.
struct Pattern(String);

/// Returns the matches of the first group of `regex` that [have text](Pattern::has_text).
fn patterns(regex: &Regex, source: &str) -> Vec<Pattern> {
    let line_end = Regex::new(r"\\\n\s*").expect("a valid pattern");
    let texts = regex.captures_iter(source).filter_map(|found| found.get(1));
    let texts = texts.map(|text| {
        let text = line_end.replace_all(text.as_str(), "");
        Pattern(text.replace("\\\"", "\""))
    });
    texts.filter(Pattern::has_text).collect()
}

impl Pattern {
    /// Returns the text before, between and after the placeholders.
    fn pieces(&self) -> Vec<String> {
        let mut pieces = vec![String::new()];
        let mut characters = self.0.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '{' | '}' if characters.next_if_eq(&c).is_none() => {
                    while characters.next().is_some_and(|c| c != '}') {}
                    pieces.push(String::new());
                }
                c => pieces
                    .last_mut()
                    .expect("there is at least one piece")
                    .push(c),
            }
        }
        pieces
    }

    /// Returns whether there are at least five letters outside of the placeholders. With fewer, almost
    /// any text would match.
    fn has_text(&self) -> bool {
        let letters = self.pieces().concat();
        letters.chars().filter(|c| c.is_alphabetic()).count() >= 5
    }

    /// Returns whether `text` matches, with any text for the placeholders.
    fn matches(&self, text: &str) -> bool {
        let pieces = self.pieces();
        let (first, others) = pieces.split_first().expect("there is at least one piece");
        let Some(mut rest) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some((last, between)) = others.split_last() else {
            return rest.is_empty();
        };
        for piece in between {
            match rest.split_once(piece.as_str()) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::{ERROR, LITERAL, Pattern, explained, in_variables, patterns, without_comments};

    #[test]
    fn patterns_match_any_text_for_a_placeholder() {
        let check = |pattern: &str, text: &str, expected| {
            assert_eq!(
                Pattern(pattern.to_owned()).matches(text),
                expected,
                "{pattern} {text}"
            );
        };
        check(
            "{host} refused connections",
            "HOST refused connections",
            true,
        );
        check("{host} refused connections", "HOST refused", false);
        check("cannot read {}", "cannot read FILE", true);
        check("no {a} in {b}{}", "no profile NAME in CONFIG", true);
        check("no {a} in {b}{}", "no profile NAME", false);
        check("`{{` is not a {x}", "`{` is not a NAME", true);
        check("interrupted", "interrupted", true);
        check("interrupted", "interrupted now", false);
    }

    #[test]
    fn errors_are_found_in_every_macro() {
        let source = r#"
            #[error(
                "one {x} is\
                 missing"
            )]
            bail!("two is missing");
            ensure!(a(b), "three is missing");
            read().with_context(|| format!("four \"is\" missing"))?;
            io::Error::other("five is missing");
            let six = "six is missing";
        "#;
        let error = Regex::new(&format!("(?s){ERROR}{LITERAL}")).unwrap();
        let found = patterns(&error, source);
        let found: Vec<_> = found.iter().map(|pattern| pattern.0.as_str()).collect();
        let expected = [
            "one {x} ismissing",
            "two is missing",
            "three is missing",
            "four \"is\" missing",
            "five is missing",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn errors_in_comments_are_ignored() {
        let source = "/// bail!(\"a\");\nfn b() {}\n  // c\n";
        assert_eq!(without_comments(source), "fn b() {}\n");
    }

    #[test]
    fn texts_in_variables_of_errors_are_found() {
        let source = r#"
            let one = "one is missing";
            read().context(one)?;
            let two = format!("two; {} is\
                missing", name);
            read().with_context(|| two)?;
            let three: &str = if a { "three is missing" } else { "three is there" };
            bail!(three);
            let four = "four is missing";
            Err(anyhow!( four ).context("other")) + io::Error::other(&five);
            let five = "five is missing".to_owned();
            let six = "six is no error";
            show(six);
        "#;
        let literal = Regex::new(&format!("(?s){LITERAL}")).unwrap();
        let found = in_variables(&literal, source).unwrap();
        let found: Vec<_> = found.iter().map(|pattern| pattern.0.as_str()).collect();
        let expected = [
            "five is missing",
            "four is missing",
            "one is missing",
            "three is missing",
            "three is there",
            "two; {} ismissing",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn messages_are_code_before_the_colon_of_an_item() {
        let page = "- `a b`, ``c `d` ``,\n  `e`:\n  `f` is it.\n- g `h`: i\n\n`j`:\n";
        assert_eq!(explained(page), ["a b", "c `d`", "e"]);
    }
}
