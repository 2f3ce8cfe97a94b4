//! Selection of a profile.

use cli_ux::{Choice, Entry, Failure, Ui};
use sso_credentials::Aws;
use sso_types::ProfileName;

/// Lets the user pick one of the profiles of both files, and returns its name.
///
/// # Errors
///
/// Those of [`Ui::choose`].
pub fn pick(ui: &Ui, aws: &Aws, flag: &str) -> Result<ProfileName, Failure> {
    let names: Vec<_> = aws.files().profile_names().collect();
    let entries: Vec<_> = names.iter().map(|name| Entry::new(name.as_str())).collect();
    let selected = ui.choose(&Choice {
        name: "profile",
        flag,
        entries: &entries,
        marked: Some(0),
    })?;
    Ok(names[selected].clone())
}
