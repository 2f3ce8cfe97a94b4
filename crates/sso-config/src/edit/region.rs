//! Correction of a session's Region.

use aws_config_parse::{Document, EditError, Outcome, SectionName, SectionRef};
use time::OffsetDateTime;

use super::ConfigEdit;
use crate::environment::AwsEnv;
use crate::error::Error;
use crate::session::{REGION, SESSION, SsoSession};

impl ConfigEdit {
    /// Writes the Region of `session` to each of its sections that contains `sso_region`: the
    /// `[sso-session]` section and the profiles that repeat the key, or the legacy profile. The
    /// history records `description`, for example `sso-login --profile dev`.
    ///
    /// # Errors
    ///
    /// Those of [`apply`](Self::apply) and [`change`](Self::change).
    pub fn correct_region(
        env: &AwsEnv,
        now: OffsetDateTime,
        description: &str,
        session: &SsoSession,
    ) -> Result<Outcome, Error> {
        let written = Self::apply(env, now, description, |edit| {
            edit.change(|document| write_region(document, session))
        });
        written.map(|((), outcome)| outcome)
    }
}

fn write_region(document: &mut Document, session: &SsoSession) -> Result<(), EditError> {
    for name in sections_with_region(document, session) {
        if let Some(mut section) = document.section_mut(&name) {
            section.set(REGION, session.region.as_str())?;
        }
    }
    Ok(())
}

fn sections_with_region(document: &Document, session: &SsoSession) -> Vec<SectionName<'static>> {
    let SsoSession { name, profile, .. } = session;
    let belongs = |section: &SectionRef<'_>| match (name, section.name()) {
        (Some(name), SectionName::SsoSession(other)) => other == name.as_str(),
        (Some(name), _) => section
            .get(SESSION)
            .is_some_and(|session| session.value() == name.as_str()),
        (None, other) => profile
            .as_ref()
            .is_some_and(|profile| other == SectionName::profile(profile.as_str())),
    };
    let sections = document.sso_sessions().chain(document.profiles());
    sections
        .filter(|section| belongs(section) && section.get(REGION).is_some())
        .map(|section| section.name().into_owned())
        .collect()
}
