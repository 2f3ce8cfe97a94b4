//! Sources of a setting.

use super::program::{Program, Session};
use super::setting::Setting;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Variable,
    /// Profile in effect: from the option, else `default`.
    ProfileInEffect,
    /// Profile in effect: from the option, else from `AWS_PROFILE`.
    ProfileWithVariable,
    /// First profile in file order that uses the session.
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

    pub(super) fn aws_profile(self) -> Option<&'static str> {
        (self == Self::ProfileWithVariable).then_some("named")
    }

    /// Returns the value in `profile`: `expected` in this source, `None` in a profile in effect
    /// that takes precedence over this source, else `other`.
    pub(super) fn value_in<'a>(
        self,
        profile: &str,
        program: &Program,
        [expected, other]: &'a [String; 2],
    ) -> Option<&'a str> {
        let in_effect = program.profile().or(self.aws_profile());
        let is_in_effect = profile == in_effect.unwrap_or("default");
        match self {
            Self::ProfileInEffect | Self::ProfileWithVariable if is_in_effect => Some(expected),
            Self::FirstUser if is_in_effect => None,
            Self::FirstUser if profile == "first" => Some(expected),
            _ => Some(other),
        }
    }
}
