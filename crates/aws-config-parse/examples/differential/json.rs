//! Documents as JSON, in the format of the oracle.

use aws_config_parse::{Document, FileKind, PropertyRef, SectionRef};
use serde_json::{Value, json};

/// Returns the content of a file, or the line for which the AWS CLI rejects it.
pub(crate) fn file(document: &Document) -> Value {
    if let Some(problem) = document.rejection() {
        return json!({"error": true, "line": problem.line()});
    }
    let sections = document.sections().filter(|section| !section.is_defaults());
    let sections = object(sections, |section| section.header().to_owned());
    match document.kind() {
        FileKind::Credentials => json!({"sections": sections}),
        FileKind::Config => json!({
            "profiles": named(document.profiles()),
            "sso_sessions": named(document.sso_sessions()),
            "services": named(document.all_services()),
            "sections": sections,
        }),
    }
}

pub(crate) fn properties<'a>(properties: impl Iterator<Item = PropertyRef<'a>>) -> Value {
    let all = properties.map(|property| (property.key().into_owned(), value(property)));
    Value::Object(all.collect())
}

fn named<'a>(sections: impl Iterator<Item = SectionRef<'a>>) -> Value {
    object(sections, |section| section.name().as_str().to_owned())
}

fn object<'a>(
    sections: impl Iterator<Item = SectionRef<'a>>,
    name: impl Fn(SectionRef<'a>) -> String,
) -> Value {
    let all = sections.map(|section| (name(section), properties(section.properties())));
    Value::Object(all.collect())
}

fn value(property: PropertyRef<'_>) -> Value {
    if property.is_block() {
        properties(property.pairs())
    } else {
        property.value().into()
    }
}
