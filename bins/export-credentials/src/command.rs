//! Main steps of the program.

use std::path::Path;
use std::process::Command;

use cli_ux::shell::{ACCOUNT_ID, UnsupportedValue, Variable};
use cli_ux::{Failure, OutputForm, Ui};
use locked_file::append_lines;
use sso_credentials::aws::Profile;
use sso_credentials::{Aws, Credentials};

use crate::args::{Args, Format};
use crate::export::Export;
use crate::format::{github_actions, render};
use crate::other_region::OtherRegion;
use crate::own_command;
#[cfg(not(unix))]
use crate::refresh;
#[cfg(unix)]
use crate::{background, companion, detached};
use crate::{bearer_token, source, wrapped};

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    #[cfg(unix)]
    if args.signal_witness {
        return ui.witness_signals();
    } else if args.companion_of.is_some() || args.supervised_companion {
        return companion::run(args, ui);
    } else if args.refresh_in_background {
        return background::run(args, ui, || Ok(source::refresh(args, ui)?));
    }
    if !args.command.is_empty() {
        ui.end_like_command();
    }
    let mut aws = source::open(args, ui)?;
    if args.bearer_token {
        return print_token(args, ui, &mut aws);
    }
    if args.serve {
        aws.files().check_default_has_no_credentials()?;
        let profile = source::profile(args, &aws);
        let profile = profile.map_err(|error| source::with_role_hint(error.into(), args, &aws))?;
        profile.check_others_can_refresh()?;
    }
    let export = |aws: &Aws| {
        let profile = source::profile(args, aws)?;
        let credentials = profile.credentials(args.min_validity.duration(), ui)?;
        Ok((export(args, &profile, &credentials), credentials))
    };
    let exported = source::after_sign_in(args, ui, &mut aws, export);
    let (export, credentials) =
        exported.map_err(|failure| source::with_role_hint(failure, args, &aws))?;
    warn_of_other_account(args, ui, &aws, &export)?;
    warn_of_kept_variables(args, ui, &aws, &export);
    match args.command.split_first() {
        None => print(args, ui, &aws, &export),
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments);
            Err(run_command(args, ui, &export, &credentials, command)?)
        }
    }
}

fn print_token(args: &Args, ui: &Ui, aws: &mut Aws) -> Result<(), Failure> {
    let token = |aws: &Aws| {
        let session = aws.session(&source::selection(args, aws)?)?;
        let token = match args.min_validity.requested() {
            Some(min_validity) => session.token(min_validity),
            None => session.current_token(),
        }?;
        Ok((token, session.settings().clone()))
    };
    let (token, session) = source::after_sign_in(args, ui, aws, token)?;
    ui.print(&match args.output.form() {
        OutputForm::Text => bearer_token::text(&token),
        OutputForm::Json => bearer_token::json(&token, &session),
    })
}

fn export(args: &Args, profile: &Profile<'_>, credentials: &Credentials) -> Export {
    Export {
        profile: profile.name().map(ToString::to_string),
        region: profile.region(),
        source: Some(source::kind(profile)),
        with_region: args.with_region,
        with_account_id: args.with_account_id,
        ..Export::new(credentials)
    }
}

/// Warns if SDKs would use the account in the environment for endpoints. An SDK that runs a
/// `credential_process` uses the account in its output instead.
fn warn_of_other_account(args: &Args, ui: &Ui, aws: &Aws, export: &Export) -> Result<(), Failure> {
    let is_read_as_data = matches!(
        args.format(),
        Some(Format::Process | Format::Json | Format::Ini)
    );
    if is_read_as_data || export.with_account_id {
        return Ok(());
    }
    let present = aws.env().get(ACCOUNT_ID).map_err(sso_config::Error::from)?;
    match (present, &export.account_id) {
        (Some(other), Some(account)) if other != account => {
            // In quotes, which show white space.
            ui.warn(format_args!(
                "{ACCOUNT_ID} is {other:?}, but the credentials are for account {account}; use \
                 --with-account-id to replace it"
            ));
        }
        _ => {}
    }
    Ok(())
}

/// Warns of variables that should be unset in the later steps of GitHub Actions.
fn warn_of_kept_variables(args: &Args, ui: &Ui, aws: &Aws, export: &Export) {
    if args.format() != Some(Format::GithubActions) {
        return;
    }
    let variables = export.variables().into_iter();
    let unset = variables.filter(|variable| variable.value.is_none());
    for Variable { name, .. } in unset.filter(|unset| !github_actions::is_emptied(unset.name)) {
        if aws.env().get_os(name).is_some() {
            ui.warn(format_args!(
                "{name} stays set, because a step of GitHub Actions cannot unset a variable"
            ));
        }
    }
}

fn print(args: &Args, ui: &Ui, aws: &Aws, export: &Export) -> Result<(), Failure> {
    match (args.format(), aws.env().get_os("GITHUB_ENV")) {
        (Some(Format::GithubActions), Some(file)) => {
            let variables = export.variables();
            let lines = github_actions::lines(&variables).map_err(unsupported)?;
            ui.print(&github_actions::masks(&variables).map_err(unsupported)?)?;
            append_lines(Path::new(file), &lines).map_err(|error| {
                let context = format!("cannot append to {}, the GITHUB_ENV file", file.display());
                Failure::other(anyhow::Error::new(error).context(context))
            })
        }
        (None, _) if ui.prints_to_terminal() => {
            let other = OtherRegion::find(args, aws, export)?;
            if let Some(other) = &other {
                ui.warn(other);
            }
            for line in usage_hint(args, aws, export, other.is_some()) {
                ui.ask(line);
            }
            Ok(())
        }
        (format, _) => {
            let text = render(export, format.unwrap_or(Format::Shell)).map_err(unsupported)?;
            // A terminal shows the warning also in `eval "$(…)"`.
            if ui.reports_to_terminal()
                && let Some(other) = OtherRegion::find(args, aws, export)?
            {
                ui.warn_with_hint(&other, other.hint(args, aws));
            }
            ui.print(text.expose())
        }
    }
}

fn unsupported(error: UnsupportedValue) -> Failure {
    Failure::other(error).with_hint(
        "use another --format such as json, or run a command with the credentials: -- COMMAND",
    )
}

/// Returns the hint for a terminal, where secrets are only printed in a format that is requested by
/// name. It repeats the arguments, and sets the Region on request.
fn usage_hint(args: &Args, aws: &Aws, export: &Export, with_region: bool) -> [String; 3] {
    let command = own_command::in_eval(args, aws, export, with_region);
    [
        format!("To set the credentials in sh, bash, ksh or zsh, run: {command}"),
        "For other shells, such as fish, see the examples of export-credentials --help.".to_owned(),
        "To print them, add --format shell.".to_owned(),
    ]
}

/// Returns only if the command cannot be started.
fn run_command(
    args: &Args,
    ui: &Ui,
    export: &Export,
    credentials: &Credentials,
    command: Command,
) -> Result<Failure, Failure> {
    if !args.serve {
        return Ok(wrapped::exec(ui, command, export));
    }
    serve(args, ui, export, credentials, command)
}

#[cfg(unix)]
fn serve(
    args: &Args,
    ui: &Ui,
    export: &Export,
    credentials: &Credentials,
    command: Command,
) -> Result<Failure, Failure> {
    if detached::is_in_container() {
        let companion = companion::start_supervised(args, ui, credentials)?;
        return Ok(wrapped::supervise(ui, command, export, companion));
    }
    let endpoint = companion::start(args, credentials)?;
    Ok(wrapped::exec_with_endpoint(ui, command, export, endpoint))
}

#[cfg(not(unix))]
fn serve(
    args: &Args,
    ui: &Ui,
    export: &Export,
    credentials: &Credentials,
    command: Command,
) -> Result<Failure, Failure> {
    let endpoint = refresh::endpoint(args, ui, credentials.clone())?;
    let variables = endpoint.variables();
    Ok(wrapped::exec_with_endpoint(ui, command, export, variables))
}
