//! Arguments of the wizard.

use std::path::PathBuf;

use clap::Args;
use cli_ux::OutputArg;
use cli_ux::sign_in::SignInArgs;

use super::answers::{Answers, SessionAnswers};
use super::ask::Asker;
use crate::confirmation::YesArg;

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

/// Set up an SSO session without a profile
///
/// The values of an existing session are the defaults. No sign-in is needed. On a terminal, a change of
/// an existing session is shown as a diff before the question whether to write it.
#[derive(Args, Debug)]
pub(crate) struct SessionArgs {
    /// SSO session name, same as --sso-session
    #[arg(
        value_name = "NAME",
        conflicts_with = "sso_session",
        display_order = 0,
        help_heading = "Answers"
    )]
    session: Option<String>,

    #[command(flatten)]
    answers: SessionAnswers,

    #[command(flatten)]
    pub(super) asking: AskingArgs,

    #[command(flatten)]
    pub(super) output: OutputArg,
}

impl SessionArgs {
    pub(super) fn answers(&self) -> SessionAnswers {
        let answers = self.answers.clone();
        SessionAnswers {
            sso_session: self.session.clone().or(answers.sso_session),
            ..answers
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct AskingArgs {
    /// Ask no questions; fail if a value is missing
    ///
    /// Values of an existing profile or session are kept.
    #[arg(long, help_heading = "Answers")]
    pub(super) no_input: bool,

    /// Read answers from a JSON file (- for stdin)
    ///
    /// Implies --no-input.
    #[arg(long, value_name = "FILE", help_heading = "Answers")]
    pub(super) from: Option<PathBuf>,

    #[command(flatten)]
    pub(super) confirmation: YesArg,
}

impl AskingArgs {
    /// Returns the `asker` if the user is asked before a write.
    pub(super) fn confirming<'a>(&self, asker: Asker<'a>) -> Option<Asker<'a>> {
        let asks = asker.is_interactive() && self.confirmation.asks(asker.ui);
        asks.then_some(asker)
    }
}
