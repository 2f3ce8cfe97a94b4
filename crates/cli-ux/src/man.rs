//! The manual pages of a program, for who packages it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::FailureKind;

/// The only word of a command line that asks for the pages.
const ASKED_BY: &str = "man-pages";

const PROGRAMS: [&str; 5] = [
    "export-credentials",
    "sso-configure",
    "sso-login",
    "sso-logout",
    "sso-status",
];

const FILES: [(&str, &str); 4] = [
    (
        "~/.aws/config",
        "Profiles and sessions; AWS_CONFIG_FILE names another file.",
    ),
    (
        "~/.aws/credentials",
        "Keys of profiles; AWS_SHARED_CREDENTIALS_FILE names another file.",
    ),
    (
        "~/.aws/sso/cache",
        "Tokens and client registrations, shared with the AWS CLI v2 and the SDKs.",
    ),
    (
        "~/.aws/cli/cache",
        "Role credentials, shared with the AWS CLI v2.",
    ),
];

const STATUSES: [(FailureKind, &str); 6] = [
    (FailureKind::Difference, "A dry run has found a difference."),
    (FailureKind::Interrupted, "Interrupted by Ctrl-C."),
    (FailureKind::Usage, "The arguments make no sense."),
    (
        FailureKind::Configuration,
        "The configuration or the environment is wrong, or a sign-in is needed.",
    ),
    (FailureKind::Service, "The service refused."),
    (FailureKind::Other, "Anything else."),
];

/// Prints the manual pages of `A` and its subcommands, a JSON object of file names and texts,
/// where the command line asks for them; `false` where it does not.
///
/// # Errors
///
/// A closed stdout.
pub(crate) fn answer<A: CommandFactory>() -> io::Result<bool> {
    if !std::env::args_os().skip(1).eq([OsStr::new(ASKED_BY)]) {
        return Ok(false);
    }
    let mut command = A::command();
    command.build();
    let mut pages = BTreeMap::new();
    add_pages(&command, &mut pages)?;
    serde_json::to_writer(io::stdout(), &pages)?;
    Ok(true)
}

fn add_pages(command: &Command, pages: &mut BTreeMap<String, String>) -> io::Result<()> {
    let man = Man::new(command.clone()).manual("AWS SSO tools");
    let man = man.source(concat!("aws-sso-tools ", env!("CARGO_PKG_VERSION")));
    let text = String::from_utf8(page(&man, command)?).map_err(io::Error::other)?;
    pages.insert(man.get_filename(), text);
    let subcommands = command.get_subcommands().filter(|it| !it.is_hide_set());
    subcommands
        .into_iter()
        .try_for_each(|command| add_pages(command, pages))
}

fn page(man: &Man, command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    page.write_all(closing(command).render().as_bytes())?;
    Ok(page)
}

/// What clap knows nothing of, or not in this form.
fn closing(command: &Command) -> Roff {
    let mut roff = Roff::default();
    roff.control("SH", ["EXIT STATUS"]);
    add_meaning(&mut roff, "0", "Done.");
    for (kind, meaning) in STATUSES {
        add_meaning(&mut roff, &kind.exit_status().to_string(), meaning);
    }
    roff.control("SH", ["FILES"]);
    for (path, meaning) in FILES {
        add_meaning(&mut roff, path, meaning);
    }
    add_examples(&mut roff, command);
    roff.control("SH", ["SEE ALSO"]);
    let name = command.get_display_name().unwrap_or(command.get_name());
    let others = PROGRAMS.iter().filter(|program| **program != name);
    let others: Vec<_> = others.map(|program| format!("{program}(1)")).collect();
    roff.text([roman(others.join(", "))]);
    roff
}

fn add_meaning(roff: &mut Roff, what: &str, meaning: &str) {
    roff.control("TP", []);
    roff.text([bold(what)]);
    roff.text([roman(meaning)]);
}

/// Adds what stands below the help, line by line as it is there.
fn add_examples(roff: &mut Roff, command: &Command) {
    let Some(help) = command.get_after_help() else {
        return;
    };
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    let help = help.to_string();
    for line in help.lines().filter(|line| *line != "Examples:") {
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    roff.control("fi", []);
}
