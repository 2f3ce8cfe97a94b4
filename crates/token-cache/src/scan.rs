//! Lists of the entries in the caches, including those of other tools.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use locked_file::{ReadOptions, read_with};
use sso_types::{
    AccessToken, ClientId, ClientSecret, RefreshToken, Region, RegistrationScope, StartUrl,
};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::cache::{TORN_READ_PAUSES, TokenCache};
use crate::entry::Directory;
use crate::error::CacheError;
use crate::fields::Fields;
use crate::key::CacheKey;
use crate::location::EntryLocation;

/// Maximum size of a listed file. It exceeds the limit of other reads, because the AWS CLI has none, and a
/// sign-out must not leave a token that the AWS CLI accepts.
pub const MAX_SCANNED_BYTES: u64 = 64 << 20;

/// The entries of one type in a directory that other tools also use.
#[derive(Debug)]
pub struct Scan<T> {
    /// The entries of the type, sorted by name.
    pub entries: Vec<T>,
    /// The errors of unreadable files whose name is a key, which may be entries of the type.
    pub unreadable: Vec<CacheError>,
}

/// A stored token: a JSON object with `accessToken` or `refreshToken` under a key as its file name, or
/// with `accessToken` and `startUrl`. Under a key that it looks for, the AWS CLI accepts an
/// `accessToken` of any value, and replaces it with the `refreshToken`. The entry may lack fields that a
/// [`CachedToken`](crate::CachedToken) requires. A field of the wrong type or form counts as missing.
#[derive(Debug)]
#[non_exhaustive]
pub struct StoredToken {
    /// The location.
    pub location: EntryLocation,
    /// The key in the file name, if there is one.
    pub key: Option<CacheKey>,
    /// The start URL. An entry without it has a key.
    pub start_url: Option<StartUrl>,
    /// The SSO Region, if the entry has it.
    pub region: Option<Region>,
    /// The access token. An entry without one has a key.
    pub access_token: Option<AccessToken>,
    /// The expiration of the access token, if the entry has it. No tool uses an entry without it.
    pub expires_at: Option<OffsetDateTime>,
    /// The ID of the client that the token was issued to, if the entry has it.
    pub client_id: Option<ClientId>,
    /// The secret of that client, if the entry has it.
    pub client_secret: Option<ClientSecret>,
    /// The expiration of that client's registration, if the entry has it.
    pub registration_expires_at: Option<OffsetDateTime>,
    /// The refresh token, if the entry has it.
    pub refresh_token: Option<RefreshToken>,
}

/// A stored client registration: a JSON object with `clientId`, `clientSecret` and `expiresAt`,
/// and without `accessToken` and `refreshToken`.
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

/// Stored role credentials: a JSON object with `Credentials`, and with the `ProviderType` `sso` or a
/// key as its file name.
#[derive(Debug)]
#[non_exhaustive]
pub struct StoredRoleCredentials {
    /// The location.
    pub location: EntryLocation,
    /// The key in the file name, if there is one.
    pub key: Option<CacheKey>,
    /// True if the entry says that the access portal issued the credentials.
    pub is_from_portal: bool,
    /// The key of the token that the request used; `None` if another tool wrote the entry.
    pub token_key: Option<CacheKey>,
}

/// Stored credentials of an assumed role: a JSON object with `Credentials`, and with
/// `AssumedRoleUser` or under the key of an assumed role.
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
        self.scan(Directory::Sso, StoredToken::take_from)
    }

    /// Returns the token at `location`, or `None` if there is none that can be read. Changes nothing
    /// and takes no lock. Does not read a file again that another tool may be writing.
    #[must_use]
    pub fn stored_token(&self, location: &EntryLocation) -> Option<StoredToken> {
        let mut fields = self.fields_of(location).ok()??;
        StoredToken::take_from(location.clone(), location.key(), &mut fields)
    }

    /// Lists the client registrations. Changes nothing and takes no lock.
    ///
    /// # Errors
    ///
    /// The same as [`scan_tokens`](Self::scan_tokens).
    pub fn scan_registrations(&self) -> Result<Scan<StoredRegistration>, CacheError> {
        self.scan(Directory::Sso, |location, key, fields| {
            let _secret: ClientSecret = fields.take("clientSecret")?;
            let _expires_at: String = fields.take("expiresAt")?;
            if has_token(fields) {
                return None;
            }
            Some(StoredRegistration {
                location,
                key,
                client_id: fields.take("clientId")?,
                scopes: fields
                    .take_list("scopes")
                    .ok()
                    .map(Option::unwrap_or_default),
            })
        })
    }

    /// Lists the role credentials from the access portal. Changes nothing and takes no lock.
    ///
    /// `is_role` returns whether tools look for the credentials of such a role under a key. They
    /// then accept any credentials. Under other keys, entries with another `ProviderType` and those
    /// of assumed roles are not listed.
    ///
    /// # Errors
    ///
    /// The same as [`scan_tokens`](Self::scan_tokens).
    pub fn scan_role_credentials(
        &self,
        is_role: impl Fn(&CacheKey) -> bool,
    ) -> Result<Scan<StoredRoleCredentials>, CacheError> {
        self.scan(Directory::Cli, |location, key, fields| {
            let provider: Option<String> = fields.take("ProviderType");
            let is_from_portal = provider.as_deref() == Some("sso");
            let may_be = match &key {
                Some(key) => is_role(key) || provider.is_none() && !fields.has("AssumedRoleUser"),
                None => false,
            };
            if !fields.has("Credentials") || !is_from_portal && !may_be {
                return None;
            }
            Some(StoredRoleCredentials {
                location,
                key,
                is_from_portal,
                token_key: token_key(fields),
            })
        })
    }

    /// Lists the credentials of assumed roles, which have no `ProviderType`. Changes nothing and
    /// takes no lock.
    ///
    /// `is_role` returns whether tools look for the credentials of an assumed role under a key.
    /// They then accept any credentials.
    ///
    /// # Errors
    ///
    /// The same as [`scan_tokens`](Self::scan_tokens).
    pub fn scan_assumed_roles(
        &self,
        is_role: impl Fn(&CacheKey) -> bool,
    ) -> Result<Scan<StoredAssumedRole>, CacheError> {
        self.scan(Directory::Cli, |location, key, fields| {
            let mut user = fields.take_object("AssumedRoleUser").ok().flatten();
            let is_assumed = user.is_some() && !fields.has("ProviderType");
            if !fields.has("Credentials") || !is_assumed && !key.as_ref().is_some_and(&is_role) {
                return None;
            }
            Some(StoredAssumedRole {
                location,
                key,
                arn: user.as_mut().and_then(|user| user.take("Arn")),
                token_key: token_key(fields),
            })
        })
    }

    /// Reads each `*.json` file in `directory`. Reports an error only if the file name is a key;
    /// otherwise the file belongs to another tool. Reads files that another tool may be writing
    /// again, all within 126 ms.
    fn scan<T>(
        &self,
        directory: Directory,
        parse: impl Fn(EntryLocation, Option<CacheKey>, &mut Fields) -> Option<T>,
    ) -> Result<Scan<T>, CacheError> {
        let mut scan = Scan {
            entries: Vec::new(),
            unreadable: Vec::new(),
        };
        let paths = json_files(self.dir(directory))?.into_iter();
        let files = paths.map(EntryLocation::of_file).map(|location| File {
            key: location.key(),
            fields: self.fields_of(&location),
            location,
        });
        let mut files: Vec<_> = files.collect();
        self.read_torn_again(&mut files);
        for File {
            location,
            key,
            fields,
        } in files
        {
            match fields {
                Ok(Some(mut fields)) => scan.entries.extend(parse(location, key, &mut fields)),
                Err(error) if key.is_some() => scan.unreadable.push(error),
                Ok(None) | Err(_) => {}
            }
        }
        Ok(scan)
    }

    fn read_torn_again(&self, files: &mut [File]) {
        for pause in TORN_READ_PAUSES {
            let mut torn = files
                .iter_mut()
                .filter(|file| file.may_be_torn())
                .peekable();
            if torn.peek().is_none() {
                return;
            }
            self.pause(Duration::from_millis(pause));
            torn.for_each(|file| file.fields = self.fields_of(&file.location));
        }
    }

    fn fields_of(&self, location: &EntryLocation) -> Result<Option<Fields>, CacheError> {
        let options = ReadOptions::trusting(self.trusted_dir()).up_to(MAX_SCANNED_BYTES);
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

impl StoredToken {
    fn take_from(
        location: EntryLocation,
        key: Option<CacheKey>,
        fields: &mut Fields,
    ) -> Option<Self> {
        let is_token = has_token(fields);
        let start_url: Option<StartUrl> = fields.take("startUrl");
        let access_token: Option<AccessToken> = fields.take("accessToken");
        let may_be = match &key {
            Some(_) => is_token,
            None => start_url.is_some() && access_token.is_some(),
        };
        if !may_be {
            return None;
        }
        Some(Self {
            location,
            key,
            start_url,
            access_token,
            expires_at: fields.take_time("expiresAt"),
            region: fields.take("region"),
            client_id: fields.take("clientId"),
            client_secret: fields.take("clientSecret"),
            registration_expires_at: fields.take_time("registrationExpiresAt"),
            refresh_token: fields.take("refreshToken"),
        })
    }
}

struct File {
    location: EntryLocation,
    key: Option<CacheKey>,
    fields: Result<Option<Fields>, CacheError>,
}

impl File {
    fn may_be_torn(&self) -> bool {
        self.key.is_some()
            && matches!(
                self.fields,
                Err(CacheError::Corrupt { corruption, .. }) if corruption.may_be_temporary()
            )
    }
}

/// The value may be anything: the AWS CLI refreshes a token whose access token is a number.
fn has_token(fields: &Fields) -> bool {
    fields.has("accessToken") || fields.has("refreshToken")
}

fn token_key(fields: &mut Fields) -> Option<CacheKey> {
    let key: Option<String> = fields.take("SsoTokenKey");
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
