//! The profiles that there are to be, and two of them with one name.

use std::collections::HashMap;
use std::fmt;

use sso_credentials::sanitize;
use sso_types::{AccountId, RoleName, SessionName};

/// A profile that there is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) session: SessionName,
    pub(super) account_id: AccountId,
    pub(super) account_name: Option<String>,
    pub(super) role_name: RoleName,
    /// Further keys with their values.
    pub(super) settings: Vec<(String, String)>,
}

impl fmt::Display for Wanted {
    /// What it is a profile for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in ", sanitize(self.role_name.as_str()))?;
        match &self.account_name {
            Some(name) => write!(f, "{} ({})", sanitize(name), self.account_id)?,
            None => write!(f, "{}", self.account_id)?,
        }
        let mut settings = self.settings.iter();
        if let Some((_, region)) = settings.find(|(key, _)| key == "region") {
            write!(f, ", {region}")?;
        }
        write!(f, " of {}", sanitize(self.session.as_str()))
    }
}

/// Leaves out what is there twice, and finds what cannot be: different profiles of one name, or
/// one of no name. A sentence for each.
pub(super) fn checked(all: impl Iterator<Item = Wanted>) -> (Vec<Wanted>, Vec<String>) {
    let mut checked: Vec<Wanted> = Vec::new();
    let mut places = HashMap::new();
    let mut collisions = Vec::new();
    for wanted in all {
        let first = places.get(&wanted.name).map(|place| &checked[*place]);
        match first {
            Some(first) if *first == wanted => {}
            Some(first) => collisions.push(format!(
                "{:?} would be the name of {first} and of {wanted}",
                wanted.name
            )),
            None if wanted.name.is_empty() => {
                collisions.push(format!("{wanted} would have no name"));
            }
            None => {
                places.insert(wanted.name.clone(), checked.len());
                checked.push(wanted);
            }
        }
    }
    (checked, collisions)
}
