//! Keys that every program ignores because of their spelling or their section.

use aws_config_parse::{FileKind, PropertyRef, SectionRef};
use sso_config::similar::closest;

use crate::check::entry::{Entry, MOVE_COMMENT, SEPARATE_LINES};
use crate::check::finding::Finding;
use crate::check::fix::Fix;
use crate::check::key::{Kind, known};
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::syntax::Syntax;
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
    fix: Some(
        "Renames the key if only one known key is similar, no other key of the profile in either file is \
         similar to it, the value fits it, and the profile gets no second credential source.",
    ),
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
        [key] if file.has(&entry.section, key) && entry.block.is_none() => None,
        [key] => {
            let finding = finding(&format!("it is spelled almost like {key}"));
            Some(renamed(finding, file, entry, key))
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

/// Adds the fix that renames the entry to `key`, or a hint. If the value does not fit `key`, explains other
/// findings about the value: a rule about values reports it after the key is renamed.
fn renamed(finding: Finding, file: &TextFile<'_>, entry: &Entry<'_>, key: &'static str) -> Finding {
    let correction = correction(file, entry, key);
    let finding = match correction {
        Some(_) => finding.explaining(&["D01", "D13", "D14"]),
        None => finding,
    };
    match (decision(file, entry, key), correction) {
        (Some(hint), _) => finding.with_hint(&hint),
        (None, Some(correction)) => {
            finding.with_hint(&format!("rename it to {key}, and {correction}"))
        }
        (None, None) => finding.fixed_by(Some(file.path), entry.rename(key)),
    }
}

/// Returns a hint if the user has to decide whether to rename the key.
fn decision(file: &TextFile<'_>, entry: &Entry<'_>, key: &str) -> Option<String> {
    let name = entry.property.key();
    let mut others = unknown_entries(file, entry).map(|other| (similar_keys(&other), other));
    if is_plural(&name, key) {
        return Some(format!("if you mean {key}, rename it"));
    }
    if others.any(|(similar, _)| similar.contains(&key)) {
        let hint = format!("keep one of the keys that are similar to {key}, and rename it");
        return Some(hint);
    }
    let misspelled = |rival: &str| {
        let mut others = unknown_entries(file, entry);
        let other = others.find(|other| similar_keys(other).contains(&rival))?;
        Some(other.property.key().into_owned())
    };
    let rival = rivals(key).find_map(|rival| {
        let exists = file.has(&entry.section, rival);
        exists
            .then(|| rival.to_owned())
            .or_else(|| misspelled(rival))
    });
    Some(format!(
        "rename it to {key}, or remove it; the profile also contains {}",
        rival?
    ))
}

/// Returns the correction of the value with which the key can be renamed, if the value does not fit.
fn correction(file: &TextFile<'_>, entry: &Entry<'_>, key: &str) -> Option<&'static str> {
    let (_, _, syntax) = *entry.kind.key(key)?;
    let value = entry.property.value();
    let has_lines = value.contains('\n');
    let fits = match syntax {
        Syntax::SectionReference => file.exists(&Entry::target(key, &value)),
        Syntax::Block => entry.property.is_block(),
        _ => !has_lines && (syntax.accepts(&value) || syntax.corrected(&value).is_some()),
    };
    if fits {
        None
    } else if entry.has_comment() {
        Some(MOVE_COMMENT)
    } else if has_lines && syntax != Syntax::Block {
        Some(SEPARATE_LINES)
    } else {
        Some("correct its value")
    }
}

/// Returns the other unknown keys of the block, or of the section in both files.
fn unknown_entries<'a>(
    file: &'a TextFile<'_>,
    entry: &'a Entry<'_>,
) -> impl Iterator<Item = Entry<'a>> {
    let line = entry.property.line();
    let pairs = entry.block.into_iter().flat_map(|block| block.pairs());
    let is_own = entry.block.is_none();
    let own = Some(entry.section).filter(|_| is_own);
    let own = own.into_iter().flat_map(|section| section.own_properties());
    let own = own.chain(pairs).filter(move |it| it.line() != line);
    let own = own.map(|property| Entry { property, ..*entry });
    let name = entry.section.name();
    let other = file.other.section(&name);
    let other = other.filter(|_| is_own && name.is_profile());
    let other = other.into_iter().flat_map(move |section| {
        let properties = section.own_properties();
        properties.map(move |property| Entry {
            section,
            property,
            ..*entry
        })
    });
    let entries = own.chain(other);
    entries.filter(|entry| known(&entry.property.key()).is_none())
}

/// Keys of the credential sources of a profile.
const SOURCES: [&[&str]; 5] = [
    &[
        "sso_session",
        "sso_start_url",
        "sso_region",
        "sso_account_id",
        "sso_role_name",
    ],
    &[
        "role_arn",
        "source_profile",
        "credential_source",
        "web_identity_token_file",
    ],
    &["credential_process"],
    &["login_session"],
    &[
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
    ],
];

/// Keys of one source that exclude each other.
const ALTERNATIVES: [&[&str]; 3] = [
    &["sso_session", "sso_start_url"],
    &["sso_session", "sso_region"],
    &[
        "source_profile",
        "credential_source",
        "web_identity_token_file",
    ],
];

/// Returns the keys beside which `key` selects a second credential source.
fn rivals(key: &str) -> impl Iterator<Item = &'static str> {
    let is_source = SOURCES.iter().any(|keys| keys.contains(&key));
    let others = SOURCES
        .iter()
        .filter(move |keys| is_source && !keys.contains(&key));
    let alternatives = ALTERNATIVES.iter().filter(move |keys| keys.contains(&key));
    let rivals = others
        .chain(alternatives)
        .flat_map(|keys| keys.iter().copied());
    rivals.filter(move |rival| *rival != key)
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

/// Returns the known keys for which misspelled keys of the section stand, and those in indented lines,
/// which are part of the value above.
pub(super) fn misspelled_keys(section: SectionRef<'_>) -> Vec<&'static str> {
    let kind = Kind::of(&section.name());
    let entries = kind.map(|kind| Entry::of_section(kind, section));
    let unknown = entries
        .into_iter()
        .flatten()
        .filter(|entry| entry.key().is_none() && known(&entry.property.key()).is_none());
    let misspelled = unknown.flat_map(|entry| similar_keys(&entry));
    misspelled.chain(indented_keys(section)).collect()
}

fn indented_keys(section: SectionRef<'_>) -> Vec<&'static str> {
    let values = section.own_properties().filter(|it| !it.is_block());
    let keys = values.flat_map(|property| {
        let value = property.value().into_owned();
        let keys = value.lines().skip(1).filter_map(|line| {
            let (key, _) = line.split_once('=')?;
            Some(known(key.trim_end())?.0)
        });
        keys.collect::<Vec<_>>()
    });
    keys.collect()
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
    let is_possible = |key: &&str| !is_plural(&name, key) || is_one_value(entry, key);
    closest(&name, missing.filter(is_possible), limit)
}

/// Returns whether one name is the plural of the other. Other tools may have such keys.
fn is_plural(name: &str, key: &str) -> bool {
    let (name, key) = (squashed(name), squashed(key));
    let is_plural_of = |plural: &str, singular: &str| {
        plural.strip_suffix('s') == Some(singular) && !singular.ends_with('s')
    };
    is_plural_of(&name, &key) || is_plural_of(&key, &name)
}

/// Returns whether the value is certainly not a list, but a value of `key`.
fn is_one_value(entry: &Entry<'_>, key: &str) -> bool {
    use Syntax::{Block, Command, Path, Plain, Secret, SectionReference, Text};

    let value = entry.property.value();
    let is_list = value.contains([',', ';', ' ', '\n']);
    let known = entry.kind.key(key);
    known.is_some_and(|(_, _, syntax)| match syntax {
        Text | Command | Plain | Path | Secret | SectionReference | Block => false,
        syntax => !is_list && syntax.accepts(&value),
    })
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
        let same = section.own_properties();
        let same = same.filter(|it| correct_service_name(&it.key()).as_ref() == Some(&correct));
        let is_in_credentials = section.file() == FileKind::Credentials;
        if section.get(&correct).is_some() || same.count() > 1 || is_in_credentials {
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
