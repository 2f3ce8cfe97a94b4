//! Arguments of `sso-configure populate`.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use std::path::{Path, PathBuf};

use clap::{Arg, Args};
use cli_ux::{Arguments, CommandLine, OutputArg, ProfileArgs};
use sso_types::Region;

use crate::confirmation::YesArg;

use super::setting::Setting;
use super::template::Template;

/// Write profiles for all accounts and roles of an SSO session
///
/// The profiles are marked with sso_auto_populated = true. Later runs edit marked profiles in place
/// and keep the keys and comments that you added. If an account or the name template has changed, they
/// rename its profiles, also where source_profile contains their names. Profiles without the mark are
/// never changed. If a profile name would not be unique, nothing is written.
///
/// An account that the access portal refuses is skipped, and its profiles are kept. The exit status is
/// then 254.
///
/// In patterns, * matches any text and ? matches any character. Patterns ignore case.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct PopulateArgs {
    /// Read sessions, filters, templates and settings from a TOML file
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "name", "profile", "sso_session", "name_template", "account", "exclude_account", "role",
            "exclude_role", "region",
        ]
    )]
    pub(super) from: Option<PathBuf>,

    /// Profile names [default: {account_name}.{role_name}]
    ///
    /// The fields of the template are {account_name}, {account_id}, {email}, {role_name}, {session}
    /// and {region}. A field can have filters, for example {account_name|slug}. The filters are
    /// lower, upper, slug, replace:'a','b', trim-prefix:'a' and trim-suffix:'a'. Characters other
    /// than ASCII letters, digits and _.@+- become hyphens. The template aws-cli is short for
    /// {role_name}-{account_id}, the names that `aws configure sso` suggests.
    #[arg(long, value_name = "TEMPLATE", value_parser = str::parse::<Template>)]
    pub(super) name_template: Option<Template>,

    /// Select accounts by name, ID or e-mail address (repeatable)
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub(super) account: Option<Vec<String>>,

    /// Exclude accounts by name, ID or e-mail address (repeatable)
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub(super) exclude_account: Vec<String>,

    /// Select roles by name (repeatable)
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub(super) role: Option<Vec<String>>,

    /// Exclude roles by name (repeatable)
    #[arg(long, value_name = "PATTERN", help_heading = "Filters")]
    pub(super) exclude_role: Vec<String>,

    /// Region of the profiles (repeatable, for one profile per Region)
    ///
    /// If it is repeated, the name template must contain {region}.
    #[arg(long, value_parser = str::parse::<Region>)]
    pub(super) region: Option<Vec<Region>>,

    /// Set a key in each profile (repeatable)
    ///
    /// The value can contain the fields of a name template, and {profile} for the profile name. Write
    /// {{ and }} for braces. In credential_process, cli_pager and sso_browser, the value of a field is
    /// quoted if necessary.
    #[arg(long, value_name = "KEY=VALUE", value_parser = Setting::from_option)]
    pub(super) set: Vec<Setting>,

    /// Remove marked profiles of the session that this run does not write
    ///
    /// The output names keys that are removed with them and that you may have added. On a terminal,
    /// the diff is shown before the question whether to write it.
    #[arg(long)]
    pub(super) prune: bool,

    /// Print the diff without writing it
    ///
    /// The exit status is 1 if there is a diff.
    #[arg(long, visible_alias = "diff")]
    pub(super) dry_run: bool,

    #[command(flatten)]
    pub(super) confirmation: YesArg,

    /// Sign in first if needed (interactive terminals only)
    #[arg(long)]
    pub(super) login: bool,

    #[command(flatten)]
    pub(super) selection: ProfileArgs,

    #[command(flatten)]
    pub(super) output: OutputArg,
}

const EXAMPLES: &str = "\
Examples:
  sso-configure populate my-sso --role ReadOnly --region eu-west-1
      write a read-only profile for each account

  sso-configure populate --region eu-west-1 --region us-east-1 \\
      --name-template \"{account_name|slug}.{role_name|lower}.{region}\"
      write one profile for each account, role and Region

  sso-configure populate --from sso-profiles.toml --prune --dry-run
      check in CI whether the config file matches the sync file of the team";

/// Replaces the help of shared arguments, which have another default here.
pub(crate) fn with_own_help(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "profile" => arg.help("Use the SSO session of this profile"),
        "sso_session" => arg.help("SSO session [default: the only one configured]"),
        _ => arg,
    }
}

impl PopulateArgs {
    /// Returns the command line of these arguments and `--login`.
    pub(super) fn with_login(&self, ca_bundle: Option<&Path>) -> CommandLine {
        let mut arguments = Arguments::new();
        if let Some(path) = &self.from {
            arguments = arguments.option("--from", path);
        }
        for Setting { key, text, .. } in &self.set {
            arguments = arguments.option("--set", format!("{key}={text}"));
        }
        for (is_set, flag) in [(self.prune, "--prune"), (self.dry_run, "--dry-run")] {
            if is_set {
                arguments = arguments.flag(flag);
            }
        }
        if let Some(path) = ca_bundle {
            arguments = arguments.option("--ca-bundle", path);
        }
        CommandLine::new("sso-configure populate", arguments.flag("--login"))
    }
}
