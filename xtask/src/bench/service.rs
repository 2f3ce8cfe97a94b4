//! Emulator, and a home directory with a token for it.

use std::rc::Rc;
use std::time::Duration;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Settings;
use sso_test_support::{Relay, TestEnv};

/// Emulator on the loopback interface, which stops when it is dropped.
pub(super) struct Service {
    /// Home directory with the sample config and a token, without role credentials.
    pub(super) env: Rc<TestEnv>,
    pub(super) access_token: String,
    pub(super) identity_center: Emulator,
    relay: Option<Relay>,
}

impl Service {
    pub(super) fn plain() -> Self {
        Self::start(|_| None)
    }

    /// Uses a certificate that all programs in the home trust, including curl.
    pub(super) fn over_tls() -> Self {
        Self::start(|identity_center| Some(Relay::tls(identity_center.address(), &[])))
    }

    fn start(relay: impl FnOnce(&Emulator) -> Option<Relay>) -> Self {
        let identity_center = Emulator::start();
        let relay = relay(&identity_center);
        let signed_in = identity_center.sign_in(&["sso:account:access"]);
        let mut env = TestEnv::new(&identity_center);
        if let Some(relay) = &relay {
            env.set("AWS_ENDPOINT_URL", relay.url());
            env.set("AWS_CA_BUNDLE", relay.ca_path());
            env.set("CURL_CA_BUNDLE", relay.ca_path());
        }
        env.write_config(TestEnv::SAMPLE_CONFIG);
        env.plant_my_sso(&signed_in);
        Self {
            env: Rc::new(env),
            access_token: signed_in.access_token,
            identity_center,
            relay,
        }
    }

    pub(super) fn sign_in_again(&self) -> String {
        let signed_in = self.identity_center.sign_in(&["sso:account:access"]);
        self.env.plant_my_sso(&signed_in);
        signed_in.access_token
    }

    pub(super) fn sign_in_with_expired_token(&self) {
        let set_lifetime = |lifetime| {
            let set = |settings: &mut Settings| settings.access_token_lifetime = lifetime;
            self.identity_center.configure(set);
        };
        set_lifetime(Duration::ZERO);
        self.sign_in_again();
        set_lifetime(Settings::default().access_token_lifetime);
    }

    pub(super) fn url(&self) -> String {
        let relay = self.relay.as_ref().map(Relay::url);
        relay.unwrap_or_else(|| self.identity_center.url())
    }
}
