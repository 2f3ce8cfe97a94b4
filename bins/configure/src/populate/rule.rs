//! Which profiles a session gets, and what they are called.

use sso_credentials::{Account, AccountRoles};
use sso_types::{Region, RoleName, SessionName};
use wildmatch::WildMatch;

use super::template::{Template, Values};
use super::wanted::Wanted;

/// The names where nobody says otherwise.
pub(super) const NAME_TEMPLATE: &str = "{account_name}.{role_name}";

/// Which profiles a session gets, and what they are called.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) session: SessionName,
    pub(super) name_template: Template,
    pub(super) accounts: Patterns,
    pub(super) roles: Patterns,
    /// A profile for each; none of them: profiles without a Region.
    pub(super) regions: Vec<Region>,
    /// Further keys with their values.
    pub(super) set: Vec<(String, String)>,
}

/// What is taken and what is left out.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    included: Vec<WildMatch>,
    excluded: Vec<WildMatch>,
}

impl Rule {
    /// # Errors
    ///
    /// A sentence, where the names could not differ by Region.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.regions.len() > 1 && !self.name_template.has_region() {
            return Err("the name template needs {region} for several Regions".to_owned());
        }
        Ok(())
    }

    pub(super) fn wants(&self, account: &Account) -> bool {
        let name = account.account_name.as_deref().unwrap_or_default();
        let email = account.email_address.as_deref().unwrap_or_default();
        self.accounts
            .match_any(&[name, account.account_id.as_str(), email])
    }

    /// Returns the profiles for what was listed.
    pub(super) fn wanted<'a>(&'a self, listed: &'a [AccountRoles]) -> impl Iterator<Item = Wanted> {
        let accounts = listed.iter().filter(|listed| self.wants(&listed.account));
        let roles = accounts.flat_map(|AccountRoles { account, roles }| {
            let roles = roles.iter();
            let roles = roles.filter(|role| self.roles.match_any(&[role.as_str()]));
            roles.map(move |role| (account, role))
        });
        roles.flat_map(|(account, role)| self.for_each_region(account, role))
    }

    fn for_each_region(&self, account: &Account, role: &RoleName) -> Vec<Wanted> {
        if self.regions.is_empty() {
            return vec![self.for_region(account, role, None)];
        }
        let regions = self.regions.iter();
        let wanted = regions.map(|region| self.for_region(account, role, Some(region)));
        wanted.collect()
    }

    fn for_region(&self, account: &Account, role: &RoleName, region: Option<&Region>) -> Wanted {
        let account_id = account.account_id.as_str();
        let account_name = account.account_name.as_deref().map(str::trim);
        let account_name = account_name.filter(|name| !name.is_empty());
        let name = self.name_template.name(&Values {
            account_name: account_name.unwrap_or(account_id),
            account_id,
            email: account.email_address.as_deref().unwrap_or_default(),
            role_name: role.as_str(),
            session: self.session.as_str(),
            region: region.map_or("", Region::as_str),
        });
        Wanted {
            name,
            session: self.session.clone(),
            account_id: account.account_id.clone(),
            account_name: account_name.map(str::to_owned),
            role_name: role.clone(),
            settings: self.settings(region),
        }
    }

    /// Of what is set twice, the later counts.
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
    /// In a pattern `*` stands for any text and `?` for any character, and case does not matter.
    pub(super) fn new(included: &[String], excluded: &[String]) -> Self {
        let patterns = |texts: &[String]| {
            let patterns = texts
                .iter()
                .map(|text| WildMatch::new_case_insensitive(text));
            patterns.collect()
        };
        Self {
            included: patterns(included),
            excluded: patterns(excluded),
        }
    }

    /// Whether one of `texts` is taken, and none is left out. Without patterns all are taken.
    fn match_any(&self, texts: &[&str]) -> bool {
        let has = |patterns: &[WildMatch]| {
            let matches = |pattern: &WildMatch| texts.iter().any(|text| pattern.matches(text));
            patterns.iter().any(matches)
        };
        (self.included.is_empty() || has(&self.included)) && !has(&self.excluded)
    }
}
