//! The profiles that a run should write, and conflicts between their names.

use std::collections::HashMap;
use std::fmt;

use sso_types::{AccountId, RoleName, SessionName, escaped};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DesiredProfile {
    pub(super) name: String,
    /// Text of the template, of which the name is derived.
    pub(super) name_text: String,
    pub(super) session: SessionName,
    pub(super) account_id: AccountId,
    pub(super) account_name: Option<String>,
    pub(super) role_name: RoleName,
    pub(super) settings: Vec<(String, String)>,
}

impl DesiredProfile {
    pub(super) fn region(&self) -> Option<&str> {
        let mut settings = self.settings.iter();
        let (_, region) = settings.find(|(key, _)| key == "region")?;
        Some(region)
    }

    fn is_same(&self, other: &Self) -> bool {
        let name_text = self.name_text.clone();
        let other = Self {
            name_text,
            ..other.clone()
        };
        *self == other
    }
}

impl fmt::Display for DesiredProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in ", escaped(self.role_name.as_str()))?;
        match &self.account_name {
            Some(name) => write!(f, "{} ({})", escaped(name), self.account_id)?,
            None => write!(f, "{}", self.account_id)?,
        }
        if let Some(region) = self.region() {
            write!(f, ", {region}")?;
        }
        write!(f, " of {}", escaped(self.session.as_str()))
    }
}

/// Returns the profiles without duplicates, and a message for each profile that cannot be written
/// because its name is empty or belongs to a different profile.
pub(super) fn checked(
    all: impl Iterator<Item = DesiredProfile>,
) -> (Vec<DesiredProfile>, Vec<String>) {
    let mut checked: Vec<DesiredProfile> = Vec::new();
    let mut indexes: HashMap<String, usize> = HashMap::new();
    let mut collisions = Vec::new();
    for profile in all {
        let first = indexes.get(&profile.name).map(|index| &checked[*index]);
        match first {
            Some(first) if first.is_same(&profile) => {}
            Some(first) => collisions.push(format!(
                "{:?} would be the name of both {first} and {profile}",
                profile.name
            )),
            None if profile.name.is_empty() => {
                collisions.push(format!(
                    "the name of the profile for {profile} would be empty"
                ));
            }
            None => {
                indexes.insert(profile.name.clone(), checked.len());
                checked.push(profile);
            }
        }
    }
    (checked, collisions)
}
