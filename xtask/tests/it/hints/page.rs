//! The messages in the guide.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use regex::Regex;

/// Returns the code before the first colon of each list item that begins with code.
pub(super) fn messages() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/troubleshooting.md");
    let page = fs::read_to_string(path).unwrap();
    let (mut messages, mut is_head) = (BTreeSet::new(), false);
    for event in Parser::new(&page) {
        match event {
            Event::Start(Tag::Item) => is_head = true,
            Event::Text(text) if text.trim() != "," => is_head = false,
            Event::End(TagEnd::Item) => is_head = false,
            Event::Code(text) if is_head => {
                messages.insert(text.trim().to_owned());
            }
            _ => {}
        }
    }
    messages
}

/// Returns whether an error in `stderr` contains the message, with any text for its placeholders in
/// capitals.
pub(super) fn contains(stderr: &str, message: &str) -> bool {
    let placeholder = Regex::new(r"[A-Z]{2,}(?:-[A-Z]+)*").unwrap();
    let pieces = placeholder.split(message).map(regex::escape);
    let pattern = pieces.collect::<Vec<_>>().join(".+?");
    let message = Regex::new(&pattern).unwrap();
    let mut errors = stderr.lines().filter(|line| line.contains(": error: "));
    errors.any(|line| message.is_match(line))
}
