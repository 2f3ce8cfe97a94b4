//! Another Region in the calling shell than that of the profile whose credentials are printed.

use std::fmt;

use cli_ux::Ui;
use sso_config::AwsEnv;
use sso_credentials::Aws;
use sso_types::sanitize;

use crate::args::{Args, Format};
use crate::export::{Export, REGION_NAMES};
use crate::format::is_for_shells;
use crate::own_command;

/// Region that programs in the calling shell use instead of that of the profile.
///
/// Displayed as the text of a warning.
pub(crate) struct OtherRegion<'a> {
    export: &'a Export,
    region: String,
    source: Source,
}

enum Source {
    Variable(&'static str),
    /// Profile, and the variable that selects it, if any.
    Profile(String, Option<&'static str>),
}

impl<'a> OtherRegion<'a> {
    /// Returns the Region that SDKs take from the variables of the shell, or else from the profile that
    /// these select, if it differs. Returns `None` if the output sets the Region or is not for a shell,
    /// and for a profile without a Region.
    pub(crate) fn find(args: &Args, aws: &Aws, export: &'a Export) -> Option<Self> {
        let format = args.format().unwrap_or(Format::Shell);
        if args.with_region || !args.command.is_empty() || !is_for_shells(format) {
            return None;
        }
        let own = export.region.as_deref()?;
        let (region, source) = in_variables(aws.env(), own).or_else(|| in_profile(aws))?;
        (region != own).then_some(Self {
            export,
            region,
            source,
        })
    }

    /// Warns if stderr is a terminal, which shows it also in `eval "$(…)"`.
    pub(crate) fn warn(&self, args: &Args, ui: &Ui, aws: &Aws) {
        if ui.reports_to_terminal() {
            ui.warn_with_hint(self, self.hint(args, aws));
        }
    }

    /// Returns the same command with `--with-region`, but only for a format that it repeats in `eval`:
    /// outside of it, it would print secrets to the terminal.
    fn hint(&self, args: &Args, aws: &Aws) -> String {
        if matches!(args.format(), None | Some(Format::Shell | Format::Env)) {
            own_command::in_eval(args, aws, self.export, true).to_string()
        } else {
            "add --with-region to set the Region of the profile, too".to_owned()
        }
    }
}

/// Returns the first variable that is set to another Region, or else the first one that is set. The AWS
/// CLI prefers `AWS_REGION`, but boto3 reads only `AWS_DEFAULT_REGION`.
fn in_variables(env: &AwsEnv, own: &str) -> Option<(String, Source)> {
    let set: Vec<_> = REGION_NAMES
        .into_iter()
        .filter_map(|name| Some((env.get(name).ok()??, name)))
        .collect();
    let other = set.iter().find(|(region, _)| *region != own);
    let (region, name) = other.or(set.first())?;
    Some(((*region).to_owned(), Source::Variable(name)))
}

fn in_profile(aws: &Aws) -> Option<(String, Source)> {
    let env = aws.env();
    let name = env.profile().ok()?;
    let mut variables = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].into_iter();
    let variable = variables.find(|name| env.get_os(name).is_some());
    let region = aws.files().region(&name)?;
    Some((region, Source::Profile(name.to_string(), variable)))
}

impl fmt::Display for OtherRegion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = sanitize(self.export.region.as_deref().unwrap_or_default());
        let profile = sanitize(self.export.profile.as_deref().unwrap_or_default());
        let region = sanitize(&self.region);
        write!(
            f,
            "the Region of profile {profile} is {own}, but programs in this shell use {region} from "
        )?;
        match &self.source {
            Source::Variable(name) => f.write_str(name),
            Source::Profile(name, Some(variable)) => {
                write!(f, "profile {}, which {variable} selects", sanitize(name))
            }
            Source::Profile(name, None) => write!(f, "profile {}", sanitize(name)),
        }
    }
}
