//! What is wrong with the files of the caches.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cli_ux::Failure;
use sso_credentials::{
    AwsEnv, CacheError, Clock as _, Configured, SystemClock, TokenCache, with_causes,
};

use super::finding::{Finding, Fix};

/// Returns what is wrong with the caches, and who else can read what is secret.
///
/// # Errors
///
/// Where a folder cannot be looked into.
pub(super) fn findings(env: &AwsEnv, configured: &Configured) -> Result<Vec<Finding>, Failure> {
    let cache = env.token_cache()?.leaving_modes();
    let (secret, unreadable) = files(&cache).map_err(sso_credentials::Error::from)?;
    let mut findings: Vec<_> = unreadable.values().map(of_error).collect();
    let credentials = env.credentials_file()?;
    let secret = secret.into_iter().chain([credentials]);
    findings.extend(secret.filter_map(|path| open_to_others(&path)));
    findings.extend(expired_registrations(&cache, configured));
    Ok(findings)
}

/// Returns the files that hold secrets, and those that cannot be told.
fn files(cache: &TokenCache) -> Result<(Vec<PathBuf>, BTreeMap<PathBuf, CacheError>), CacheError> {
    let (tokens, registrations) = (cache.token_files()?, cache.registration_files()?);
    let credentials = cache.role_credentials_files()?;
    let paths = tokens.files.into_iter().map(|file| file.path);
    let paths = paths.chain(registrations.files.into_iter().map(|file| file.path));
    let paths = paths.chain(credentials.files.into_iter().map(|file| file.path));
    let unreadable = [tokens.unreadable, credentials.unreadable]
        .into_iter()
        .flatten();
    let unreadable = unreadable.map(|error| (error.path().to_owned(), error));
    Ok((paths.collect(), unreadable.collect()))
}

fn of_error(error: &CacheError) -> Finding {
    let path = error.path();
    let place = Some(path.display().to_string());
    if error.is_damaged() {
        let fix = Fix::SetAside(path.to_owned());
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
        let path = cache.registration_path(&key);
        let place = Some(path.display().to_string());
        let sentence = format!(
            "the client registration of {} has expired; the next sign-in makes another",
            session.described()
        );
        let finding = Finding::advice("expired-registration", place, &sentence);
        (registration.expires_at <= now).then(|| finding.mended_by(Fix::Remove(path)))
    });
    expired.collect()
}
