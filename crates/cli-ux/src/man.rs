//! Manual pages of a program, for packagers.

use std::collections::BTreeMap;
use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::failure::FailureKind;
use crate::program::Program;

const SUBCOMMAND: &str = "man-pages";

const FILES: [(&str, &str); 4] = [
    (
        "~/.aws/config",
        "Profiles and SSO sessions; AWS_CONFIG_FILE overrides the path.",
    ),
    (
        "~/.aws/credentials",
        "Access keys of profiles; AWS_SHARED_CREDENTIALS_FILE overrides the path.",
    ),
    (
        "~/.aws/sso/cache",
        "Tokens and client registrations, shared with the AWS CLI v2 and the AWS SDKs.",
    ),
    (
        "~/.aws/cli/cache",
        "Role credentials, shared with the AWS CLI v2.",
    ),
];

const STATUSES: [(FailureKind, &str); 9] = [
    (FailureKind::Difference, "A dry run found changes."),
    (FailureKind::HungUp, "Interrupted by SIGHUP."),
    (FailureKind::Interrupted, "Interrupted with Ctrl-C."),
    (FailureKind::Quit, "Interrupted by SIGQUIT."),
    (FailureKind::Terminated, "Interrupted by SIGTERM."),
    (FailureKind::Usage, "The command line is invalid."),
    (
        FailureKind::Configuration,
        "The configuration or the environment is invalid, or a sign-in is required.",
    ),
    (FailureKind::Service, "The service rejected the request."),
    (FailureKind::Other, "Any other error."),
];

/// Returns the manual pages of `A` and its subcommands for the command line `PROGRAM man-pages
/// SEE-ALSO...`, as a JSON object from file names to texts. Returns `None` for any other command
/// line.
pub(crate) fn pages<A: CommandFactory>(program: &Program) -> Option<String> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != SUBCOMMAND) {
        return None;
    }
    let see_also = arguments.map(|name| name.to_string_lossy().into_owned());
    let mut manual = Manual {
        program,
        see_also: see_also.collect(),
        pages: BTreeMap::new(),
    };
    let mut command = A::command();
    command.build();
    let added = manual.add_pages(&command);
    added.expect("a Vec accepts all bytes");
    Some(serde_json::to_string(&manual.pages).expect("strings serialize to JSON"))
}

struct Manual<'a> {
    program: &'a Program,
    see_also: Vec<String>,
    /// Texts by file name.
    pages: BTreeMap<String, String>,
}

impl Manual<'_> {
    fn add_pages(&mut self, command: &Command) -> io::Result<()> {
        let man = Man::new(command.clone())
            .manual(self.program.manual_title())
            .source(self.program.manual_source());
        let text = String::from_utf8(self.page(&man, command)?).map_err(io::Error::other)?;
        self.pages.insert(man.get_filename(), text);
        let mut subcommands = command.get_subcommands().filter(|it| !it.is_hide_set());
        subcommands.try_for_each(|command| self.add_pages(command))
    }

    fn page(&self, man: &Man, command: &Command) -> io::Result<Vec<u8>> {
        let mut page = Vec::new();
        man.render_title(&mut page)?;
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
        if command.has_subcommands() {
            man.render_subcommands_section(&mut page)?;
        }
        page.write_all(self.closing_sections(command).render().as_bytes())?;
        Ok(page)
    }

    /// Returns the sections that `clap_mangen` does not provide, or not in this form.
    fn closing_sections(&self, command: &Command) -> Roff {
        let mut roff = Roff::default();
        roff.control("SH", ["EXIT STATUS"]);
        add_meaning(&mut roff, "0", "Success.");
        for (kind, meaning) in STATUSES {
            add_meaning(&mut roff, &kind.exit_status().to_string(), meaning);
        }
        roff.control("SH", ["FILES"]);
        for (path, meaning) in FILES {
            add_meaning(&mut roff, path, meaning);
        }
        add_examples(&mut roff, command);
        self.add_references(&mut roff, command);
        roff
    }

    fn add_references(&self, roff: &mut Roff, command: &Command) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let others = self.see_also.iter().filter(|program| *program != name);
        let others: Vec<_> = others.map(|program| format!("{program}(1)")).collect();
        if others.is_empty() {
            return;
        }
        roff.control("SH", ["SEE ALSO"]);
        roff.text([roman(others.join(", "))]);
    }
}

fn add_meaning(roff: &mut Roff, term: &str, meaning: &str) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text([roman(meaning)]);
}

/// Adds the examples, which are the text after the long help.
fn add_examples(roff: &mut Roff, command: &Command) {
    let Some(help) = command.get_after_long_help() else {
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
