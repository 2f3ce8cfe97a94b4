//! The command line.

use clap::{Parser, Subcommand};
use cli_ux::GlobalArgs;

use crate::check::CheckArgs;
use crate::list::ListArgs;
use crate::migrate::MigrateArgs;
use crate::populate::PopulateArgs;
use crate::undo::UndoArgs;

/// Write the profiles of AWS IAM Identity Center into the config file: one, or a thousand
///
/// Every edit keeps each byte that it is not about: comments, order, blank lines, line ends. It is
/// made as a whole or not at all; the state before is kept, and `undo` goes back to it.
#[derive(Debug, Parser)]
#[command(name = "sso-configure", version, after_help = EXAMPLES, disable_help_subcommand = true)]
#[command(mut_arg("ca_bundle", |arg| arg.global(true)))]
#[command(mut_arg("connect_timeout", |arg| arg.global(true)))]
#[command(mut_arg("read_timeout", |arg| arg.global(true)))]
#[command(mut_arg("color", |arg| arg.global(true)))]
#[command(mut_arg("quiet", |arg| arg.global(true)))]
#[command(mut_arg("verbose", |arg| arg.global(true)))]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

/// What is done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Populate(Box<PopulateArgs>),
    List(ListArgs),
    Check(CheckArgs),
    Migrate(MigrateArgs),
    Undo(UndoArgs),
}

const EXAMPLES: &str = "\
Examples:
  sso-configure populate --sso-session my-sso --dry-run
      show which profiles would be written for all accounts and roles

  sso-configure check --fix
      find what is wrong, and mend what needs no decision

  sso-configure undo
      take back the last edit";

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
