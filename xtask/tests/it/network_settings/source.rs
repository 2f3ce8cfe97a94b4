//! The sources of a setting.

use super::program::{Program, Session};
use super::setting::Setting;

/// A source of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The environment variables of the setting.
    Variable,
    /// The profile in effect: that of the option, else `default`.
    ProfileInEffect,
    /// The profile in effect: that of the option, else of `AWS_PROFILE`, which is set.
    ProfileWithVariable,
    /// The first profile in file order that uses the session.
    FirstUser,
}

pub(super) const SOURCES: [Source; 4] = [
    Source::Variable,
    Source::ProfileInEffect,
    Source::ProfileWithVariable,
    Source::FirstUser,
];

impl Source {
    pub(super) fn is_for(self, setting: &Setting, program: &Program) -> bool {
        match self {
            Self::Variable => !setting.variables.is_empty(),
            Self::ProfileInEffect | Self::ProfileWithVariable => true,
            Self::FirstUser => program.session != Session::Unused,
        }
    }

    /// Returns the value of `AWS_PROFILE`.
    pub(super) fn aws_profile(self) -> Option<&'static str> {
        (self == Self::ProfileWithVariable).then_some("named")
    }

    /// Returns the value of `profile`: `wanted` in this source, none in the profile in effect if it
    /// comes before this source, else `other`.
    pub(super) fn value_in<'a>(
        self,
        profile: &str,
        program: &Program,
        [wanted, other]: &'a [String; 2],
    ) -> Option<&'a str> {
        let in_effect = program.profile().or(self.aws_profile());
        let is_in_effect = profile == in_effect.unwrap_or("default");
        match self {
            Self::ProfileInEffect | Self::ProfileWithVariable if is_in_effect => Some(wanted),
            Self::FirstUser if is_in_effect => None,
            Self::FirstUser if profile == "first" => Some(wanted),
            _ => Some(other),
        }
    }
}
