//! `sso-configure undo`.

use clap::Args;
use cli_ux::{Arguments, CommandLine, Failure};
use sso_config::{AwsEnv, ConfigEdit, Error};
use sso_types::{sanitize, timestamp};

use crate::confirmation::{YesArg, confirm, show};
use crate::context::Context;

/// Revert the last edit that these programs made in the config file
///
/// Run it again to revert earlier edits; the last ten are saved. Changes that you made since in
/// other lines are kept. If lines of the edit have changed, it is reverted only with --force. On a
/// terminal, the diff is shown before the question whether to write it.
#[derive(Args, Debug)]
pub(crate) struct UndoArgs {
    /// Revert even if this discards later changes
    #[arg(long)]
    force: bool,

    /// Print the diff without writing it
    ///
    /// The exit status is 1 if there is a diff.
    #[arg(long, visible_alias = "diff")]
    dry_run: bool,

    #[command(flatten)]
    confirmation: YesArg,
}

pub(crate) fn run(args: &UndoArgs, context: Context<'_>) -> Result<(), Failure> {
    let undo = if args.force {
        ConfigEdit::force_undo(context.env)?
    } else {
        ConfigEdit::undo(context.env).map_err(|error| with_hint(error, context.env))?
    };
    let at = timestamp::format(undo.entry.at);
    let subject = format!("{} from {at}", sanitize(&undo.entry.description));
    let path = undo.edit.path().display().to_string();
    let diff = undo.edit.diff();
    let keeps_changes = undo.keeps_changes;
    if args.dry_run {
        context
            .ui
            .say(format_args!("Would revert {subject} in {path}."));
        context.ui.print_text(&diff)?;
        return Err(Failure::difference());
    }
    if args.confirmation.asks(context.ui) {
        show(context.ui, &diff);
        if !confirm(context.ui, &format!("Revert {subject} in {path}?"))? {
            return Ok(());
        }
        undo.commit()?;
    } else {
        undo.commit()?;
        context.ui.say_lines(diff.lines());
    }
    let kept = if keeps_changes {
        " The changes since then are kept."
    } else {
        ""
    };
    context
        .ui
        .say(format_args!("Reverted {subject} in {path}.{kept}"));
    Ok(())
}

fn with_hint(error: Error, env: &AwsEnv) -> Failure {
    if !matches!(error, Error::ConfigChanged { .. }) {
        return error.into();
    }
    let is_forceable = ConfigEdit::force_undo(env).is_ok();
    if is_forceable {
        let command = CommandLine::new("sso-configure undo", Arguments::new().flag("--force"));
        Failure::configuration(error)
            .with_step_hint("to revert the edit and discard that change:", command)
    } else {
        Failure::configuration(error)
            .with_hint("revert the edit by hand; the state before it is no longer saved")
    }
}
