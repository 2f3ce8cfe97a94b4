//! `GetCallerIdentity`: account, ARN and unique ID of the credentials that sign the request.

use sso_transport::{RequestKind, Transport};
use sso_types::AccountId;
use time::OffsetDateTime;

use crate::client::StsClient;
use crate::error::StsError;
use crate::signature::SigningKeys;
use crate::xml::{self, Texts};

pub(crate) const FORM: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// Root element of the response.
pub(crate) const RESPONSE: &str = "GetCallerIdentityResponse";

/// Identity of credentials. All fields are printable ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallerIdentity {
    /// Unique ID of a user, or `AROA…:NAME` for a session of a role.
    pub user_id: String,
    /// Account ID.
    pub account: AccountId,
    /// ARN, such as `arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME`.
    pub arn: String,
}

impl<T: Transport> StsClient<T> {
    /// Gets the identity of `keys`, which needs no permissions. Signs the request at the time `now`.
    ///
    /// # Errors
    ///
    /// [`StsError::InvalidKeys`] if the keys are unknown or have expired.
    pub fn get_caller_identity(
        &self,
        keys: &SigningKeys,
        now: OffsetDateTime,
    ) -> Result<CallerIdentity, StsError> {
        log::trace!("GetCallerIdentity request");
        let kind = RequestKind::Idempotent;
        let response = self.post(FORM.to_owned(), &[], keys, now, kind)?;
        let identity = xml::read(&response, RESPONSE, read_identity)?;
        log::trace!("GetCallerIdentity response: {identity:?}");
        Ok(identity)
    }
}

fn read_identity(texts: &Texts<'_>) -> Result<CallerIdentity, StsError> {
    let account = AccountId::from(texts.printable("Account")?);
    if !account.is_valid() {
        return Err(StsError::UnexpectedResponse { field: "Account" });
    }
    Ok(CallerIdentity {
        user_id: texts.printable("UserId")?.to_owned(),
        account,
        arn: texts.printable("Arn")?.to_owned(),
    })
}
