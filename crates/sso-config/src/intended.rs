//! Sections that every reader ignores, and their probable meaning.

use aws_config_parse::{PropertyRef, SectionName, SectionRef};

use crate::similar::closest;

/// Probable meaning of the header of a section that every reader ignores.
///
/// ```
/// use aws_config_parse::SectionName;
/// use sso_config::intended::Intended;
///
/// let dev = SectionName::profile("dev");
/// assert_eq!(Intended::of("Profile dev"), Some(Intended::Certain(dev.clone())));
/// assert_eq!(Intended::of("profile-dev"), Some(Intended::Likely(dev)));
/// assert_eq!(Intended::of("sso-sessions"), Some(Intended::Type("sso-session")));
/// assert_eq!(Intended::of("dev"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intended {
    /// A section whose type is misspelled, or followed by another separator.
    Certain(SectionName<'static>),
    /// A section, although a profile may have the header as its name, such as `profile-dev`.
    Likely(SectionName<'static>),
    /// A type of section, without a name.
    Type(&'static str),
}

impl Intended {
    /// Returns the meaning of a header. Returns `None` if it contains no type.
    #[must_use]
    pub fn of(header: &str) -> Option<Self> {
        let text = bare(header);
        of_default(text)
            .or_else(|| of_type_with_name(text))
            .or_else(|| of_misspelled_type(text))
    }

    /// Returns the section, unless the header has no name.
    #[must_use]
    pub fn section(&self) -> Option<&SectionName<'static>> {
        match self {
            Self::Certain(section) | Self::Likely(section) => Some(section),
            Self::Type(_) => None,
        }
    }
}

/// Returns whether every reader ignores the section, although its header or its keys are those of a profile,
/// a session or services. Other tools have sections of their own.
#[must_use]
pub fn is_ignored_by_mistake(section: SectionRef<'_>) -> bool {
    let header = section.header().trim();
    let word = header.split_whitespace().next().unwrap_or_default();
    let word = word.to_lowercase().replace('_', "-");
    let is_type = SESSION_WORDS.contains(&word.as_str()) || !closest(&word, TYPES, 2).is_empty();
    let is_meant = || match Intended::of(header) {
        Some(Intended::Certain(_)) => true,
        _ if header.contains(char::is_whitespace) => false,
        Some(Intended::Likely(SectionName::Services(_))) if has_only_blocks(section) => true,
        _ => has_no_keys(section) || has_profile_key(section),
    };
    section.name().is_ignored() && (is_type || is_meant())
}

fn has_only_blocks(section: SectionRef<'_>) -> bool {
    section
        .own_properties()
        .all(|it| PropertyRef::is_block(&it))
}

fn has_no_keys(section: SectionRef<'_>) -> bool {
    section.own_properties().next().is_none()
}

fn has_profile_key(section: SectionRef<'_>) -> bool {
    let mut properties = section.own_properties();
    properties.any(|property| PROFILE_KEYS.contains(&&*property.key()))
}

/// Types of sections.
const TYPES: [&str; 3] = ["profile", "sso-session", "services"];

/// Words that users write in place of `sso-session`.
const SESSION_WORDS: [&str; 4] = ["session", "sessions", "sso", "ssosession"];

/// Spellings of the types, the longest first, with hyphens in place of spaces and underscores.
const SPELLINGS: [(&str, &str); 10] = [
    ("sso-sessions", "sso-session"),
    ("sso-session", "sso-session"),
    ("ssosession", "sso-session"),
    ("profiles", "profile"),
    ("services", "services"),
    ("sessions", "sso-session"),
    ("profile", "profile"),
    ("service", "services"),
    ("session", "sso-session"),
    ("sso", "sso-session"),
];

/// Returns the text without quotes or brackets around it, as in `[[profile dev]]`.
fn bare(header: &str) -> &str {
    let header = header.trim();
    let inner = header.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    without_quotes(inner.unwrap_or(header)).trim()
}

/// Returns the text inside quotes. The AWS CLI reads quotes as part of a value.
pub(crate) fn without_quotes(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// Returns the meaning of `Default` or `defaults`. `[DEFAULT]` has another meaning.
fn of_default(text: &str) -> Option<Intended> {
    if text != "DEFAULT" && text.eq_ignore_ascii_case("default") {
        return Some(Intended::Certain(SectionName::Default));
    }
    let is_similar = !closest(text, ["default"], 1).is_empty();
    is_similar.then_some(Intended::Likely(SectionName::Default))
}

/// Returns the meaning of a text that begins with a spelling of a type.
fn of_type_with_name(text: &str) -> Option<Intended> {
    let normal = text.to_ascii_lowercase().replace(['_', ' ', '\t'], "-");
    let mut spellings = SPELLINGS.iter();
    spellings.find_map(|(spelling, kind)| {
        normal.strip_prefix(spelling)?;
        let rest = &text[spelling.len()..];
        let is_whole_type =
            spelling.trim_end_matches('s') == kind.trim_end_matches('s') && *spelling != "service";
        if rest.is_empty() {
            return is_whole_type.then_some(Intended::Type(kind));
        }
        let name = rest.strip_prefix(is_separator);
        match name {
            Some(name) => named(kind, name),
            None if is_whole_type => {
                let is_glued = rest.len() > 1 && rest.starts_with(char::is_alphabetic);
                let name = rest.strip_prefix(['-', '_', '.']);
                likely(kind, name.or(is_glued.then_some(rest))?)
            }
            None => None,
        }
    })
}

/// Returns the meaning of a text whose type has one or two wrong characters.
fn of_misspelled_type(text: &str) -> Option<Intended> {
    if let Some((word, name)) = text.split_once(is_separator) {
        return named(type_like(word, 2)?, name);
    }
    let begins_with_type = TYPES.iter().any(|kind| text.starts_with(kind));
    if begins_with_type {
        return None;
    }
    let of_type = type_like(text, 1).map(Intended::Type);
    of_type.or_else(|| {
        let (word, name) = text.rsplit_once(['-', '_', '.'])?;
        likely(type_like(word, 1)?, name)
    })
}

fn type_like(word: &str, limit: usize) -> Option<&'static str> {
    let word = word.to_lowercase().replace('_', "-");
    match closest(&word, TYPES, limit).as_slice() {
        [kind] => Some(kind),
        _ => None,
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | '=' | '/')
}

/// Returns the meaning of a type and a name, which is certain if the name is one word.
fn named(kind: &str, name: &str) -> Option<Intended> {
    let name = without_quotes(name.trim());
    if is_word(name) {
        return Some(Intended::Certain(section(kind, name)));
    }
    let words: Vec<_> = name.split_whitespace().collect();
    likely(kind, &words.join("-"))
}

fn likely(kind: &str, name: &str) -> Option<Intended> {
    is_word(name).then(|| Intended::Likely(section(kind, name)))
}

fn is_word(name: &str) -> bool {
    let is_in_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '+');
    !name.is_empty() && name.chars().all(is_in_word)
}

fn section(kind: &str, name: &str) -> SectionName<'static> {
    let name = name.to_owned();
    match kind {
        "sso-session" => SectionName::SsoSession(name.into()),
        "services" => SectionName::Services(name.into()),
        _ => SectionName::profile(name),
    }
}

/// Keys of profiles that the AWS CLI, the SDKs or these programs read, in alphabetical order.
pub const PROFILE_KEYS: [&str; 69] = [
    "account_id_endpoint_mode",
    "api_versions",
    "auth_scheme_preference",
    "aws_access_key_id",
    "aws_account_id",
    "aws_secret_access_key",
    "aws_security_token",
    "aws_session_token",
    "ca_bundle",
    "cli_auto_prompt",
    "cli_binary_format",
    "cli_error_format",
    "cli_follow_urlparam",
    "cli_history",
    "cli_pager",
    "cli_timestamp_format",
    "credential_process",
    "credential_source",
    "data_path",
    "defaults_mode",
    "disable_host_prefix_injection",
    "disable_request_compression",
    "duration_seconds",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "ec2_metadata_v1_disabled",
    "endpoint_discovery_enabled",
    "endpoint_url",
    "external_id",
    "ignore_configured_endpoint_urls",
    "imds_use_ipv6",
    "login_session",
    "max_attempts",
    "metadata_service_num_attempts",
    "metadata_service_timeout",
    "mfa_serial",
    "output",
    "parameter_validation",
    "region",
    "request_checksum_calculation",
    "request_min_compression_size_bytes",
    "response_checksum_validation",
    "retry_mode",
    "role_arn",
    "role_session_name",
    "s3",
    "s3_disable_express_session_auth",
    "s3_disable_multiregion_access_points",
    "s3_us_east_1_regional_endpoint",
    "s3_use_arn_region",
    "sdk_ua_app_id",
    "services",
    "sigv4a_signing_region_set",
    "source_profile",
    "sso_account_id",
    "sso_account_name",
    "sso_auto_populated",
    "sso_browser",
    "sso_redirect_port",
    "sso_region",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "sso_use_device_code",
    "sts_regional_endpoints",
    "tcp_keepalive",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "web_identity_token_file",
];
