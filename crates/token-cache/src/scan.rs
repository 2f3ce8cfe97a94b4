//! Lists of the entries in the caches, including those of other tools.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use locked_file::{ReadOptions, read_with};
use sso_types::{AccessToken, ClientId, Region, RegistrationScope, StartUrl};
use zeroize::Zeroizing;

use crate::cache::TokenCache;
use crate::entry::Directory;
use crate::error::CacheError;
use crate::fields::Fields;
use crate::key::CacheKey;
use crate::location::EntryLocation;

/// The entries of one type in a directory that other tools also use.
#[derive(Debug)]
pub struct Scan<T> {
    /// The entries of the type, sorted by name.
    pub entries: Vec<T>,
    /// The errors of unreadable files whose name is a key, which may be entries of the type.
    pub unreadable: Vec<CacheError>,
}

/// A stored token: a JSON object with `startUrl` and `accessToken`, which the AWS CLI also accepts
/// as a token. It may lack fields that a [`CachedToken`](crate::CachedToken) requires.
#[derive(Debug)]
#[non_exhaustive]
pub struct StoredToken {
    /// The location.
    pub location: EntryLocation,
    /// The key in the file name, if there is one.
    pub key: Option<CacheKey>,
    /// The start URL.
    pub start_url: StartUrl,
    /// The SSO Region, if the entry has it.
    pub region: Option<Region>,
    /// The access token.
    pub access_token: AccessToken,
    /// The ID of the client that the token was issued to, if the entry has it.
    pub client_id: Option<ClientId>,
}

/// A stored client registration: a JSON object with `clientId`, `clientSecret` and `expiresAt`,
/// and without `accessToken`.
#[derive(Debug)]
#[non_exhaustive]
pub struct StoredRegistration {
    /// The location.
    pub location: EntryLocation,
    /// The key in the file name, if there is one.
    pub key: Option<CacheKey>,
    /// The client ID.
    pub client_id: ClientId,
    /// The registration scopes, empty if the entry has none. `None` if they cannot be determined.
    pub scopes: Option<Vec<RegistrationScope>>,
}

/// Stored role credentials from the access portal: a JSON object with `Credentials` and the
/// `ProviderType` `sso`.
#[derive(Debug)]
#[non_exhaustive]
pub struct StoredRoleCredentials {
    /// The location.
    pub location: EntryLocation,
    /// The key in the file name, if there is one.
    pub key: Option<CacheKey>,
    /// The key of the token that the request used; `None` if another tool wrote the entry.
    pub token_key: Option<CacheKey>,
}

/// Stored credentials of an assumed role: a JSON object with `Credentials` and `AssumedRoleUser`.
#[derive(Debug)]
#[non_exhaustive]
pub struct StoredAssumedRole {
    /// The location.
    pub location: EntryLocation,
    /// The key in the file name, if there is one.
    pub key: Option<CacheKey>,
    /// The ARN of the role session, if the entry has it.
    pub arn: Option<String>,
    /// The key of the token of the SSO session at which the role chain starts; `None` if it starts
    /// at other credentials, or if another tool wrote the entry.
    pub token_key: Option<CacheKey>,
}

impl TokenCache {
    /// Lists the tokens. Changes nothing and takes no lock.
    ///
    /// # Errors
    ///
    /// [`CacheError::List`] if the directory cannot be listed.
    pub fn scan_tokens(&self) -> Result<Scan<StoredToken>, CacheError> {
        self.scan(Directory::Sso, |location, key, fields| {
            Some(StoredToken {
                location,
                key,
                start_url: fields.take("startUrl").ok()??,
                access_token: fields.take("accessToken").ok()??,
                region: fields.take("region").ok().flatten(),
                client_id: fields.take("clientId").ok().flatten(),
            })
        })
    }

    /// Lists the client registrations. Changes nothing and takes no lock.
    ///
    /// # Errors
    ///
    /// The same as [`scan_tokens`](Self::scan_tokens).
    pub fn scan_registrations(&self) -> Result<Scan<StoredRegistration>, CacheError> {
        self.scan(Directory::Sso, |location, key, fields| {
            let _secret: Zeroizing<String> = fields.take("clientSecret").ok()??;
            let _expires_at: String = fields.take("expiresAt").ok()??;
            if fields.has("accessToken") {
                return None;
            }
            Some(StoredRegistration {
                location,
                key,
                client_id: fields.take("clientId").ok()??,
                scopes: fields
                    .take_list("scopes")
                    .ok()
                    .map(Option::unwrap_or_default),
            })
        })
    }

    /// Lists the role credentials from the access portal, without those of assumed roles. Changes
    /// nothing and takes no lock.
    ///
    /// # Errors
    ///
    /// The same as [`scan_tokens`](Self::scan_tokens).
    pub fn scan_role_credentials(&self) -> Result<Scan<StoredRoleCredentials>, CacheError> {
        self.scan(Directory::Cli, |location, key, fields| {
            let provider: Option<String> = fields.take("ProviderType").ok()?;
            if provider.as_deref() != Some("sso") || !fields.has("Credentials") {
                return None;
            }
            Some(StoredRoleCredentials {
                location,
                key,
                token_key: token_key(fields),
            })
        })
    }

    /// Lists the credentials of assumed roles, which have no `ProviderType`. Changes nothing and
    /// takes no lock.
    ///
    /// # Errors
    ///
    /// The same as [`scan_tokens`](Self::scan_tokens).
    pub fn scan_assumed_roles(&self) -> Result<Scan<StoredAssumedRole>, CacheError> {
        self.scan(Directory::Cli, |location, key, fields| {
            let mut user = fields.take_object("AssumedRoleUser").ok()??;
            if fields.has("ProviderType") || !fields.has("Credentials") {
                return None;
            }
            Some(StoredAssumedRole {
                location,
                key,
                arn: user.take("Arn").ok().flatten(),
                token_key: token_key(fields),
            })
        })
    }

    /// Reads each `*.json` file in `directory`. Reports an error only if the file name is a key;
    /// otherwise the file belongs to another tool.
    fn scan<T>(
        &self,
        directory: Directory,
        parse: impl Fn(EntryLocation, Option<CacheKey>, &mut Fields) -> Option<T>,
    ) -> Result<Scan<T>, CacheError> {
        let mut scan = Scan {
            entries: Vec::new(),
            unreadable: Vec::new(),
        };
        for path in json_files(self.dir(directory))? {
            let location = EntryLocation::of_file(path);
            let key = location.key();
            match self.fields_of(&location) {
                Ok(Some(mut fields)) => scan.entries.extend(parse(location, key, &mut fields)),
                Err(error) if key.is_some() => scan.unreadable.push(error),
                Ok(None) | Err(_) => {}
            }
        }
        Ok(scan)
    }

    fn fields_of(&self, location: &EntryLocation) -> Result<Option<Fields>, CacheError> {
        let options = ReadOptions::trusting(self.trusted_dir());
        let Some(file) = read_with(&options, location.path())? else {
            return Ok(None);
        };
        let text = Zeroizing::new(file.bytes);
        let fields = Fields::parse(&text).map_err(|corruption| CacheError::Corrupt {
            location: location.clone(),
            corruption,
        })?;
        Ok(Some(fields))
    }
}

fn token_key(fields: &mut Fields) -> Option<CacheKey> {
    let key: Option<String> = fields.take("SsoTokenKey").ok().flatten();
    key?.parse().ok()
}

fn json_files(dir: &Path) -> Result<Vec<PathBuf>, CacheError> {
    let cannot_list = |source| CacheError::List {
        path: dir.to_owned(),
        source,
    };
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(cannot_list)?,
    };
    let paths = entries.map(|entry| Ok(entry?.path()));
    let mut paths: Vec<_> = paths.collect::<io::Result<_>>().map_err(cannot_list)?;
    paths.retain(|path: &PathBuf| path.extension() == Some(OsStr::new("json")));
    paths.sort();
    Ok(paths)
}
