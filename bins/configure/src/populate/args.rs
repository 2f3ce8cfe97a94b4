//! The command line of `sso-configure populate`.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use std::path::PathBuf;

use clap::Args;
use cli_ux::{OutputArg, ProfileArgs};
use sso_types::Region;

use super::template::Template;
use super::write::OWN_KEYS;

/// Write profiles for all accounts and roles of a session
///
/// They are marked with sso_auto_populated = true. A later run edits marked profiles in place: keys
/// and comments that you have added to them stay. Profiles without the mark are never changed. If
/// two would have the same name, or one that is taken, nothing is written.
///
/// In patterns, * stands for any text and ? for any character; case does not matter.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PopulateArgs {
    #[command(flatten)]
    pub(super) selection: ProfileArgs,

    /// Take sessions, filters, templates and settings from this file, as sso-profiles.toml
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = [
            "profile", "sso_session", "name_template", "account", "exclude_account", "role",
            "exclude_role", "region",
        ]
    )]
    pub(super) from: Option<PathBuf>,

    /// Names of the profiles [default: {account_name}.{role_name}]
    ///
    /// {account_name}, {account_id}, {email}, {role_name}, {session} and {region}, with filters as
    /// in {account_name|slug}: lower, upper, slug, replace:'a','b', trim-prefix:'a',
    /// trim-suffix:'a'.
    #[arg(long, value_name = "TEMPLATE", value_parser = str::parse::<Template>)]
    pub(super) name_template: Option<Template>,

    /// Only accounts whose name, number or e-mail address matches; may be repeated
    #[arg(long, value_name = "PATTERN", help_heading = "Which")]
    pub(super) account: Option<Vec<String>>,

    /// No account whose name, number or e-mail address matches; may be repeated
    #[arg(long, value_name = "PATTERN", help_heading = "Which")]
    pub(super) exclude_account: Vec<String>,

    /// Only roles whose name matches; may be repeated
    #[arg(long, value_name = "PATTERN", help_heading = "Which")]
    pub(super) role: Option<Vec<String>>,

    /// No role whose name matches; may be repeated
    #[arg(long, value_name = "PATTERN", help_heading = "Which")]
    pub(super) exclude_role: Vec<String>,

    /// Region of the profiles; if repeated, a profile for each, with {region} in its name
    #[arg(long, value_parser = str::parse::<Region>)]
    pub(super) region: Option<Vec<Region>>,

    /// Set this key in each profile; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_setting)]
    pub(super) set: Vec<(String, String)>,

    /// Remove marked profiles of the session that are not among those to be written
    #[arg(long)]
    pub(super) prune: bool,

    /// Change nothing; print the diff, and exit with status 1 if there is one
    #[arg(long, visible_alias = "diff")]
    pub(super) dry_run: bool,

    /// Sign in first, where that is needed and somebody is at the terminal
    #[arg(long)]
    pub(super) login: bool,

    #[command(flatten)]
    pub(super) output: OutputArg,
}

const EXAMPLES: &str = "\
Examples:
  sso-configure populate --sso-session my-sso --role ReadOnly --region eu-west-1
      a read-only profile for each account

  sso-configure populate --name-template \"{account_name|slug}.{role_name|lower}.{region}\" \\
      --region eu-west-1 --region us-east-1
      a profile for each Region

  sso-configure populate --from sso-profiles.toml --prune --dry-run
      whether the config is what the team's file says, for CI";

fn parse_setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("KEY=VALUE is wanted")?;
    let key = key.trim().to_lowercase();
    if OWN_KEYS.contains(&key.as_str()) {
        return Err(format!("{key} is what the portal says"));
    }
    Ok((key, value.trim().to_owned()))
}
