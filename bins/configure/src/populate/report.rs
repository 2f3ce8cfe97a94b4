//! Output about the profiles that were written.

use cli_ux::{Failure, MAX_WARNINGS, OutputForm};
use serde::Serialize;
use sso_config::SsoSession;
use sso_credentials::accounts::RefusedAccount;
use sso_types::escaped;

use crate::context::Context;
use crate::listing::SkippedAccount;

use super::renaming::RenamedProfile;
use super::write::{EditSummary, RemovedKeys, ReplacedName};

/// Maximum number of profile names in a line.
const MAX_NAMES: usize = 20;

/// The question whether to write, which is asked below the removed keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    NotAsked,
    Agreed,
    Declined,
}

pub(super) struct Report<'a> {
    pub(super) context: Context<'a>,
    pub(super) form: OutputForm,
    pub(super) is_dry_run: bool,
    pub(super) question: Question,
    /// Set if the file differs from the result.
    pub(super) has_changes: bool,
    /// Path of the config file.
    pub(super) path: &'a str,
    pub(super) summary: &'a EditSummary,
    pub(super) refused: &'a [(&'a SsoSession, RefusedAccount)],
}

impl Report<'_> {
    pub(super) fn show(&self) -> Result<(), Failure> {
        if self.form == OutputForm::Json {
            self.context.print_json(&self.document())?;
        }
        if self.question == Question::Declined {
            return Ok(());
        }
        self.say_replaced();
        if self.question == Question::NotAsked {
            say_removed_keys(self.summary, self.context);
        }
        self.say_names();
        self.context.ui.say_sentence(self.counts());
        Ok(())
    }

    /// Shows the names of added profiles that differ from their accounts and roles.
    fn say_replaced(&self) {
        let ui = self.context.ui;
        let replaced = self.summary.replaced.iter();
        let mut added = replaced.filter(|replaced| self.summary.added.contains(&replaced.name));
        for ReplacedName { name, text } in added.by_ref().take(MAX_WARNINGS) {
            let text = escaped(text);
            ui.say_sentence(format_args!(
                "Profile {name}: special characters replaced in {text:?}"
            ));
        }
        match added.count() {
            0 => {}
            1 => ui.say_sentence("Special characters replaced in 1 more name"),
            more => ui.say_sentence(format_args!(
                "Special characters replaced in {more} more names"
            )),
        }
    }

    fn say_names(&self) {
        let renamed = self.summary.renamed.iter();
        let renamed: Vec<_> = renamed
            .map(|RenamedProfile { from, to }| format!("{from} to {to}"))
            .collect();
        for (change, names) in [
            ("Added", &self.summary.added),
            ("Changed", &self.summary.changed),
            ("Renamed", &renamed),
            ("Removed", &self.summary.removed),
        ] {
            let shown = names.iter().take(MAX_NAMES);
            let shown: Vec<_> = shown.map(|name| escaped(name)).collect();
            let shown = shown.join(", ");
            match names.len().saturating_sub(MAX_NAMES) {
                0 if names.is_empty() => {}
                0 => self
                    .context
                    .ui
                    .say_sentence(format_args!("{change}: {shown}")),
                more => self
                    .context
                    .ui
                    .say_sentence(format_args!("{change}: {shown} and {more} more")),
            }
        }
    }

    /// Returns a text such as `/home/me/.aws/config: profiles: 6 added, 2 changed, 4 unchanged.`
    fn counts(&self) -> String {
        let EditSummary {
            added,
            changed,
            renamed,
            removed,
            unchanged,
            ..
        } = self.summary;
        let counts = [
            (added.len(), "added"),
            (changed.len(), "changed"),
            (renamed.len(), "renamed"),
            (removed.len(), "removed"),
            (unchanged.len(), "unchanged"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts
            .map(|(count, change)| format!("{count} {change}"))
            .collect();
        let prefix = if self.is_dry_run && self.has_changes {
            "Dry run: "
        } else {
            ""
        };
        let path = self.path;
        match counts.as_slice() {
            [] => format!("{prefix}{path}: no profiles."),
            counts => format!("{prefix}{path}: profiles: {}.", counts.join(", ")),
        }
    }

    fn document(&self) -> Document<'_> {
        let skipped = self.refused.iter();
        let skipped = skipped.map(|(session, refused)| SkippedAccount::new(session, refused));
        Document {
            dry_run: self.is_dry_run,
            written: self.has_changes && !self.is_dry_run && self.question != Question::Declined,
            file: self.path,
            added: &self.summary.added,
            changed: &self.summary.changed,
            renamed: &self.summary.renamed,
            removed: &self.summary.removed,
            unchanged: &self.summary.unchanged,
            replaced_names: &self.summary.replaced,
            removed_keys: &self.summary.removed_keys,
            skipped: skipped.collect(),
        }
    }
}

/// Shows the profiles that are removed with keys of the user.
pub(super) fn say_removed_keys(summary: &EditSummary, context: Context<'_>) {
    let ui = context.ui;
    let mut removed = summary.removed_keys.iter();
    for RemovedKeys { profile, keys } in removed.by_ref().take(MAX_WARNINGS) {
        let (profile, keys) = (escaped(profile), escaped(&keys.join(", ")));
        ui.say_sentence(format_args!(
            "Profile {profile}: removed with keys that this run does not set: {keys}"
        ));
    }
    match removed.count() {
        0 => {}
        more => ui.say_sentence(format_args!("The same applies to {more} more")),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    dry_run: bool,
    /// Set if the file was changed.
    written: bool,
    file: &'a str,
    added: &'a [String],
    changed: &'a [String],
    renamed: &'a [RenamedProfile],
    removed: &'a [String],
    unchanged: &'a [String],
    replaced_names: &'a [ReplacedName],
    removed_keys: &'a [RemovedKeys],
    skipped: Vec<SkippedAccount<'a>>,
}
