//! Profile or SSO session with a name of unknown kind.

use sso_types::{ProfileName, SessionName};

use crate::error::Error;
use crate::files::ConfigFiles;
use crate::name_clue::NameClue;
use crate::session::SESSION;

/// Profile or SSO session that a name refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A profile, in either file.
    Profile(ProfileName),
    /// An `[sso-session]` section.
    Session(SessionName),
}

impl ConfigFiles {
    /// Returns the profile with the name, else the SSO session.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownName`]; [`Error::UnknownProfile`] or [`Error::UnknownSession`] if the header of a
    /// section shows which of them is meant; that of an unusable credentials file, which may contain the
    /// profile.
    pub fn named(&self, name: &str) -> Result<Named, Error> {
        if self.profile(&name.into()).is_some() {
            Ok(Named::Profile(name.into()))
        } else if self.sso_session(name).is_some() {
            Ok(Named::Session(name.into()))
        } else {
            Err(self.explain(self.unknown_name(name)))
        }
    }

    fn unknown_name(&self, name: &str) -> Error {
        let config = self.config_path().to_owned();
        let (as_profile, as_session) = (
            self.profile_clue(&name.into()),
            self.session_clue(&name.into()),
        );
        match (as_profile, as_session) {
            (clue @ NameClue::OddHeader { .. }, _) => Error::UnknownProfile {
                profile: name.into(),
                variable: None,
                config,
                clue: Box::new(clue),
            },
            (_, clue @ NameClue::OddHeader { .. }) => Error::UnknownSession {
                session: name.into(),
                key: SESSION,
                referenced_by: None,
                profiles: crate::profile_path::ProfilePath::default(),
                config,
                clue: Box::new(clue),
            },
            _ => Error::UnknownName {
                name: name.to_owned(),
                config,
                clue: Box::new(self.clue_of_any_kind(name)),
            },
        }
    }
}
