//! The steps.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cli_ux::{Failure, Ui};
use locked_file::append;
use sso_credentials::{
    AwsEnv, ConfigFiles, CredentialEndpoint, Credentials, Error, RoleCredentialsProvider,
    ServiceClients, SsoProfile, SsoRole, SsoSession, SystemClock,
};
use sso_types::ProfileName;

use crate::args::{Args, Format};
use crate::export::Export;
use crate::format::{github_actions, render};
use crate::wrapped;

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    let env = AwsEnv::of_process();
    let files = ConfigFiles::load(&env)?;
    let profile = args.whom.profile_or(env.profile());
    if args.serve {
        files.check_default_has_none()?;
    }
    let credentials = credentials(args, ui, &env, &files, &profile, Duration::ZERO)?;
    let export = export(args, &files, &profile, &credentials);
    match args.command.split_first() {
        None => print(args, ui, &env, &export),
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments);
            if !args.serve {
                return Err(wrapped::give_way(ui, command, &export));
            }
            let endpoint = endpoint(args, ui, env, profile, credentials)?;
            Err(wrapped::serve(ui, command, &export, &endpoint))
        }
    }
}

fn credentials(
    args: &Args,
    ui: &Ui,
    env: &AwsEnv,
    files: &ConfigFiles,
    profile: &ProfileName,
    min_validity: Duration,
) -> Result<Credentials, Failure> {
    let clock = &SystemClock;
    let role = &role(args, profile, files)?;
    let cache = &env.token_cache()?;
    let connection = args.global.connection("export-credentials");
    let clients = &ServiceClients::new(env, files, profile, &connection, clock)?
        .before_first_request(|| ui.exit_on_interrupt());
    let provider = RoleCredentialsProvider {
        role,
        cache,
        clients,
        clock,
    };
    Ok(provider.credentials(args.min_validity.span().max(min_validity))?)
}

fn role(args: &Args, profile: &ProfileName, files: &ConfigFiles) -> Result<SsoRole, Error> {
    match (&args.whom.sso_session, &args.account_id, &args.role_name) {
        (Some(session), Some(account_id), Some(role_name)) => Ok(SsoRole {
            session: SsoSession::named(files, &session.as_str().into())?,
            account_id: account_id.as_str().into(),
            role_name: role_name.as_str().into(),
        }),
        _ => SsoProfile::load(files, profile)?.into_role(files),
    }
}

/// A role that the arguments name has no profile, and so no Region.
fn export(
    args: &Args,
    files: &ConfigFiles,
    profile: &ProfileName,
    credentials: &Credentials,
) -> Export {
    let profile = Some(profile).filter(|_| args.whom.sso_session.is_none());
    Export {
        profile: profile.map(ToString::to_string),
        region: profile.and_then(|profile| files.region(profile)),
        with_region: args.with_region,
        ..Export::new(credentials)
    }
}

fn print(args: &Args, ui: &Ui, env: &AwsEnv, export: &Export) -> Result<(), Failure> {
    match (args.format, env.get("GITHUB_ENV")) {
        (Some(Format::GithubActions), Some(file)) => {
            let variables = export.variables();
            let lines = github_actions::lines(&variables)?;
            ui.print(&github_actions::masks(&variables)?)?;
            append(Path::new(file), lines.as_bytes()).map_err(|error| {
                Failure::other(
                    anyhow::Error::new(error)
                        .context(format!("cannot add to the file of GITHUB_ENV, {file}")),
                )
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
    let whom = args
        .whom
        .profile
        .as_deref()
        .map_or_else(String::new, |profile| {
            format!(" --profile {}", shell_words::quote(profile))
        });
    format!("To set them in this shell: eval \"$(export-credentials{whom})\"")
}

/// The files are read again at each renewal: they may have changed in the hours between.
fn endpoint(
    args: &Args,
    ui: &Ui,
    env: AwsEnv,
    profile: ProfileName,
    first: Credentials,
) -> Result<CredentialEndpoint, Error> {
    let (args, ui) = (args.clone(), ui.clone());
    let renew = move |min_validity| {
        let files = ConfigFiles::load(&env)?;
        credentials(&args, &ui, &env, &files, &profile, min_validity)
    };
    CredentialEndpoint::start(first, renew, SystemClock)
}
