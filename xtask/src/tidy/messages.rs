//! Each error of the programs is explained to whoever meets it.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use regex::Regex;

use super::Tree;
use crate::workspace::root;

/// Where messages are explained: in list items, the messages as code before a colon.
const PAGE: &str = "docs/guide/troubleshooting.md";

/// What stands before the text of an error.
const ERROR: &str = r#"(?:#\[error\(|\b(?:anyhow|bail)!\(|\bensure!\([^;"]*?|context\((?:\|\| ?)?(?:format!\()?)\s*"#;

/// The files whose errors have their texts in a `match`.
const IN_A_MATCH: [&str; 3] = [
    "crates/aws-config-parse/src/edit/error.rs",
    "crates/aws-config-parse/src/problem.rs",
    "crates/sso-credentials/src/error/sign_in_reason.rs",
];

/// What stands before the text of an error there.
const ARM: &str = r"=>\s*\{?\s*(?:format!\()?\s*";

/// A string in the source, between its quotes.
const LITERAL: &str = r#""((?:[^"\\]|\\.)*)""#;

/// Finds errors in the sources that the page does not have, and messages on the page that no
/// program has.
pub(super) fn unexplained(tree: &Tree) -> Result<Vec<String>> {
    let page = fs::read_to_string(root().join(PAGE))?;
    let explained = explained(&page);
    ensure!(!explained.is_empty(), "{PAGE} explains nothing");
    let error = Regex::new(&format!("(?s){ERROR}{LITERAL}"))?;
    let arm = Regex::new(&format!("(?s){ARM}{LITERAL}"))?;
    // The quote as a character begins no string.
    let literal = Regex::new(&format!(r#"(?s)'\\?"'|{LITERAL}"#))?;
    let (mut missing, mut known) = (Vec::new(), Vec::new());
    for path in tree.shipped_sources() {
        let source = fs::read_to_string(root().join(path))?;
        let mut errors = patterns(&error, &source);
        if IN_A_MATCH.iter().any(|file| Path::new(file) == path) {
            errors.extend(patterns(&arm, &source));
        }
        let is_missing = |error: &&Pattern| !explained.iter().any(|text| error.fits(text));
        let of_file = errors.iter().filter(is_missing);
        missing.extend(of_file.map(|error| format!("{}: {}", path.display(), error.0)));
        known.extend(patterns(&literal, &source));
    }
    let is_unknown = |text: &&String| !known.iter().any(|message| message.fits(text));
    let unknown = explained.iter().filter(is_unknown);
    missing.extend(unknown.map(|text| format!("{PAGE}: no program says: {text}")));
    Ok(missing)
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

/// A text with places to fill, as `format!` takes it.
struct Pattern(String);

/// Returns the texts that the first group of `regex` finds and that say something by themselves.
fn patterns(regex: &Regex, source: &str) -> Vec<Pattern> {
    let line_end = Regex::new(r"\\\n\s*").expect("it is well formed");
    let texts = regex.captures_iter(source).filter_map(|found| found.get(1));
    let texts = texts.map(|text| {
        let text = line_end.replace_all(text.as_str(), "");
        Pattern(text.replace("\\\"", "\""))
    });
    texts.filter(Pattern::has_text).collect()
}

impl Pattern {
    /// Returns what stands before, between and after the places.
    fn pieces(&self) -> Vec<String> {
        let mut pieces = vec![String::new()];
        let mut characters = self.0.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '{' | '}' if characters.next_if_eq(&c).is_none() => {
                    while characters.next().is_some_and(|c| c != '}') {}
                    pieces.push(String::new());
                }
                c => pieces.last_mut().expect("one is there").push(c),
            }
        }
        pieces
    }

    /// Whether five letters or more stand beside the places: else any text would fit.
    fn has_text(&self) -> bool {
        let letters = self.pieces().concat();
        letters.chars().filter(|c| c.is_alphabetic()).count() >= 5
    }

    /// Whether `text` is this one with its places filled.
    fn fits(&self, text: &str) -> bool {
        let pieces = self.pieces();
        let (first, others) = pieces.split_first().expect("one is there");
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

    use super::{ERROR, LITERAL, Pattern, explained, patterns};

    #[test]
    fn a_text_fits_with_its_places_filled() {
        let check = |pattern: &str, text: &str, fits| {
            assert_eq!(
                Pattern(pattern.to_owned()).fits(text),
                fits,
                "{pattern} {text}"
            );
        };
        check(
            "{host} refuses connections",
            "HOST refuses connections",
            true,
        );
        check("{host} refuses connections", "HOST refuses", false);
        check("cannot read {}", "cannot read FILE", true);
        check("no {a} in {b}{}", "no profile NAME in CONFIG", true);
        check("no {a} in {b}{}", "no profile NAME", false);
        check("`{{` is no {x}", "`{` is no NAME", true);
        check("interrupted", "interrupted", true);
        check("interrupted", "interrupted now", false);
    }

    #[test]
    fn errors_are_found_in_every_spelling() {
        let source = r#"
            #[error(
                "one {x} is\
                 missing"
            )]
            bail!("two is missing");
            ensure!(a(b), "three is missing");
            read().with_context(|| format!("four \"is\" missing"))?;
            let five = "five is missing";
        "#;
        let error = Regex::new(&format!("(?s){ERROR}{LITERAL}")).unwrap();
        let found = patterns(&error, source);
        let found: Vec<_> = found.iter().map(|pattern| pattern.0.as_str()).collect();
        let expected = [
            "one {x} ismissing",
            "two is missing",
            "three is missing",
            "four \"is\" missing",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn code_before_the_colon_of_an_item_is_a_message() {
        let page = "- `a b`, ``c `d` ``,\n  `e`:\n  `f` is it.\n- g `h`: i\n\n`j`:\n";
        assert_eq!(explained(page), ["a b", "c `d`", "e"]);
    }
}
