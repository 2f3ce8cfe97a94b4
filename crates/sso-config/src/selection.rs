//! Profile and session of a command that selects none.

use crate::configured::ConfiguredSessions;
use crate::environment::AwsEnv;
use crate::error::Error;
use crate::files::ConfigFiles;
use crate::name_clue::SessionChoice;
use crate::session::SsoSession;
use crate::sso_chain::SsoChain;

impl SsoSession {
    /// Reads the session of the profile in the environment, else of `default`, else the only session in
    /// the files.
    ///
    /// # Errors
    ///
    /// Those of [`SsoChain::load`], [`Error::NotUnicode`] and [`Error::NoSessionSelected`].
    pub fn unselected(env: &AwsEnv, files: &ConfigFiles) -> Result<Self, Error> {
        match SsoChain::load(env, files, &env.profile()?) {
            Ok(chain) => Ok(chain.source.session),
            Err(
                Error::UnknownProfile { .. }
                | Error::OtherSource { .. }
                | Error::InvalidProcess { .. }
                | Error::UnknownArgument { .. },
            ) if env.profile_variable().is_none() => only_session(files),
            Err(error) => Err(files.explain_unselected(env, error)),
        }
    }
}

impl ConfigFiles {
    /// Adds the variable that selects an unknown profile to the error. Without one, returns
    /// [`Error::NoProfileSelected`] in its place.
    #[must_use]
    pub fn explain_unselected(&self, env: &AwsEnv, error: Error) -> Error {
        match (error, env.profile_variable()) {
            (
                Error::UnknownProfile {
                    profile,
                    config,
                    clue,
                    ..
                },
                variable @ Some(_),
            ) => Error::UnknownProfile {
                profile,
                variable,
                config,
                clue,
            },
            (Error::UnknownProfile { config, .. }, None) => Error::NoProfileSelected {
                config,
                profiles: self.profile_names().collect(),
                has_problems: self.has_ignored_sections(),
            },
            (error, _) => error,
        }
    }
}

fn only_session(files: &ConfigFiles) -> Result<SsoSession, Error> {
    let ConfiguredSessions {
        sessions, problems, ..
    } = ConfiguredSessions::of(files);
    match sessions.as_slice() {
        [only] => Ok(only.clone()),
        sessions => Err(Error::NoSessionSelected {
            config: files.config_path().to_owned(),
            choices: sessions.iter().filter_map(choice).collect(),
            has_problems: !problems.is_empty() || files.has_ignored_sections(),
        }),
    }
}

fn choice(session: &SsoSession) -> Option<SessionChoice> {
    let by_profile = || session.profile.clone().map(SessionChoice::Profile);
    let name = session.name.clone().map(SessionChoice::Session);
    name.or_else(by_profile)
}
