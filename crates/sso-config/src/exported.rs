//! Arguments of `export-credentials` in a `credential_process`.

use std::path::Path;

use sso_types::{AccountId, ProfileName, RoleName, SessionName};

use crate::files::ConfigFiles;
use crate::named::Named;

/// Source of the credentials that `export-credentials` prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// The profile of `--profile`, or of the argument without an option.
    Profile(ProfileName),
    /// A role, by `--account-id` and `--role-name`.
    Role {
        /// SSO session of the role.
        session: ExportedSession,
        /// Account ID.
        account_id: AccountId,
        /// Role name.
        role_name: RoleName,
    },
    /// Without a selection, the profile of the environment.
    Default,
    /// The command line has an argument that `export-credentials` does not have, so that the meaning of
    /// the others is unknown.
    NotUnderstood,
}

/// SSO session of a role that `export-credentials` selects by its account and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportedSession {
    /// The session of `--sso-session`.
    Named(SessionName),
    /// The session of the profile of `--profile`.
    OfProfile(ProfileName),
    /// The argument without an option: a profile, else a session.
    OfName(String),
}

impl ExportedSession {
    /// Returns the profile or the session, which may not exist.
    #[must_use]
    pub fn named(self, files: &ConfigFiles) -> Named {
        match self {
            Self::Named(session) => Named::Session(session),
            Self::OfProfile(profile) => Named::Profile(profile),
            Self::OfName(name) if files.profile(&(*name).into()).is_some() => {
                Named::Profile(name.into())
            }
            Self::OfName(name) => Named::Session(name.into()),
        }
    }
}

impl Exported {
    /// Returns the source of the credentials that a command prints, if it is `export-credentials` or
    /// `aws configure export-credentials`.
    #[must_use]
    pub fn of_command(program: &str, arguments: &[String]) -> Option<Self> {
        let program = Path::new(program).file_name()?.to_str()?;
        match program.strip_suffix(".exe").unwrap_or(program) {
            "export-credentials" => {
                // A command to run follows `--`.
                let end = arguments.iter().position(|argument| argument == "--");
                let arguments = &arguments[..end.unwrap_or(arguments.len())];
                Some(match names(arguments).as_deref() {
                    Some([]) => Self::of_arguments(arguments, None),
                    Some([name]) => Self::of_arguments(arguments, Some(name)),
                    _ => Self::NotUnderstood,
                })
            }
            "aws" => {
                let mut pairs = arguments.windows(2);
                let is_exporting = pairs.any(|pair| pair == ["configure", "export-credentials"]);
                is_exporting.then(|| Self::of_arguments(arguments, None))
            }
            _ => None,
        }
    }

    /// Returns the format of a command that prints credentials, if it is `export-credentials` or
    /// `aws configure export-credentials`. Returns `None` for a command that runs another one.
    #[must_use]
    pub fn format_of_command(program: &str, arguments: &[String]) -> Option<String> {
        Self::of_command(program, arguments)?;
        let is_of_aws = arguments.iter().any(|it| it == "export-credentials");
        let has = |name: &str| arguments.iter().any(|argument| argument == name);
        if !is_of_aws && has("--") {
            return None;
        }
        let option = |name| value_of(arguments, |argument| long(argument, name));
        let format = if is_of_aws {
            option("--format").unwrap_or("process")
        } else if has("--bearer-token") {
            "--bearer-token"
        } else if has("--json") {
            "json"
        } else {
            let output = option("--output").filter(|it| *it != "text");
            option("--format").or(output).unwrap_or("shell")
        };
        Some(format.to_owned())
    }

    fn of_arguments(arguments: &[String], name: Option<&str>) -> Self {
        let option = |name| value_of(arguments, |argument| long(argument, name));
        let profile = value_of(arguments, |argument| {
            long(argument, "--profile").or_else(|| short_profile(argument))
        });
        let named = || option("--sso-session").map(|it| ExportedSession::Named(it.into()));
        let of_profile = || profile.map(|it| ExportedSession::OfProfile(it.into()));
        let of_name = || name.map(|it| ExportedSession::OfName(it.to_owned()));
        let session = named().or_else(of_profile).or_else(of_name);
        match (session, option("--account-id"), option("--role-name")) {
            (Some(session), Some(account_id), Some(role_name)) => Self::Role {
                session,
                account_id: account_id.into(),
                role_name: role_name.into(),
            },
            _ => profile
                .or(name)
                .map_or(Self::Default, |name| Self::Profile(name.into())),
        }
    }

    /// Returns the profile that must exist.
    #[must_use]
    pub fn profile(&self) -> Option<&ProfileName> {
        match self {
            Self::Profile(name)
            | Self::Role {
                session: ExportedSession::OfProfile(name),
                ..
            } => Some(name),
            Self::Role { .. } | Self::Default | Self::NotUnderstood => None,
        }
    }
}

/// Options of `export-credentials` whose value can be the next argument. Completeness is tested with the
/// options in the reference.
pub const OPTIONS_WITH_VALUE: [&str; 12] = [
    "--account-id",
    "--ca-bundle",
    "--color",
    "--connect-timeout",
    "--duration",
    "--format",
    "--min-validity",
    "--output",
    "--profile",
    "--read-timeout",
    "--role-name",
    "--sso-session",
];

/// Options of `export-credentials` without a value. Completeness is tested with the options in the
/// reference.
pub const OPTIONS_WITHOUT_VALUE: [&str; 10] = [
    "--bearer-token",
    "--help",
    "--json",
    "--login",
    "--quiet",
    "--serve",
    "--verbose",
    "--version",
    "--with-account-id",
    "--with-region",
];

/// Returns the arguments that are neither an option nor the value of one. Returns `None` if there is an
/// unknown option, whose value could be the next argument.
fn names(arguments: &[String]) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let of_long = OPTIONS_WITH_VALUE.iter();
        let mut of_long = of_long.filter_map(|option| long(argument, option));
        match of_long.next().or_else(|| short_profile(argument)) {
            Some("") => {
                arguments.next();
            }
            Some(_) => {}
            None if OPTIONS_WITHOUT_VALUE.contains(&argument.as_str()) || is_flags(argument) => {}
            None if argument.starts_with('-') => return None,
            None => names.push(argument.as_str()),
        }
    }
    Some(names)
}

/// Returns whether the argument consists of short options without a value.
fn is_flags(argument: &str) -> bool {
    let flags = argument.strip_prefix('-');
    flags.is_some_and(|flags| !flags.is_empty() && flags.chars().all(|it| "hqvV".contains(it)))
}

/// Returns the value of the first option that `after_name` recognises: the rest of the same argument, or
/// else the next argument.
fn value_of<'a>(
    arguments: &'a [String],
    after_name: impl Fn(&'a str) -> Option<&'a str>,
) -> Option<&'a str> {
    let mut arguments = arguments.iter();
    match arguments.find_map(|argument| after_name(argument))? {
        "" => arguments.next().map(String::as_str),
        rest => Some(rest.strip_prefix('=').unwrap_or(rest)),
    }
}

/// Returns what follows the name: nothing, or `=VALUE`.
fn long<'a>(argument: &'a str, name: &str) -> Option<&'a str> {
    let rest = argument.strip_prefix(name)?;
    (rest.is_empty() || rest.starts_with('=')).then_some(rest)
}

/// Returns what follows `-p`, also after the flags `-q` and `-v`: nothing, `VALUE` or `=VALUE`.
fn short_profile(argument: &str) -> Option<&str> {
    let options = argument.strip_prefix('-')?;
    options.trim_start_matches(['q', 'v']).strip_prefix('p')
}
