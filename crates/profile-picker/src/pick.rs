//! Selection of a profile.

use std::cell::RefCell;
use std::ops::Range;

use anyhow::anyhow;
use cli_ux::{Entry, Failure, LongChoice, Ui};
use sso_config::{Error, ListedProfile, Resolver};
use sso_credentials::Aws;
use sso_types::{ProfileName, escaped};

use crate::history::UsageHistory;
use crate::row::entry;
use crate::states::SessionStates;

const SUBJECT: &str = "profile";

/// Number of profiles that the hint names if there is no terminal.
const MAX_NAMED: usize = 5;

/// Lets the user pick one of the profiles of both files at the terminal, and returns its name. The most used
/// profiles come first, then the others in file order; with a filter, the best match.
///
/// Draws the list on stderr, also with `--quiet`, and removes it afterwards. Locks and writes nothing: to
/// remember the use, call [`UsageHistory::record`]. `flag` is the option that replaces the selection, for the
/// hint if there is no terminal.
///
/// # Errors
///
/// Of kind [`Configuration`](cli_ux::FailureKind::Configuration) if there are no profiles. Of kind
/// [`Usage`](cli_ux::FailureKind::Usage), with the flag and some profiles in a hint, if there is no terminal.
/// Of kind [`Interrupted`](cli_ux::FailureKind::Interrupted) after Escape, Ctrl-C or Ctrl-D.
pub fn pick(ui: &Ui, aws: &Aws, flag: &str) -> Result<ProfileName, Failure> {
    let names: Vec<_> = aws.files().profile_names().collect();
    if names.is_empty() {
        return Err(no_profiles(aws));
    }
    aws.warn_of_unusable_files();
    if !ui.is_interactive() {
        return Err(no_terminal(flag, &names));
    }
    let now = aws.clock().now();
    let order = UsageHistory::open(aws).most_used_first(&names, now);
    let states = SessionStates::at(aws, now)?;
    let resolver = RefCell::new(Resolver::new(aws.env(), aws.files()));
    let load = |range: Range<usize>| -> Vec<Entry> {
        let mut resolver = resolver.borrow_mut();
        let mut read = |index: &usize| {
            let (profile, _) = ListedProfile::read(&mut resolver, names[*index].clone());
            entry(&profile, &states)
        };
        order[range].iter().map(&mut read).collect()
    };
    let selected = ui.choose_best(&LongChoice {
        name: SUBJECT,
        flag,
        count: names.len(),
        load: &load,
    })?;
    Ok(names[order[selected]].clone())
}

/// Returns the failure for files without profiles, whose hint is to create one.
fn no_profiles(aws: &Aws) -> Failure {
    let files = aws.files();
    let error = Error::NoProfileSelected {
        config: files.config_path().to_owned(),
        profiles: Vec::new(),
        has_problems: files.has_ignored_sections(),
    };
    files.explain(error).into()
}

fn no_terminal(flag: &str, names: &[ProfileName]) -> Failure {
    let first = names.iter().take(MAX_NAMED);
    let first: Vec<_> = first.map(|name| escaped(name.as_str())).collect();
    let more = match names.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let first = first.join(", ");
    let error = anyhow!("cannot prompt for \"{SUBJECT}\": no terminal");
    Failure::usage(error).with_hint(format!("use {flag} with a profile: {first}{more}"))
}
