//! Output of the access token for `--bearer-token`.

use cli_ux::SCHEMA_VERSION;
use serde::Serialize;
use sso_config::SsoSession;
use sso_credentials::CachedToken;
use sso_types::{SessionName, timestamp};

pub(crate) fn text(token: &CachedToken) -> String {
    format!("{}\n", token.access_token.expose())
}

pub(crate) fn json(token: &CachedToken, session: &SsoSession) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Document<'a> {
        schema_version: u32,
        access_token: &'a str,
        expires_at: String,
        start_url: String,
        region: &'a str,
        session_name: Option<&'a str>,
    }
    let document = Document {
        schema_version: SCHEMA_VERSION,
        access_token: token.access_token.expose(),
        expires_at: timestamp::format(token.expires_at),
        start_url: session.start_url.to_string(),
        region: session.region.as_str(),
        session_name: session.name.as_ref().map(SessionName::as_str),
    };
    let text = serde_json::to_string_pretty(&document).expect("strings can be serialized");
    text + "\n"
}
