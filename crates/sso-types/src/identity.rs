//! Profiles, accounts and roles.

use crate::text::plain_text;

plain_text! {
    /// The name of a profile in the config and credentials files.
    ProfileName
}

plain_text! {
    /// The ID of an AWS account: text of twelve digits, since leading zeros are significant.
    AccountId
}

plain_text! {
    /// The name of a role in IAM Identity Center, which is the name of the assigned permission set.
    /// The config key is `sso_role_name`.
    RoleName
}
