//! Profiles that a finding affects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aws_config_parse::{Document, MergedProfile, SectionName, SectionRef, merged_profiles};
use sso_config::process::{Exported, ExportedSession, command_words};
use sso_types::{ProfileName, escaped};

/// Profiles that use each session, `[services]` section, source profile and exported profile.
pub(super) struct Affected {
    /// The config file and the credentials file, by their escaped paths.
    files: BTreeMap<String, Sections>,
    /// Profiles that name another section in a key, by that section.
    references: BTreeMap<Target, Vec<String>>,
}

/// The sections of a file by their lines.
type Sections = BTreeMap<usize, Option<Target>>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Profile(String),
    Session(String),
    Services(String),
}

type NewTarget = fn(String) -> Target;

/// Keys that name another section.
const REFERENCES: [(&str, NewTarget); 3] = [
    ("source_profile", Target::Profile),
    ("sso_session", Target::Session),
    ("services", Target::Services),
];

impl Affected {
    /// Takes the config file and the credentials file, with their paths, and the profile of the environment.
    pub(super) fn of(files: [(&Path, &Document); 2], default: Option<&ProfileName>) -> Self {
        let [(_, config), (_, credentials)] = files;
        let mut references: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let profiles: Vec<_> = merged_profiles(config, credentials).collect();
        let names: BTreeSet<_> = profiles
            .iter()
            .map(|it| it.name().as_str().to_owned())
            .collect();
        for profile in profiles {
            let name = profile.name().as_str().to_owned();
            if let Some(target) = exported(&profile, default, &names) {
                references.entry(target).or_default().push(name.clone());
            }
            for (key, target) in REFERENCES {
                if let Some(property) = profile.get(key) {
                    let target = target(property.value().into_owned());
                    references.entry(target).or_default().push(name.clone());
                }
            }
        }
        let sections = |document: &Document| {
            let sections = document.sections();
            sections.map(|it| (it.line(), target(&it))).collect()
        };
        let files = files
            .iter()
            .map(|(path, document)| (escaped(&path.to_string_lossy()), sections(document)));
        Self {
            files: files.collect(),
            references,
        }
    }

    /// Returns the file and the line of a location `FILE:LINE` in a config file; the location without a
    /// line if it is another one.
    pub(super) fn file_and_line<'l>(&self, location: &'l str) -> (&'l str, Option<usize>) {
        let parts = location.rsplit_once(':').and_then(|(path, line)| {
            let line = line.parse().ok()?;
            self.files.contains_key(path).then_some((path, Some(line)))
        });
        parts.unwrap_or((location, None))
    }

    /// Returns the profiles that use the section at a location `FILE:LINE`: the profile itself, those
    /// that use it as their source, and those that use the session or services section. Returns none for
    /// other locations.
    pub(super) fn at(&self, location: &str) -> BTreeSet<String> {
        let (path, line) = self.file_and_line(location);
        let target = line.and_then(|line| {
            let (_, target) = self.files.get(path)?.range(..=line).next_back()?;
            target.clone()
        });
        self.users(target)
    }

    /// Returns the profiles and those that use them as their source.
    pub(super) fn by_profiles(&self, names: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        self.users(names.into_iter().map(Target::Profile))
    }

    /// Returns the profiles that use an SSO session.
    pub(super) fn by_session(&self, name: &str) -> BTreeSet<String> {
        self.users([Target::Session(name.to_owned())])
    }

    /// Returns the profiles that reach one of the targets through any number of references.
    fn users(&self, targets: impl IntoIterator<Item = Target>) -> BTreeSet<String> {
        let mut pending: Vec<_> = targets.into_iter().collect();
        let mut found: BTreeSet<_> = pending.iter().filter_map(Target::profile).collect();
        while let Some(target) = pending.pop() {
            for name in self.references.get(&target).into_iter().flatten() {
                if found.insert(name.clone()) {
                    pending.push(Target::Profile(name.clone()));
                }
            }
        }
        found
    }
}

impl Target {
    fn profile(&self) -> Option<String> {
        match self {
            Self::Profile(name) => Some(name.clone()),
            Self::Session(_) | Self::Services(_) => None,
        }
    }
}

/// Keys that take precedence over a process.
const BEFORE_PROCESS: [&str; 3] = ["role_arn", "sso_account_id", "sso_role_name"];

/// Returns the profile or the session whose credentials the process of a profile exports.
fn exported(
    profile: &MergedProfile<'_>,
    default: Option<&ProfileName>,
    names: &BTreeSet<String>,
) -> Option<Target> {
    let has = |key: &&str| profile.get(key).is_some_and(|it| !it.value().is_empty());
    let process = profile.get("credential_process")?;
    if BEFORE_PROCESS.iter().any(has) {
        return None;
    }
    let words = command_words(&process.value())?;
    let (program, arguments) = words.split_first()?;
    let profile = |name: &ProfileName| Target::Profile(name.as_str().to_owned());
    Some(match Exported::of_command(program, arguments)? {
        Exported::Profile(name) => profile(&name),
        Exported::Default => profile(default?),
        Exported::NotUnderstood => return None,
        Exported::Role { session, .. } => match session {
            ExportedSession::Named(session) => Target::Session(session.as_str().to_owned()),
            ExportedSession::OfProfile(name) => profile(&name),
            ExportedSession::OfName(name) if names.contains(&name) => Target::Profile(name),
            ExportedSession::OfName(name) => Target::Session(name),
        },
    })
}

fn target(section: &SectionRef<'_>) -> Option<Target> {
    let name = section.name().as_str().to_owned();
    match section.name() {
        SectionName::SsoSession(_) => Some(Target::Session(name)),
        SectionName::Services(_) => Some(Target::Services(name)),
        SectionName::Default | SectionName::Profile(_) => Some(Target::Profile(name)),
        SectionName::Other(_) => None,
    }
}
