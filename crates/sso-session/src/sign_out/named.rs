//! Profile or session with a name, for a sign-out.

use sso_config::named::Named;
use sso_config::{ConfigFiles, Error};
use token_cache::{CacheKey, TokenCache};

/// Returns the profile or session with the name. A cached token shows a session that was removed from the
/// config file, or whose config file is unusable.
///
/// # Errors
///
/// Those of [`ConfigFiles::named`], or that of an unusable config file, which may contain the name.
pub fn named(name: &str, files: &ConfigFiles, cache: &TokenCache) -> Result<Named, Error> {
    files.named(name).or_else(|error| {
        if cache.has_token(&CacheKey::session_token(&name.into())) {
            return Ok(Named::Session(name.into()));
        }
        files.check_config()?;
        Err(error)
    })
}
