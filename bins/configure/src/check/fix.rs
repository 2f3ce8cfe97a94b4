//! Fixes that need no decision by the user.

use std::fmt;
#[cfg(unix)]
use std::path::Path;

#[cfg(unix)]
use anyhow::ensure;
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
type FileAction = Box<dyn FnOnce(&TokenCache) -> Result<(), Failure>>;

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
        change: impl FnOnce(&TokenCache) -> Result<(), Failure> + 'static,
    ) -> Self {
        Self {
            description: sanitize(description),
            action: Action::ChangeFile(Box::new(change)),
        }
    }

    /// Returns a fix that changes the mode of `path`. It fails if `is_open` still applies after
    /// `narrow`, for example because of the owner, or on a file system without modes.
    #[cfg(unix)]
    pub(super) fn mode(
        description: &str,
        path: &Path,
        narrow: fn(&Path) -> Option<u32>,
        is_open: fn(&Path) -> bool,
    ) -> Self {
        let path = path.to_owned();
        let change = move || {
            // The previous mode needs no warning: the finding has shown it.
            let _ = narrow(&path);
            ensure!(
                !is_open(&path),
                "cannot change the mode of {}",
                path.display()
            );
            Ok(())
        };
        Self::file(description, move |_| {
            change().map_err(Failure::configuration)
        })
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

/// Shows and applies the fixes. Those of the config file come first, in one edit.
pub(super) fn apply(
    fixes: Vec<Fix>,
    mut edit: ConfigEdit,
    context: Context<'_>,
) -> Result<(), Failure> {
    let count = fixes.len();
    if count == 0 {
        return Ok(());
    }
    check_files(&fixes, &edit, context)?;
    // Opened only for a conversion: the file may be a device, which cannot be edited.
    let mut credentials = None;
    let say = |fix: &str| context.ui.say(format_args!("Applying fix: {fix}"));
    let mut changes = Vec::new();
    for fix in fixes {
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
                changes.push(action);
            }
        }
    }
    for edit in [Some(edit), credentials].into_iter().flatten() {
        commit(edit, context)?;
    }
    let cache = sso_session::cache::open(context.env)?;
    // A failed change does not prevent the others.
    let outcomes = changes.into_iter().map(|change| change(&cache));
    outcomes.fold(Ok(()), Result::and)?;
    context.ui.say(format_args!("Problems fixed: {count}"));
    Ok(())
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
