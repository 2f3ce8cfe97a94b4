//! JSON formats.

use cli_ux::SCHEMA_VERSION;
use serde::Serialize;
use sso_types::Secret;

use crate::export::Export;

/// Returns the output of `aws configure export-credentials --format process`, which SDKs expect
/// from a `credential_process`, and the account, which the AWS CLI leaves out.
pub(super) fn process(export: &Export) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Process<'a> {
        version: u8,
        access_key_id: &'a str,
        secret_access_key: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        session_token: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        expiration: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        account_id: Option<&'a str>,
    }
    pretty(&Process {
        version: 1,
        access_key_id: &export.access_key_id,
        secret_access_key: export.secret_access_key.expose(),
        session_token: export.session_token.as_ref().map(Secret::expose),
        expiration: export.expiration.as_deref(),
        account_id: export.account_id.as_deref(),
    })
}

/// Returns the document of `--format json`. Unknown values are `null`.
pub(super) fn document(export: &Export) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        profile: Option<&'a str>,
        region: Option<&'a str>,
        account_id: Option<&'a str>,
        source: Option<&'a str>,
        access_key_id: &'a str,
        secret_access_key: &'a str,
        session_token: Option<&'a str>,
        expiration: Option<&'a str>,
    }
    pretty(&Document {
        schema_version: SCHEMA_VERSION,
        profile: export.profile.as_deref(),
        region: export.region.as_deref(),
        account_id: export.account_id.as_deref(),
        source: export.source,
        access_key_id: &export.access_key_id,
        secret_access_key: export.secret_access_key.expose(),
        session_token: export.session_token.as_ref().map(Secret::expose),
        expiration: export.expiration.as_deref(),
    })
}

/// Returns JSON in ASCII with an indentation of two spaces, like Python's `json.dumps`.
pub(super) fn pretty(document: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(document).expect("strings can be serialized");
    let mut ascii = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        if matches!(character, ' '..='~' | '\n') {
            ascii.push(character);
        } else {
            let units = character.encode_utf16(&mut [0; 2]).to_vec();
            ascii.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    ascii.push('\n');
    ascii
}
