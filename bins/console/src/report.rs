//! JSON document about the URL.

use aws_console::Destination;
use cli_ux::SCHEMA_VERSION;
use serde_json::{Value, json};
use sso_types::{AccountId, Region};

use crate::link::{Link, Url};
use crate::target::Target;

/// Returns the document. It contains a URL with a sign-in token only if that is requested.
pub(crate) fn json(target: &Target<'_>, link: &Link, is_printed: bool) -> String {
    let mut document = json!({
        "schemaVersion": SCHEMA_VERSION,
        "profile": target.name.as_str(),
        "urlKind": match link.url {
            Url::Shortcut(_) => "shortcut",
            Url::Login(_) => "login",
        },
        "accountId": link.account_id.as_ref().map(AccountId::as_str),
        "roleName": link.role_name,
        "region": target.region.as_ref().map(Region::as_str),
        "destination": target.destination.as_ref().map(Destination::as_str),
    });
    let is_shown = is_printed || matches!(link.url, Url::Shortcut(_));
    document["url"] = if is_shown {
        link.url.requested().into()
    } else {
        Value::Null
    };
    format!("{document:#}\n")
}
