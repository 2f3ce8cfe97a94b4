//! Selected sessions and profiles, on which the exit status depends.

use std::collections::HashSet;

use cli_ux::SelectedSession;
use sso_config::{ConfiguredSessions, Error as ConfigError, SourceKind, SsoChain, SsoSession};
use sso_credentials::{Aws, Error};
use sso_session::start_url::{
    check_start_url, is_same_start_url, normalize_start_url, region_of_start_url,
};
use sso_types::{ProfileName, StartUrl};
use token_cache::CacheKey;

use crate::args::Args;

/// Selection of the user, which must be usable without a sign-in.
pub(crate) enum Selected {
    Profile(ProfileName),
    /// Profile of an environment variable that does not exist or cannot be used. Its error is a problem.
    Unusable(ProfileName),
    Session(SsoSession),
    /// The sessions with this start URL.
    StartUrl(StartUrl),
    /// All sessions in the config file.
    All,
}

/// Returns the selection, and its sessions and profiles.
pub(crate) fn for_table(
    args: &Args,
    aws: &Aws,
) -> Result<(Vec<Selected>, ConfiguredSessions), Error> {
    let (mut selected, mut found) = (Vec::new(), ConfiguredSessions::default());
    for argument in arguments(args, aws)? {
        let (selection, mut sessions) = of_argument(argument, aws)?;
        if let Selected::Session(session) = &selection {
            sessions = all(aws).only(session.clone());
        }
        selected.push(selection);
        add(&mut found, sessions);
    }
    if selected.is_empty() {
        return Ok((vec![Selected::All], all(aws)));
    }
    Ok((selected, found))
}

/// Returns the selection for one line, without the profiles of a session. Without an argument, it is the
/// profile of the environment.
pub(crate) fn for_prompt(
    args: &Args,
    aws: &Aws,
) -> Result<(Vec<Selected>, ConfiguredSessions), Error> {
    let arguments = arguments(args, aws)?;
    let Some(&argument) = arguments.first() else {
        return of_environment(aws);
    };
    let (selected, found) = of_argument(argument, aws)?;
    Ok((vec![selected], found))
}

pub(crate) fn arguments<'a>(args: &'a Args, aws: &Aws) -> Result<Vec<SelectedSession<'a>>, Error> {
    let named = |name: &str| aws.files().named(name);
    Ok(args.selection.selected(named)?)
}

/// Returns no selection for a profile that does not use SSO. The error of one that cannot be used is a
/// problem, because it is too long for every prompt, and may not be about SSO. A profile that does not exist
/// is a problem if a variable selects it.
fn of_environment(aws: &Aws) -> Result<(Vec<Selected>, ConfiguredSessions), Error> {
    let name = aws.env().shell_profile()?;
    let is_selected = aws.env().shell_profile_variable().is_some();
    let mut found = ConfiguredSessions::default();
    match of_profile(&name, aws) {
        Ok((selected, found)) => return Ok((vec![selected], found)),
        Err(ConfigError::OtherSource { kind, chain, .. }) if is_usable(kind, &chain) => {}
        Err(error @ ConfigError::UnknownProfile { .. }) => {
            let error = aws.files().explain_unselected(aws.env(), error);
            found.problems.extend(is_selected.then_some(error));
        }
        Err(error) => found.problems.push(error),
    }
    let is_unusable = is_selected && !found.problems.is_empty();
    let unusable = is_unusable.then_some(Selected::Unusable(name));
    Ok((unusable.into_iter().collect(), found))
}

/// Returns whether a profile gets credentials from another source. A profile without credentials may contain
/// only settings, but cannot be the source of another one.
fn is_usable(kind: SourceKind, chain: &[ProfileName]) -> bool {
    match kind {
        SourceKind::IncompleteKeys => false,
        SourceKind::Nothing => chain.len() < 2,
        _ => true,
    }
}

fn of_argument(
    argument: SelectedSession<'_>,
    aws: &Aws,
) -> Result<(Selected, ConfiguredSessions), Error> {
    let found = match argument {
        SelectedSession::Profile(name) => of_profile(&name.into(), aws),
        SelectedSession::Session(name) => SsoSession::named(aws.files(), &name.into())
            .map(|session| (Selected::Session(session.clone()), only(session))),
        SelectedSession::StartUrl(url) => return of_start_url(normalize_start_url(url), aws),
    };
    Ok(found.map_err(|error| aws.files().explain(error))?)
}

fn of_profile(
    name: &ProfileName,
    aws: &Aws,
) -> Result<(Selected, ConfiguredSessions), ConfigError> {
    let mut chain = SsoChain::load(aws.env(), aws.files(), name)?;
    // For the hint to sign in.
    chain.source.session.profile = Some(name.clone());
    let selected = Selected::Profile(name.clone());
    Ok((selected, ConfiguredSessions::of_chain(chain)))
}

fn all(aws: &Aws) -> ConfiguredSessions {
    ConfiguredSessions::with_chains(aws.env(), aws.files())
}

/// Returns the sessions with the start URL, in any spelling: those in the config file, and those of
/// `sso-login --start-url`, which are only in the cache. Without one, the URL must be valid.
fn of_start_url(url: StartUrl, aws: &Aws) -> Result<(Selected, ConfiguredSessions), Error> {
    let mut found = all(aws);
    let is_selected = |session: &SsoSession| is_same_start_url(&session.start_url, &url);
    found.sessions.retain(is_selected);
    found
        .chains
        .retain(|chain| is_selected(&chain.source.session));
    found.problems.clear();
    let mut cached = ConfiguredSessions::default();
    cached.sessions = only_cached(&url, aws);
    add(&mut found, cached);
    if found.sessions.is_empty() {
        check_start_url(&url)?;
    }
    Ok((Selected::StartUrl(url), found))
}

fn only_cached(url: &StartUrl, aws: &Aws) -> Vec<SsoSession> {
    let tokens = aws.cache().scan_tokens().map(|scan| scan.entries);
    let tokens = tokens.unwrap_or_default().into_iter();
    let sessions = tokens.filter_map(|token| {
        let start_url = token.start_url?;
        let is_selected = is_same_start_url(&start_url, url)
            && token.key == Some(CacheKey::legacy_token(&start_url));
        let region = token.region.or_else(|| region_of_start_url(&start_url));
        is_selected.then_some(SsoSession {
            name: None,
            region: region?,
            start_url,
            scopes: None,
            profile: None,
        })
    });
    sessions.collect()
}

fn only(session: SsoSession) -> ConfiguredSessions {
    let mut sessions = ConfiguredSessions::default();
    sessions.sessions.push(session);
    sessions
}

/// Adds the sessions and profiles that are not yet in `all`.
fn add(all: &mut ConfiguredSessions, more: ConfiguredSessions) {
    for session in more.sessions {
        if !all.sessions.iter().any(|it| it.shares_token_with(&session)) {
            all.sessions.push(session);
        }
    }
    let mut names: HashSet<_> = all.chains.iter().map(|it| it.name().clone()).collect();
    let is_new = |chain: &SsoChain| names.insert(chain.name().clone());
    all.chains.extend(more.chains.into_iter().filter(is_new));
}
