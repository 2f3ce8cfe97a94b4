//! Services for a program, which record its requests.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use identity_center_emulator::settings::{Account, Consent, Settings};
use identity_center_emulator::sign_in::IssuedTokens;
use identity_center_emulator::{Emulator, Fault, Operation, RecordedRequest};
use serde_json::json;
use sso_test_support::{Proxy, Relay};

use super::program::Program;
use super::setting::{DUALSTACK_HOSTS, FIPS_HOSTS, PUBLIC_HOSTS};

/// Emulator that is reachable in three ways: directly, with TLS on localhost, and through a proxy under
/// the host names of the public endpoints. A test certificate authority signs the certificates.
pub(super) struct Services {
    pub(super) center: Emulator,
    pub(super) tls: Relay,
    /// Relay with another certificate authority.
    pub(super) other_tls: Relay,
    pub(super) proxy: Proxy,
}

impl Services {
    pub(super) fn start() -> Self {
        let center = Emulator::start();
        let email = "developer-account-admin@example.com";
        let account = Account::new("111122223333", "DeveloperAccount", email, &["ReadOnly"]);
        center.configure(|settings| settings.accounts = vec![account]);
        center.set_consent(Consent::Granted);
        let hosts = [PUBLIC_HOSTS, FIPS_HOSTS, DUALSTACK_HOSTS].concat();
        let tls = Relay::tls(center.address(), &hosts);
        Self {
            other_tls: Relay::tls(center.address(), &[]),
            proxy: Proxy::leading_to(tls.address()),
            tls,
            center,
        }
    }

    /// Issues tokens that expire within the minimum remaining lifetime of every program.
    pub(super) fn expiring_tokens(&self) -> IssuedTokens {
        let hour = Duration::from_secs(3600);
        let set_lifetime = |lifetime| {
            let change = |settings: &mut Settings| settings.access_token_lifetime = lifetime;
            self.center.configure(change);
        };
        set_lifetime(hour / 60);
        let tokens = self.center.sign_in(&["sso:account:access"]);
        set_lifetime(hour);
        tokens
    }

    /// Makes every request fail as if the service were down.
    pub(super) fn fail(&self) {
        for operation in Operation::API {
            let fault = Fault::Status(503, json!({ "message": "down" }));
            self.center.fail_always(operation, fault);
        }
    }

    /// Returns the operation and the status of each request that reached the emulator.
    pub(super) fn requests(&self) -> Vec<(Operation, u16)> {
        let requests = self.center.requests();
        let of = |request: RecordedRequest| (request.operation, request.status);
        requests.into_iter().map(of).collect()
    }

    /// Returns whether the operations of the program succeeded, and no other request failed except probes.
    pub(super) fn has_done(&self, program: &Program) -> bool {
        let requests = self.requests();
        let sent = |operation: &Operation| requests.iter().any(|(it, _)| it == operation);
        let is_probe = |operation: &Operation| program.probes.contains(operation);
        let is_expected = |(operation, status)| status == 200 || is_probe(&operation);
        requests.iter().all(|&request| is_expected(request)) && program.operations.iter().all(sent)
    }

    /// Returns whether the last request other than a probe was sent once. A preceding refresh may fail and
    /// may be sent again for another reason.
    pub(super) fn has_single_attempt(&self, program: &Program) -> bool {
        let mut requests = self.requests().into_iter();
        let last = requests.rfind(|(operation, _)| !program.probes.contains(operation));
        last.is_some_and(|(operation, _)| self.center.count(operation) == 1)
    }

    pub(super) fn proxied_hosts(&self) -> BTreeSet<String> {
        let targets = self.proxy.targets().into_iter();
        targets.map(|target| target.replace(":443", "")).collect()
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services")
            .field("requests", &self.requests())
            .field("proxied_hosts", &self.proxied_hosts())
            .finish_non_exhaustive()
    }
}
