//! Output of `--current`.

use anyhow::anyhow;
use cli_ux::{Arguments, CommandLine, Failure, OutputForm, SCHEMA_VERSION, Ui};
use serde_json::json;
use sso_config::Error;
use sso_credentials::Aws;
use sso_types::ProfileName;

use crate::args::Args;
use crate::environment::{ACCESS_KEY_ID, Environment};

/// Profile that is selected without a variable.
const DEFAULT: &str = "default";

/// Prints the profile in the environment, else `default` if it exists.
pub(crate) fn print(args: &Args, ui: &Ui, aws: &Aws) -> Result<(), Failure> {
    let environment = Environment::of(aws.env());
    let variable = environment.current_variable();
    let name = environment.current().map_err(Error::from)?;
    let name = name.or_else(|| default_profile(aws)).ok_or_else(none)?;
    match args.output.form() {
        OutputForm::Text => ui.print_exact(&format!("{name}\n"))?,
        OutputForm::Json => {
            let document = json!({
                "schemaVersion": SCHEMA_VERSION,
                "profile": name.as_str(),
                "variable": variable,
            });
            ui.print(&format!("{document:#}\n"))?;
        }
    }
    if aws.env().get_os(ACCESS_KEY_ID).is_some() && !environment.has_exported_credentials() {
        ui.warn(format_args!(
            "{ACCESS_KEY_ID} is set, and takes precedence over the profile in most programs"
        ));
    }
    Ok(())
}

fn default_profile(aws: &Aws) -> Option<ProfileName> {
    let name = ProfileName::from(DEFAULT);
    aws.files().profile(&name).is_some().then_some(name)
}

fn none() -> Failure {
    let list = CommandLine::new("sso-use", Arguments::new().flag("--list"));
    let error = anyhow!("no profile is selected");
    Failure::configuration(error).with_step_hint("to list the profiles:", list)
}
