//! Arguments that the programs share.

#![expect(clippy::doc_markdown, reason = "--help prints these comments")]

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
#[cfg(feature = "sso")]
use sso_config::named::Named;
#[cfg(feature = "sso")]
use sso_config::{ConfigFiles, Error};
#[cfg(feature = "sso")]
use sso_credentials::aws::Selection;
#[cfg(feature = "sso")]
use sso_session::clients::ConnectionOptions;

use crate::command_line::Arguments;
#[cfg(feature = "sso")]
use crate::program::Program;

#[cfg(feature = "sso")]
const SHORT_TIMEOUT: Duration = Duration::from_secs(5);

/// Help text of `--connect-timeout` in a program with short timeouts.
pub const SHORT_CONNECT_TIMEOUT_HELP: &str = "Connection timeout in seconds [default: 5]";

/// Help text of `--read-timeout` in a program with short timeouts.
pub const SHORT_READ_TIMEOUT_HELP: &str = "Read timeout in seconds [default: 5]";

/// Selection of a profile or an SSO session, to be flattened into the arguments of a program.
#[derive(Args, Clone, Debug)]
pub struct ProfileArgs {
    /// Profile or SSO session
    ///
    /// If both have the name, the profile is selected.
    #[arg(
        value_name = "NAME",
        conflicts_with_all = ["profile", "sso_session"],
        display_order = 0,
        help_heading = "Profile selection"
    )]
    pub name: Option<String>,

    /// Profile in the AWS config file [default: $AWS_PROFILE or "default"]
    #[arg(
        long,
        short,
        value_name = "NAME",
        conflicts_with = "sso_session",
        help_heading = "Profile selection"
    )]
    pub profile: Option<String>,

    /// SSO session, from its [sso-session NAME] section
    #[arg(long, value_name = "NAME", help_heading = "Profile selection")]
    pub sso_session: Option<String>,
}

/// Selection of any number of sessions, to be flattened into the arguments of a program.
///
/// The arguments can be repeated and combined: the program acts on each selected session. Each program
/// has its own default, and its own help for the options.
#[derive(Args, Clone, Debug)]
pub struct SessionsArgs {
    /// Profile, SSO session or start URL (repeatable)
    ///
    /// If a profile and an SSO session have the name, the profile is selected.
    #[arg(
        value_name = "NAME",
        display_order = 0,
        help_heading = "Profile selection"
    )]
    pub name: Vec<String>,

    /// Profile in the AWS config file (repeatable)
    #[arg(long, short, value_name = "NAME", help_heading = "Profile selection")]
    pub profile: Vec<String>,

    /// SSO session, from its [sso-session NAME] section (repeatable)
    #[arg(long, value_name = "NAME", help_heading = "Profile selection")]
    pub sso_session: Vec<String>,

    /// Start URL of an access portal (repeatable)
    #[arg(long, value_name = "URL", help_heading = "Profile selection")]
    pub start_url: Vec<String>,

    /// All SSO sessions and legacy start URLs in the config file
    #[arg(
        long,
        conflicts_with_all = ["name", "profile", "sso_session", "start_url"],
        help_heading = "Profile selection"
    )]
    pub all: bool,
}

/// Session that an argument of [`SessionsArgs`] selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectedSession<'a> {
    /// The session of a profile.
    Profile(&'a str),
    /// An SSO session, by name.
    Session(&'a str),
    /// The sessions with a start URL.
    StartUrl(&'a str),
}

impl SessionsArgs {
    /// Returns the number of arguments that select a session.
    #[must_use]
    pub fn count(&self) -> usize {
        self.name.len() + self.profile.len() + self.sso_session.len() + self.start_url.len()
    }

    /// Returns whether an argument is a start URL: with its option, or with a scheme.
    #[must_use]
    pub fn has_start_url(&self) -> bool {
        !self.start_url.is_empty() || self.name.iter().any(|name| is_url(name))
    }

    /// Returns the selection: names first, then profiles, sessions and start URLs. Empty for all
    /// sessions, or without a selection. `named` finds the profile or session with a name.
    ///
    /// # Errors
    ///
    /// Those of `named`.
    #[cfg(feature = "sso")]
    pub fn selected(
        &self,
        named: impl Fn(&str) -> Result<Named, Error>,
    ) -> Result<Vec<SelectedSession<'_>>, Error> {
        let without_option = self.name.iter().map(|name| {
            if is_url(name) {
                return Ok(SelectedSession::StartUrl(name));
            }
            Ok(match named(name)? {
                Named::Profile(_) => SelectedSession::Profile(name),
                Named::Session(_) => SelectedSession::Session(name),
            })
        });
        let profiles = self.profile.iter();
        let sessions = self.sso_session.iter();
        let start_urls = self.start_url.iter();
        let options = profiles
            .map(|name| SelectedSession::Profile(name))
            .chain(sessions.map(|name| SelectedSession::Session(name)))
            .chain(start_urls.map(|url| SelectedSession::StartUrl(url)));
        without_option.chain(options.map(Ok)).collect()
    }
}

/// Returns whether a name is a start URL, even if a profile has the same name.
fn is_url(name: &str) -> bool {
    name.contains("://")
}

/// Arguments of every program. Flatten them after all others: `--help` shows the groups in the
/// order of the fields.
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

    /// Print errors only
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,

    /// Print more: -v steps, -vv requests without secrets
    #[arg(long, short, action = ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,

    /// CA certificates in PEM format [default: $AWS_CA_BUNDLE]
    ///
    /// They replace the certificates of the operating system.
    #[arg(long, value_name = "FILE", help_heading = "Network")]
    pub ca_bundle: Option<PathBuf>,

    // Not a `default_value`, which clap would parse at every start.
    /// Connection timeout in seconds [default: 60]
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Network")]
    pub connect_timeout: Option<Duration>,

    /// Read timeout in seconds [default: 60]
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = "Network")]
    pub read_timeout: Option<Duration>,
}

impl GlobalArgs {
    /// Returns these arguments in the form of a command line, for another program of the family.
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

    /// Adds the network options that were given, for a hint that repeats a command.
    pub fn repeated_in(&self, mut arguments: Arguments) -> Arguments {
        if let Some(path) = &self.ca_bundle {
            arguments = arguments.option("--ca-bundle", path);
        }
        for (name, timeout) in [
            ("--connect-timeout", self.connect_timeout),
            ("--read-timeout", self.read_timeout),
        ] {
            if let Some(timeout) = timeout {
                arguments = arguments.option(name, timeout.as_secs_f64().to_string());
            }
        }
        arguments
    }
}

/// Minimum remaining lifetime of a token or of credentials, to be flattened into the arguments of a
/// program.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct MinValidity {
    // Not a `default_value`, which clap would parse at every start.
    /// Minimum remaining lifetime, for example 15m [default: 15m]
    ///
    /// A number with the unit s, m, h or d. Newly issued tokens and credentials are used even if
    /// they expire sooner.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    min_validity: Option<Duration>,
}

impl MinValidity {
    /// Returns the duration. The default is 15 minutes: the AWS CLI refreshes a token when it has
    /// less time left.
    #[must_use]
    pub fn duration(self) -> Duration {
        self.requested().unwrap_or(Duration::from_secs(15 * 60))
    }

    /// Returns the duration that the user requests. Without one, a token that expires soon is
    /// refreshed, but used if that fails.
    #[must_use]
    pub fn requested(self) -> Option<Duration> {
        self.min_validity
    }
}

/// Output format, to be flattened into the arguments of a program.
#[derive(Args, Clone, Copy, Debug)]
pub struct OutputArg {
    /// Output format
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Output"
    )]
    output: OutputForm,

    /// Same as --output json
    #[arg(long, conflicts_with = "output", help_heading = "Output")]
    json: bool,
}

impl OutputArg {
    /// Returns the requested format.
    #[must_use]
    pub fn form(self) -> OutputForm {
        if self.json {
            OutputForm::Json
        } else {
            self.output
        }
    }
}

/// Output format. `json` is one document with field names in camelCase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub enum OutputForm {
    Text,
    Json,
}

#[cfg(feature = "sso")]
impl ProfileArgs {
    /// Returns the selected profile or session. `files` show the kind of a name.
    ///
    /// # Errors
    ///
    /// Those of [`ConfigFiles::named`].
    pub fn selection(&self, files: &ConfigFiles) -> Result<Selection, Error> {
        Ok(match (&self.name, &self.profile, &self.sso_session) {
            (Some(name), ..) => match files.named(name)? {
                Named::Profile(profile) => Selection::Profile(profile),
                Named::Session(session) => Selection::Session(session),
            },
            (None, Some(profile), _) => Selection::Profile(profile.as_str().into()),
            (None, None, Some(session)) => Selection::Session(session.as_str().into()),
            (None, None, None) => Selection::Default,
        })
    }
}

#[cfg(feature = "sso")]
impl GlobalArgs {
    /// Returns the network options.
    #[must_use]
    pub fn connection(&self, program: &Program) -> ConnectionOptions {
        let mut options = ConnectionOptions::new(program.user_agent());
        options.ca_bundle = self.ca_bundle.clone().map(Into::into);
        if let Some(timeout) = self.connect_timeout {
            options.connect_timeout = timeout;
        }
        if let Some(timeout) = self.read_timeout {
            options.read_timeout = timeout;
        }
        options
    }

    /// Returns the network options for requests that must not keep the user waiting. The default
    /// timeouts are those of [`SHORT_CONNECT_TIMEOUT_HELP`] and [`SHORT_READ_TIMEOUT_HELP`], except for the
    /// response to a refresh.
    #[must_use]
    pub fn short_connection(&self, program: &Program) -> ConnectionOptions {
        let mut options = self.connection(program);
        options.refresh_read_timeout = Some(options.read_timeout);
        options.connect_timeout = self.connect_timeout.unwrap_or(SHORT_TIMEOUT);
        options.read_timeout = self.read_timeout.unwrap_or(SHORT_TIMEOUT);
        options
    }
}

/// Use of colour. `auto` means on a terminal, unless `NO_COLOR` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// Parses a positive number of seconds, optionally with a fraction, up to one day.
fn seconds(text: &str) -> Result<Duration, String> {
    const DAY: Duration = Duration::from_secs(86_400);
    let number = text.parse().ok();
    match number.and_then(|number| Duration::try_from_secs_f64(number).ok()) {
        Some(duration) if !duration.is_zero() && duration <= DAY => Ok(duration),
        _ => Err("expected a number of seconds greater than 0 and at most 86400".to_owned()),
    }
}

/// Parses a duration such as `15m`, `1h 30m` or `0s`.
///
/// # Errors
///
/// A message for the user.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text);
    duration.map_err(|_| "expected a duration such as 15m or 2h".to_owned())
}
