//! Identities of access keys.

use sha2::{Digest as _, Sha256};
use sso_types::hex;

/// Name of the user of IAM Identity Center, and of the IAM user with the configured access keys.
const USER: &str = "otter";

/// Account of the IAM user.
const ACCOUNT: &str = "111122223333";

/// Unique ID of every role.
const ROLE_ID: &str = "AROAEXAMPLE";

/// Unique ID of the IAM user.
const USER_ID: &str = "AIDAEXAMPLE";

/// Identity of an access key.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user_id: String,
    pub(crate) account: String,
    /// `None` for credentials that are valid in the partition of any request, because the access portal
    /// has one URL for all of them.
    partition: Option<String>,
    /// Service and resource of the ARN.
    service: &'static str,
    resource: String,
}

impl Caller {
    /// Returns the IAM user with the configured access keys.
    pub(crate) fn user() -> Self {
        Self {
            user_id: USER_ID.to_owned(),
            account: ACCOUNT.to_owned(),
            partition: None,
            service: "iam",
            resource: format!("user/{USER}"),
        }
    }

    /// Returns the user of IAM Identity Center in the role of a permission set.
    pub(crate) fn permission_set(account: &str, name: &str) -> Self {
        let digest = hex::encode(&Sha256::digest(format!("{account}/{name}")));
        let role = format!("AWSReservedSSO_{name}_{}", &digest[..16]);
        Self {
            partition: None,
            ..Self::assumed_role("", account, &role, USER)
        }
    }

    /// Returns a session of the role with this ARN.
    pub(crate) fn role_session(role_arn: &str, session_name: &str) -> Self {
        let mut parts = role_arn.split(':').skip(1);
        let partition = parts.next().unwrap_or_default();
        let account = parts.nth(2).unwrap_or_default();
        let path = parts.next().unwrap_or_default();
        let role = path.rsplit('/').next().unwrap_or_default();
        Self::assumed_role(partition, account, role, session_name)
    }

    fn assumed_role(partition: &str, account: &str, role: &str, session_name: &str) -> Self {
        Self {
            user_id: format!("{ROLE_ID}:{session_name}"),
            account: account.to_owned(),
            partition: Some(partition.to_owned()),
            service: "sts",
            resource: format!("assumed-role/{role}/{session_name}"),
        }
    }

    /// Returns the ARN in a response to a request that is signed for `region`.
    pub(crate) fn arn(&self, region: &str) -> String {
        let Self {
            account,
            service,
            resource,
            ..
        } = self;
        let partition = self.partition.as_deref();
        let partition = partition.unwrap_or_else(|| partition_of(region));
        format!("arn:{partition}:{service}::{account}:{resource}")
    }
}

/// Returns the partition of a Region. Source: `partitions.json` of the AWS SDKs.
fn partition_of(region: &str) -> &'static str {
    let prefixes = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-isof-", "aws-iso-f"),
        ("eusc-", "aws-eusc"),
    ];
    let found = prefixes
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix));
    found.map_or("aws", |(_, partition)| partition)
}
