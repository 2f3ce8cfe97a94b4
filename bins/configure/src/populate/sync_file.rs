//! The sync file, which describes the profiles of a team.
//!
//! ```toml
//! [sso-session.corp]
//! sso_start_url = "https://corp.awsapps.com/start"
//! sso_region = "eu-west-1"
//!
//! [[profiles]]
//! sso_session = "corp"
//! accounts = ["Dev*"]
//! roles = ["ReadOnly"]
//! regions = ["eu-west-1"]
//! set = { output = "json" }
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, anyhow, bail, ensure};
use serde::{Deserialize, Deserializer};
use sso_config::SsoSession;
use sso_types::{Region, RegistrationScope, escaped};

use crate::checks;
use crate::input::read_text;

use super::patterns::{FilterNames, Patterns};
use super::rule::{DEFAULT_NAME_TEMPLATE, Rule};
use super::setting::Setting;

const ACCOUNTS: FilterNames = FilterNames {
    include: "accounts",
    exclude: "exclude_accounts",
    object: "account",
};

const ROLES: FilterNames = FilterNames {
    include: "roles",
    exclude: "exclude_roles",
    object: "role",
};

/// Keys that the sync file may set. Keys that run a program, select an endpoint or contain a secret
/// are not allowed, because the file may come from another user.
const ALLOWED_KEYS: [&str; 16] = [
    "cli_auto_prompt",
    "cli_binary_format",
    "cli_timestamp_format",
    "defaults_mode",
    "disable_request_compression",
    "ec2_metadata_service_endpoint_mode",
    "max_attempts",
    "output",
    "parameter_validation",
    "region",
    "request_min_compression_size_bytes",
    "retry_mode",
    "sigv4a_signing_region_set",
    "sts_regional_endpoints",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
];

#[derive(Debug)]
pub(super) struct SyncFile {
    pub(super) sessions: Vec<SsoSession>,
    pub(super) rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "sso-session")]
    sessions: BTreeMap<String, SessionTable>,
    profiles: Vec<ProfilesTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_field_names,
    reason = "the fields are named after the keys of the config file"
)]
struct SessionTable {
    sso_start_url: String,
    sso_region: Region,
    sso_registration_scopes: Option<Vec<RegistrationScope>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfilesTable {
    sso_session: String,
    name_template: Option<String>,
    #[serde(default, deserialize_with = "non_empty")]
    accounts: Option<Vec<String>>,
    #[serde(default)]
    exclude_accounts: Vec<String>,
    #[serde(default, deserialize_with = "non_empty")]
    roles: Option<Vec<String>>,
    #[serde(default)]
    exclude_roles: Vec<String>,
    #[serde(default, deserialize_with = "non_empty")]
    regions: Option<Vec<Region>>,
    #[serde(default)]
    set: BTreeMap<String, String>,
}

/// Deserializes a list. An empty list counts as missing.
fn non_empty<'de, D, T>(input: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Vec::deserialize(input)?;
    Ok(Some(list).filter(|list| !list.is_empty()))
}

impl SyncFile {
    /// Errors give the line if it is known.
    pub(super) fn read(path: &Path) -> Result<Self, anyhow::Error> {
        Self::parse(&read_text(path)?).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self, anyhow::Error> {
        let file: File = toml::from_str(text).map_err(|error| with_line(text, &error))?;
        let sessions = file.sessions.into_iter();
        let rules = file.profiles.into_iter();
        Ok(Self {
            sessions: sessions.map(session).collect::<Result<_, _>>()?,
            rules: (1..)
                .zip(rules)
                .map(|(number, table)| {
                    rule(number, table).with_context(|| format!("[[profiles]] number {number}"))
                })
                .collect::<Result<_, _>>()?,
        })
    }
}

fn with_line(text: &str, error: &toml::de::Error) -> anyhow::Error {
    let message = escaped(error.message());
    match error.span() {
        Some(span) => {
            let line = 1 + text[..span.start].matches('\n').count();
            anyhow!("line {line}: {message}")
        }
        None => anyhow!(message),
    }
}

fn session((name, table): (String, SessionTable)) -> Result<SsoSession, anyhow::Error> {
    let invalid = |reason| anyhow!("[sso-session.{}]: {reason}", escaped(&format!("{name:?}")));
    let start_url = table.sso_start_url.trim();
    checks::session_name(&name).map_err(invalid)?;
    checks::stored_start_url(start_url).map_err(invalid)?;
    Ok(SsoSession {
        name: Some(name.as_str().into()),
        start_url: start_url.into(),
        region: table.sso_region,
        scopes: table.sso_registration_scopes,
        profile: None,
    })
}

fn allowed_setting(key: &str, value: &str) -> Result<Setting, anyhow::Error> {
    let setting =
        Setting::new(key, value).map_err(|reason| anyhow!("`set`: {}", escaped(&reason)))?;
    if !ALLOWED_KEYS.contains(&setting.key.as_str()) {
        bail!(
            "{} can only be set with --set on the command line",
            escaped(&setting.key)
        );
    }
    Ok(setting)
}

fn rule(number: usize, table: ProfilesTable) -> Result<Rule, anyhow::Error> {
    let settings = table.set.iter();
    let settings: Vec<_> = settings
        .map(|(key, value)| allowed_setting(key, value))
        .collect::<Result<_, _>>()?;
    let keys: BTreeSet<_> = settings.iter().map(|setting| &setting.key).collect();
    ensure!(
        keys.len() == settings.len(),
        "`set` contains the same key twice"
    );
    let name_template = table
        .name_template
        .as_deref()
        .unwrap_or(DEFAULT_NAME_TEMPLATE);
    let rule = Rule {
        number: Some(number),
        session: table.sso_session.as_str().into(),
        name_template: name_template.parse().map_err(anyhow::Error::msg)?,
        accounts: Patterns::new(ACCOUNTS, table.accounts.as_deref(), &table.exclude_accounts),
        roles: Patterns::new(ROLES, table.roles.as_deref(), &table.exclude_roles),
        regions: table.regions,
        set: settings,
    };
    rule.check().map_err(anyhow::Error::msg)?;
    Ok(rule)
}
