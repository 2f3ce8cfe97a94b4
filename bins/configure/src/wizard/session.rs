//! The questions about a session.

use std::collections::BTreeSet;

use cli_ux::Failure;
use sso_config::{ConfigFiles, SsoSession};
use sso_session::start_url::{normalize_start_url, region_of_start_url};
use sso_types::{ProfileName, RegistrationScope, SessionName, StartUrl, sanitize};

use super::answers::SessionAnswers;
use super::ask::{Asker, Check, Field};
use super::profile::value_in;
use super::{checks, regions};

/// The scope for access to accounts. Other scopes are for services that accept the token itself.
pub(super) const ACCOUNT_ACCESS: &str = "sso:account:access";

/// Asks about a session.
pub(super) struct SessionQuestions<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) files: &'a ConfigFiles,
    pub(super) answers: &'a SessionAnswers,
    /// The existing profile that is changed.
    pub(super) profile: Option<&'a ProfileName>,
}

impl SessionQuestions<'_> {
    /// Asks for the session of a profile, but not for values that the config file has already.
    pub(super) fn for_profile(&self) -> Result<SsoSession, Failure> {
        let present = self.of_profile("sso_session");
        let name = self.session_name(present.as_deref())?;
        if name.is_none() {
            self.asker.ui.warn(
                "without a session name the profile has the legacy format, whose sign-in does not \
                 renew itself; to have a session instead, start again and give it a name",
            );
        }
        self.ask_for_session(name.as_ref(), false)
    }

    /// Asks for all values of a session. Values of the config file are the defaults.
    pub(super) fn for_itself(&self) -> Result<(SessionName, SsoSession), Failure> {
        let name = self.asker.required(&Field {
            placeholder: "",
            check: &|name| self.check_name(name),
            ..self.name_field(&self.shown_names())
        })?;
        let name = SessionName::from(name.as_str());
        let session = self.ask_for_session(Some(&name), true)?;
        Ok((name, session))
    }

    /// Asks for the name of a session; `None` selects the legacy format.
    fn session_name(&self, present: Option<&str>) -> Result<Option<SessionName>, Failure> {
        // Without questions, the legacy format has to be present or requested.
        let may_be_legacy = !self.asker.is_silent
            || self.answers.sso_session.is_some()
            || self.of_profile("sso_start_url").is_some();
        let names = self.shown_names();
        let field = Field {
            present,
            placeholder: " (Recommended)",
            check: &|name| self.check_name(name),
            ..self.name_field(&names)
        };
        let name = if may_be_legacy {
            self.asker.optional(&field)?
        } else {
            Some(self.asker.required(&field)?)
        };
        Ok(name.map(|name| name.as_str().into()))
    }

    fn name_field<'a>(&'a self, names: &'a [String]) -> Field<'a> {
        Field {
            given: self.answers.sso_session.as_deref(),
            completions: names,
            ..Field::new("SSO session name", "--sso-session")
        }
    }

    /// Accepts an existing session under any name.
    fn check_name(&self, name: &str) -> Result<(), String> {
        match self.files.sso_session(name) {
            Some(_) => Ok(()),
            None => checks::session_name(name),
        }
    }

    /// Returns the names of the sessions, and shows them before the question for one.
    fn shown_names(&self) -> Vec<String> {
        let names = self.files.sso_session_names();
        let names: Vec<_> = names.map(|name| name.to_string()).collect();
        if self.answers.sso_session.is_none() && !self.asker.is_silent {
            self.show(&names);
        }
        names
    }

    /// Shows the sessions with their start URLs.
    fn show(&self, names: &[String]) {
        let Some(column) = names.iter().map(|name| name.chars().count()).max() else {
            return;
        };
        let config = self.files.config_path().display();
        self.asker.ui.say(format_args!("Sessions in {config}:"));
        for name in names {
            let start_url = self.of_session(name, "sso_start_url").unwrap_or_default();
            let start_url = sanitize(&start_url);
            let line = format!("  {:column$}  {start_url}", sanitize(name));
            self.asker.ui.say(line.trim_end());
        }
    }

    /// Asks for the other values; of an existing session only for missing ones, unless `for_all`.
    fn ask_for_session(
        &self,
        name: Option<&SessionName>,
        for_all: bool,
    ) -> Result<SsoSession, Failure> {
        let is_there = name.is_some_and(|name| self.files.sso_session(name.as_str()).is_some());
        let stored = |key| self.of_session(name?.as_str(), key);
        let unasked = |key| stored(key).filter(|_| !for_all);
        let present = |key| stored(key).or_else(|| self.of_profile(key));
        let start_url = self.start_url(
            unasked("sso_start_url").as_deref(),
            present("sso_start_url").as_deref(),
        )?;
        let derived = region_of_start_url(&start_url).map(String::from);
        let region = derived.or_else(|| present("sso_region"));
        let is_as_before = present("sso_start_url").as_deref() == Some(start_url.as_str());
        let taken = unasked("sso_region").filter(|_| is_as_before);
        let region = self.region(taken.as_deref(), region.as_deref())?;
        let scopes = match (name, present("sso_registration_scopes")) {
            (None, _) => None,
            (Some(_), None) if is_there && !for_all && self.answers.scopes.is_none() => None,
            (Some(_), present) => {
                let taken = unasked("sso_registration_scopes");
                Some(self.scopes(taken.as_deref(), present.as_deref())?)
            }
        };
        Ok(SsoSession {
            name: name.cloned(),
            start_url,
            region: region.parse().expect("the answer was checked"),
            scopes,
            profile: self.profile.cloned(),
        })
    }

    fn start_url(&self, taken: Option<&str>, present: Option<&str>) -> Result<StartUrl, Failure> {
        // A stored start URL keeps its spelling: it names the file of the token.
        let is_stored = |typed: &str| present == Some(typed);
        let check: Check<'_> = &|typed| match typed {
            typed if is_stored(typed) => Ok(()),
            typed => checks::start_url(typed),
        };
        let typed = self.asker.required(&Field {
            given: self.answers.start_url.as_deref().or(taken),
            present,
            completions: &self.known_start_urls(),
            check,
            ..Field::new("SSO start URL", "--start-url")
        })?;
        if is_stored(&typed) {
            return Ok(typed.as_str().into());
        }
        Ok(normalize_start_url(&typed))
    }

    fn region(&self, taken: Option<&str>, present: Option<&str>) -> Result<String, Failure> {
        let taken = taken.filter(|region| checks::sso_region(region).is_ok());
        let region = self.asker.required(&Field {
            given: self.answers.sso_region.as_deref().or(taken),
            present,
            completions: &regions::known(),
            check: &checks::sso_region,
            ..Field::new("SSO region", "--sso-region")
        })?;
        regions::warn_of_unknown(self.asker.ui, &region);
        Ok(region)
    }

    fn scopes(
        &self,
        taken: Option<&str>,
        present: Option<&str>,
    ) -> Result<Vec<RegistrationScope>, Failure> {
        let present = present.unwrap_or(ACCOUNT_ACCESS);
        let scopes = self.asker.required(&Field {
            given: self.answers.scopes.as_deref().or(taken),
            present: Some(present),
            completions: &[ACCOUNT_ACCESS.to_owned()],
            check: &checks::scopes,
            ..Field::new("SSO registration scopes", "--scopes")
        })?;
        Ok(checks::split_scopes(&scopes).map(Into::into).collect())
    }

    /// Returns the start URLs of the config file, which may belong to a new session too.
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
