//! The command line.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args as _, Error, FromArgMatches, Parser, Subcommand};
use cli_ux::GlobalArgs;

use crate::check::CheckArgs;
use crate::list::ListArgs;
use crate::migrate::MigrateArgs;
use crate::populate::PopulateArgs;
use crate::undo::UndoArgs;
use crate::wizard::{SessionArgs, WizardArgs};

/// Write the profiles of AWS IAM Identity Center into the config file: one, or a thousand
///
/// Without a command it asks for what a profile needs: session, sign-in, account, role. Each
/// question has an option that answers it beforehand. Nothing is written before the last answer.
///
/// Every edit keeps each byte that it is not about: comments, order, blank lines, line ends. It is
/// made as a whole or not at all; the state before is kept, and `undo` goes back to it.
#[derive(Debug, Parser)]
#[command(name = "sso-configure", version, after_help = EXAMPLES, disable_help_subcommand = true)]
#[command(mut_arg("color", |arg| arg.global(true)))]
#[command(mut_arg("quiet", |arg| arg.global(true)))]
#[command(mut_arg("verbose", |arg| arg.global(true)))]
#[command(mut_arg("ca_bundle", |arg| arg.global(true)))]
#[command(mut_arg("connect_timeout", |arg| arg.global(true)))]
#[command(mut_arg("read_timeout", |arg| arg.global(true)))]
pub(crate) struct Args {
    // Before the subcommand, so that its options are refused there first.
    #[command(flatten)]
    pub(crate) wizard: WithoutCommand,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

/// Options of the wizard without a subcommand. Unlike the global options, they may not precede a
/// subcommand.
#[derive(Debug)]
pub(crate) struct WithoutCommand(pub(crate) WizardArgs);

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up a profile, as without a command
    Sso(Box<WizardArgs>),
    #[command(visible_alias = "sso-session")]
    Session(SessionArgs),
    Populate(Box<PopulateArgs>),
    List(ListArgs),
    Check(CheckArgs),
    /// Print the rules of check as a page of the reference
    #[command(hide = true)]
    CheckRules,
    Migrate(MigrateArgs),
    Undo(UndoArgs),
}

const EXAMPLES: &str = "\
Examples:
  sso-configure
      set up a profile, asked step by step

  sso-configure --profile dev
      change the profile dev: what it has are the defaults

  sso-configure --sso-session my-sso --account-id 111122223333 --role-name ReadOnly \\
      --region eu-west-1 --output-format json --profile dev
      write a profile without a question

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

impl FromArgMatches for WithoutCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        refuse_before_command(matches)?;
        WizardArgs::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        refuse_before_command(matches)?;
        self.0.update_from_arg_matches(matches)
    }
}

impl clap::Args for WithoutCommand {
    fn augment_args(command: clap::Command) -> clap::Command {
        WizardArgs::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        WizardArgs::augment_args_for_update(command)
    }
}

fn refuse_before_command(matches: &ArgMatches) -> Result<(), Error> {
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
        "'--{long}' cannot stand before '{subcommand}'; options of '{subcommand}' come after it"
    );
    Err(Error::raw(ErrorKind::ArgumentConflict, reason))
}
