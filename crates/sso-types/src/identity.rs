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

impl AccountId {
    /// Returns whether this is an ID of AWS, which has 12 digits.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.as_str().len() == 12 && self.as_str().bytes().all(|byte| byte.is_ascii_digit())
    }
}
