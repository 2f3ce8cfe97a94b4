//! Questions about a session.

use std::collections::BTreeSet;

use anyhow::anyhow;
use cli_ux::Failure;
use sso_config::{ConfigFiles, SsoSession};
use sso_session::start_url::{is_same_start_url, normalize_start_url, region_of_start_url};
use sso_types::{ProfileName, RegistrationScope, SessionName, StartUrl, sanitize};

use super::answers::SessionAnswers;
use super::ask::{Asker, Check, Field};
use super::profile::value_in;
use super::regions::{self, TypedRegion};
use crate::checks;

/// Scope for access to accounts. Other scopes are for services that accept the token itself.
pub(super) const ACCOUNT_ACCESS: &str = "sso:account:access";

const NAME_REQUIRED: &str =
    "a name is required; the option --sso-session= selects the legacy format";

pub(super) struct SessionQuestions<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) files: &'a ConfigFiles,
    pub(super) answers: &'a SessionAnswers,
    /// Profile from the option, whose values are the defaults.
    pub(super) profile: Option<&'a ProfileName>,
}

impl SessionQuestions<'_> {
    /// Asks for the session of a profile. Values in the config file are used without a question.
    pub(super) fn for_profile(&self) -> Result<SsoSession, Failure> {
        let current = self.of_profile("sso_session");
        let name = self.session_name(current.as_deref())?;
        if name.is_none() {
            self.asker.warn(
                "without a session name, the profile uses the legacy format, whose token cannot be \
                 refreshed; to use an SSO session, start again and enter a session name",
            );
        }
        self.ask_for_session(name.as_ref(), false)
    }

    /// Asks for all values of a session. Values in the config file are the defaults.
    pub(super) fn without_profile(&self) -> Result<(SessionName, SsoSession), Failure> {
        let name = self.asker.required(&Field {
            placeholder: "",
            check: &|name| self.check_name(name),
            ..self.name_field(&self.shown_names())
        })?;
        let name = SessionName::from(name.as_str());
        let session = self.ask_for_session(Some(&name), true)?;
        Ok((name, session))
    }

    /// Asks for the session name; `None` selects the legacy format, which is never the default of the
    /// question.
    fn session_name(&self, current: Option<&str>) -> Result<Option<SessionName>, Failure> {
        let is_legacy = self.of_profile("sso_start_url").is_some();
        let may_be_legacy = self.answers.sso_session.is_some() || self.asker.is_silent && is_legacy;
        let names = self.shown_names();
        let offered = self.offered_name(&names).filter(|_| !self.asker.is_silent);
        let field = Field {
            current: current.or(offered),
            placeholder: " (Recommended)",
            check: &|name| match name {
                "" if !self.asker.is_silent => Err(NAME_REQUIRED.to_owned()),
                name => self.check_name(name),
            },
            ..self.name_field(&names)
        };
        let name = if may_be_legacy {
            self.asker.optional(&field)?
        } else {
            Some(self.asker.required(&field)?)
        };
        Ok(name.map(|name| name.as_str().into()))
    }

    /// Returns the session for a profile without one: that with the start URL of a legacy profile, else
    /// the first.
    fn offered_name<'n>(&self, names: &'n [String]) -> Option<&'n str> {
        let mut names = names.iter().map(String::as_str);
        let Some(start_url) = self.of_profile("sso_start_url") else {
            return names.next();
        };
        names.find(|name| {
            let of_session = self.of_session(name, "sso_start_url");
            of_session.is_some_and(|other| {
                is_same_start_url(&start_url.as_str().into(), &other.as_str().into())
            })
        })
    }

    fn name_field<'a>(&'a self, names: &'a [String]) -> Field<'a> {
        Field {
            given: self.answers.sso_session.as_deref(),
            completions: names,
            ..Field::new("SSO session name", "--sso-session")
        }
    }

    /// Checks a session name. The name of an existing session is always valid.
    fn check_name(&self, name: &str) -> Result<(), String> {
        match self.files.sso_session(name) {
            Some(_) => Ok(()),
            None => checks::session_name(name),
        }
    }

    /// Returns the names of the sessions, and shows them if the user is about to be asked for one.
    fn shown_names(&self) -> Vec<String> {
        let names = self.files.sso_session_names();
        let names: Vec<_> = names.map(|name| name.to_string()).collect();
        if self.answers.sso_session.is_none() && !self.asker.is_silent {
            self.show(&names);
        }
        names
    }

    fn show(&self, names: &[String]) {
        let Some(column) = names.iter().map(|name| name.chars().count()).max() else {
            return;
        };
        let config = self.files.config_path().display();
        self.asker.say(format_args!("SSO sessions in {config}:"));
        for name in names {
            let start_url = self.of_session(name, "sso_start_url").unwrap_or_default();
            let start_url = sanitize(&start_url);
            let line = format!("  {:column$}  {start_url}", sanitize(name));
            self.asker.say(line.trim_end());
        }
    }

    /// Asks for the values of a session: for a value in the config file only if `ask_all` is set.
    fn ask_for_session(
        &self,
        name: Option<&SessionName>,
        ask_all: bool,
    ) -> Result<SsoSession, Failure> {
        let exists = name.is_some_and(|name| self.files.sso_session(name.as_str()).is_some());
        let stored = |key| self.of_session(name?.as_str(), key);
        let reused = |key| stored(key).filter(|_| !ask_all);
        let current = |key| stored(key).or_else(|| self.of_profile(key));
        let start_url = self.start_url(
            reused("sso_start_url").as_deref(),
            current("sso_start_url").as_deref(),
        )?;
        let derived = region_of_start_url(&start_url).map(String::from);
        let region = derived.or_else(|| current("sso_region"));
        let is_unchanged = current("sso_start_url").as_deref() == Some(start_url.as_str());
        let reused_region = reused("sso_region").filter(|_| is_unchanged);
        let region = self.region(reused_region.as_deref(), region.as_deref())?;
        let scopes = match (name, current("sso_registration_scopes")) {
            (None, _) => self.no_scopes()?,
            (Some(_), None) if exists && !ask_all && self.answers.scopes.is_none() => None,
            (Some(_), current) => {
                let reused = reused("sso_registration_scopes");
                Some(self.scopes(reused.as_deref(), current.as_deref())?)
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

    fn start_url(&self, reused: Option<&str>, current: Option<&str>) -> Result<StartUrl, Failure> {
        // A stored start URL keeps its spelling, because the key of the cached token depends on it.
        let is_stored = |answer: &str| current == Some(answer);
        let check: Check<'_> = &|answer| match answer {
            answer if is_stored(answer) => Ok(()),
            answer => checks::start_url(answer),
        };
        let start_url = self.asker.required(&Field {
            given: self.answers.start_url.as_deref().or(reused),
            current,
            completions: &self.known_start_urls(),
            check,
            ..Field::new("SSO start URL", "--start-url")
        })?;
        if is_stored(&start_url) {
            return Ok(start_url.as_str().into());
        }
        Ok(normalize_start_url(&start_url))
    }

    fn region(&self, reused: Option<&str>, current: Option<&str>) -> Result<String, Failure> {
        let reused = reused.filter(|region| checks::sso_region(region).is_ok());
        let typed = TypedRegion::default();
        let region = self.asker.required(&Field {
            given: self.answers.sso_region.as_deref().or(reused),
            current,
            completions: &regions::known(),
            check: &checks::sso_region,
            typed_check: &|region| typed.check(region),
            ..Field::new("SSO region", "--sso-region")
        })?;
        regions::warn_of_unknown(self.asker, &region);
        Ok(region)
    }

    fn scopes(
        &self,
        reused: Option<&str>,
        current: Option<&str>,
    ) -> Result<Vec<RegistrationScope>, Failure> {
        let current = current.unwrap_or(ACCOUNT_ACCESS);
        let scopes = self.asker.required(&Field {
            given: self.answers.scopes.as_deref().or(reused),
            current: Some(current),
            completions: &[ACCOUNT_ACCESS.to_owned()],
            check: &checks::scopes,
            ..Field::new("SSO registration scopes", "--scopes")
        })?;
        Ok(checks::split_scopes(&scopes).map(Into::into).collect())
    }

    /// Rejects `--scopes` for the legacy format.
    fn no_scopes(&self) -> Result<Option<Vec<RegistrationScope>>, Failure> {
        if self.answers.scopes.is_none() {
            return Ok(None);
        }
        let profile = self.profile.and_then(|name| self.files.profile(name));
        let start_url = profile.and_then(|profile| profile.get("sso_start_url"));
        let location = start_url.map(|it| format!(" at {}", self.files.location_of(&it)));
        let location = location.unwrap_or_default();
        let option = "--scopes";
        let error = anyhow!(
            "{option} requires an SSO session, but sso_start_url{location} belongs to a legacy profile"
        );
        Err(Failure::usage(error).with_hint("omit --scopes, or use --sso-session"))
    }

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
