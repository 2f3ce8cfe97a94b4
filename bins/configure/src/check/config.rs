//! What is wrong in the config and credentials files.

use std::collections::HashMap;
use std::path::Path;

use aws_config_parse::{Document, FileKind, SectionName, SectionRef};
use cli_ux::Failure;
use sso_credentials::{
    AwsEnv, ConfigEdit, ConfigFiles, Configured, Error, Place, SsoSession, normalised_start_url,
};
use sso_types::StartUrl;

use super::finding::{Finding, Fix};
use crate::precedence::before_sso;

/// Returns what the AWS CLI cannot read, and what SDKs read otherwise.
///
/// # Errors
///
/// Where a file is there and cannot be read.
pub(super) fn problems_and_lints(
    env: &AwsEnv,
    config: &ConfigEdit,
) -> Result<Vec<Finding>, Failure> {
    let path = env.credentials_file()?;
    let bytes = match std::fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(Error::ReadConfig { path, source }.into()),
        Ok(bytes) => bytes,
    };
    let credentials = Document::parse(FileKind::Credentials, bytes);
    let mut findings = of_document(config.path(), config.before());
    findings.extend(of_document(&path, &credentials));
    Ok(findings)
}

fn of_document(path: &Path, document: &Document) -> Vec<Finding> {
    let at = |line: usize| Some(format!("{}:{line}", path.display()));
    let problems = document.problems().iter();
    let problems = problems.map(|problem| {
        let sentence = match problem.first() {
            Some((first, _)) => format!("{}, first on line {first}", problem.reason()),
            None => problem.reason().to_string(),
        };
        Finding::error("syntax", at(problem.line()), &sentence)
    });
    let lints = document.lints().into_iter().map(|lint| {
        let divergence = lint.divergence();
        Finding::advice(divergence.id(), at(lint.line()), divergence.advice())
    });
    let ignored = document
        .sections()
        .filter(|section| is_ignored(&section.name()));
    let ignored = ignored.map(|section| {
        let sentence = "neither the AWS CLI nor an SDK reads this section: a profile is written as \
                        [profile NAME], a session as [sso-session NAME], the name in one word";
        Finding::error("ignored-section", at(section.line()), sentence)
    });
    let replaced = replaced_default(document).map(|(first, line)| {
        let sentence = format!("this replaces [default] on line {first} as a whole; keep one");
        Finding::advice("two-defaults", at(line), &sentence)
    });
    let findings = problems.chain(ignored).chain(replaced);
    findings.chain(lints).collect()
}

/// Returns the lines of `[default]` and of a `[profile default]` below, which all readers take for
/// the one that counts; where they differ, it is a lint.
fn replaced_default(document: &Document) -> Option<(usize, usize)> {
    let is_default = |section: &SectionRef<'_>| section.name() == SectionName::Default;
    let mut spellings = document.sections().filter(is_default);
    let first = spellings.find(|section| section.header() == "default")?;
    let below = spellings.find(|section| section.header() != "default")?;
    (document.kind() == FileKind::Config).then(|| (first.line(), below.line()))
}

/// `[plugins]` and `[preview]` are the AWS CLI's own.
fn is_ignored(name: &SectionName<'_>) -> bool {
    let is_known = |header: &str| matches!(header, "DEFAULT" | "plugins" | "preview");
    matches!(name, SectionName::Other(header) if !is_known(header))
}

/// Returns what is wrong with sessions and profiles.
pub(super) fn sections(configured: &Configured, config: &Document) -> Vec<Finding> {
    let problems = configured.problems.iter();
    let mut findings: Vec<_> = problems.map(|error| of_error(error, config)).collect();
    findings.extend(spellings(configured));
    findings
}

fn of_error(error: &Error, config: &Document) -> Finding {
    let (code, place) = match error {
        Error::MissingKeys { place, .. } => ("missing-keys", place.as_ref()),
        Error::UnknownSession { asked_by, .. } => ("unknown-session", asked_by.as_ref()),
        Error::Inconsistent { profile, .. } => ("inconsistent", Some(profile)),
        Error::InvalidRegion { place, .. } => ("invalid-region", Some(place)),
        _ => ("unusable", None),
    };
    let sentence = sso_credentials::with_causes(error);
    let finding = Finding::error(code, place.map(ToString::to_string), &sentence);
    match error {
        Error::Inconsistent { key, profile, .. } => match section_at(config, profile, key) {
            Some(section) => finding.mended_by(Fix::RemoveKey { section, key }),
            None => finding,
        },
        Error::MissingKeys { keys, .. } => {
            let failure = Failure::configuration(anyhow::anyhow!("incomplete"));
            finding.with_hint_of(&failure.with_hint(format!("add {}", keys.join(" and "))))
        }
        _ => finding,
    }
}

fn section_at(config: &Document, place: &Place, key: &str) -> Option<SectionName<'static>> {
    let mut profiles = config.profiles();
    let profile = profiles.find(|section| {
        let property = section.get(key);
        property.is_some_and(|property| property.line() == place.line)
    });
    Some(profile?.name().into_owned())
}

/// Returns the profiles whose account and role do not count.
pub(super) fn overruled(files: &ConfigFiles, configured: &Configured) -> Vec<Finding> {
    let profiles = configured.profiles.iter();
    let assigned = profiles.filter(|it| it.account_id.is_some() || it.role_name.is_some());
    let overruled = assigned.filter_map(|profile| before_sso(files, &profile.name));
    let findings = overruled
        .map(|(place, sentence)| Finding::advice("overruled", Some(place.to_string()), &sentence));
    findings.collect()
}

/// Two spellings of one start URL are two sign-ins: the cache goes by the text.
fn spellings(configured: &Configured) -> Vec<Finding> {
    let mut first: HashMap<StartUrl, &SsoSession> = HashMap::new();
    let mut findings = Vec::new();
    for session in &configured.sessions {
        let normal = normalised_start_url(session.start_url.as_str());
        let other = *first.entry(normal).or_insert(session);
        if other.start_url != session.start_url {
            let sentence = format!(
                "the start URLs {} and {} lead to one portal; write them alike",
                other.start_url, session.start_url
            );
            findings.push(Finding::advice("start-url", None, &sentence));
        }
        if other.region != session.region {
            let sentence = format!(
                "the start URL {} has the Regions {} and {}: one of them is wrong",
                session.start_url, other.region, session.region
            );
            findings.push(Finding::error("sso-region", None, &sentence));
        }
    }
    findings
}
