//! The questions about a session.

use std::collections::BTreeSet;

use cli_ux::Failure;
use sso_credentials::{
    ConfigFiles, SsoSession, normalised_start_url, region_of_start_url, sanitize,
};
use sso_types::{ProfileName, SessionName, StartUrl};

use super::answers::SessionAnswers;
use super::ask::{Asker, Field};
use super::profile::value_in;
use super::{checks, regions};

/// What gives access to accounts; any other scope is for a service that takes the token itself.
pub(super) const ACCOUNT_ACCESS: &str = "sso:account:access";

/// Asks about a session.
pub(super) struct SessionQuestions<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) files: &'a ConfigFiles,
    pub(super) answers: &'a SessionAnswers,
    /// The profile that is changed, where there is one.
    pub(super) profile: Option<&'a ProfileName>,
}

impl SessionQuestions<'_> {
    /// Asks for the session of a profile. What the config says of one is not asked for again.
    pub(super) fn for_profile(&self) -> Result<SsoSession, Failure> {
        // Where nobody is asked, the legacy format is what the profile has, or was asked for.
        let may_be_empty = !self.asker.is_silent
            || self.answers.sso_session.is_some()
            || self.of_profile("sso_start_url").is_some();
        let check = |name: &str| match name {
            "" if may_be_empty => Ok(()),
            name => checks::session_name(name),
        };
        let present = self.of_profile("sso_session");
        let name = self.name(present.as_deref(), " (Recommended)", &check)?;
        if name.is_empty() {
            self.asker.ui.warn(
                "without a session name the profile has the legacy format, whose sign-in does not \
                 renew itself; to have a session instead, start again and give it a name",
            );
        }
        self.asked(&name, false)
    }

    /// Asks for all of a session; what the config says of it are the defaults.
    pub(super) fn for_itself(&self) -> Result<SsoSession, Failure> {
        let name = self.name(None, "", &checks::session_name)?;
        self.asked(&name, true)
    }

    fn name(
        &self,
        present: Option<&str>,
        none: &str,
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Result<String, Failure> {
        let names: Vec<String> = self
            .files
            .sso_session_names()
            .map(|name| name.to_string())
            .collect();
        // One that is there already is used, whatever it is called.
        let is_right = |name: &str| match self.files.sso_session(name) {
            Some(_) => Ok(()),
            None => check(name),
        };
        if self.answers.sso_session.is_none() && !self.asker.is_silent {
            self.show(&names);
        }
        self.asker.answer(&Field {
            what: "SSO session name",
            flag: "--sso-session",
            given: self.answers.sso_session.as_deref(),
            present,
            none,
            completions: &names,
            check: &is_right,
        })
    }

    /// Shows which sessions there are, with their start URLs.
    fn show(&self, names: &[String]) {
        if names.is_empty() {
            return;
        }
        let config = self.files.config_path().display();
        self.asker.ui.say(format_args!("Sessions in {config}:"));
        let column = names.iter().map(|name| name.chars().count()).max();
        let column = column.unwrap_or_default();
        for name in names {
            let start_url = self.of_session(name, "sso_start_url").unwrap_or_default();
            let start_url = sanitize(&start_url);
            let line = format!("  {:column$}  {start_url}", sanitize(name));
            self.asker.ui.say(line.trim_end());
        }
    }

    /// Asks for the rest; of a session that is there, only for what is missing, unless for all.
    fn asked(&self, name: &str, for_all: bool) -> Result<SsoSession, Failure> {
        let is_there = self.files.sso_session(name).is_some();
        let unasked = |key| self.of_session(name, key).filter(|_| !for_all);
        let present = |key| self.of_session(name, key).or_else(|| self.of_profile(key));
        let start_url = self.start_url(
            unasked("sso_start_url").as_deref(),
            present("sso_start_url").as_deref(),
        )?;
        let derived = region_of_start_url(&start_url).map(String::from);
        let region = derived.or_else(|| present("sso_region"));
        let is_as_before = present("sso_start_url").as_deref() == Some(start_url.as_str());
        let taken = unasked("sso_region").filter(|_| is_as_before);
        let region = self.region(taken.as_deref(), region.as_deref())?;
        let scopes = match present("sso_registration_scopes") {
            _ if name.is_empty() => None,
            None if is_there && !for_all && self.answers.scopes.is_none() => None,
            present => Some(self.scopes(
                unasked("sso_registration_scopes").as_deref(),
                present.as_deref(),
            )?),
        };
        Ok(SsoSession {
            name: (!name.is_empty()).then(|| SessionName::from(name)),
            start_url,
            region: region.parse().expect("it was found right"),
            scopes: scopes.map(|scopes| {
                let scopes = checks::split_scopes(&scopes);
                scopes.map(Into::into).collect()
            }),
            profile: self.profile.cloned(),
        })
    }

    fn start_url(&self, taken: Option<&str>, present: Option<&str>) -> Result<StartUrl, Failure> {
        // What is stored keeps its spelling: the token bears its name.
        let is_stored = |typed: &str| present == Some(typed);
        let check = |typed: &str| match typed {
            typed if is_stored(typed) => Ok(()),
            typed => checks::start_url(typed),
        };
        let typed = self.asker.answer(&Field {
            what: "SSO start URL",
            flag: "--start-url",
            given: self.answers.start_url.as_deref().or(taken),
            present,
            completions: &self.known_start_urls(),
            check: &check,
            ..Field::default()
        })?;
        if is_stored(&typed) {
            return Ok(typed.as_str().into());
        }
        Ok(normalised_start_url(&typed))
    }

    fn region(&self, taken: Option<&str>, present: Option<&str>) -> Result<String, Failure> {
        let taken = taken.filter(|region| checks::sso_region(region).is_ok());
        let region = self.asker.answer(&Field {
            what: "SSO region",
            flag: "--sso-region",
            given: self.answers.sso_region.as_deref().or(taken),
            present,
            completions: &regions::known(),
            check: &checks::sso_region,
            ..Field::default()
        })?;
        regions::warn_of_unknown(self.asker.ui, &region);
        Ok(region)
    }

    fn scopes(&self, taken: Option<&str>, present: Option<&str>) -> Result<String, Failure> {
        let present = present.unwrap_or(ACCOUNT_ACCESS);
        self.asker.answer(&Field {
            what: "SSO registration scopes",
            flag: "--scopes",
            given: self.answers.scopes.as_deref().or(taken),
            present: Some(present),
            completions: &[ACCOUNT_ACCESS.to_owned()],
            check: &checks::scopes,
            ..Field::default()
        })
    }

    /// The start URLs of the config, which may serve a new session too.
    fn known_start_urls(&self) -> Vec<String> {
        let names = self.files.sso_session_names();
        let of_sessions = names.filter_map(|name| self.of_session(name.as_str(), "sso_start_url"));
        let names = self.files.profile_names();
        let of_profiles = names.filter_map(|name| value_in(self.files, &name, "sso_start_url"));
        let all: BTreeSet<_> = of_sessions.chain(of_profiles).collect();
        all.into_iter().collect()
    }

    fn of_session(&self, name: &str, key: &str) -> Option<String> {
        let property = self.files.sso_session(name)?.get(key)?;
        Some(property.value().into_owned()).filter(|value| !value.is_empty())
    }

    fn of_profile(&self, key: &str) -> Option<String> {
        value_in(self.files, self.profile?, key)
    }
}
