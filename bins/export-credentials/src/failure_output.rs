//! Output for the calling shell after a failure.
//!
//! `eval "$(export-credentials)"` ignores the exit status, and without output it would succeed with
//! the previous credentials in the environment.

use std::ffi::OsString;

use clap::{Command, CommandFactory as _, ValueEnum};
use cli_ux::shell::CREDENTIAL_NAMES;

use crate::args::{Args, Format};
use crate::format;

/// Returns statements that unset the credentials and fail, in the format that `arguments` select;
/// `None` if the output is data or belongs to a command.
pub(crate) fn statements(arguments: &[OsString]) -> Option<String> {
    format::failure(&CREDENTIAL_NAMES, requested(arguments)?)
}

/// Returns the format of the output. The arguments may be invalid, so that clap cannot parse them.
///
/// If they contradict each other, a format for shells takes precedence. An unknown format counts as
/// the default, because a caller with a mistyped format must fail, too.
fn requested(arguments: &[OsString]) -> Option<Format> {
    let mut options = arguments.iter().take_while(|argument| *argument != "--");
    if options.any(is_internal) {
        return None;
    }
    let command = Args::command();
    let words = arguments.iter().map(|argument| argument.to_string_lossy());
    let mut words = words.peekable();
    let mut requested = Requested::default();
    let mut lacks_value = false;
    while let Some(word) = words.next() {
        if word == "--" {
            // Without a command, the credentials are printed.
            requested.is_data |= words.peek().is_some();
            break;
        }
        let (option, mut value) = match word.split_once('=') {
            Some((option, value)) => (option, Some(value.to_owned())),
            None => (&*word, None),
        };
        let expects_value = value.is_none() && takes_value(&command, option);
        if expects_value {
            // clap takes no option as the value of another one.
            value = words.next_if(|next| !is_option(next)).map(Into::into);
        }
        let is_in_place_of_value = lacks_value;
        lacks_value = expects_value && value.is_none();
        match option {
            "--bearer-token" | "--json" => requested.is_data |= !is_in_place_of_value,
            "--output" => requested.is_data |= value.as_deref() == Some("json"),
            "--format" => requested.formats.push(known(value.as_deref())),
            _ => {}
        }
    }
    requested.format()
}

#[derive(Default)]
struct Requested {
    formats: Vec<Format>,
    /// True if an argument other than a format selects data.
    is_data: bool,
}

impl Requested {
    fn format(&self) -> Option<Format> {
        let is_for_shells = |format: &&Format| format::failure(&[], **format).is_some();
        let format = self.formats.iter().find(is_for_shells);
        let format = format.or(self.formats.first()).copied();
        format.or((!self.is_data).then_some(Format::Shell))
    }
}

/// Returns whether the process works for another process of the program, which reads its output.
fn is_internal(argument: &OsString) -> bool {
    let argument = argument.to_string_lossy();
    let options = [
        "--refresh-in-background",
        "--signal-witness",
        "--supervised-companion",
    ];
    options.contains(&&*argument) || argument.starts_with("--companion-of=")
}

fn known(format: Option<&str>) -> Format {
    let format = format.and_then(|name| Format::from_str(name, false).ok());
    format.unwrap_or(Format::Shell)
}

fn takes_value(command: &Command, option: &str) -> bool {
    let short = option.strip_prefix('-').and_then(last_flag);
    let mut arguments = command.get_arguments();
    arguments.any(|argument| {
        let is_long = option
            .strip_prefix("--")
            .is_some_and(|name| argument.get_long() == Some(name));
        let is_short = short.is_some() && argument.get_short() == short;
        (is_long || is_short) && argument.get_action().takes_values()
    })
}

/// Returns the last of the short options in a word such as `-qp`, without its hyphen.
fn last_flag(cluster: &str) -> Option<char> {
    cluster.chars().last().filter(|_| !cluster.starts_with('-'))
}

fn is_option(word: &str) -> bool {
    word.len() > 1 && word.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::requested;
    use crate::args::Format;

    #[track_caller]
    fn check(arguments: &str, expected: Option<Format>) {
        let words: Vec<_> = arguments.split_whitespace().map(Into::into).collect();
        assert_eq!(requested(&words), expected, "{arguments}");
    }

    #[test]
    fn the_requested_format_is_found_in_invalid_arguments() {
        check("", Some(Format::Shell));
        check("--profile dev", Some(Format::Shell));
        check("--nonsense --format fish", Some(Format::Fish));
        check("--format=tcsh --profile", Some(Format::Tcsh));
        check("--format fsh", Some(Format::Shell));
        check("--format", Some(Format::Shell));
        check("--profile=--format --format process", Some(Format::Process));
        check("--output text", Some(Format::Shell));
        check("--profile dev --", Some(Format::Shell));
        check("--format fish --", Some(Format::Fish));
        check("--serve", Some(Format::Shell));
    }

    #[test]
    fn an_option_in_place_of_a_missing_value_selects_no_data() {
        check("--profile --bearer-token", Some(Format::Shell));
        check("--sso-session --bearer-token", Some(Format::Shell));
        check("-p --bearer-token", Some(Format::Shell));
        check("-qp --json", Some(Format::Shell));
        check("--format --bearer-token", Some(Format::Shell));
        check("--output --bearer-token", Some(Format::Shell));
        check("--profile --format fish", Some(Format::Fish));
        check("--output --format fish", Some(Format::Fish));
        check("--profile --format process", Some(Format::Process));
        check("--profile --output json", None);
        check("--profile - --bearer-token", None);
        check("--profile=--format --bearer-token", None);
    }

    #[test]
    fn a_format_for_shells_takes_precedence() {
        check("--bearer-token --format shell", Some(Format::Shell));
        check("--format fish --bearer-token", Some(Format::Fish));
        check("--output json --format tcsh", Some(Format::Tcsh));
        check("--json --format tcsh", Some(Format::Tcsh));
        check("--format process --format xonsh", Some(Format::Xonsh));
        check("--format fish -- env", Some(Format::Fish));
    }

    #[test]
    fn data_and_the_output_of_a_command_have_no_format() {
        check("--output json", None);
        check("--json", None);
        check("-p dev --json", None);
        check("--output=json --nonsense", None);
        check("--bearer-token", None);
        check("--profile dev -- sh -c --format", None);
        check("--serve -- env", None);
        check("--companion-of=1", None);
        check("--format shell --refresh-in-background --detached", None);
        check("--profile dev --format fish --supervised-companion", None);
        check("--profile dev --refresh-in-background", None);
        check("--format json --bearer-token", Some(Format::Json));
    }
}
