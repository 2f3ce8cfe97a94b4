//! What is wrong with the files of the caches.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cli_ux::Failure;
use sso_credentials::{
    AwsEnv, CacheError, Clock as _, Configured, EntryLocation, SystemClock, TokenCache, with_causes,
};

use super::finding::{Finding, Fix};

/// Returns what is wrong with the caches, and who else can read what is secret.
///
/// # Errors
///
/// Where a folder cannot be looked into.
pub(super) fn findings(env: &AwsEnv, configured: &Configured) -> Result<Vec<Finding>, Failure> {
    let cache = env.token_cache()?.read_only();
    let (secret, unreadable) = files(&cache).map_err(sso_credentials::Error::from)?;
    let mut findings: Vec<_> = unreadable.values().map(of_error).collect();
    let credentials = env.credentials_file()?;
    let secret = secret.into_iter().chain([credentials]);
    findings.extend(secret.filter_map(|path| open_to_others(&path)));
    findings.extend(expired_registrations(&cache, configured));
    Ok(findings)
}

/// Returns the files that hold secrets, and those that cannot be told.
fn files(
    cache: &TokenCache,
) -> Result<(Vec<PathBuf>, BTreeMap<EntryLocation, CacheError>), CacheError> {
    let (tokens, registrations) = (cache.scan_tokens()?, cache.scan_registrations()?);
    let credentials = cache.scan_role_credentials()?;
    let locations = tokens.entries.into_iter().map(|entry| entry.location);
    let locations = locations.chain(
        registrations
            .entries
            .into_iter()
            .map(|entry| entry.location),
    );
    let locations = locations.chain(credentials.entries.into_iter().map(|entry| entry.location));
    let paths = locations.filter_map(|location| location.file().map(Path::to_owned));
    let unreadable = [tokens.unreadable, credentials.unreadable]
        .into_iter()
        .flatten();
    let unreadable = unreadable.map(|error| (error.location(), error));
    Ok((paths.collect(), unreadable.collect()))
}

fn of_error(error: &CacheError) -> Finding {
    let location = error.location();
    let place = Some(location.to_string());
    if error.is_corrupt() {
        let fix = Fix::Quarantine(location);
        Finding::error("damaged-file", place, &with_causes(error)).mended_by(fix)
    } else {
        Finding::error("unreadable-file", place, &with_causes(error))
    }
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let sentence = format!("others can read or change it (mode {mode:04o})");
    let place = Some(path.display().to_string());
    let finding = Finding::error("open-mode", place, &sentence);
    (mode & 0o077 != 0).then(|| finding.mended_by(Fix::Narrow(path.to_owned())))
}

#[cfg(not(unix))]
fn open_to_others(_path: &Path) -> Option<Finding> {
    None
}

fn expired_registrations(cache: &TokenCache, configured: &Configured) -> Vec<Finding> {
    let now = SystemClock.now();
    let expired = configured.sessions.iter().filter_map(|session| {
        let key = session.registration_key();
        let registration = cache.registration(&key).ok()??;
        let location = cache.registration_location(&key);
        let place = Some(location.to_string());
        let sentence = format!(
            "the client registration of {} has expired; the next sign-in makes another",
            session.described()
        );
        let finding = Finding::advice("expired-registration", place, &sentence);
        (registration.expires_at <= now).then(|| finding.mended_by(Fix::Remove(location)))
    });
    expired.collect()
}
