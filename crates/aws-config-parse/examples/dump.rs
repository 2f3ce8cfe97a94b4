//! Prints the profiles, SSO sessions and services of a file as JSON, like botocore's profile map.
//!
//! ```text
//! dump FILE
//! ```
//!
//! A file whose name ends in `credentials` is read as a credentials file. If the AWS CLI rejects
//! the file, prints the problems to stderr, the one that the CLI reports first, and exits with 1.

use std::io::{self, Write};
use std::process::ExitCode;
use std::{env, fs};

use aws_config_parse::{Document, FileKind, PropertyRef, SectionRef};
use serde_json::{Map, Value, json};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let (Some(file), None) = (arguments.next(), arguments.next()) else {
        return fail("usage: dump FILE");
    };
    let kind = if file.to_string_lossy().ends_with("credentials") {
        FileKind::Credentials
    } else {
        FileKind::Config
    };
    let document = match fs::read(&file) {
        Ok(bytes) => Document::parse(kind, bytes),
        Err(error) => return fail(&format!("{}: {error}", file.display())),
    };
    if let Some(rejection) = document.rejection() {
        let others = document
            .problems()
            .iter()
            .filter(|other| *other != rejection);
        let lines: Vec<_> = std::iter::once(rejection)
            .chain(others)
            .map(ToString::to_string)
            .collect();
        return fail(&lines.join("\n"));
    }
    let map = json!({
        "profiles": named(document.profiles()),
        "sso_sessions": named(document.sso_sessions()),
        "services": named(document.all_services()),
    });
    match writeln!(io::stdout(), "{map:#}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

fn named<'a>(sections: impl Iterator<Item = SectionRef<'a>>) -> Value {
    let sections = sections.map(|section| {
        let properties = section
            .properties()
            .map(|property| (property.key().into_owned(), value(property)));
        (
            section.name().as_str().to_owned(),
            Value::Object(properties.collect()),
        )
    });
    Value::Object(sections.collect())
}

fn value(property: PropertyRef<'_>) -> Value {
    if !property.is_block() {
        return property.value().into();
    }
    let pairs = property
        .pairs()
        .map(|pair| (pair.key().into_owned(), pair.value().into()));
    Value::Object(pairs.collect::<Map<_, _>>())
}

fn fail(message: &str) -> ExitCode {
    // An error cannot be reported if stderr is closed.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::FAILURE
}
