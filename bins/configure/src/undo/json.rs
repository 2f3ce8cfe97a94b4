//! Output as JSON.

use std::collections::BTreeMap;

use aws_config_parse::SectionRef;
use serde::Serialize;
use sso_config::edit::Undo;
use sso_types::timestamp;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    dry_run: bool,
    /// Set if the file was changed.
    written: bool,
    file: String,
    /// Description of the edit that is reverted.
    edit: String,
    edited_at: String,
    /// Set if changes that were made since the edit are kept.
    keeps_changes: bool,
    /// Names of profiles.
    #[serde(flatten)]
    profiles: Changes,
    sso_sessions: Changes,
}

/// Names of sections that the undo adds, changes and removes, in alphabetical order.
#[derive(Default, Serialize)]
struct Changes {
    added: Vec<String>,
    changed: Vec<String>,
    removed: Vec<String>,
}

/// Keys and values by the name of the section.
type Sections = BTreeMap<String, Vec<(String, String)>>;

impl Document {
    pub(super) fn of(undo: &Undo, dry_run: bool, written: bool) -> Self {
        let (before, after) = (undo.edit.before(), undo.edit.after());
        let (old, new) = (before.profiles(), after.profiles());
        let (old_sessions, new_sessions) = (before.sso_sessions(), after.sso_sessions());
        Self {
            dry_run,
            written,
            file: undo.edit.path().display().to_string(),
            edit: undo.entry.description.clone(),
            edited_at: timestamp::format(undo.entry.at),
            keeps_changes: undo.keeps_changes,
            profiles: Changes::between(sections(old), sections(new)),
            sso_sessions: Changes::between(sections(old_sessions), sections(new_sessions)),
        }
    }
}

impl Changes {
    fn between(mut before: Sections, after: Sections) -> Self {
        let mut changes = Self::default();
        for (name, properties) in after {
            match before.remove(&name) {
                None => changes.added.push(name),
                Some(old) if old != properties => changes.changed.push(name),
                Some(_) => {}
            }
        }
        changes.removed = before.into_keys().collect();
        changes
    }
}

fn sections<'a>(sections: impl Iterator<Item = SectionRef<'a>>) -> Sections {
    let named = sections.map(|section| {
        let properties = section.own_properties();
        let properties = properties.map(|it| (it.key().into_owned(), it.value().into_owned()));
        (section.name().as_str().to_owned(), properties.collect())
    });
    named.collect()
}
