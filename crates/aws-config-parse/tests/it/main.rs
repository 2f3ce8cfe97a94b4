//! Integration tests of the public API.

mod document;
mod edit;
mod invariant;
mod invariants;
mod lint;
mod merge;
mod name;
mod oracle;
mod problem;
mod property;
mod scale;
mod section;

mod text;
mod words;

#[path = "../../examples/differential/json.rs"]
mod json;

use aws_config_parse::{Document, FileKind};

fn config(text: &str) -> Document {
    Document::parse(FileKind::Config, text)
}

fn credentials(text: &str) -> Document {
    Document::parse(FileKind::Credentials, text)
}
