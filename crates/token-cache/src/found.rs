//! What lies in the folders of the caches, whoever put it there.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use locked_file::read_as_is;
use sso_types::{AccessToken, ClientId, Region, StartUrl};
use zeroize::Zeroizing;

use crate::fields::Fields;
use crate::{CacheError, CacheKey, TokenCache};

/// The files of one kind in a folder that other tools use, too.
#[derive(Debug)]
pub struct Found<T> {
    /// Those that are of the kind, in the order of their names.
    pub files: Vec<T>,
    /// Why others with the name of a cache file could not be told: they may be of the kind.
    pub unreadable: Vec<CacheError>,
}

/// A file with a token: a JSON object with `startUrl` and `accessToken`, as the AWS CLI knows
/// one. Not all that a [`CachedToken`](crate::CachedToken) needs has to be there.
#[derive(Debug)]
pub struct TokenFile {
    /// The file.
    pub path: PathBuf,
    /// The key in its name, where the name has one.
    pub key: Option<CacheKey>,
    /// The start URL that was signed in to.
    pub start_url: StartUrl,
    /// The region that was signed in to, where the file tells.
    pub region: Option<Region>,
    /// The token itself.
    pub access_token: AccessToken,
    /// The client that it was issued to, where the file tells.
    pub client_id: Option<ClientId>,
}

/// A file with a client registration: a JSON object with `clientId`, `clientSecret` and
/// `expiresAt`, and no `accessToken`.
#[derive(Debug)]
pub struct RegistrationFile {
    /// The file.
    pub path: PathBuf,
    /// The key in its name, where the name has one.
    pub key: Option<CacheKey>,
    /// The client.
    pub client_id: ClientId,
}

/// A file with role credentials from the access portal: a JSON object with `Credentials` and the
/// `ProviderType` `sso`.
#[derive(Debug)]
pub struct RoleCredentialsFile {
    /// The file.
    pub path: PathBuf,
    /// The key in its name, where the name has one.
    pub key: Option<CacheKey>,
    /// The key of the token that they were had with; unknown where another tool did.
    pub token_key: Option<CacheKey>,
}

impl TokenCache {
    /// Returns the files with tokens. Nothing is changed, and no lock is taken.
    ///
    /// # Errors
    ///
    /// [`CacheError::List`] where the folder cannot be looked into.
    pub fn token_files(&self) -> Result<Found<TokenFile>, CacheError> {
        found_in(self.sso_folder(), |path, key, fields| {
            Some(TokenFile {
                path,
                key,
                start_url: fields.take("startUrl").ok()??,
                access_token: fields.take("accessToken").ok()??,
                region: fields.take("region").ok().flatten(),
                client_id: fields.take("clientId").ok().flatten(),
            })
        })
    }

    /// Returns the files with client registrations, likewise.
    ///
    /// # Errors
    ///
    /// As [`token_files`](Self::token_files).
    pub fn registration_files(&self) -> Result<Found<RegistrationFile>, CacheError> {
        found_in(self.sso_folder(), |path, key, fields| {
            let _secret: Zeroizing<String> = fields.take("clientSecret").ok()??;
            let _end: String = fields.take("expiresAt").ok()??;
            if fields.has("accessToken") {
                return None;
            }
            Some(RegistrationFile {
                path,
                key,
                client_id: fields.take("clientId").ok()??,
            })
        })
    }

    /// Returns the files with role credentials from the access portal, likewise. Those of assumed
    /// roles are not among them.
    ///
    /// # Errors
    ///
    /// As [`token_files`](Self::token_files).
    pub fn role_credentials_files(&self) -> Result<Found<RoleCredentialsFile>, CacheError> {
        found_in(self.cli_folder(), |path, key, fields| {
            let provider: Option<String> = fields.take("ProviderType").ok()?;
            if provider.as_deref() != Some("sso") || !fields.has("Credentials") {
                return None;
            }
            let token_key: Option<String> = fields.take("SsoTokenKey").ok().flatten();
            Some(RoleCredentialsFile {
                path,
                key,
                token_key: token_key.and_then(|key| key.parse().ok()),
            })
        })
    }
}

/// Looks at each `*.json` file in `folder`. What cannot be read counts where its name is a key;
/// else it is another tool's.
fn found_in<T>(
    folder: &Path,
    of_kind: impl Fn(PathBuf, Option<CacheKey>, &mut Fields) -> Option<T>,
) -> Result<Found<T>, CacheError> {
    let mut found = Found {
        files: Vec::new(),
        unreadable: Vec::new(),
    };
    for path in json_files(folder)? {
        let key = key_of(&path);
        match fields_of(&path) {
            Ok(Some(mut fields)) => found.files.extend(of_kind(path, key, &mut fields)),
            Err(error) if key.is_some() => found.unreadable.push(error),
            Ok(None) | Err(_) => {}
        }
    }
    Ok(found)
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, CacheError> {
    let cannot_list = |source| CacheError::List {
        path: folder.to_owned(),
        source,
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(cannot_list)?,
    };
    let paths = entries.map(|entry| Ok(entry?.path()));
    let mut paths: Vec<_> = paths.collect::<io::Result<_>>().map_err(cannot_list)?;
    paths.retain(|path: &PathBuf| path.extension() == Some(OsStr::new("json")));
    paths.sort();
    Ok(paths)
}

fn key_of(path: &Path) -> Option<CacheKey> {
    path.file_stem()?.to_str()?.parse().ok()
}

fn fields_of(path: &Path) -> Result<Option<Fields>, CacheError> {
    let Some(text) = read_as_is(path)?.map(Zeroizing::new) else {
        return Ok(None);
    };
    let fields = Fields::parse(&text).map_err(|damage| CacheError::Damaged {
        path: path.to_owned(),
        damage,
    })?;
    Ok(Some(fields))
}
