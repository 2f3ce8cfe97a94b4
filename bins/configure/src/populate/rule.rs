//! Rules that select and name the profiles of a session.

use sso_credentials::Account;
use sso_credentials::accounts::AccountRoles;
use sso_types::{Region, RoleName, SessionName};
use wildmatch::WildMatch;

use super::desired::DesiredProfile;
use super::template::{Template, Values};

pub(super) const DEFAULT_NAME_TEMPLATE: &str = "{account_name}.{role_name}";

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) session: SessionName,
    pub(super) name_template: Template,
    pub(super) accounts: Patterns,
    pub(super) roles: Patterns,
    /// Regions, with one profile for each; `None` for profiles without a Region.
    pub(super) regions: Option<Vec<Region>>,
    pub(super) set: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) struct Patterns {
    /// `None` includes everything.
    included: Option<Vec<WildMatch>>,
    excluded: Vec<WildMatch>,
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
        let names = [
            account.account_name.as_deref(),
            Some(account.account_id.as_str()),
            account.email_address.as_deref(),
        ];
        self.accounts.match_any(names.into_iter().flatten())
    }

    pub(super) fn profiles<'a>(
        &'a self,
        listed: &'a [AccountRoles],
    ) -> impl Iterator<Item = DesiredProfile> {
        let accounts = listed
            .iter()
            .filter(|listed| self.includes(&listed.account));
        let roles = accounts.flat_map(|AccountRoles { account, roles, .. }| {
            let roles = roles.iter();
            let roles = roles.filter(|role| self.roles.match_any([role.as_str()]));
            roles.map(move |role| (account, role))
        });
        roles.flat_map(|(account, role)| self.for_each_region(account, role))
    }

    fn for_each_region(&self, account: &Account, role: &RoleName) -> Vec<DesiredProfile> {
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
    ) -> DesiredProfile {
        let account_id = account.account_id.as_str();
        let account_name = account.account_name.as_deref().map(str::trim);
        let account_name = account_name.filter(|name| !name.is_empty());
        let values = Values {
            account_name: account_name.unwrap_or(account_id),
            account_id,
            email: account.email_address.as_deref(),
            role_name: role.as_str(),
            session: self.session.as_str(),
            region: region.map(Region::as_str),
        };
        DesiredProfile {
            name: self.name_template.name(&values),
            name_text: self.name_template.text(&values),
            session: self.session.clone(),
            account_id: account.account_id.clone(),
            account_name: account_name.map(str::to_owned),
            role_name: role.clone(),
            settings: self.settings(region),
        }
    }

    /// Returns the other keys. The last value of a key takes precedence.
    fn settings(&self, region: Option<&Region>) -> Vec<(String, String)> {
        let region = region.map(|region| ("region".to_owned(), region.as_str().to_owned()));
        let mut settings: Vec<(String, String)> = Vec::new();
        for (key, value) in region.into_iter().chain(self.set.iter().cloned()) {
            match settings.iter_mut().find(|(known, _)| *known == key) {
                Some(known) => known.1 = value,
                None => settings.push((key, value)),
            }
        }
        settings
    }
}

impl Patterns {
    /// Returns a filter. In a pattern, `*` matches any text and `?` matches any character, ignoring
    /// case.
    pub(super) fn new(included: Option<&[String]>, excluded: &[String]) -> Self {
        let patterns = |texts: &[String]| {
            let patterns = texts
                .iter()
                .map(|text| WildMatch::new_case_insensitive(text));
            patterns.collect()
        };
        Self {
            included: included.map(patterns),
            excluded: patterns(excluded),
        }
    }

    /// Returns whether at least one text is included and none is excluded.
    fn match_any<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let texts: Vec<_> = texts.into_iter().collect();
        let has = |patterns: &[WildMatch]| {
            let matches = |pattern: &WildMatch| texts.iter().any(|text| pattern.matches(text));
            patterns.iter().any(matches)
        };
        self.included.as_deref().is_none_or(has) && !has(&self.excluded)
    }
}
