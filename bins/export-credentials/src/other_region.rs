//! Another Region in the calling shell than that of the profile whose credentials are printed.

use std::fmt;

use cli_ux::shell::REGION_NAMES;
use sso_config::{AwsEnv, NotUnicode};
use sso_credentials::Aws;
use sso_types::escaped;

use crate::args::{Args, Format};
use crate::export::Export;
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
    /// One of several variables that differ.
    OneVariable(&'static str),
    /// Profile, and the variable that selects it, if any.
    Profile(String, Option<&'static str>),
}

impl<'a> OtherRegion<'a> {
    /// Returns the Region that SDKs take from the variables of the shell, or else from the profile that
    /// these select, if it differs. Returns `None` if the output sets the Region or is not for a shell,
    /// and for a profile without a Region.
    ///
    /// # Errors
    ///
    /// If a variable with a Region is not Unicode.
    pub(crate) fn find(
        args: &Args,
        aws: &Aws,
        export: &'a Export,
    ) -> Result<Option<Self>, sso_config::Error> {
        let format = args.format().unwrap_or(Format::Shell);
        if args.with_region || !args.command.is_empty() || !is_for_shells(format) {
            return Ok(None);
        }
        let Some(own) = export.region.as_deref() else {
            return Ok(None);
        };
        let used = in_variables(aws.env(), own)?.or_else(|| in_profile(aws));
        let other = used.filter(|(region, _)| region != own);
        Ok(other.map(|(region, source)| Self {
            export,
            region,
            source,
        }))
    }

    /// Returns the same command with `--with-region`, but only for a format that it repeats in `eval`:
    /// outside of it, it would print secrets to the terminal.
    pub(crate) fn hint(&self, args: &Args, aws: &Aws) -> String {
        if matches!(args.format(), None | Some(Format::Shell | Format::Env)) {
            own_command::in_eval(args, aws, self.export, true).to_string()
        } else {
            "add --with-region to set the Region of the profile, too".to_owned()
        }
    }
}

/// Returns the first variable that is set to another Region, or else the first one that is set. The AWS
/// CLI prefers `AWS_REGION`, but boto3 reads only `AWS_DEFAULT_REGION`.
fn in_variables(env: &AwsEnv, own: &str) -> Result<Option<(String, Source)>, NotUnicode> {
    let mut set = Vec::new();
    for name in REGION_NAMES {
        set.extend(env.get(name)?.map(|region| (region, name)));
    }
    let other = set.iter().find(|(region, _)| *region != own);
    Ok(other.or(set.first()).map(|(region, name)| {
        let is_same = set.iter().all(|(it, _)| it == region);
        let source = if is_same {
            Source::Variable
        } else {
            Source::OneVariable
        };
        ((*region).to_owned(), source(name))
    }))
}

fn in_profile(aws: &Aws) -> Option<(String, Source)> {
    let env = aws.env();
    let name = env.profile().ok()?;
    let region = aws.files().region(&name)?;
    let source = Source::Profile(name.to_string(), env.profile_variable());
    Some((region, source))
}

impl fmt::Display for OtherRegion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = self.export.region.as_deref().unwrap_or_default();
        let profile = escaped(self.export.profile.as_deref().unwrap_or_default());
        let region = &self.region;
        let programs = match self.source {
            Source::OneVariable(_) => "some programs",
            Source::Variable(_) | Source::Profile(..) => "programs",
        };
        // In quotes, which show white space.
        write!(
            f,
            "the Region of profile {profile} is {own:?}, but {programs} in this shell use {region:?} \
             from "
        )?;
        match &self.source {
            Source::Variable(name) | Source::OneVariable(name) => f.write_str(name),
            Source::Profile(name, Some(variable)) => {
                write!(f, "profile {}, which {variable} selects", escaped(name))
            }
            Source::Profile(name, None) => write!(f, "profile {}", escaped(name)),
        }
    }
}
