//! The arguments that every program takes.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};

/// How long a connection and an answer may take where nobody says otherwise, as in the AWS CLI.
#[cfg(feature = "sso")]
const TIMEOUT: Duration = Duration::from_secs(60);

/// The same for what is of use at once or not at all.
#[cfg(feature = "sso")]
const SHORT_TIMEOUT: Duration = Duration::from_secs(5);

/// The help of `--connect-timeout` in a program with a short connection.
pub const TIME_TO_CONNECT_SHORTLY: &str = "Time to wait for a connection, in seconds [default: 5]";

/// The help of `--read-timeout` in a program with a short connection.
pub const TIME_TO_ANSWER_SHORTLY: &str = "Time to wait for an answer, in seconds [default: 5]";

/// Whose sign-in or credentials, to be flattened into a program's arguments.
#[derive(Args, Clone, Debug)]
pub struct Whom {
    /// Profile in the AWS config file [default: $AWS_PROFILE, else "default"]
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "sso_session",
        help_heading = "Whom"
    )]
    pub profile: Option<String>,

    /// The [sso-session NAME] section to use, without a profile
    #[arg(long, value_name = "NAME", help_heading = "Whom")]
    pub sso_session: Option<String>,
}

/// The arguments that every program takes, to be flattened into its own.
#[derive(Args, Clone, Debug)]
pub struct GlobalArgs {
    /// Certificates to trust instead of the system's, a PEM file [default: $AWS_CA_BUNDLE]
    #[arg(long, value_name = "FILE", help_heading = "Network")]
    pub ca_bundle: Option<PathBuf>,

    // A default as text would be parsed at every start.
    /// Time to wait for a connection, in seconds [default: 60]
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Network")]
    pub connect_timeout: Option<Duration>,

    /// Time to wait for an answer, in seconds [default: 60]
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Network")]
    pub read_timeout: Option<Duration>,

    /// When to use colour
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub color: ColorChoice,

    /// Say nothing but errors
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,

    /// Say more: -v the steps, -vv the requests (secrets are never shown)
    #[arg(long, short, action = ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,
}

impl GlobalArgs {
    /// Returns these arguments once more, for another program of the family.
    #[must_use]
    pub fn to_arguments(&self) -> Vec<OsString> {
        let mut arguments = Vec::new();
        let mut add = |name: &str, value: OsString| {
            arguments.extend([OsString::from(name), value]);
        };
        if let Some(path) = &self.ca_bundle {
            add("--ca-bundle", path.into());
        }
        for (name, span) in [
            ("--connect-timeout", self.connect_timeout),
            ("--read-timeout", self.read_timeout),
        ] {
            if let Some(span) = span {
                add(name, span.as_secs_f64().to_string().into());
            }
        }
        if let Some(color) = self.color.to_possible_value() {
            add("--color", color.get_name().into());
        }
        arguments.extend(self.quiet.then(|| "--quiet".into()));
        arguments.extend((0..self.verbose).map(|_| "--verbose".into()));
        arguments
    }
}

/// How long what is had should still be valid, to be flattened into a program's arguments.
#[derive(Args, Clone, Copy, Debug)]
pub struct MinValidity {
    // A default as text would be parsed at every start.
    /// How long it should still be valid: a number with s, m, h or d [default: 15m]
    ///
    /// What was issued just now is taken even if it lives shorter.
    #[arg(long, value_name = "SPAN", value_parser = parse_span)]
    min_validity: Option<Duration>,
}

impl MinValidity {
    /// Returns the span that was asked for, else 15 minutes: as far ahead as the AWS CLI renews.
    #[must_use]
    pub fn span(self) -> Duration {
        self.min_validity.unwrap_or(Duration::from_secs(15 * 60))
    }
}

/// In which form a result is printed, to be flattened into a program's arguments.
#[derive(Args, Clone, Copy, Debug)]
pub struct OutputArg {
    /// In which form to print the result
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        default_value = "text",
        help_heading = "Output"
    )]
    pub output: OutputForm,
}

/// In which form a result is printed. `json`: one document, with field names in camelCase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names say it")]
pub enum OutputForm {
    Text,
    Json,
}

#[cfg(feature = "sso")]
impl Whom {
    /// Returns the profile that was asked for, else `chosen`, the environment's.
    #[must_use]
    pub fn profile_or(&self, chosen: sso_types::ProfileName) -> sso_types::ProfileName {
        self.profile.as_deref().map_or(chosen, Into::into)
    }
}

#[cfg(feature = "sso")]
impl GlobalArgs {
    /// Returns what was asked for of the way to the services, for a program of this name.
    #[must_use]
    pub fn connection(&self, program: &str) -> sso_credentials::Connection {
        self.connection_within(TIMEOUT, program)
    }

    /// Returns the same, for a program that waits no longer than [`TIME_TO_CONNECT_SHORTLY`] and
    /// [`TIME_TO_ANSWER_SHORTLY`] say.
    #[must_use]
    pub fn short_connection(&self, program: &str) -> sso_credentials::Connection {
        self.connection_within(SHORT_TIMEOUT, program)
    }

    fn connection_within(&self, timeout: Duration, program: &str) -> sso_credentials::Connection {
        sso_credentials::Connection {
            ca_bundle: self.ca_bundle.clone(),
            connect_timeout: self.connect_timeout.unwrap_or(timeout),
            read_timeout: self.read_timeout.unwrap_or(timeout),
            user_agent: format!("aws-sso-tools/{} {program}", env!("CARGO_PKG_VERSION")),
        }
    }
}

/// When to use colour. `auto`: on a terminal, unless `NO_COLOR` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// A positive number of seconds, fractions allowed; a day at the most.
fn seconds(text: &str) -> Result<Duration, String> {
    const DAY: Duration = Duration::from_secs(86_400);
    let number = text.parse().ok();
    match number.and_then(|number| Duration::try_from_secs_f64(number).ok()) {
        Some(span) if !span.is_zero() && span <= DAY => Ok(span),
        _ => Err("a number of seconds above 0 and up to 86400 is wanted".to_owned()),
    }
}

/// Reads a span of time as `15m`, `1h 30m` or `0s`.
///
/// # Errors
///
/// A sentence for the person who typed it.
pub fn parse_span(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{error}; try 15m or 2h"))
}
