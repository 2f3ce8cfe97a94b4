//! Names of sections.

use std::borrow::Cow;

use crate::file_kind::FileKind;
use crate::words::{is_blank, split_words};

/// Header of the section whose keys apply to all other sections.
pub(crate) const DEFAULTS: &str = "DEFAULT";

/// Type and name of a section, independent of the spelling of its header.
///
/// `Profile("a")` is the name of `[profile a]`, `[profile "a"]` and `[profiles a]` in a config
/// file, and of `[a]` in a credentials file. Names are case-sensitive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionName<'a> {
    /// The profile `default`: `[default]`, or `[profile default]` in a config file.
    Default,
    /// A profile with another name.
    Profile(Cow<'a, str>),
    /// An SSO session, `[sso-session NAME]`; config files only.
    SsoSession(Cow<'a, str>),
    /// Service-specific settings, `[services NAME]`; config files only.
    Services(Cow<'a, str>),
    /// The text of any other header: `[DEFAULT]`, `[plugins]`, and headers that the AWS CLI ignores
    /// silently, such as `[profile a b]`.
    Other(Cow<'a, str>),
}

impl<'a> SectionName<'a> {
    /// Returns `Default` if `name` is `default`, otherwise `Profile`.
    pub fn profile(name: impl Into<Cow<'a, str>>) -> Self {
        match name.into() {
            name if name == "default" => Self::Default,
            name => Self::Profile(name),
        }
    }

    /// Returns the name without its type: `default`, or the text of the variant.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Default => "default",
            Self::Profile(name)
            | Self::SsoSession(name)
            | Self::Services(name)
            | Self::Other(name) => name,
        }
    }

    /// Returns whether this is a profile, including `default`.
    #[must_use]
    pub fn is_profile(&self) -> bool {
        matches!(self, Self::Default | Self::Profile(_))
    }

    /// Returns whether every reader ignores a section of this name. The AWS CLI reads `[plugins]` and
    /// `[preview]`.
    #[must_use]
    pub fn is_ignored(&self) -> bool {
        let is_known = |header: &str| matches!(header, DEFAULTS | "plugins" | "preview");
        matches!(self, Self::Other(header) if !is_known(header))
    }

    /// Returns a copy that does not borrow from the document.
    #[must_use]
    pub fn into_owned(self) -> SectionName<'static> {
        let own = |name: Cow<'_, str>| Cow::Owned(name.into_owned());
        match self {
            Self::Default => SectionName::Default,
            Self::Profile(name) => SectionName::Profile(own(name)),
            Self::SsoSession(name) => SectionName::SsoSession(own(name)),
            Self::Services(name) => SectionName::Services(own(name)),
            Self::Other(name) => SectionName::Other(own(name)),
        }
    }

    /// Returns the normal form of the name, in which the profile `default` is `Default`.
    pub(crate) fn normal(&self) -> SectionName<'_> {
        match self {
            Self::Profile(name) => SectionName::profile(&**name),
            Self::SsoSession(name) => SectionName::SsoSession((&**name).into()),
            Self::Services(name) => SectionName::Services((&**name).into()),
            Self::Other(name) => SectionName::Other((&**name).into()),
            Self::Default => SectionName::Default,
        }
    }

    pub(crate) fn of_header(kind: FileKind, header: &'a str) -> Self {
        if header == DEFAULTS {
            return Self::Other(header.into());
        }
        match kind {
            FileKind::Credentials => Self::profile(header),
            FileKind::Config => Self::of_config_header(header),
        }
    }

    fn of_config_header(header: &'a str) -> Self {
        let named: fn(Cow<'a, str>) -> Self = if header.starts_with("profile") {
            Self::profile
        } else if header.starts_with("sso-session") {
            Self::SsoSession
        } else if header.starts_with("services") {
            Self::Services
        } else if header == "default" {
            return Self::Default;
        } else {
            return Self::Other(header.into());
        };
        second_of_two_words(header).map_or(Self::Other(header.into()), named)
    }
}

/// Returns the second word of `header` if Python's `shlex.split` returns exactly two words.
fn second_of_two_words(header: &str) -> Option<Cow<'_, str>> {
    if header.contains(['\'', '"', '\\']) {
        let mut words = split_words(header)?.into_iter();
        return match (words.next(), words.next(), words.next()) {
            (Some(_), Some(name), None) => Some(name.into()),
            _ => None,
        };
    }
    let mut words = header.split(is_blank).filter(|word| !word.is_empty());
    match (words.next(), words.next(), words.next()) {
        (Some(_), Some(name), None) => Some(name.into()),
        _ => None,
    }
}
