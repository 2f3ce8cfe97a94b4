//! Keys that every program ignores because of their spelling or their section.

use aws_config_parse::{FileKind, PropertyRef, SectionRef};
use sso_config::similar::closest;

use crate::check::entry::Entry;
use crate::check::finding::Finding;
use crate::check::fix::Fix;
use crate::check::key::{Kind, known};
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::text_file::TextFile;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&MISSPELLED_KEY, &MISPLACED_KEY, &SERVICE_NAME],
    finder: Finder::Text(find),
};

static MISSPELLED_KEY: Rule = Rule {
    code: "misspelled-key",
    severity: Severity::Error,
    summary: "Key that is spelled almost like a known key",
    explanation: "Programs ignore keys that they do not know, so that the setting is missing. Correct \
                  the spelling. Keys of other tools are not reported unless they differ from a known \
                  key in only one or two characters, and the known key is missing.",
    fix: Some("Renames the key if only one known key is similar."),
};

static MISPLACED_KEY: Rule = Rule {
    code: "misplaced-key",
    severity: Severity::Advice,
    summary: "Known key in a section in which it has no effect",
    explanation: "An `[sso-session]` contains only the start URL, the Region and the scopes; account, \
                  role and other settings belong to a profile. The settings of Amazon S3 belong to a \
                  block `s3 =`. Move the key, or remove it.",
    fix: None,
};

static SERVICE_NAME: Rule = Rule {
    code: "service-name",
    severity: Severity::Error,
    summary: "Service in a `[services]` section with a name that no program looks for",
    explanation: "The name of a service is its ID in lower case, with underscores in place of \
                  hyphens and spaces, such as `sso_oidc`.",
    fix: Some("Renames the block, unless the correct name exists."),
};

fn find(file: &TextFile<'_>) -> Vec<Finding> {
    let entries = Entry::all(file.document);
    let keys = entries.filter_map(|entry| finding(file, &entry));
    let services = file.document.all_services();
    let services = services.flat_map(|section| service_names(file, section));
    keys.chain(services).collect()
}

fn finding(file: &TextFile<'_>, entry: &Entry<'_>) -> Option<Finding> {
    let name = entry.property.key();
    if entry.key().is_some() {
        return None;
    }
    let location = file.line(entry.property.line());
    if known(&name).is_some() {
        if entry.kind == Kind::S3 && has_endpoint_plugin(file) {
            return None;
        }
        return Some(misplaced(entry, &name)?.at(location));
    }
    let similar = similar_keys(entry);
    let finding = |hint: &str| {
        let message = format!("programs ignore the key {name}; {hint}");
        Finding::new(&MISSPELLED_KEY, &message).at(&location)
    };
    match similar.as_slice() {
        [] => None,
        [key] => {
            let finding = finding(&format!("it is spelled almost like {key}"));
            Some(finding.fixed_by(Some(file.path), entry.rename(key)))
        }
        keys => {
            let finding = finding("it is spelled almost like known keys");
            Some(finding.with_hint(&format!("rename it to {}", keys.join(" or "))))
        }
    }
}

/// Returns whether the AWS CLI loads a plugin for endpoints, such as `awscli_plugin_endpoint`, which reads
/// `endpoint_url`, `ca_bundle` and other keys in the blocks of services.
fn has_endpoint_plugin(file: &TextFile<'_>) -> bool {
    let mut sections = file.document.sections();
    let plugins = sections.find(|section| section.header().trim() == "plugins");
    plugins.is_some_and(|section| section.get("endpoint").is_some())
}

fn misplaced(entry: &Entry<'_>, name: &str) -> Option<Finding> {
    let (place, target) = match entry.kind {
        Kind::Session => ("an [sso-session]", "a profile that uses the session"),
        Kind::Profile if Kind::Session.key(name).is_some() => {
            ("a profile", "the [sso-session] of the profile")
        }
        Kind::Profile if Kind::S3.key(name).is_some() => {
            ("a profile", "a block s3 = of the profile, indented")
        }
        Kind::S3 if Kind::Profile.key(name).is_some() => ("a block s3 =", "the profile"),
        _ => return None,
    };
    let finding = Finding::new(
        &MISPLACED_KEY,
        &format!("the key {name} has no effect in {place}"),
    );
    Some(finding.with_hint(&format!("move it to {target}, or remove it")))
}

/// Returns the known keys for which misspelled keys of the section stand.
pub(super) fn misspelled_keys(section: SectionRef<'_>) -> Vec<&'static str> {
    let kind = Kind::of(&section.name());
    let entries = kind.map(|kind| Entry::of_section(kind, section));
    let unknown = entries
        .into_iter()
        .flatten()
        .filter(|entry| entry.key().is_none() && known(&entry.property.key()).is_none());
    unknown.flat_map(|entry| similar_keys(&entry)).collect()
}

/// Returns the keys that are missing beside a key of similar spelling.
fn similar_keys(entry: &Entry<'_>) -> Vec<&'static str> {
    let name = entry.property.key();
    let missing = entry.kind.keys().map(|(key, _, _)| *key);
    let missing = missing.filter(|key| !entry.has(key));
    if is_disabled(&name) {
        return Vec::new();
    }
    let squashed = squashed(&name);
    let mut same = missing
        .clone()
        .filter(|key| self::squashed(key) == squashed);
    if let Some(key) = same.next() {
        return vec![key];
    }
    let limit = match name.chars().count() {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    closest(&name, missing.filter(|_| limit > 0), limit)
}

/// Returns whether a user has disabled a key, or kept another value, such as `_region` and `region2`.
fn is_disabled(name: &str) -> bool {
    name.starts_with(['_', 'x', '-', '.'])
        || name.ends_with(|c: char| c == '_' || c.is_ascii_digit())
}

fn squashed(name: &str) -> String {
    let is_separator = |c: char| matches!(c, '_' | '-' | '.' | ' ');
    name.chars().filter(|c| !is_separator(*c)).collect()
}

fn service_names(file: &TextFile<'_>, section: SectionRef<'_>) -> Vec<Finding> {
    let path = file.path;
    let blocks = section.own_properties().filter(PropertyRef::is_block);
    let findings = blocks.filter_map(|block| {
        let name = block.key();
        let correct = correct_service_name(&name)?;
        let message = format!("no program looks for the service {name}; its name is {correct}");
        let finding = Finding::new(&SERVICE_NAME, &message).at(file.line(block.line()));
        let (name, section_name) = (name.into_owned(), section.name().into_owned());
        if section.get(&correct).is_some() || section.file() == FileKind::Credentials {
            return Some(finding.with_hint("remove one of the two blocks"));
        }
        let description = format!("rename {name} to {correct}");
        let fix = Fix::edit(&description, move |config| {
            let section = config.section_mut(&section_name);
            let renamed = section.map(|mut it| it.rename(&name, &correct));
            renamed.map_or(Ok(()), |renamed| renamed.map(drop))
        });
        Some(finding.fixed_by(Some(path), fix))
    });
    findings.collect()
}

/// Returns the name of a service that is written with other separators.
fn correct_service_name(name: &str) -> Option<String> {
    if squashed(name) == "ssooidc" {
        return (name != "sso_oidc").then(|| "sso_oidc".to_owned());
    }
    name.contains(['-', ' '])
        .then(|| name.replace(['-', ' '], "_"))
}
