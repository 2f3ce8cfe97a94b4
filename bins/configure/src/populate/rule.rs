//! Rules that select and name the profiles of a session.

use sso_credentials::Account;
use sso_credentials::accounts::{AccountRoles, Listing};
use sso_types::{Region, RoleName, SessionName};

use super::desired::DesiredProfile;
use super::patterns::Patterns;
use super::setting::Setting;
use super::template::{Template, Values};

pub(super) const DEFAULT_NAME_TEMPLATE: &str = "{account_name}.{role_name}";

#[derive(Debug)]
pub(super) struct Rule {
    /// Number in the sync file; `None` for the rule of the options.
    pub(super) number: Option<usize>,
    pub(super) session: SessionName,
    pub(super) name_template: Template,
    pub(super) accounts: Patterns,
    pub(super) roles: Patterns,
    /// Regions, with one profile for each; `None` for profiles without a Region.
    pub(super) regions: Option<Vec<Region>>,
    pub(super) set: Vec<Setting>,
}

/// A value contains characters that cannot be quoted in a command line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unquotable {
    pub(super) profile: String,
    pub(super) key: String,
}

impl Rule {
    /// Checks that the name template contains the Region if there are several.
    pub(super) fn check(&self) -> Result<(), String> {
        let regions = self.regions.as_deref().unwrap_or_default();
        if regions.len() > 1 && !self.name_template.has_region() {
            return Err(
                "the name template must contain {region} if there are several Regions".to_owned(),
            );
        }
        Ok(())
    }

    pub(super) fn includes(&self, account: &Account) -> bool {
        self.accounts.match_any(&texts_of(account))
    }

    /// Returns whether the access portal refused an account of this rule.
    pub(super) fn is_refused(&self, listing: &Listing) -> bool {
        let mut refused = listing.refused.iter();
        refused.any(|refused| self.includes(&refused.account))
    }

    pub(super) fn profiles(&self, listing: &Listing) -> Result<Vec<DesiredProfile>, Unquotable> {
        let roles = self.included_accounts(listing).flat_map(|listed| {
            let roles = listed.roles.iter();
            let roles = roles.filter(|role| self.roles.match_any(&[role.as_str()]));
            roles.map(|role| (&listed.account, role))
        });
        roles
            .flat_map(|(account, role)| self.for_each_region(account, role))
            .collect()
    }

    /// Returns a warning for each filter that matches nothing, or one for all of them if they match
    /// nothing together. `is_empty` is set if the rule leads to no profile.
    pub(super) fn warnings(&self, listing: &Listing, is_empty: bool) -> Vec<String> {
        let accounts: Vec<_> = listing.all_accounts().map(texts_of).collect();
        let mut warnings = self.accounts.unmatched(&accounts);
        let roles = self.included_accounts(listing);
        let roles = roles.flat_map(|listed| &listed.roles);
        let roles: Vec<_> = roles.map(|role| vec![role.as_str()]).collect();
        if !roles.is_empty() {
            warnings.extend(self.roles.unmatched(&roles));
        }
        if warnings.is_empty() && is_empty && !self.is_refused(listing) {
            warnings.push("no accounts and roles match the filters".to_owned());
        }
        let place = self.place();
        let prefix = place.map_or_else(String::new, |place| format!("{place}: "));
        let warnings = warnings.into_iter();
        warnings
            .map(|warning| format!("{prefix}{warning}"))
            .collect()
    }

    /// Returns the place of the rule in the sync file.
    pub(super) fn place(&self) -> Option<String> {
        self.number
            .map(|number| format!("[[profiles]] number {number}"))
    }

    fn included_accounts<'a>(
        &self,
        listing: &'a Listing,
    ) -> impl Iterator<Item = &'a AccountRoles> {
        let accounts = listing.accounts.iter();
        accounts.filter(|listed| self.includes(&listed.account))
    }

    fn for_each_region(
        &self,
        account: &Account,
        role: &RoleName,
    ) -> Vec<Result<DesiredProfile, Unquotable>> {
        let Some(regions) = &self.regions else {
            return vec![self.for_region(account, role, None)];
        };
        let profiles = regions
            .iter()
            .map(|region| self.for_region(account, role, Some(region)));
        profiles.collect()
    }

    fn for_region(
        &self,
        account: &Account,
        role: &RoleName,
        region: Option<&Region>,
    ) -> Result<DesiredProfile, Unquotable> {
        let account_id = account.account_id.as_str();
        let account_name = account.account_name.as_deref().map(str::trim);
        let account_name = account_name.filter(|name| !name.is_empty());
        let values = Values {
            profile: "",
            account_name: account_name.unwrap_or(account_id),
            account_id,
            email: account.email_address.as_deref(),
            role_name: role.as_str(),
            session: self.session.as_str(),
            region: region.map(Region::as_str),
        };
        let name = self.name_template.name(&values);
        let values = Values {
            profile: &name,
            ..values
        };
        Ok(DesiredProfile {
            name_text: self.name_template.text(&values),
            session: self.session.clone(),
            account_id: account.account_id.clone(),
            account_name: account_name.map(str::to_owned),
            role_name: role.clone(),
            settings: self.settings(&values)?,
            name,
        })
    }

    /// Returns the other keys. The last value of a key takes precedence.
    fn settings(&self, values: &Values<'_>) -> Result<Vec<(String, String)>, Unquotable> {
        let mut settings: Vec<(String, String)> = Vec::new();
        if let Some(region) = values.region {
            settings.push(("region".to_owned(), region.to_owned()));
        }
        for setting in &self.set {
            let value = setting.value(values).ok_or_else(|| Unquotable {
                profile: values.profile.to_owned(),
                key: setting.key.clone(),
            })?;
            match settings.iter_mut().find(|(key, _)| *key == setting.key) {
                Some(known) => known.1 = value,
                None => settings.push((setting.key.clone(), value)),
            }
        }
        Ok(settings)
    }
}

/// Returns the texts that account patterns match.
fn texts_of(account: &Account) -> Vec<&str> {
    let names = [
        account.account_name.as_deref(),
        Some(account.account_id.as_str()),
        account.email_address.as_deref(),
    ];
    names.into_iter().flatten().collect()
}
