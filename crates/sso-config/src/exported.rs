//! Arguments of `export-credentials` in a `credential_process`.

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
    /// Reads the options before `--`, which precedes the command that the program runs.
    pub(crate) fn of_arguments(arguments: &[String]) -> Self {
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

/// Returns the value of the first option that `rest` recognises: what follows it in the same argument,
/// or else the next argument.
fn value_of<'a>(
    arguments: &'a [String],
    rest: impl Fn(&'a str) -> Option<Option<&'a str>>,
) -> Option<&'a str> {
    let mut arguments = arguments.iter();
    let attached = arguments.find_map(|argument| rest(argument))?;
    attached.or_else(|| arguments.next().map(String::as_str))
}

/// Returns the value after `=`; `Some(None)` for the option alone.
fn long<'a>(argument: &'a str, name: &str) -> Option<Option<&'a str>> {
    match argument.strip_prefix(name)? {
        "" => Some(None),
        rest => rest.strip_prefix('=').map(Some),
    }
}

/// Reads `-p NAME`, `-pNAME` and `-p=NAME`, also after the flags `-q` and `-v`.
fn short_profile(argument: &str) -> Option<Option<&str>> {
    let options = argument.strip_prefix('-')?.trim_start_matches(['q', 'v']);
    match options.strip_prefix('p')? {
        "" => Some(None),
        rest => Some(Some(rest.strip_prefix('=').unwrap_or(rest))),
    }
}
