//! The steps.

use cli_ux::{Failure, Ui};
use sso_credentials::{
    AwsEnv, ConfigFiles, Error, RoleCredentialsProvider, ServiceClients, SsoProfile, SsoRole,
    SsoSession, SystemClock,
};
use sso_types::ProfileName;

use crate::args::Args;
use crate::format::render;

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    let clock = &SystemClock;
    let env = AwsEnv::of_process();
    let files = ConfigFiles::load(&env)?;
    let profile = args.global.profile_or(env.profile());
    let role = &role(args, &profile, &files)?;
    let cache = &env.token_cache()?;
    let connection = args.global.connection("export-credentials");
    let clients = &ServiceClients::new(&env, &files, &profile, &connection, clock)?
        .before_first_request(|| ui.exit_on_interrupt());
    let provider = RoleCredentialsProvider {
        role,
        cache,
        clients,
        clock,
    };
    let credentials = provider.credentials(args.min_validity.span())?;
    ui.print(&render(&credentials, args.format))
}

fn role(args: &Args, profile: &ProfileName, files: &ConfigFiles) -> Result<SsoRole, Error> {
    match (&args.global.sso_session, &args.account_id, &args.role_name) {
        (Some(session), Some(account_id), Some(role_name)) => Ok(SsoRole {
            session: SsoSession::named(files, &session.as_str().into())?,
            account_id: account_id.as_str().into(),
            role_name: role_name.as_str().into(),
        }),
        _ => SsoProfile::load(files, profile)?.into_role(files),
    }
}
