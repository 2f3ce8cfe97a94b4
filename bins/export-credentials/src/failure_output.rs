//! Output for the calling shell after a failure.
//!
//! `eval "$(export-credentials)"` ignores the exit status, and without output it would succeed with
//! the previous credentials in the environment.

use std::ffi::OsString;

use clap::ValueEnum;

use crate::args::Format;
use crate::export::CREDENTIAL_NAMES;
use crate::format;

/// Returns statements that unset the credentials and fail, in the format that `arguments` select;
/// `None` if the output is data or belongs to a command.
pub(crate) fn statements(arguments: &[OsString]) -> Option<String> {
    format::failure(&CREDENTIAL_NAMES, requested(arguments)?)
}

/// Returns the format of the output. The arguments may be invalid, so that clap cannot parse them.
/// An unknown format counts as the default, because a caller with a mistyped format must fail, too.
fn requested(arguments: &[OsString]) -> Option<Format> {
    let mut format = None;
    let mut words = arguments.iter().map(|argument| argument.to_string_lossy());
    while let Some(word) = words.next() {
        if word == "--" {
            // Without a command, the credentials are printed.
            return words
                .next()
                .is_none()
                .then(|| format.unwrap_or(Format::Shell));
        }
        let (option, value) = match word.split_once('=') {
            Some((option, value)) => (option, Some(value.to_owned())),
            None => (&*word, None),
        };
        let mut value = || value.clone().or_else(|| words.next().map(Into::into));
        match option {
            "--bearer-token" | "--serve" | "--companion-of" => return None,
            "--output" if value().as_deref() == Some("json") => return None,
            "--format" => format = value().and_then(|name| Format::from_str(&name, false).ok()),
            _ => {}
        }
    }
    Some(format.unwrap_or(Format::Shell))
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
    }

    #[test]
    fn data_and_the_output_of_a_command_have_no_format() {
        check("--output json", None);
        check("--output=json --nonsense", None);
        check("--bearer-token", None);
        check("--profile dev -- sh -c --format", None);
        check("--serve", None);
        check("--companion-of=1", None);
    }
}
