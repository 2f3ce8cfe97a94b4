//! Arguments that programs share.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
#[cfg(feature = "sso")]
use sso_credentials::aws::Selection;
#[cfg(feature = "sso")]
use sso_session::clients::ConnectionOptions;

#[cfg(feature = "sso")]
use crate::program::Program;

/// Default timeout of requests that are useful at once or not at all.
#[cfg(feature = "sso")]
const SHORT_TIMEOUT: Duration = Duration::from_secs(5);

/// Help of `--connect-timeout` in a program with short timeouts.
pub const SHORT_CONNECT_TIMEOUT_HELP: &str =
    "Time to wait for a connection, in seconds [default: 5]";

/// Help of `--read-timeout` in a program with short timeouts.
pub const SHORT_READ_TIMEOUT_HELP: &str = "Time to wait for an answer, in seconds [default: 5]";

/// Selection of a profile or an SSO session, to be flattened into a program's arguments.
#[derive(Args, Clone, Debug)]
pub struct ProfileArgs {
    /// Profile in the AWS config file [default: $AWS_PROFILE, else "default"]
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "sso_session",
        help_heading = "Profile selection"
    )]
    pub profile: Option<String>,

    /// The [sso-session NAME] section to use, without a profile
    #[arg(long, value_name = "NAME", help_heading = "Profile selection")]
    pub sso_session: Option<String>,
}

/// Arguments that every program takes, to be flattened into its own, as the last ones: `--help`
/// shows the groups in the order of the fields.
#[derive(Args, Clone, Debug)]
pub struct GlobalArgs {
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
}

impl GlobalArgs {
    /// Returns these arguments for the command line of another program of the family.
    #[must_use]
    pub fn to_arguments(&self) -> Vec<OsString> {
        let mut arguments = Vec::new();
        let mut add = |name: &str, value: OsString| {
            arguments.extend([OsString::from(name), value]);
        };
        if let Some(path) = &self.ca_bundle {
            add("--ca-bundle", path.into());
        }
        for (name, timeout) in [
            ("--connect-timeout", self.connect_timeout),
            ("--read-timeout", self.read_timeout),
        ] {
            if let Some(timeout) = timeout {
                add(name, timeout.as_secs_f64().to_string().into());
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

/// Minimum remaining lifetime, to be flattened into a program's arguments.
#[derive(Args, Clone, Copy, Debug)]
pub struct MinValidity {
    // A default as text would be parsed at every start.
    /// How long it should still be valid: a number with s, m, h or d [default: 15m]
    ///
    /// What was issued just now is taken even if it lives shorter.
    #[arg(long, value_name = "SPAN", value_parser = parse_duration)]
    min_validity: Option<Duration>,
}

impl MinValidity {
    /// Returns the requested duration, else 15 minutes, which is when the AWS CLI refreshes.
    #[must_use]
    pub fn duration(self) -> Duration {
        self.min_validity.unwrap_or(Duration::from_secs(15 * 60))
    }
}

/// Form of a result, to be flattened into a program's arguments.
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

/// Form of a result. `json` is one document, with field names in camelCase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names say it")]
pub enum OutputForm {
    Text,
    Json,
}

#[cfg(feature = "sso")]
impl ProfileArgs {
    /// Returns the selected profile or session.
    #[must_use]
    pub fn selection(&self) -> Selection {
        match (&self.profile, &self.sso_session) {
            (Some(profile), _) => Selection::Profile(profile.as_str().into()),
            (None, Some(session)) => Selection::Session(session.as_str().into()),
            (None, None) => Selection::Default,
        }
    }
}

#[cfg(feature = "sso")]
impl GlobalArgs {
    /// Returns the network options of the arguments.
    #[must_use]
    pub fn connection(&self, program: &Program) -> ConnectionOptions {
        let mut options = ConnectionOptions::new(program.user_agent());
        options.ca_bundle.clone_from(&self.ca_bundle);
        if let Some(timeout) = self.connect_timeout {
            options.connect_timeout = timeout;
        }
        if let Some(timeout) = self.read_timeout {
            options.read_timeout = timeout;
        }
        options
    }

    /// Returns the network options of the arguments, with the default timeouts of
    /// [`SHORT_CONNECT_TIMEOUT_HELP`] and [`SHORT_READ_TIMEOUT_HELP`].
    #[must_use]
    pub fn short_connection(&self, program: &Program) -> ConnectionOptions {
        let mut options = self.connection(program);
        options.connect_timeout = self.connect_timeout.unwrap_or(SHORT_TIMEOUT);
        options.read_timeout = self.read_timeout.unwrap_or(SHORT_TIMEOUT);
        options
    }
}

/// Use of colour. `auto` is on a terminal, unless `NO_COLOR` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// Parses a positive number of seconds, of which fractions are allowed and a day is the maximum.
fn seconds(text: &str) -> Result<Duration, String> {
    const DAY: Duration = Duration::from_secs(86_400);
    let number = text.parse().ok();
    match number.and_then(|number| Duration::try_from_secs_f64(number).ok()) {
        Some(duration) if !duration.is_zero() && duration <= DAY => Ok(duration),
        _ => Err("a number of seconds above 0 and up to 86400 is wanted".to_owned()),
    }
}

/// Parses a duration such as `15m`, `1h 30m` or `0s`.
///
/// # Errors
///
/// A sentence for the user.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{error}; try 15m or 2h"))
}
