//! Names of cache entries: the hashes that botocore computes.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use sha1::{Digest as _, Sha1};
use sso_types::{AccountId, Region, RegistrationScope, RoleName, SessionName, StartUrl, hex};

/// The name of a cache file without `.json`: 40 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CacheKey(String);

/// An error returned when parsing a [`CacheKey`] fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cache key: expected 40 lower-case hexadecimal digits")]
pub struct InvalidCacheKey(());

/// The arguments of an `AssumeRole` request that are part of the cache key. The MFA token code is
/// not part of it.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
// botocore sorts the JSON keys before it computes the hash, so the fields are in that order.
pub struct AssumeRoleArguments<'a> {
    /// Requested duration of the role session, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<u32>,
    /// External ID that the role's trust policy requires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<&'a str>,
    /// ARN of the role.
    pub role_arn: &'a str,
    /// Role session name from the profile; `None` if the name is generated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_session_name: Option<&'a str>,
    /// Serial number or ARN of the MFA device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<&'a str>,
}

impl CacheKey {
    /// Returns the key of the token of an SSO session.
    #[must_use]
    pub fn session_token(session: &SessionName) -> Self {
        Self::of(session.as_str().as_bytes())
    }

    /// Returns the key of the token of a legacy profile. The start URL is hashed as written.
    #[must_use]
    pub fn legacy_token(start_url: &StartUrl) -> Self {
        Self::of(start_url.as_str().as_bytes())
    }

    /// Returns the key of a client registration. `scopes` are those of the config file: `None`, not
    /// the default scopes, if it has none. `session` is `None` for a legacy profile.
    #[must_use]
    pub fn registration(
        region: &Region,
        scopes: Option<&[RegistrationScope]>,
        session: Option<&SessionName>,
        start_url: &StartUrl,
    ) -> Self {
        // Sorted, like the fields of `AssumeRoleArguments`.
        #[derive(Serialize)]
        struct Registration<'a> {
            region: &'a Region,
            scopes: Option<&'a [RegistrationScope]>,
            session_name: Option<&'a SessionName>,
            #[serde(rename = "startUrl")]
            start_url: &'a StartUrl,
            tool: &'static str,
        }
        Self::of_json(
            PythonJson::SPACED,
            &Registration {
                region,
                scopes,
                session_name: session,
                start_url,
                tool: "botocore",
            },
        )
    }

    /// Returns the key of role credentials that are requested with the token of an SSO session.
    #[must_use]
    pub fn role_credentials(account: &AccountId, role: &RoleName, session: &SessionName) -> Self {
        RoleArguments {
            account_id: account,
            role_name: role,
            session_name: Some(session),
            start_url: None,
        }
        .key()
    }

    /// Returns the key of role credentials that are requested with the token of a legacy profile.
    #[must_use]
    pub fn legacy_role_credentials(
        account: &AccountId,
        role: &RoleName,
        start_url: &StartUrl,
    ) -> Self {
        RoleArguments {
            account_id: account,
            role_name: role,
            session_name: None,
            start_url: Some(start_url),
        }
        .key()
    }

    /// Returns the key of the credentials of an assumed role.
    #[must_use]
    pub fn assumed_role(arguments: &AssumeRoleArguments) -> Self {
        Self::of_json(PythonJson::SPACED, arguments)
    }

    /// Returns the 40 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of_json(formatter: PythonJson, value: &impl Serialize) -> Self {
        let mut text = Vec::new();
        value
            .serialize(&mut Serializer::with_formatter(&mut text, formatter))
            .expect("strings and numbers can be serialized");
        Self::of(&text)
    }

    fn of(text: &[u8]) -> Self {
        Self(hex::encode(&Sha1::digest(text)))
    }
}

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CacheKey {
    type Err = InvalidCacheKey;

    fn from_str(text: &str) -> Result<Self, InvalidCacheKey> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 40 && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCacheKey(()))
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
// Sorted, like the fields of `AssumeRoleArguments`.
struct RoleArguments<'a> {
    account_id: &'a AccountId,
    role_name: &'a RoleName,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_name: Option<&'a SessionName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_url: Option<&'a StartUrl>,
}

impl RoleArguments<'_> {
    fn key(&self) -> CacheKey {
        CacheKey::of_json(PythonJson::COMPACT, self)
    }
}

/// JSON as Python's `json.dumps` writes it: ASCII only, with or without spaces after separators.
struct PythonJson {
    item_separator: &'static [u8],
    key_separator: &'static [u8],
}

impl PythonJson {
    const COMPACT: Self = Self {
        item_separator: b",",
        key_separator: b":",
    };
    const SPACED: Self = Self {
        item_separator: b", ",
        key_separator: b": ",
    };

    fn begin_item<W: Write + ?Sized>(&self, writer: &mut W, first: bool) -> io::Result<()> {
        if first {
            Ok(())
        } else {
            writer.write_all(self.item_separator)
        }
    }
}

impl Formatter for PythonJson {
    fn begin_array_value<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.begin_item(writer, first)
    }

    fn begin_object_key<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.begin_item(writer, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(self.key_separator)
    }

    /// Escapes non-ASCII characters and DEL. The serializer has already escaped quotes, backslashes
    /// and control characters, as Python does.
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for unit in fragment.encode_utf16() {
            match u8::try_from(unit) {
                Ok(byte @ b' '..=b'~') => writer.write_all(&[byte])?,
                _ => write!(writer, "\\u{unit:04x}")?,
            }
        }
        Ok(())
    }
}
