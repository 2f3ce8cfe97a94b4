//! Command-line arguments.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use std::ffi::OsStr;

use aws_console::Service;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Parser};
use cli_ux::{Arguments, GlobalArgs, OutputArg, OutputForm, parse_duration};
use sso_config::similar::closest;
use sso_types::{ProfileName, Region};

/// Open the AWS console with a profile
///
/// For a role in IAM Identity Center, opens a shortcut link of the access portal, which contains no
/// secret; no request is sent. For other temporary credentials, such as those of an assumed role or of a
/// credential_process, gets a sign-in token from AWS and signs the browser in with it.
///
/// The browser gets the URL that contains the token from a page on 127.0.0.1, so that no command line
/// contains it. Without a browser on this machine, for example in an SSH session, a shortcut link is
/// shown; other URLs are only printed with --print.
#[derive(Debug, Parser)]
#[command(name = "sso-console", version, after_long_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each field is a flag")]
pub(crate) struct Args {
    /// Service to open, for example s3; --list-services shows all
    #[arg(
        long,
        short,
        value_name = "SERVICE",
        value_parser = ServiceParser,
        hide_possible_values = true,
        conflicts_with = "destination"
    )]
    pub(crate) service: Option<&'static Service>,

    /// URL of the AWS console to open
    ///
    /// Only https URLs of the console in the partition of the role are accepted.
    #[arg(long, value_name = "URL")]
    pub(crate) destination: Option<String>,

    /// Region to open [default: $AWS_REGION or that of the profile]
    #[arg(long, value_name = "REGION", value_parser = str::parse::<Region>, conflicts_with = "destination")]
    pub(crate) region: Option<Region>,

    /// Duration of the console session, for example 8h
    ///
    /// From 15m to 12h, up to the maximum session duration of the role. Only for a role that is assumed
    /// with the access keys of an IAM user, or for the credentials of a credential_process. Other sessions
    /// end with their credentials, or as IAM Identity Center determines.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) duration: Option<u32>,

    /// Sign out of the console in the browser first
    ///
    /// Use it if the console says that you have to sign out before you sign in to another account. Requires
    /// a start URL of AWS.
    #[arg(long)]
    pub(crate) logout_first: bool,

    /// Print the URL to stdout instead of opening a browser
    ///
    /// A URL that contains a sign-in token signs in every browser that opens it within 15 minutes.
    #[arg(long, conflicts_with = "browser")]
    pub(crate) print: bool,

    /// Browser command; {url} or %s is the URL [default: $BROWSER]
    ///
    /// The URL replaces {url} or %s, and the percent-encoded URL {encoded_url}; it is appended if the command
    /// contains none of them. {profile},
    /// {account_id} and {role_name} are replaced too, for example to use a browser profile for each
    /// account; each value stays one argument. The default is sso_browser in the config file, then $BROWSER,
    /// then the default browser of the operating system.
    #[arg(long, value_name = "COMMAND")]
    pub(crate) browser: Option<String>,

    /// Fail instead of a sign-in if the session needs one
    ///
    /// By default, signs in first on a terminal. A role in IAM Identity Center needs no sign-in here: the
    /// access portal asks for it.
    #[arg(long)]
    pub(crate) no_login: bool,

    /// List the services and exit
    #[arg(long, conflicts_with_all = ["service", "destination", "region", "duration", "logout_first", "print", "browser", "no_login", "profile_name", "profile"])]
    pub(crate) list_services: bool,

    /// Profile in the AWS config file
    #[arg(
        value_name = "NAME",
        conflicts_with = "profile",
        display_order = 0,
        help_heading = "Profile selection"
    )]
    profile_name: Option<String>,

    /// Profile in the AWS config file [default: $AWS_PROFILE or "default"]
    #[arg(long, short, value_name = "NAME", help_heading = "Profile selection")]
    profile: Option<String>,

    #[command(flatten)]
    pub(crate) output: OutputArg,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

const EXAMPLES: &str = "\
Examples:
  sso-console dev
      open the console with the profile dev

  sso-console dev --service s3 --region eu-west-1
      open Amazon S3 in a Region

  sso-console dev --browser 'firefox -P {profile}'
      open the console in a browser profile of the same name

  sso-console dev --print --service ec2
      print the URL, for example to open it on another machine";

impl Args {
    /// Returns the selected profile.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile_name.as_deref().or(self.profile.as_deref())
    }

    /// Returns these arguments with `--print`, for a hint, but not those that only select a browser.
    pub(crate) fn with_print(&self, profile: &ProfileName) -> Arguments {
        let mut arguments = Arguments::new().option("--profile", profile.as_str());
        if self.output.form() == OutputForm::Json {
            arguments = arguments.flag("--json");
        }
        arguments = self.global.repeated_in(arguments);
        if let Some(service) = self.service {
            arguments = arguments.option("--service", service.name);
        }
        if let Some(url) = &self.destination {
            arguments = arguments.option("--destination", url);
        }
        if let Some(region) = &self.region {
            arguments = arguments.option("--region", region.as_str());
        }
        if let Some(seconds) = self.duration {
            arguments = arguments.option("--duration", format!("{seconds}s"));
        }
        if self.logout_first {
            arguments = arguments.flag("--logout-first");
        }
        arguments.flag("--print")
    }
}

/// Parser for a name in the table of services, whose names a shell can complete.
#[derive(Clone)]
struct ServiceParser;

impl TypedValueParser for ServiceParser {
    type Value = &'static Service;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        service.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        // The completion omits the aliases of a value.
        let of_service = |service: &'static Service| {
            let names = service.names();
            names.map(|name| PossibleValue::new(name).help(service.title))
        };
        Some(Box::new(Service::all().iter().flat_map(of_service)))
    }
}

fn service(name: &str) -> Result<&'static Service, String> {
    Service::named(name).ok_or_else(|| {
        let names: Vec<_> = Service::all().iter().flat_map(Service::names).collect();
        match suggestion(name, &names) {
            Some(similar) => format!("unknown service; did you mean {similar}?"),
            None => "unknown service; --list-services shows all".to_owned(),
        }
    })
}

/// Returns the name that begins with `name`, contains it, or is spelled similarly, in this order.
fn suggestion(name: &str, names: &[&'static str]) -> Option<&'static str> {
    let name = name.to_lowercase();
    if name.is_empty() {
        return None;
    }
    // In a short name, two differences leave almost nothing in common.
    let limit = if name.chars().count() > 4 { 2 } else { 1 };
    let is_long = name.chars().count() > 1;
    let first = |matches: fn(&str, &str) -> bool| {
        let mut found = names.iter().filter(|other| matches(other, &name));
        found.next().filter(|_| is_long).copied()
    };
    first(|other, name| other.starts_with(name))
        .or_else(|| first(|other, name| other.contains(name)))
        .or_else(|| {
            closest(&name, names.iter().copied(), limit)
                .first()
                .copied()
        })
}

/// Parses the duration of a console session, in seconds, within the limits of the service.
fn duration(text: &str) -> Result<u32, String> {
    let seconds = u32::try_from(parse_duration(text)?.as_secs()).ok();
    let seconds = seconds.filter(|seconds| (900..=43_200).contains(seconds));
    seconds.ok_or_else(|| "the duration must be from 15m to 12h".to_owned())
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
