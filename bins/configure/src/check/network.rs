//! Whether the services can be reached: name, proxy, certificates, clock.

use std::time::Duration;

use cli_ux::Failure;
use sso_credentials::{
    Clock as _, ConfigFiles, Configured, Error, ServiceClients, SessionStatus, SsoSession,
    Standing, SystemClock,
};
use sso_types::AccessToken;

use super::finding::Finding;
use crate::context::Context;

/// Asks the access portal of each session. Without a valid token it is asked all the same: that
/// it refuses says that it is there.
pub(super) fn findings(
    context: Context<'_>,
    files: &ConfigFiles,
    configured: &Configured,
) -> Vec<Finding> {
    let sessions = configured.sessions.iter();
    let findings = sessions.map(|session| of_session(session, context, files, configured));
    let mut findings: Vec<_> = findings.flatten().collect();
    findings.dedup_by(|one, other| one.sentence == other.sentence);
    findings
}

fn of_session(
    session: &SsoSession,
    context: Context<'_>,
    files: &ConfigFiles,
    configured: &Configured,
) -> Vec<Finding> {
    let profile = configured.profile_of(&session.token_key()).cloned();
    let profile = profile.unwrap_or_else(|| context.env.profile());
    let asked = context.short_clients(files, &profile);
    let asked = asked.and_then(|clients| {
        let token = token(session, context);
        let accepted = ask(&clients, session, token.as_ref())?;
        Ok((token.is_some() && !accepted, clients.clock_skew()))
    });
    match asked {
        Ok((is_refused, skew)) => {
            let refused = is_refused.then(|| refused(session));
            refused.into_iter().chain(skew.map(clock_off)).collect()
        }
        Err(error) => {
            let failure = Failure::from(error);
            let sentence = format!("{}: {failure}", session.described());
            vec![Finding::error("not-reached", None, &sentence).with_hint_of(&failure)]
        }
    }
}

fn refused(session: &SsoSession) -> Finding {
    let sentence = format!(
        "the access portal does not accept the token of {}; sign in again",
        session.described()
    );
    Finding::error("token-refused", None, &sentence)
}

fn clock_off(skew: time::Duration) -> Finding {
    let minutes = skew.whole_minutes();
    let sentence = format!("the clock of this machine is off by {minutes} minutes");
    Finding::error("clock-off", None, &sentence)
}

/// Returns the token if it should be good.
fn token(session: &SsoSession, context: Context<'_>) -> Option<AccessToken> {
    let cache = context.env.token_cache().ok()?.leaving_modes();
    let status = SessionStatus::of(session.clone(), &cache);
    let is_valid = status.standing(Duration::ZERO, SystemClock.now()) == Standing::Valid;
    let token = status.token.ok()??;
    is_valid.then_some(token.access_token)
}

fn ask(
    clients: &ServiceClients<'_>,
    session: &SsoSession,
    token: Option<&AccessToken>,
) -> Result<bool, Error> {
    let nobodys = AccessToken::from("none");
    let portal = clients.portal(&session.region)?;
    let accepted = portal.accepts(token.unwrap_or(&nobodys));
    accepted.map_err(|source| {
        let operation = "asking the access portal";
        clients.explain(Error::Portal { operation, source })
    })
}
