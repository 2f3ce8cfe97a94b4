//! The command line of the wizard.

use std::path::PathBuf;

use clap::Args;
use cli_ux::OutputArg;
use cli_ux::sign_in::SignInArgs;

use super::answers::{Answers, SessionAnswers};

/// Arguments of the wizard for a profile.
#[derive(Args, Debug)]
pub(crate) struct WizardArgs {
    #[command(flatten)]
    pub(super) answers: Answers,

    #[command(flatten)]
    pub(super) asking: AskingArgs,

    #[command(flatten)]
    pub(super) sign_in: SignInArgs,

    #[command(flatten)]
    pub(super) output: OutputArg,
}

/// Set up an sso-session, without a profile
///
/// What the session has already are the defaults. Nobody signs in for this.
#[derive(Args, Debug)]
pub(crate) struct SessionArgs {
    #[command(flatten)]
    pub(super) answers: SessionAnswers,

    #[command(flatten)]
    pub(super) asking: AskingArgs,

    #[command(flatten)]
    pub(super) output: OutputArg,
}

/// Source of the answers that no option gives.
#[derive(Args, Debug)]
pub(super) struct AskingArgs {
    /// Ask nothing: what is not answered stays as it is, or is an error
    #[arg(long, help_heading = "Answers")]
    pub(super) no_input: bool,

    /// Take the answers from a JSON file, - for the standard input, and ask nothing
    #[arg(long, value_name = "FILE", help_heading = "Answers")]
    pub(super) from: Option<PathBuf>,
}
