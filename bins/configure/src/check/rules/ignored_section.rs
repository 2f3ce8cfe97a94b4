//! Sections that the AWS CLI and the SDKs ignore.

use std::collections::HashMap;

use aws_config_parse::{Document, SectionName, SectionRef};
use sso_config::similar::closest;

use crate::check::finding::Finding;
use crate::check::fix::Fix;
use crate::check::key::Kind;
use crate::check::rule::{Rule, Severity};
use crate::check::rule_set::{Finder, RuleSet};
use crate::check::text_file::TextFile;

pub(super) static RULES: RuleSet = RuleSet {
    rules: &[&IGNORED_SECTION],
    finder: Finder::Text(find),
};

static IGNORED_SECTION: Rule = Rule {
    code: "ignored-section",
    severity: Severity::Error,
    summary: "Section that the AWS CLI and the SDKs ignore",
    explanation: "Its type is misspelled or missing, or its name contains white space. Write profiles \
                  as `[profile NAME]` and sessions as `[sso-session NAME]`, without white space in \
                  the name. Sections of other tools are not reported.",
    fix: Some("Corrects the type if it is misspelled, unless a section of that name exists."),
};

fn find(file: &TextFile<'_>) -> Vec<Finding> {
    let sections = file.document.sections();
    let ignored: Vec<_> = sections.filter(|it| is_reported(*it)).collect();
    let mut corrections: HashMap<_, usize> = HashMap::new();
    for section in &ignored {
        if let Some(correct) = misspelled_type(section.header().trim()) {
            *corrections.entry(correct).or_default() += 1;
        }
    }
    let is_unique = |correct: &SectionName<'_>| corrections.get(correct) == Some(&1);
    let findings = ignored.into_iter();
    findings.map(|it| finding(file, it, &is_unique)).collect()
}

/// Returns whether the section is ignored, and is meant to be a profile, a session or services. Other tools
/// have sections of their own.
pub(super) fn is_reported(section: SectionRef<'_>) -> bool {
    let header = section.header().trim();
    let word = header.split_whitespace().next().unwrap_or_default();
    let word = word.to_lowercase().replace('_', "-");
    let is_type = SESSION_WORDS.contains(&word.as_str()) || !closest(&word, TYPES, 2).is_empty();
    let is_meant = if header.contains(char::is_whitespace) {
        is_type
    } else {
        let is_empty = section.own_properties().next().is_none();
        is_type || is_empty || is_session(section) || is_profile(section)
    };
    section.name().is_ignored() && (is_meant || misspelled_type(header).is_some())
}

/// Returns the finding; `is_unique` states whether only one section is corrected to a name.
fn finding(
    file: &TextFile<'_>,
    section: SectionRef<'_>,
    is_unique: &dyn Fn(&SectionName<'_>) -> bool,
) -> Finding {
    let message = "the AWS CLI and the SDKs ignore this section; write [profile NAME] or \
                   [sso-session NAME], without white space in the name";
    let finding = Finding::new(&IGNORED_SECTION, message).at(file.line(section.line()));
    let header = section.header().trim();
    match (
        misspelled_type(header),
        header.split_once(char::is_whitespace),
    ) {
        (Some(correct), _) if !fits(section, &correct) => {
            finding.with_hint(&format!("if you mean [{}], write it", header_of(&correct)))
        }
        (Some(correct), _) if !is_unique(&correct) => finding.with_hint(&format!(
            "merge the sections that stand for [{}]",
            header_of(&correct)
        )),
        (Some(correct), _) if file.document.section(&correct).is_none() => {
            let description = format!("rename the section to [{}]", header_of(&correct));
            let name = section.name().into_owned();
            let rename = move |config: &mut Document| {
                let is_missing = config.section(&name).is_none();
                if is_missing {
                    Ok(())
                } else {
                    config.rename_section(&name, &correct).map(drop)
                }
            };
            finding.fixed_by(Some(file.path), Fix::edit(&description, rename))
        }
        (Some(correct), _) => finding.with_hint(&format!(
            "merge its keys into [{}], which exists",
            header_of(&correct)
        )),
        (None, None) if is_session(section) => finding.with_hint(&format!(
            "write [sso-session {header}] or [profile {header}]"
        )),
        (None, None) if TYPES.contains(&header) => {
            finding.with_hint(&format!("write a name after the type: [{header} NAME]"))
        }
        (None, None) if glued_type(header).is_some() => {
            let (kind, name) = glued_type(header).unwrap_or_default();
            finding.with_hint(&format!("write [{kind} {name}]"))
        }
        (None, None) if file.document.profile(header).is_some() => finding.with_hint(&format!(
            "merge its keys into [profile {header}], which exists"
        )),
        (None, None) if is_profile(section) => {
            finding.with_hint(&format!("write [profile {header}]"))
        }
        _ => finding,
    }
}

const TYPES: [&str; 3] = ["profile", "sso-session", "services"];

/// Words that users write in place of `sso-session`.
const SESSION_WORDS: [&str; 3] = ["session", "sso", "ssosession"];

/// Returns the correct name of a section with a misspelled type and a name of one word.
fn misspelled_type(header: &str) -> Option<SectionName<'static>> {
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ':' | '=' | '/');
    let (word, name) = header.split_once(is_separator)?;
    let name = name.trim();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '+');
    if name.is_empty() || !name.chars().all(is_word) {
        return None;
    }
    let name = name.to_owned();
    let word = word.to_lowercase().replace('_', "-");
    if SESSION_WORDS.contains(&word.as_str()) {
        return Some(SectionName::SsoSession(name.into()));
    }
    match closest(&word, TYPES, 2).as_slice() {
        ["profile"] => Some(SectionName::profile(name)),
        ["sso-session"] => Some(SectionName::SsoSession(name.into())),
        ["services"] => Some(SectionName::Services(name.into())),
        _ => None,
    }
}

/// Returns whether the keys can be those of the correct section. Other tools may have such sections.
fn fits(section: SectionRef<'_>, correct: &SectionName<'_>) -> bool {
    section.own_properties().all(|property| {
        let key = property.key();
        match correct {
            SectionName::SsoSession(_) => {
                Kind::Session.key(&key).is_some() || Kind::Profile.key(&key).is_none()
            }
            SectionName::Services(_) => property.is_block(),
            _ => true,
        }
    })
}

/// Returns the type and the name of a header without a space between them, such as `profiledev`.
fn glued_type(header: &str) -> Option<(&'static str, &str)> {
    let mut types = TYPES.iter();
    types.find_map(|kind| {
        let name = header.strip_prefix(kind)?;
        let is_name = name.len() > 1 && name.starts_with(char::is_alphanumeric);
        is_name.then_some((*kind, name))
    })
}

fn header_of(name: &SectionName<'_>) -> String {
    let kind = match name {
        SectionName::SsoSession(_) => "sso-session ",
        SectionName::Services(_) => "services ",
        SectionName::Profile(_) => "profile ",
        SectionName::Default | SectionName::Other(_) => "",
    };
    format!("{kind}{}", name.as_str())
}

/// Returns whether the keys are those of an SSO session, or of a legacy profile without a role.
fn is_session(section: SectionRef<'_>) -> bool {
    let has = |key| section.get(key).is_some();
    has("sso_start_url") && !has("sso_account_id") && !has("sso_role_name")
}

fn is_profile(section: SectionRef<'_>) -> bool {
    let mut properties = section.own_properties();
    properties.any(|property| Kind::Profile.key(&property.key()).is_some())
}
