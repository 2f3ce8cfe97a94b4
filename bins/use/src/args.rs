//! Command-line arguments.

#![expect(clippy::doc_markdown, reason = "these comments are what --help prints")]

use clap::{Arg, ArgGroup, Parser, Subcommand};
use cli_ux::{GlobalArgs, OutputArg};

use crate::shell::Shell;

/// Switch the AWS profile of the current shell
///
/// Sets AWS_PROFILE, and unsets variables with credentials, which would take precedence and cannot
/// refresh. If the session of the profile needs a sign-in, signs in first on a terminal. Without a name,
/// shows a list of all profiles, with the most used first.
///
/// A program cannot change the environment of the shell that starts it. Therefore `sso-use init` prints
/// a function for the startup file of your shell.
#[derive(Debug, Parser)]
#[command(name = "sso-use", version, after_long_help = EXAMPLES)]
#[command(disable_help_subcommand = true, override_usage = USAGE)]
#[command(mut_args(with_own_help))]
#[command(group(ArgGroup::new("target").args(["profile_name", "profile"])))]
#[command(group(ArgGroup::new("report").args(["current", "list"])))]
#[expect(clippy::struct_excessive_bools, reason = "each field is a flag")]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// Set the credentials of the profile instead of AWS_PROFILE
    ///
    /// Also sets the Region and the account. For programs that cannot use a profile: the credentials do
    /// not refresh.
    #[arg(long)]
    pub(crate) credentials: bool,

    /// Unset the profile and its credentials
    #[arg(long, conflicts_with_all = ["target", "credentials", "no_login", "report"])]
    pub(crate) clear: bool,

    /// Print the name of the current profile
    #[arg(long, conflicts_with_all = ["target", "credentials", "no_login"])]
    pub(crate) current: bool,

    /// Print the name of each profile, one per line
    #[arg(long, conflicts_with_all = ["target", "credentials", "no_login"])]
    pub(crate) list: bool,

    /// Remove the usage history, which sorts the list of profiles
    #[arg(long, conflicts_with_all = ["target", "credentials", "no_login", "report", "clear"])]
    pub(crate) forget_history: bool,

    /// Switch without a sign-in, even if the session needs one
    #[arg(long)]
    pub(crate) no_login: bool,

    /// Print statements for the shell, as its function requests them
    #[arg(long, value_enum, value_name = "SHELL", hide_possible_values = true)]
    pub(crate) shell: Option<Shell>,

    /// Profile, or - for the previous one
    #[arg(
        value_name = "NAME",
        display_order = 0,
        help_heading = "Profile selection"
    )]
    pub(crate) profile_name: Option<String>,

    /// Profile in the AWS config file or the credentials file
    #[arg(long, short, value_name = "NAME", help_heading = "Profile selection")]
    pub(crate) profile: Option<String>,

    #[command(flatten)]
    pub(crate) output: OutputArg,

    #[command(flatten)]
    pub(crate) global: GlobalArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the function for a shell, with completion
    ///
    /// To define the function in each new shell, add the line to its startup file:
    ///
    ///     bash    ~/.bashrc                   eval "$(sso-use init bash)"
    ///     zsh     ~/.zshrc, after compinit    eval "$(sso-use init zsh)"
    ///     fish    ~/.config/fish/config.fish  sso-use init fish | source
    ///     tcsh    ~/.tcshrc                   eval "`sso-use init tcsh`"
    ///     xonsh   ~/.xonshrc                  execx(__import__("subprocess").getoutput("sso-use init xonsh"))
    ///     pwsh    $PROFILE                    sso-use init pwsh | Out-String | Invoke-Expression
    ///
    /// Nushell cannot evaluate text. Run once, and after each update:
    ///
    ///     mkdir ($nu.data-dir | path join vendor autoload)
    ///     sso-use init nu | save -f ($nu.data-dir | path join vendor autoload sso-use.nu)
    #[command(verbatim_doc_comment)]
    Init {
        /// Shell
        #[arg(value_enum, value_name = "SHELL")]
        shell: Shell,
    },
}

/// Replaces the help of shared arguments. `Command::mut_arg` would move the argument to the end.
fn with_own_help(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "output" | "json" => arg.requires("report"),
        _ => arg,
    }
}

const USAGE: &str = "sso-use [OPTIONS] [NAME]\n       sso-use init <SHELL>";

const EXAMPLES: &str = "\
Examples:
  eval \"$(sso-use init bash)\"
      define the function, in ~/.bashrc; for other shells, see sso-use init --help

  sso-use dev
      switch to the profile dev

  sso-use
      pick a profile from a list

  sso-use -
      switch to the previous profile

  sso-use dev --credentials
      set access keys for a program that cannot use a profile

  sso-use --clear
      unset the profile and its credentials";

/// Action that the arguments select.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Switch,
    Clear,
    Current,
    List,
    ForgetHistory,
}

impl Args {
    /// Returns whether an argument other than those of a command selects an action.
    pub(crate) fn has_action(&self) -> bool {
        self.action() != Action::Switch
            || self.credentials
            || self.no_login
            || self.profile.is_some()
            || self.profile_name.is_some()
    }

    pub(crate) fn action(&self) -> Action {
        match (self.clear, self.current, self.list, self.forget_history) {
            (true, ..) => Action::Clear,
            (_, true, ..) => Action::Current,
            (_, _, true, _) => Action::List,
            (.., true) => Action::ForgetHistory,
            _ => Action::Switch,
        }
    }
}

impl AsRef<GlobalArgs> for Args {
    fn as_ref(&self) -> &GlobalArgs {
        &self.global
    }
}
