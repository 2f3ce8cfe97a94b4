//! Output of `--list`.

use cli_ux::{Failure, OutputForm, SCHEMA_VERSION, Ui, print_profile_names};
use serde_json::{Value, json};
use sso_config::Error;
use sso_credentials::Aws;

use crate::args::Args;
use crate::environment::Environment;

/// Prints the names of all profiles, in the order of the files.
pub(crate) fn print(args: &Args, ui: &Ui, aws: &Aws) -> Result<(), Failure> {
    if args.output.form() == OutputForm::Text {
        return print_profile_names(ui, aws.files());
    }
    aws.warn_of_unusable_files();
    let current = Environment::of(aws.env()).current().map_err(Error::from)?;
    let profiles = aws.files().profile_names().map(|name| {
        let is_current = current.as_ref() == Some(&name);
        json!({ "name": name.as_str(), "current": is_current })
    });
    let document = json!({
        "schemaVersion": SCHEMA_VERSION,
        "profiles": profiles.collect::<Vec<Value>>(),
    });
    ui.print(&format!("{document:#}\n"))
}
