//! Fixes that need no decision by the user.

use std::fmt;
use std::rc::Rc;

use aws_config_parse::{Document, EditError, FileKind};
use cli_ux::Failure;
use serde::{Serialize, Serializer};
use sso_config::ConfigEdit;
use sso_types::{escaped, shown_in_text};
use token_cache::TokenCache;

use crate::confirmation::{self, confirm};
use crate::context::Context;

pub(super) struct Fix {
    description: String,
    /// `None` for a fix that was declined.
    action: Option<Action>,
}

type EditAction = Box<dyn FnOnce(&mut Document) -> Result<(), EditError>>;
type FileAction = Box<dyn FnOnce(&TokenCache) -> Result<Effect, sso_session::Error>>;

/// Effect of a fix. The operating system may ignore a change of a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Fixed,
    /// No effect, with a hint that replaces the fix.
    None(&'static str),
}

/// Reason why a finding remains after its fix.
#[derive(Clone)]
pub(super) enum Unfixed {
    /// The fix had no effect; a hint.
    NoEffect(&'static str),
    /// The user was asked and declined.
    Declined,
    Failed(Rc<Failure>),
}

impl Unfixed {
    fn failed(error: impl Into<Failure>) -> Self {
        Self::Failed(Rc::new(error.into()))
    }
}

/// Hint for a file or directory whose mode a fix could not change.
pub(super) const KEEPS_MODE: &str = "the mode did not change: if the path is immutable, run chattr -i on \
                                     it; otherwise move it to a file system with modes";

enum Action {
    Edit(FileKind, EditAction),
    /// Replaces the config file or the credentials file with the same text in UTF-8.
    Convert(Document),
    ChangeFile(FileAction),
}

impl Fix {
    /// Returns a fix that edits the config file. The description is an imperative phrase.
    pub(super) fn edit(
        description: &str,
        edit: impl FnOnce(&mut Document) -> Result<(), EditError> + 'static,
    ) -> Self {
        Self::edit_file(FileKind::Config, description, edit)
    }

    /// Returns a fix that edits one of the files. The description is an imperative phrase.
    pub(super) fn edit_file(
        file: FileKind,
        description: &str,
        edit: impl FnOnce(&mut Document) -> Result<(), EditError> + 'static,
    ) -> Self {
        Self {
            description: escaped(&shown_in_text(description)),
            action: Some(Action::Edit(file, Box::new(edit))),
        }
    }

    /// Returns a fix that replaces a file with the same text in UTF-8. The description is an
    /// imperative phrase.
    pub(super) fn conversion(description: &str, converted: Document) -> Self {
        Self {
            description: escaped(&shown_in_text(description)),
            action: Some(Action::Convert(converted)),
        }
    }

    /// Returns a fix that changes another file. The description is an imperative phrase.
    pub(super) fn file(
        description: &str,
        change: impl FnOnce(&TokenCache) -> Result<Effect, sso_session::Error> + 'static,
    ) -> Self {
        Self {
            description: escaped(&shown_in_text(description)),
            action: Some(Action::ChangeFile(Box::new(change))),
        }
    }

    /// Returns the config file that the fix edits. The edit fails if the AWS CLI rejects the file.
    pub(super) fn edited_file(&self) -> Option<FileKind> {
        match self.action {
            Some(Action::Edit(file, _)) => Some(file),
            _ => None,
        }
    }

    /// Returns the fix for a finding whose fix was declined.
    pub(super) fn declined(&self) -> Self {
        Self {
            description: self.description.clone(),
            action: None,
        }
    }
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)
    }
}

impl Serialize for Fix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.description)
    }
}

/// Shows and applies the fixes, after a question if `asks` is set. Those of a config file come first,
/// in one edit for each file. Returns the index of each fix that was declined, failed or had no effect;
/// it does not prevent the others.
pub(super) fn apply(
    fixes: Vec<Fix>,
    edit: Result<ConfigEdit, sso_config::Error>,
    asks: bool,
    context: Context<'_>,
) -> Result<Vec<(usize, Unfixed)>, Failure> {
    let count = fixes.len();
    if count == 0 {
        return Ok(Vec::new());
    }
    let say = |fix: &str| {
        if asks {
            context.ui.ask(format_args!("Fix: {fix}"));
        } else {
            context.ui.say(format_args!("Applying fix: {fix}"));
        }
    };
    let (edits, changes) = prepare(fixes, edit, &say, context);
    for diff in edits.iter().filter_map(FileFix::diff) {
        if asks {
            confirmation::show(context.ui, &diff);
        } else {
            context.ui.say_lines(diff.lines());
        }
    }
    if asks && !confirm(context.ui, "Apply these fixes?")? {
        return Ok(all(0..count, &Unfixed::Declined));
    }
    let edits = edits.into_iter();
    let mut unfixed: Vec<_> = edits.flat_map(|edit| edit.write(context)).collect();
    unfixed.extend(change_files(changes, context));
    Ok(unfixed)
}

/// Applies the fixes of config files in memory, and returns them and the other fixes. Calls `say` for
/// each fix that no diff shows.
fn prepare(
    fixes: Vec<Fix>,
    edit: Result<ConfigEdit, sso_config::Error>,
    say: &dyn Fn(&str),
    context: Context<'_>,
) -> (Vec<FileFix>, Vec<(usize, FileAction)>) {
    let begin = || ConfigEdit::begin_credentials(context.env);
    let (mut config, mut credentials, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for (index, fix) in fixes.into_iter().enumerate() {
        match fix.action {
            Some(Action::Edit(FileKind::Config, change)) => config.push((index, change)),
            Some(Action::Edit(FileKind::Credentials, change)) => credentials.push((index, change)),
            Some(Action::Convert(converted)) => {
                let (edits, is_file) = match converted.kind() {
                    FileKind::Config => {
                        let is_file = edit.as_ref().is_ok_and(|it| it.check_is_file().is_ok());
                        (&mut config, is_file)
                    }
                    FileKind::Credentials => {
                        let file = begin().and_then(|edit| edit.check_is_file());
                        (&mut credentials, file.is_ok())
                    }
                };
                if is_file {
                    say(&fix.description);
                }
                edits.push((index, replace_with(converted)));
            }
            Some(Action::ChangeFile(change)) => {
                say(&fix.description);
                changes.push((index, change));
            }
            None => {}
        }
    }
    let config = FileFix::prepare(|| edit, config);
    let credentials = FileFix::prepare(begin, credentials);
    (
        [config, credentials].into_iter().flatten().collect(),
        changes,
    )
}

fn replace_with(converted: Document) -> EditAction {
    Box::new(move |document| {
        *document = converted;
        Ok(())
    })
}

/// The fixes of one file, applied in memory.
struct FileFix {
    /// Indices of the fixes.
    indices: Vec<usize>,
    unfixed: Vec<(usize, Unfixed)>,
    edit: Result<ConfigEdit, sso_config::Error>,
}

impl FileFix {
    /// Opens the file only for an edit: it may be a device, which cannot be edited.
    fn prepare(
        begin: impl FnOnce() -> Result<ConfigEdit, sso_config::Error>,
        edits: Vec<(usize, EditAction)>,
    ) -> Option<Self> {
        if edits.is_empty() {
            return None;
        }
        let indices = edits.iter().map(|(index, _)| *index).collect();
        let mut unfixed = Vec::new();
        let edit = begin().and_then(|mut edit| {
            edit.check_is_file()?;
            for (index, change) in edits {
                if let Err(error) = edit.change(change) {
                    unfixed.push((index, Unfixed::failed(error)));
                }
            }
            Ok(edit)
        });
        Some(Self {
            indices,
            unfixed,
            edit,
        })
    }

    fn diff(&self) -> Option<String> {
        self.edit.as_ref().ok().map(ConfigEdit::diff)
    }

    /// Writes the file. If it cannot be written, no fix has an effect.
    fn write(self, context: Context<'_>) -> Vec<(usize, Unfixed)> {
        let commit = |edit: ConfigEdit| edit.commit(context.now(), "sso-configure check --fix");
        match self.edit.and_then(commit) {
            Ok(_) => self.unfixed,
            Err(error) => all(self.indices, &Unfixed::failed(error)),
        }
    }
}

fn change_files(changes: Vec<(usize, FileAction)>, context: Context<'_>) -> Vec<(usize, Unfixed)> {
    let cache = match sso_session::cache::open(context.env) {
        Ok(cache) => cache,
        Err(error) => {
            let indices = changes.into_iter().map(|(index, _)| index);
            return all(indices, &Unfixed::failed(error));
        }
    };
    let results = changes.into_iter().map(|(index, change)| {
        let unfixed = match change(&cache) {
            Ok(Effect::Fixed) => None,
            Ok(Effect::None(hint)) => Some(Unfixed::NoEffect(hint)),
            Err(error) => Some(Unfixed::failed(error)),
        };
        Some((index, unfixed?))
    });
    results.flatten().collect()
}

fn all(indices: impl IntoIterator<Item = usize>, reason: &Unfixed) -> Vec<(usize, Unfixed)> {
    let indices = indices.into_iter();
    indices.map(|index| (index, reason.clone())).collect()
}
