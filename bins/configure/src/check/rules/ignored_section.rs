//! Sections that the AWS CLI and the SDKs ignore.

use std::collections::HashMap;

use aws_config_parse::{Document, PropertyRef, SectionName, SectionRef};
use sso_config::intended::{Intended, is_ignored_by_mistake};

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
    let ignored: Vec<_> = sections.filter(|it| is_ignored_by_mistake(*it)).collect();
    let mut corrections: HashMap<_, usize> = HashMap::new();
    for section in &ignored {
        if let Some(Intended::Certain(correct)) = Intended::of(section.header()) {
            *corrections.entry(correct).or_default() += 1;
        }
    }
    let is_unique = |correct: &SectionName<'_>| corrections.get(correct) == Some(&1);
    let findings = ignored.into_iter();
    findings.map(|it| finding(file, it, &is_unique)).collect()
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
    let hint = match Intended::of(section.header()) {
        Some(Intended::Certain(correct)) => {
            let header = header_of(&correct);
            if !fits(section, &correct) || is_foreign(section, &correct) {
                Some(format!("if you mean {header}, write it"))
            } else if !is_unique(&correct) {
                Some(format!("merge the sections that stand for {header}"))
            } else if file.document.section(&correct).is_some() {
                Some(merge_into(&correct))
            } else {
                return finding.fixed_by(Some(file.path), rename(section, correct));
            }
        }
        intended => uncertain_hint(file, section, intended),
    };
    match hint {
        Some(hint) => finding.with_hint(&hint),
        None => finding,
    }
}

/// Returns the hint for a header that may have another meaning.
fn uncertain_hint(
    file: &TextFile<'_>,
    section: SectionRef<'_>,
    intended: Option<Intended>,
) -> Option<String> {
    match intended {
        Some(Intended::Likely(correct)) if is_session_name(&correct) || fits(section, &correct) => {
            let exists = file.document.section(&correct).is_some();
            Some(if exists {
                merge_into(&correct)
            } else {
                format!("write {}", header_of(&correct))
            })
        }
        Some(Intended::Type(kind))
            if section.header().trim() == kind || fits_type(section, kind) =>
        {
            Some(format!("write a name after the type: [{kind} NAME]"))
        }
        _ => hint_for_name(file, section),
    }
}

fn rename(section: SectionRef<'_>, correct: SectionName<'static>) -> Fix {
    let description = format!("rename the section to {}", header_of(&correct));
    let name = section.name().into_owned();
    Fix::edit(&description, move |config: &mut Document| {
        if config.section(&name).is_none() {
            return Ok(());
        }
        config.rename_section(&name, &correct).map(drop)
    })
}

fn merge_into(existing: &SectionName<'_>) -> String {
    format!("merge its keys into {}, which exists", header_of(existing))
}

/// Returns the hint for a section whose header is a name without a type.
fn hint_for_name(file: &TextFile<'_>, section: SectionRef<'_>) -> Option<String> {
    let header = section.header().trim();
    if header.contains(char::is_whitespace) {
        return None;
    }
    let profile = SectionName::profile(header);
    if is_session(section) {
        return Some(format!(
            "write [sso-session {header}] or [profile {header}]"
        ));
    }
    if file.document.section(&profile).is_some() {
        return Some(merge_into(&profile));
    }
    let mut properties = section.own_properties();
    let is_profile = properties.any(|property| Kind::Profile.key(&property.key()).is_some());
    is_profile.then(|| format!("write [profile {header}]"))
}

/// Returns whether the keys can be those of the correct section. Other tools may have such sections.
fn fits(section: SectionRef<'_>, correct: &SectionName<'_>) -> bool {
    let kind = match correct {
        SectionName::SsoSession(_) => "sso-session",
        SectionName::Services(_) => "services",
        _ => "profile",
    };
    fits_type(section, kind)
}

/// Returns whether the section can be that of another tool: its type is a common word, such as `session`,
/// and no key is one of ours.
fn is_foreign(section: SectionRef<'_>, correct: &SectionName<'_>) -> bool {
    let header = section.header().trim().to_lowercase();
    let is_own_word = |word: &str| header.starts_with(word);
    let kind = match correct {
        SectionName::SsoSession(_) if !["sso-", "sso_", "ssos"].into_iter().any(is_own_word) => {
            Kind::Session
        }
        _ => return false,
    };
    let mut properties = section.own_properties().peekable();
    properties.peek().is_some() && properties.all(|it| kind.key(&it.key()).is_none())
}

/// Returns whether the header begins with `sso-session`, which begins no name of a profile.
fn is_session_name(correct: &SectionName<'_>) -> bool {
    matches!(correct, SectionName::SsoSession(_))
}

fn fits_type(section: SectionRef<'_>, kind: &str) -> bool {
    let is_possible = |property: PropertyRef<'_>| {
        let key = property.key();
        match kind {
            "sso-session" => Kind::Session.key(&key).is_some() || Kind::Profile.key(&key).is_none(),
            "services" => property.is_block(),
            _ => true,
        }
    };
    section.own_properties().all(is_possible)
}

/// Returns the header of a section in its normal form.
pub(super) fn header_of(name: &SectionName<'_>) -> String {
    let kind = match name {
        SectionName::SsoSession(_) => "sso-session ",
        SectionName::Services(_) => "services ",
        SectionName::Profile(_) => "profile ",
        SectionName::Default | SectionName::Other(_) => "",
    };
    format!("[{kind}{}]", name.as_str())
}

/// Returns whether the keys are those of an SSO session, or of a legacy profile without a role.
fn is_session(section: SectionRef<'_>) -> bool {
    let has = |key| section.get(key).is_some();
    has("sso_start_url") && !has("sso_account_id") && !has("sso_role_name")
}
