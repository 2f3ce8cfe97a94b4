//! Questions about a session.

use std::collections::BTreeSet;

use anyhow::anyhow;
use cli_ux::Failure;
use sso_config::{ConfigFiles, SsoSession};
use sso_session::start_url::{is_same_start_url, parse_start_url, region_of_start_url};
use sso_types::{ProfileName, RegistrationScope, SessionName, StartUrl, escaped};

use super::answers::SessionAnswers;
use super::ask::{Asker, Field};
use super::profile::{location_in, value_in};
use super::regions::{self, TypedRegion};
use super::stored::Stored;
use super::twice::Twice;
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
            None => checks::new_session_name(name),
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
            let start_url = escaped(&StartUrl::from(start_url).to_string());
            let line = format!("  {:column$}  {start_url}", escaped(name));
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
        let stored = |key| self.stored(name, key, ask_all);
        let stored_url = stored("sso_start_url");
        let start_url = self.start_url(stored_url.as_ref())?;
        let is_unchanged = stored_url.is_some_and(|stored| {
            let corrected = checks::corrected_start_url(&stored.value);
            [Some(stored.value), corrected].contains(&Some(start_url.as_str().to_owned()))
        });
        let region = self.region(stored("sso_region").as_ref(), is_unchanged, &start_url)?;
        let scopes = match (name, stored("sso_registration_scopes")) {
            (None, _) => self.no_scopes()?,
            (Some(_), None) if exists && !ask_all && self.answers.scopes.is_none() => None,
            (Some(_), stored) => Some(self.scopes(stored.as_ref())?),
        };
        Ok(SsoSession {
            name: name.cloned(),
            start_url,
            region: region.parse().expect("the answer was checked"),
            scopes,
            profile: self.profile.cloned(),
        })
    }

    fn start_url(&self, stored: Option<&Stored>) -> Result<StartUrl, Failure> {
        let typed = Twice::default();
        let is_stored = |answer: &str| stored.is_some_and(|stored| stored.value == answer);
        let correction = stored.and_then(|stored| checks::corrected_start_url(&stored.value));
        let start_url = self.asker.required(&Field {
            given: self.answers.start_url.as_deref(),
            completions: &self.known_start_urls(),
            check: &|answer| match answer {
                answer if is_stored(answer) => checks::stored_start_url(answer),
                answer => checks::start_url(answer),
            },
            typed_check: &|answer| {
                let reason = checks::unusual_start_url(answer);
                reason.map_or(Ok(()), |reason| typed.accept(answer, reason))
            },
            correction: correction.as_deref(),
            ..Stored::field(stored, "SSO start URL", "--start-url")
        })?;
        // A stored start URL keeps its spelling, because the key of the cached token depends on it.
        if is_stored(&start_url) {
            return Ok(start_url.into());
        }
        Ok(parse_start_url(&start_url).expect("the answer was checked"))
    }

    /// Asks for the Region. That of the start URL takes precedence, except over the Region in the config file
    /// if the start URL is unchanged.
    fn region(
        &self,
        stored: Option<&Stored>,
        is_unchanged: bool,
        start_url: &StartUrl,
    ) -> Result<String, Failure> {
        let derived = region_of_start_url(start_url).map(String::from);
        let typed = TypedRegion::default();
        let field = match derived.as_deref() {
            Some(derived) if !(is_unchanged && stored.is_some_and(|it| it.is_reused)) => Field {
                current: Some(derived),
                ..Field::new("SSO region", "--sso-region")
            },
            derived => Field {
                correction: derived,
                ..Stored::field(stored, "SSO region", "--sso-region")
            },
        };
        let region = self.asker.required(&Field {
            given: self.answers.sso_region.as_deref(),
            is_reused: field.is_reused && is_unchanged,
            completions: &regions::known(),
            check: &checks::sso_region,
            typed_check: &|region| typed.check(region),
            stored_check: &regions::check_stored,
            ..field
        })?;
        regions::warn_of_unknown(self.asker, &region);
        Ok(region)
    }

    fn scopes(&self, stored: Option<&Stored>) -> Result<Vec<RegistrationScope>, Failure> {
        let field = Stored::field(stored, "SSO registration scopes", "--scopes");
        let scopes = self.asker.required(&Field {
            given: self.answers.scopes.as_deref(),
            current: field.current.or(Some(ACCOUNT_ACCESS)),
            correction: Some(ACCOUNT_ACCESS),
            completions: &[ACCOUNT_ACCESS.to_owned()],
            check: &checks::scopes,
            ..field
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
        // A completion is shown, and must be exact.
        let is_exact = |url: &String| StartUrl::from(url.as_str()).to_string() == *url;
        all.into_iter().filter(is_exact).collect()
    }

    fn of_session(&self, name: &str, key: &str) -> Option<String> {
        let property = self.files.sso_session(name)?.get(key)?;
        Some(property.value().into_owned()).filter(|value| !value.is_empty())
    }

    fn of_profile(&self, key: &str) -> Option<String> {
        value_in(self.files, self.profile?, key)
    }

    /// Returns the value of the session, else that of the profile.
    fn stored(&self, name: Option<&SessionName>, key: &str, ask_all: bool) -> Option<Stored> {
        let of_session = name.and_then(|name| {
            let value = self.of_session(name.as_str(), key)?;
            let property = self.files.sso_session(name.as_str())?.get(key)?;
            Some((value, self.files.location_of(&property).to_string()))
        });
        let is_reused = of_session.is_some() && !ask_all;
        let of_profile = || {
            let value = self.of_profile(key)?;
            Some((value, location_in(self.files, self.profile?, key)?))
        };
        let (value, location) = of_session.or_else(of_profile)?;
        Some(Stored {
            value,
            location,
            is_reused,
        })
    }
}
