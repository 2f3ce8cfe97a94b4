//! Fixes that need no decision by the user.

use std::fmt;
use std::rc::Rc;

use aws_config_parse::{Document, EditError, FileKind};
use cli_ux::Failure;
use serde::{Serialize, Serializer};
use sso_config::ConfigEdit;
use sso_types::sanitize;
use token_cache::TokenCache;

use crate::context::Context;

pub(super) struct Fix {
    description: String,
    action: Action,
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
    EditConfig(EditAction),
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
        Self {
            description: sanitize(description),
            action: Action::EditConfig(Box::new(edit)),
        }
    }

    /// Returns a fix that replaces a file with the same text in UTF-8. The description is an
    /// imperative phrase.
    pub(super) fn conversion(description: &str, converted: Document) -> Self {
        Self {
            description: sanitize(description),
            action: Action::Convert(converted),
        }
    }

    /// Returns a fix that changes another file. The description is an imperative phrase.
    pub(super) fn file(
        description: &str,
        change: impl FnOnce(&TokenCache) -> Result<Effect, sso_session::Error> + 'static,
    ) -> Self {
        Self {
            description: sanitize(description),
            action: Action::ChangeFile(Box::new(change)),
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

/// Shows and applies the fixes. Those of a config file come first, in one edit for each file. Returns the
/// index of each fix that failed or had no effect; it does not prevent the others.
pub(super) fn apply(
    fixes: Vec<Fix>,
    edit: ConfigEdit,
    context: Context<'_>,
) -> Vec<(usize, Unfixed)> {
    let count = fixes.len();
    if count == 0 {
        return Vec::new();
    }
    let begin = || ConfigEdit::begin_credentials(context.env);
    let say = |fix: &str| context.ui.say(format_args!("Applying fix: {fix}"));
    let (mut config, mut credentials, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for (index, fix) in fixes.into_iter().enumerate() {
        match fix.action {
            Action::EditConfig(change) => config.push((index, change)),
            Action::Convert(converted) => {
                let (edits, file) = match converted.kind() {
                    FileKind::Config => (&mut config, edit.check_is_file()),
                    FileKind::Credentials => {
                        let file = begin().and_then(|edit| edit.check_is_file());
                        (&mut credentials, file)
                    }
                };
                if file.is_ok() {
                    say(&fix.description);
                }
                edits.push((index, replace_with(converted)));
            }
            Action::ChangeFile(change) => {
                say(&fix.description);
                changes.push((index, change));
            }
        }
    }
    let mut unfixed = edit_file(|| Ok(edit), config, context);
    unfixed.extend(edit_file(begin, credentials, context));
    unfixed.extend(change_files(changes, context));
    let effective = count - unfixed.len();
    context.ui.say(format_args!("Problems fixed: {effective}"));
    unfixed
}

fn replace_with(converted: Document) -> EditAction {
    Box::new(move |document| {
        *document = converted;
        Ok(())
    })
}

/// Applies the edits of one file and writes it. If it cannot be written, no edit has an effect. Opens the
/// file only for an edit: it may be a device, which cannot be edited.
fn edit_file(
    begin: impl FnOnce() -> Result<ConfigEdit, sso_config::Error>,
    edits: Vec<(usize, EditAction)>,
    context: Context<'_>,
) -> Vec<(usize, Unfixed)> {
    if edits.is_empty() {
        return Vec::new();
    }
    let indices: Vec<_> = edits.iter().map(|(index, _)| *index).collect();
    let mut unfixed = Vec::new();
    let written = begin().and_then(|mut edit| {
        edit.check_is_file()?;
        for (index, change) in edits {
            if let Err(error) = edit.change(change) {
                unfixed.push((index, Unfixed::failed(error)));
            }
        }
        context.ui.say_lines(edit.diff().lines());
        edit.commit(context.now(), "sso-configure check --fix")
    });
    match written {
        Ok(_) => unfixed,
        Err(error) => all(indices, &Unfixed::failed(error)),
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
