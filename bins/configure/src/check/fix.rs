//! Fixes that need no decision by the user.

use std::fmt;

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
pub(super) enum Unfixed {
    /// The fix had no effect; a hint.
    NoEffect(&'static str),
    Failed(Failure),
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

/// Shows and applies the fixes. Those of the config file come first, in one edit. Returns the index
/// of each fix of another file that failed or had no effect.
pub(super) fn apply(
    fixes: Vec<Fix>,
    mut edit: ConfigEdit,
    context: Context<'_>,
) -> Result<Vec<(usize, Unfixed)>, Failure> {
    let count = fixes.len();
    if count == 0 {
        return Ok(Vec::new());
    }
    check_files(&fixes, &edit, context)?;
    // Opened only for a conversion: the file may be a device, which cannot be edited.
    let mut credentials = None;
    let say = |fix: &str| context.ui.say(format_args!("Applying fix: {fix}"));
    let mut changes = Vec::new();
    for (index, fix) in fixes.into_iter().enumerate() {
        match fix.action {
            Action::EditConfig(action) => edit.change(action)?,
            Action::Convert(converted) => {
                say(&fix.description);
                let convert = |edit: &mut ConfigEdit| {
                    edit.change(|document| {
                        *document = converted.clone();
                        Ok(())
                    })
                };
                match converted.kind() {
                    FileKind::Config => convert(&mut edit)?,
                    FileKind::Credentials => {
                        let mut edit = ConfigEdit::begin_credentials(context.env)?;
                        convert(&mut edit)?;
                        credentials = Some(edit);
                    }
                }
            }
            Action::ChangeFile(action) => {
                say(&fix.description);
                changes.push((index, action));
            }
        }
    }
    for edit in [Some(edit), credentials].into_iter().flatten() {
        commit(edit, context)?;
    }
    let cache = sso_session::cache::open(context.env)?;
    let mut unfixed = Vec::new();
    // A failed change does not prevent the others.
    for (index, change) in changes {
        match change(&cache) {
            Ok(Effect::Fixed) => {}
            Ok(Effect::None(hint)) => unfixed.push((index, Unfixed::NoEffect(hint))),
            Err(error) => unfixed.push((index, Unfixed::Failed(error.into()))),
        }
    }
    let effective = count - unfixed.len();
    context.ui.say(format_args!("Problems fixed: {effective}"));
    Ok(unfixed)
}

/// Refuses to change a pipe or a device, before any change.
fn check_files(fixes: &[Fix], config: &ConfigEdit, context: Context<'_>) -> Result<(), Failure> {
    for fix in fixes {
        match &fix.action {
            Action::Convert(file) if file.kind() == FileKind::Credentials => {
                ConfigEdit::begin_credentials(context.env)?.check_is_file()?;
            }
            Action::EditConfig(_) | Action::Convert(_) => config.check_is_file()?,
            Action::ChangeFile(_) => {}
        }
    }
    Ok(())
}

fn commit(edit: ConfigEdit, context: Context<'_>) -> Result<(), Failure> {
    context.ui.say_lines(edit.diff().lines());
    edit.commit(context.now(), "sso-configure check --fix")?;
    Ok(())
}
