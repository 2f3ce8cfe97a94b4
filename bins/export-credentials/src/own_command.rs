//! Command line of this process, for hints.

use cli_ux::{Arguments, CommandLine};
use sso_credentials::Aws;

use crate::args::Args;
use crate::export::Export;

/// Returns the command of this process in `eval`, with `--with-region` on request.
///
/// It names the profile if a variable selects it, because the variable may be set only for this
/// process.
pub(crate) fn in_eval(args: &Args, aws: &Aws, export: &Export, with_region: bool) -> CommandLine {
    let mut first = profile_of_environment(args, aws, export);
    if with_region {
        first = first.flag("--with-region");
    }
    let arguments = std::env::args_os().skip(1);
    let arguments = arguments.fold(first, Arguments::argument);
    CommandLine::new("export-credentials", arguments).in_eval()
}

fn profile_of_environment(args: &Args, aws: &Aws, export: &Export) -> Arguments {
    let has_argument = args.selection.name.is_some() || args.selection.profile.is_some();
    match &export.profile {
        Some(profile) if !has_argument && aws.env().profile_variable().is_some() => {
            Arguments::new().option("--profile", profile)
        }
        _ => Arguments::new(),
    }
}
