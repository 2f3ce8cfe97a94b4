//! `sso-configure undo`.

mod json;

use clap::Args;
use cli_ux::{
    Arguments, CommandLine, Failure, LocalZone, OutputArg, OutputForm, nothing_configured_in,
};
use sso_config::edit::Undo;
use sso_config::{AwsEnv, ConfigEdit, ConfigFiles, Error};
use sso_types::escaped;

use crate::confirmation::{YesArg, confirm, write_agreed};
use crate::context::Context;
use json::Document;

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

    #[command(flatten)]
    output: OutputArg,
}

pub(crate) fn run(args: &UndoArgs, context: Context<'_>) -> Result<(), Failure> {
    if args.dry_run {
        return dry_run(args, context);
    }
    let ui = context.ui;
    let asks = args.confirmation.asks(ui);
    let reverted = write_agreed(|agreement| {
        let undo = prepare(args, context)?;
        let subject = subject(&undo, context.env);
        let question = format!("Revert {subject}?");
        if asks && !agreement.includes(&undo.edit, &question, ui, |it| confirm(ui, it))? {
            print_json(&Document::of(&undo, false, false), args, context)?;
            return Ok(None);
        }
        let (diff, keeps_changes) = (undo.edit.diff(), undo.keeps_changes);
        let document = Document::of(&undo, false, true);
        let reverted = undo.commit();
        let reverted = reverted.map(|()| (subject, diff, keeps_changes, document));
        // Without a question, the edit of another process is not reverted instead.
        Ok(Some(if asks { reverted } else { Ok(reverted?) }))
    })?;
    let Some((subject, diff, keeps_changes, document)) = reverted else {
        return Ok(());
    };
    print_json(&document, args, context)?;
    if !asks {
        ui.say_lines(diff.lines());
    }
    let kept = if keeps_changes {
        " The changes since then are kept."
    } else {
        ""
    };
    ui.say_sentence(format_args!("Reverted {subject}.{kept}"));
    Ok(())
}

fn dry_run(args: &UndoArgs, context: Context<'_>) -> Result<(), Failure> {
    let undo = prepare(args, context)?;
    let subject = subject(&undo, context.env);
    context
        .ui
        .say_sentence(format_args!("Would revert {subject}."));
    match args.output.form() {
        OutputForm::Text => context.ui.print_text(&undo.edit.diff())?,
        OutputForm::Json => context.print_json(&Document::of(&undo, true, false))?,
    }
    Err(Failure::difference())
}

fn print_json(document: &Document, args: &UndoArgs, context: Context<'_>) -> Result<(), Failure> {
    match args.output.form() {
        OutputForm::Text => Ok(()),
        OutputForm::Json => context.print_json(document),
    }
}

fn prepare(args: &UndoArgs, context: Context<'_>) -> Result<Undo, Failure> {
    if args.force {
        Ok(ConfigEdit::force_undo(context.env)?)
    } else {
        ConfigEdit::undo(context.env).map_err(|error| with_hint(error, context.env))
    }
}

fn subject(undo: &Undo, env: &AwsEnv) -> String {
    let at = LocalZone::of(env).date_and_time(undo.entry.at);
    let description = escaped(&undo.entry.description);
    format!("{description} from {at} in {}", undo.edit.path().display())
}

fn with_hint(error: Error, env: &AwsEnv) -> Failure {
    if matches!(error, Error::NothingToUndo { .. }) {
        let failure = Failure::from(error);
        return match ConfigFiles::load(env) {
            Ok(files) if nothing_configured_in(&files).is_some() => {
                failure.with_set_up_hint(&files)
            }
            _ => failure,
        };
    }
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
