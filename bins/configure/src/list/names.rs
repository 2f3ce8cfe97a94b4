//! Names of the profiles, for scripts and pickers.

use cli_ux::Failure;
use sso_config::ConfigFiles;
use sso_types::{ProfileName, is_hidden};

use crate::context::Context;
use crate::listing::warn_of_each;

/// Prints the names that `aws configure list-profiles` prints, in its order, without reading the
/// cache or the settings of the profiles.
///
/// A name that would control the terminal is only in a warning: a line must be the exact name, and
/// a pipe may end at a terminal.
pub(super) fn print(files: &ConfigFiles, context: Context<'_>) -> Result<(), Failure> {
    files.warn_of_unusable();
    let (hidden, names): (Vec<_>, Vec<_>) = files.profile_names().partition(has_hidden_characters);
    let lines: Vec<_> = names.iter().map(|name| format!("{name}\n")).collect();
    context.ui.print_text(&lines.concat())?;
    let warnings = hidden.iter().map(|name| {
        format!(
            "profile {name} is omitted, because its name contains control or invisible characters"
        )
    });
    warn_of_each(context, warnings);
    Ok(())
}

fn has_hidden_characters(name: &ProfileName) -> bool {
    name.as_str().chars().any(is_hidden)
}
