//! Keys that the AWS CLI, the SDKs or these programs read.

use aws_config_parse::SectionName;

use super::syntax::Syntax;
use Syntax::{
    AccountId, Block, Boolean, CaseSensitive, Choice, Command, ExternalId, Integer, MfaSerial,
    Path, Plain, Region, RoleArn, RoleName, RoleSessionName, Scopes, Secret, SectionReference,
    StartUrl, Text, Url,
};

/// Kind of a section, or of a block of pairs in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Profile in either file.
    Profile,
    /// `[sso-session NAME]`.
    Session,
    /// Block `s3` of a profile.
    S3,
    /// Block of a service in `[services NAME]`.
    Service,
}

/// A key, the kinds of its sections, and the syntax of its value.
pub(super) type Key = (&'static str, &'static [Kind], Syntax);

const PROFILE: &[Kind] = &[Kind::Profile];
const SESSION: &[Kind] = &[Kind::Session];
const BOTH: &[Kind] = &[Kind::Profile, Kind::Session];
const S3: &[Kind] = &[Kind::S3];
const PROFILE_AND_S3: &[Kind] = &[Kind::Profile, Kind::S3];

const REGIONAL: Syntax = CaseSensitive(&["legacy", "regional"]);
const CHECKSUM: Syntax = Choice(&["when_supported", "when_required"]);
const POSITIVE: Syntax = Integer(1, u64::MAX);

/// All known keys. The rules that resolve `max_attempts`, `endpoint_url` of a profile, `duration_seconds`
/// and the names of sections check more than the syntax.
pub(super) static KEYS: &[Key] = &[
    // SSO.
    ("sso_session", PROFILE, SectionReference),
    ("sso_start_url", BOTH, StartUrl),
    ("sso_region", BOTH, Region),
    ("sso_account_id", PROFILE, AccountId),
    ("sso_role_name", PROFILE, RoleName),
    ("sso_registration_scopes", SESSION, Scopes),
    ("sso_browser", BOTH, Command),
    ("sso_redirect_port", BOTH, Integer(1, 65535)),
    ("sso_use_device_code", BOTH, Boolean),
    // Keys that other tools write next to these.
    ("sso_account_name", BOTH, Text),
    ("sso_auto_populated", BOTH, Text),
    // Roles and other credentials.
    ("role_arn", PROFILE, RoleArn),
    ("source_profile", PROFILE, SectionReference),
    (
        "credential_source",
        PROFILE,
        CaseSensitive(&["Environment", "EcsContainer", "Ec2InstanceMetadata"]),
    ),
    ("role_session_name", PROFILE, RoleSessionName),
    ("external_id", PROFILE, ExternalId),
    ("mfa_serial", PROFILE, MfaSerial),
    ("duration_seconds", PROFILE, Integer(0, u64::MAX)),
    ("web_identity_token_file", PROFILE, Path),
    ("credential_process", PROFILE, Command),
    ("login_session", PROFILE, Plain),
    ("aws_access_key_id", PROFILE, Secret),
    ("aws_secret_access_key", PROFILE, Secret),
    ("aws_session_token", PROFILE, Secret),
    ("aws_security_token", PROFILE, Secret),
    ("aws_account_id", PROFILE, AccountId),
    // Settings of requests.
    ("region", PROFILE, Region),
    ("services", PROFILE, SectionReference),
    ("endpoint_url", &[Kind::Profile, Kind::Service], Url),
    ("ca_bundle", PROFILE, Path),
    ("max_attempts", PROFILE, Plain),
    (
        "retry_mode",
        PROFILE,
        CaseSensitive(&["legacy", "standard", "adaptive"]),
    ),
    (
        "defaults_mode",
        PROFILE,
        Choice(&[
            "legacy",
            "auto",
            "standard",
            "in-region",
            "cross-region",
            "mobile",
        ]),
    ),
    ("sts_regional_endpoints", PROFILE, REGIONAL),
    (
        "account_id_endpoint_mode",
        PROFILE,
        Choice(&["preferred", "disabled", "required"]),
    ),
    ("request_checksum_calculation", PROFILE, CHECKSUM),
    ("response_checksum_validation", PROFILE, CHECKSUM),
    (
        "endpoint_discovery_enabled",
        PROFILE,
        Choice(&["true", "false", "auto"]),
    ),
    (
        "request_min_compression_size_bytes",
        PROFILE,
        Integer(0, 10_485_760),
    ),
    ("disable_request_compression", PROFILE, Boolean),
    ("disable_host_prefix_injection", PROFILE, Boolean),
    ("ignore_configured_endpoint_urls", PROFILE, Boolean),
    ("use_fips_endpoint", PROFILE, Boolean),
    ("use_dualstack_endpoint", PROFILE_AND_S3, Boolean),
    ("sigv4a_signing_region_set", PROFILE, Plain),
    ("auth_scheme_preference", PROFILE, Plain),
    ("sdk_ua_app_id", PROFILE, Plain),
    ("api_versions", PROFILE, Block),
    ("parameter_validation", PROFILE, Boolean),
    ("tcp_keepalive", PROFILE, Boolean),
    ("data_path", PROFILE, Path),
    // Instance metadata.
    ("ec2_metadata_service_endpoint", PROFILE, Url),
    (
        "ec2_metadata_service_endpoint_mode",
        PROFILE,
        Choice(&["IPv4", "IPv6"]),
    ),
    ("ec2_metadata_v1_disabled", PROFILE, Boolean),
    ("imds_use_ipv6", PROFILE, Boolean),
    ("metadata_service_timeout", PROFILE, Integer(0, u64::MAX)),
    ("metadata_service_num_attempts", PROFILE, POSITIVE),
    // The AWS CLI.
    ("output", PROFILE, CaseSensitive(&crate::checks::FORMATS)),
    ("cli_pager", PROFILE, Command),
    ("cli_history", PROFILE, Plain),
    ("cli_auto_prompt", PROFILE, Plain),
    ("cli_follow_urlparam", PROFILE, Plain),
    ("cli_error_format", PROFILE, Plain),
    (
        "cli_binary_format",
        PROFILE,
        CaseSensitive(&["base64", "raw-in-base64-out"]),
    ),
    (
        "cli_timestamp_format",
        PROFILE,
        CaseSensitive(&["wire", "iso8601", "none"]),
    ),
    // Amazon S3.
    ("s3", PROFILE, Block),
    ("s3_use_arn_region", PROFILE, Boolean),
    ("s3_disable_multiregion_access_points", PROFILE, Boolean),
    ("s3_disable_express_session_auth", PROFILE, Boolean),
    ("s3_us_east_1_regional_endpoint", PROFILE, REGIONAL),
    (
        "addressing_style",
        S3,
        CaseSensitive(&["auto", "virtual", "path"]),
    ),
    ("us_east_1_regional_endpoint", S3, REGIONAL),
    ("use_accelerate_endpoint", S3, Boolean),
    ("use_arn_region", S3, Boolean),
    ("payload_signing_enabled", S3, Boolean),
    ("signature_version", S3, Plain),
    ("max_concurrent_requests", S3, POSITIVE),
    ("max_queue_size", S3, POSITIVE),
    ("multipart_threshold", S3, Plain),
    ("multipart_chunksize", S3, Plain),
    ("max_bandwidth", S3, Plain),
    ("target_bandwidth", S3, Plain),
    ("io_chunksize", S3, Plain),
    ("should_stream", S3, Boolean),
    ("disk_throughput", S3, Plain),
    ("direct_io", S3, Boolean),
    (
        "preferred_transfer_client",
        S3,
        CaseSensitive(&["auto", "default", "classic", "crt"]),
    ),
];

impl Kind {
    pub(super) fn of(section: &SectionName<'_>) -> Option<Self> {
        match section {
            SectionName::Default | SectionName::Profile(_) => Some(Self::Profile),
            SectionName::SsoSession(_) => Some(Self::Session),
            SectionName::Services(_) | SectionName::Other(_) => None,
        }
    }

    /// Returns a known key of this kind of section.
    pub(super) fn key(self, name: &str) -> Option<&'static Key> {
        self.keys().find(|(known, _, _)| *known == name)
    }

    pub(super) fn keys(self) -> impl Iterator<Item = &'static Key> + Clone {
        KEYS.iter()
            .filter(move |(_, kinds, _)| kinds.contains(&self))
    }
}

/// Returns a key that is known in any kind of section.
pub(super) fn known(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|(known, _, _)| *known == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sso_config::intended::PROFILE_KEYS;

    use super::Kind;

    #[test]
    fn keys_of_profiles_are_those_by_which_ignored_sections_are_recognised() {
        let keys: BTreeSet<_> = Kind::Profile.keys().map(|(key, _, _)| *key).collect();
        assert_eq!(keys, BTreeSet::from(PROFILE_KEYS));
        assert!(PROFILE_KEYS.is_sorted());
    }
}
