//! `sso-configure undo`.

use clap::Args;
use cli_ux::Failure;
use sso_config::{ConfigEdit, Error};
use sso_types::{sanitize, timestamp};

use crate::context::Context;

/// Take back the last edit of the config file that one of these programs made
///
/// Called again, it takes back the one before: ten are remembered. If somebody else has changed
/// the file since, nothing is taken back, unless forced.
#[derive(Args, Debug)]
pub(crate) struct UndoArgs {
    /// Go back though somebody else has changed the file since; their changes go too
    #[arg(long)]
    force: bool,

    /// Change nothing; print the diff, and exit with status 1 if there is one
    #[arg(long, visible_alias = "diff")]
    dry_run: bool,
}

/// Reverses the last edit, and shows it.
pub(crate) fn run(args: &UndoArgs, context: Context<'_>) -> Result<(), Failure> {
    let undo = if args.force {
        ConfigEdit::force_undo(context.env)?
    } else {
        ConfigEdit::undo(context.env).map_err(with_hint)?
    };
    let at = timestamp::format(undo.entry.at);
    let subject = format!("{} of {at}", sanitize(&undo.entry.description));
    let path = undo.edit.path().display().to_string();
    let diff = undo.edit.diff();
    if args.dry_run {
        context
            .ui
            .say(format_args!("Would take back {subject} in {path}."));
        context.ui.print(&diff)?;
        return Err(Failure::difference());
    }
    undo.commit()?;
    context.ui.say(diff.trim_end());
    context
        .ui
        .say(format_args!("Took back {subject} in {path}."));
    Ok(())
}

fn with_hint(error: Error) -> Failure {
    let is_forceable = matches!(error, Error::ConfigChanged { .. });
    if is_forceable {
        Failure::configuration(error)
            .with_hint("sso-configure undo --force goes back all the same, and loses that change")
    } else {
        error.into()
    }
}
