use super::program::{Program, Session};
use super::setting::Setting;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Variable,
    /// Profile in effect: that of the option, or else `default`.
    ProfileInEffect,
    /// Profile in effect: that of the option, or else that of `AWS_PROFILE`.
    ProfileWithVariable,
    /// First profile in file order that uses the session.
    FirstOfSession,
}

pub(super) const SOURCES: [Source; 4] = [
    Source::Variable,
    Source::ProfileInEffect,
    Source::ProfileWithVariable,
    Source::FirstOfSession,
];

impl Source {
    pub(super) fn is_for(self, setting: &Setting, program: &Program) -> bool {
        match self {
            Self::Variable => !setting.variables.is_empty(),
            Self::ProfileInEffect | Self::ProfileWithVariable => true,
            Self::FirstOfSession => program.session != Session::Unused,
        }
    }

    pub(super) fn aws_profile(self) -> Option<&'static str> {
        (self == Self::ProfileWithVariable).then_some("named")
    }

    /// Returns the value in `profile`: `expected` in this source, `None` in a profile in effect
    /// that takes precedence over this source, and otherwise `other`.
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
            Self::FirstOfSession if is_in_effect => None,
            Self::FirstOfSession if profile == "first" => Some(expected),
            _ => Some(other),
        }
    }
}
