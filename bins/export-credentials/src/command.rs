//! The steps.

use std::path::Path;

use cli_ux::{Failure, Ui};
use locked_file::append;
use sso_credentials::{
    AwsEnv, ConfigFiles, Credentials, Error, RoleCredentialsProvider, ServiceClients, SsoProfile,
    SsoRole, SsoSession, SystemClock,
};
use sso_types::ProfileName;

use crate::args::{Args, Format};
use crate::export::Export;
use crate::format::{github_actions, render};

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    let env = AwsEnv::of_process();
    let files = ConfigFiles::load(&env)?;
    let profile = args.whom.profile_or(env.profile());
    let credentials = credentials(args, ui, &env, &files, &profile)?;
    let export = export(args, &files, &profile, &credentials);
    print(args, ui, &env, &export)
}

fn credentials(
    args: &Args,
    ui: &Ui,
    env: &AwsEnv,
    files: &ConfigFiles,
    profile: &ProfileName,
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
    Ok(provider.credentials(args.min_validity.span())?)
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
