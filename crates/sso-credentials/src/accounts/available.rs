//! The access that a session has instead of a refused role.

use std::sync::atomic::{AtomicU32, Ordering};

use http::{Request, Response, StatusCode};
use sso_portal::{PortalClient, PortalError};
use sso_transport::{Endpoint, RetryPolicy, Transport, TransportError};
use sso_types::{AccessToken, AccountId};

use crate::error::AvailableAccess;

/// Maximum number of listed roles or accounts.
const MAX_LISTED: usize = 100;

/// Maximum number of requests. The access portal may return any number of empty pages.
const MAX_REQUESTS: u32 = 8;

/// Lists the roles in `account`, or the accounts if there are none. Any error means unknown: the
/// caller has another error to report. Sends at most [`MAX_REQUESTS`] requests, without retries.
pub(crate) fn available_access(
    transport: impl Transport,
    endpoint: Endpoint,
    token: &AccessToken,
    account: &AccountId,
) -> AvailableAccess {
    let transport = Limited {
        transport,
        left: AtomicU32::new(MAX_REQUESTS),
    };
    let portal = PortalClient::new(transport, endpoint, RetryPolicy::single_attempt());
    let roles = portal.list_account_roles(token, account).take(MAX_LISTED);
    let roles: Result<Vec<_>, _> = roles.map(|role| Ok(role?.role_name)).collect();
    match roles {
        Ok(roles) if !roles.is_empty() => return AvailableAccess::Roles(roles),
        Err(error) if !is_without_access(&error) => return AvailableAccess::Unknown,
        _ => {}
    }
    let accounts = portal.list_accounts(token).take(MAX_LISTED);
    let accounts: Result<Vec<_>, _> = accounts.collect();
    accounts.map_or(AvailableAccess::Unknown, AvailableAccess::Accounts)
}

/// Returns whether the account does not exist, or the session has no access to it.
fn is_without_access(error: &PortalError) -> bool {
    matches!(
        error,
        PortalError::Forbidden(_)
            | PortalError::ResourceNotFound(_)
            | PortalError::InvalidRequest(_)
    )
}

/// Transport for a limited number of requests.
struct Limited<T> {
    transport: T,
    left: AtomicU32,
}

impl<T: Transport> Transport for Limited<T> {
    /// Returns status 503 instead of a further response.
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            let mut response = Response::new(Vec::new());
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return Ok(response);
        }
        self.left.store(left - 1, Ordering::Relaxed);
        self.transport.send(request)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use http::{Request, Response};
    use sso_transport::{Transport, TransportError};

    use super::{MAX_REQUESTS, available_access};
    use crate::error::AvailableAccess;

    /// Access portal whose pages are empty, each with another token for the next page.
    #[derive(Default)]
    struct EmptyPages(AtomicU32);

    impl Transport for EmptyPages {
        fn send(&self, _: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            assert!(number < 1000, "the listing does not end");
            Ok(Response::new(
                format!(r#"{{"nextToken":"{number}"}}"#).into_bytes(),
            ))
        }
    }

    #[test]
    fn listing_ends_if_all_pages_are_empty() {
        let portal = EmptyPages::default();
        let endpoint = "http://127.0.0.1".parse().unwrap();
        let account = "111122223333".into();
        let found = available_access(&portal, endpoint, &"token".into(), &account);
        assert_eq!(found, AvailableAccess::Unknown);
        assert_eq!(portal.0.into_inner(), MAX_REQUESTS);
    }
}
