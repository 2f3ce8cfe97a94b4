//! The steps.

use std::time::Duration;

use cli_ux::{Browser, Failure, Ui};
use sso_credentials::{
    AwsEnv, CachedToken, Clock, ConfigFiles, Error, ServiceClients, SignIn, SignInGrant,
    SsoProfile, SsoSession, SystemClock, TokenProvider,
};
use sso_types::ProfileName;
use time::format_description::well_known::Rfc3339;

use crate::args::Args;
use crate::prompt::Prompt;

pub(crate) fn run(args: &Args, ui: &Ui) -> Result<(), Failure> {
    ui.exit_on_interrupt();
    let clock = &SystemClock;
    let env = AwsEnv::of_process();
    let files = ConfigFiles::load(&env)?;
    let profile = args.whom.profile_or(env.profile());
    let session = &session(args, &profile, &files)?;
    let cache = &env.token_cache()?;
    let connection = args.global.connection("sso-login");
    let clients = &ServiceClients::new(&env, &files, &profile, &connection, clock)?;
    let tokens = TokenProvider {
        session,
        cache,
        clients,
        clock,
    };
    let token = if let Some(token) = token_without_a_person(args, &tokens)? {
        ui.say(format_args!("Signed in to {}.", session.start_url));
        token
    } else {
        let token = token_by_a_person(
            args,
            &tokens,
            Prompt {
                ui,
                browser: browser(args, &env)?,
            },
        )?;
        ui.say(format_args!(
            "Successfully logged into Start URL: {}",
            session.start_url
        ));
        token
    };
    ui.say(lifetime(&token, clock));
    Ok(())
}

fn session(args: &Args, profile: &ProfileName, files: &ConfigFiles) -> Result<SsoSession, Error> {
    match &args.whom.sso_session {
        Some(name) => SsoSession::named(files, &name.as_str().into()),
        None => Ok(SsoProfile::load(files, profile)?.session),
    }
}

fn token_without_a_person(
    args: &Args,
    tokens: &TokenProvider<'_>,
) -> Result<Option<CachedToken>, Error> {
    if args.force {
        return Ok(None);
    }
    match tokens.token_valid_for(args.min_validity.span()) {
        Err(error) if error.is_sign_in_required() => Ok(None),
        token => token.map(Some),
    }
}

fn token_by_a_person(
    args: &Args,
    tokens: &TokenProvider<'_>,
    prompt: Prompt<'_>,
) -> Result<CachedToken, Error> {
    let &TokenProvider {
        session,
        cache,
        clients,
        clock,
    } = tokens;
    let sign_in = SignIn {
        session,
        cache,
        clients,
        clock,
        prompt,
    };
    if args.force {
        sign_in.run_anew(grant(args, session))
    } else {
        sign_in.run(grant(args, session), args.min_validity.span())
    }
}

fn browser(args: &Args, env: &AwsEnv) -> Result<Option<Browser>, Failure> {
    if args.no_browser {
        return Ok(None);
    }
    Ok(Some(Browser::from_variable(env.get("BROWSER"))?))
}

fn grant(args: &Args, session: &SsoSession) -> SignInGrant {
    if args.use_device_code || session.name.is_none() {
        SignInGrant::DeviceCode
    } else {
        SignInGrant::AuthorizationCode
    }
}

/// As in `The token is valid until 2026-11-22T19:46:33Z (59m) and renews itself.`
fn lifetime(token: &CachedToken, clock: &impl Clock) -> String {
    let now = clock.now();
    let at = token.expires_at.truncate_to_second();
    let at = at
        .format(&Rfc3339)
        .expect("the cache holds dates within RFC 3339");
    let minutes = (token.expires_at - now)
        .whole_minutes()
        .max(0)
        .unsigned_abs();
    let left = humantime::format_duration(Duration::from_secs(60 * minutes));
    let renewal = token
        .renewal(now)
        .map_or("; after that, sign in again", |_| " and renews itself");
    format!("The token is valid until {at} ({left}){renewal}.")
}
