//! Profiles, accounts and roles.

use crate::text::plain_text;

plain_text! {
    /// The name of a profile in the config and credentials files.
    ProfileName
}

plain_text! {
    /// The identifier of an AWS account, twelve digits. Text, since leading zeros count.
    AccountId
}

plain_text! {
    /// The name under which a permission set is assigned, as in `sso_role_name`.
    RoleName
}
