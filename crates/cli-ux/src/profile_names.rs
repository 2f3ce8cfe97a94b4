//! Names of the profiles, for scripts and pickers.

use sso_config::ConfigFiles;
use sso_types::{ProfileName, is_hidden};

use crate::failure::Failure;
use crate::ui::Ui;

/// Prints the names that `aws configure list-profiles` prints, in its order, without reading the
/// cache or the settings of the profiles.
///
/// A name that would control the terminal is only in a warning: a line must be the exact name, and
/// a pipe may end at a terminal.
///
/// # Errors
///
/// Those of [`Ui::print`].
pub fn print_profile_names(ui: &Ui, files: &ConfigFiles) -> Result<(), Failure> {
    files.warn_of_unusable();
    let (hidden, names): (Vec<_>, Vec<_>) = files.profile_names().partition(has_hidden_characters);
    let lines: Vec<_> = names.iter().map(|name| format!("{name}\n")).collect();
    ui.print(&lines.concat())?;
    ui.warn_of_each(hidden.iter().map(|name| {
        format!(
            "profile {name} is omitted, because its name contains control or invisible characters"
        )
    }));
    Ok(())
}

fn has_hidden_characters(name: &ProfileName) -> bool {
    name.as_str().chars().any(is_hidden)
}
