//! The steps.

use std::path::Path;
use std::process::Command;

use cli_ux::{Failure, OutputForm, Ui};
use locked_file::append;
use sso_credentials::{AwsEnv, ConfigFiles, CredentialEndpoint, Credentials, Error, SystemClock};

use crate::args::{Args, Format};
use crate::export::Export;
use crate::format::{github_actions, render};
use crate::source::Source;
use crate::{bearer_token, wrapped};

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    let env = &AwsEnv::of_process();
    let files = &ConfigFiles::load(env)?;
    let profile = &args.selection.profile_or(env.profile());
    let source = Source {
        args,
        ui,
        env,
        files,
        profile,
    };
    if args.bearer_token {
        return print_token(source);
    }
    if args.serve {
        files.check_default_has_none()?;
    }
    let credentials = source.credentials(args.min_validity.duration())?;
    match args.command.split_first() {
        None => {
            let mut export = export(source, &credentials);
            if args.format() == Some(Format::Json) {
                export.source = Some(source.kind()?);
            }
            print(source, &export)
        }
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments);
            Err(run_command(source, credentials, command)?)
        }
    }
}

fn print_token(source: Source<'_>) -> Result<(), Failure> {
    let (token, session) = source.token(source.args.min_validity.duration())?;
    source.ui.print(&match source.args.output.output {
        OutputForm::Text => bearer_token::text(&token),
        OutputForm::Json => bearer_token::json(&token, &session),
    })
}

fn export(source: Source<'_>, credentials: &Credentials) -> Export {
    Export {
        profile: source.named_profile().map(ToString::to_string),
        region: source.region(),
        with_region: source.args.with_region,
        ..Export::new(credentials)
    }
}

fn print(source: Source<'_>, export: &Export) -> Result<(), Failure> {
    let Source { args, ui, env, .. } = source;
    match (args.format(), env.get("GITHUB_ENV")) {
        (Some(Format::GithubActions), Some(file)) => {
            let variables = export.variables();
            let lines = github_actions::lines(&variables)?;
            ui.print(&github_actions::masks(&variables)?)?;
            append(Path::new(file), lines.as_bytes()).map_err(|error| {
                let what = format!("cannot add to the file of GITHUB_ENV, {file}");
                Failure::other(anyhow::Error::new(error).context(what))
            })
        }
        (Some(format), _) => ui.print(&render(export, format)?),
        (None, _) => {
            ui.print(&render(export, Format::Shell)?)?;
            if ui.prints_to_terminal() {
                ui.say(how_to_use(args));
            }
            Ok(())
        }
    }
}

fn how_to_use(args: &Args) -> String {
    let quote = |profile| format!(" --profile {}", shell_words::quote(profile));
    let whom = args
        .selection
        .profile
        .as_deref()
        .map_or_else(String::new, quote);
    format!("To set them in this shell: eval \"$(export-credentials{whom})\"")
}

/// Returns only where the command could not be started.
fn run_command(
    source: Source<'_>,
    credentials: Credentials,
    command: Command,
) -> Result<Failure, Error> {
    let export = export(source, &credentials);
    if source.args.serve {
        let endpoint = endpoint(source, credentials)?;
        Ok(wrapped::serve(source.ui, command, &export, &endpoint))
    } else {
        Ok(wrapped::give_way(source.ui, command, &export))
    }
}

/// The files are read again at each renewal: they may have changed in the hours between. The
/// terminal is the command's by then, so that nobody is asked to sign in.
fn endpoint(source: Source<'_>, first: Credentials) -> Result<CredentialEndpoint, Error> {
    let args = Args {
        login: false,
        ..source.args.clone()
    };
    let ui = source.ui.clone();
    let (env, profile) = (source.env.clone(), source.profile.clone());
    let renew = move |min_validity| {
        let source = Source {
            args: &args,
            ui: &ui,
            env: &env,
            files: &ConfigFiles::load(&env)?,
            profile: &profile,
        };
        source.credentials(args.min_validity.duration().max(min_validity))
    };
    CredentialEndpoint::start(first, renew, SystemClock)
}
