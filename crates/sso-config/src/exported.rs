//! Arguments of `export-credentials` in a `credential_process`.

use std::path::Path;

use sso_types::{AccountId, ProfileName, RoleName, SessionName};

/// Source of the credentials that `export-credentials` prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// The profile of `--profile`.
    Profile(ProfileName),
    /// A role, by `--sso-session`, `--account-id` and `--role-name`.
    Role {
        /// Name of the SSO session.
        session: SessionName,
        /// Account ID.
        account_id: AccountId,
        /// Role name.
        role_name: RoleName,
    },
    /// Without a selection, the profile of the environment.
    Default,
}

impl Exported {
    /// Returns the source of the credentials that a command prints, if it is `export-credentials` or
    /// `aws configure export-credentials`.
    #[must_use]
    pub fn of_command(program: &str, arguments: &[String]) -> Option<Self> {
        let program = Path::new(program).file_name()?.to_str()?;
        let is_exporting = match program.strip_suffix(".exe").unwrap_or(program) {
            "export-credentials" => true,
            "aws" => {
                let mut pairs = arguments.windows(2);
                pairs.any(|pair| pair == ["configure", "export-credentials"])
            }
            _ => false,
        };
        is_exporting.then(|| Self::of_arguments(arguments))
    }

    /// Reads the options before `--`, which precedes the command that the program runs.
    fn of_arguments(arguments: &[String]) -> Self {
        let end = arguments.iter().position(|argument| argument == "--");
        let arguments = &arguments[..end.unwrap_or(arguments.len())];
        let option = |name| value_of(arguments, |argument| long(argument, name));
        let profile = value_of(arguments, |argument| {
            long(argument, "--profile").or_else(|| short_profile(argument))
        });
        if let Some(name) = profile {
            return Self::Profile(name.into());
        }
        let names = ["--sso-session", "--account-id", "--role-name"].map(option);
        match names {
            [Some(session), Some(account_id), Some(role_name)] => Self::Role {
                session: session.into(),
                account_id: account_id.into(),
                role_name: role_name.into(),
            },
            _ => Self::Default,
        }
    }
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
