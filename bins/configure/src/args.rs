//! Command-line arguments.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args as _, Error, FromArgMatches, Parser, Subcommand};
use cli_ux::GlobalArgs;

use crate::accounts::AccountsArgs;
use crate::check::CheckArgs;
use crate::list::ListArgs;
use crate::migrate::MigrateArgs;
use crate::populate::{self, PopulateArgs};
use crate::undo::UndoArgs;
use crate::wizard::{SessionArgs, WizardArgs};

/// Create and maintain AWS IAM Identity Center profiles in the AWS config file
///
/// Without a command, asks for the settings of one profile: session, account, role. Each question
/// has an option that answers it in advance, and Escape leads back to the question before. The file is written once, after the last question. A
/// change of an existing profile is shown as a diff; on a terminal, it is written only if you confirm it.
///
/// Each edit is atomic and leaves the rest of the file unchanged, byte for byte: comments, order,
/// blank lines, line endings. The previous state is saved, and `undo` restores it.
#[derive(Debug, Parser)]
#[command(name = "sso-configure", version, after_long_help = EXAMPLES, disable_help_subcommand = true)]
#[command(mut_arg("color", |arg| arg.global(true)))]
#[command(mut_arg("quiet", |arg| arg.global(true)))]
#[command(mut_arg("verbose", |arg| arg.global(true)))]
#[command(mut_arg("ca_bundle", |arg| arg.global(true)))]
#[command(mut_arg("connect_timeout", |arg| arg.global(true)))]
#[command(mut_arg("read_timeout", |arg| arg.global(true)))]
pub(crate) struct Args {
    // Declared before the subcommand, so that misplaced options are rejected first.
    #[command(flatten)]
    pub(crate) wizard: WithoutCommand,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

/// Options of the wizard if there is no subcommand. They may not precede a subcommand, unlike the
/// global options.
#[derive(Debug)]
pub(crate) struct WithoutCommand(pub(crate) WizardArgs);

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up a profile (same as without a command; its help lists the options)
    Sso(Box<WizardArgs>),
    #[command(visible_alias = "sso-session")]
    Session(SessionArgs),
    #[command(mut_args(populate::with_own_help))]
    Populate(Box<PopulateArgs>),
    List(ListArgs),
    Accounts(AccountsArgs),
    Check(CheckArgs),
    /// Print the rules of check as a Markdown page
    #[command(hide = true)]
    CheckRules,
    Migrate(MigrateArgs),
    Undo(UndoArgs),
}

const EXAMPLES: &str = "\
Examples:
  sso-configure
      set up a profile step by step

  sso-configure --profile dev
      change the profile dev; its current values are the defaults

  sso-configure --sso-session my-sso --account-id 111122223333 \\
      --role-name ReadOnly --region eu-west-1 --output-format json --profile dev --yes
      write a profile without any questions

  sso-configure populate my-sso --dry-run
      show the profiles that would be written for all accounts and roles

  sso-configure accounts my-sso
      list the accounts and roles that you may use

  sso-configure check --fix
      find problems, and fix those that need no decision

  sso-configure undo
      revert the last edit";

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}

impl FromArgMatches for WithoutCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        reject_before_command(matches)?;
        WizardArgs::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        reject_before_command(matches)?;
        self.0.update_from_arg_matches(matches)
    }
}

impl clap::Args for WithoutCommand {
    fn augment_args(command: clap::Command) -> clap::Command {
        WizardArgs::augment_args(command).mut_args(only_in_long_help)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        WizardArgs::augment_args_for_update(command)
    }
}

/// Hides an option of the wizard in the short help, which lists the commands. That of `sso` contains it.
fn only_in_long_help(option: Arg) -> Arg {
    let is_of_wizard = matches!(option.get_help_heading(), Some("Answers" | "Sign-in"));
    option.hide_short_help(is_of_wizard)
}

fn reject_before_command(matches: &ArgMatches) -> Result<(), Error> {
    let Some(subcommand) = matches.subcommand_name() else {
        return Ok(());
    };
    let options = WizardArgs::augment_args(clap::Command::new("wizard"));
    let is_given = |id| matches.value_source(id) == Some(ValueSource::CommandLine);
    let mut given = options
        .get_arguments()
        .filter(|option| is_given(option.get_id().as_str()));
    let Some(long) = given.find_map(|option| option.get_long()) else {
        return Ok(());
    };
    let reason = format!(
        "'--{long}' cannot be used before '{subcommand}'; put options of '{subcommand}' after it"
    );
    Err(Error::raw(ErrorKind::ArgumentConflict, reason))
}
