//! `StartDeviceAuthorization` and the page at its verification URI.

use serde_json::json;
use wiremock::Request;

use super::{JsonBody, invalid_request};
use crate::grant_type::DEVICE_CODE;
use crate::pages;
use crate::response::Response;
use crate::secrets;
use crate::service_error::ServiceError;
use crate::settings::Consent;
use crate::state::{ConsentRequest, Decision, DeviceAuthorization, State};

impl State {
    pub(crate) fn start_device_authorization(
        &mut self,
        request: &Request,
    ) -> Result<Response, ServiceError> {
        let fields = JsonBody::of(request)?;
        let (client_id, client) = self.authenticate(&fields)?;
        if !client.may_use(DEVICE_CODE) {
            return Err(ServiceError::oidc(
                "unauthorized_client",
                "the client is not registered for the device grant",
            ));
        }
        let start_url = fields.text("startUrl")?;
        if !start_url.starts_with("https://") && !start_url.starts_with("http://127.0.0.1:") {
            return Err(invalid_request("startUrl is not an https URL"));
        }
        Ok(self.new_device(client_id))
    }

    fn new_device(&mut self, client_id: String) -> Response {
        let device_code = self.record_secret(secrets::code());
        let decision = match self.settings.consent {
            Consent::Granted => Some(Decision::Approved(self.sign_in())),
            _ => None,
        };
        let device = DeviceAuthorization {
            client_id,
            user_code: secrets::user_code(),
            expires_at: self.now() + self.settings.device_code_lifetime,
            interval: self.settings.poll_interval,
            last_poll_at: None,
            decision,
        };
        let page = format!("{}/device", self.url);
        let response = Response::json(&json!({
            "deviceCode": device_code,
            "userCode": device.user_code,
            "verificationUri": page,
            "verificationUriComplete": format!("{page}?user_code={}", device.user_code),
            "expiresIn": self.settings.device_code_lifetime.as_secs(),
            "interval": device.interval.as_secs(),
        }));
        self.devices.insert(device_code, device);
        response
    }

    pub(crate) fn device_page(&mut self, request: &Request) -> Response {
        let mut query = request.url.query_pairs();
        let Some((_, typed)) = query.find(|(name, _)| name == "user_code") else {
            return pages::user_code(None);
        };
        let Some((device_code, device)) = self.device_of(&typed) else {
            return pages::user_code(Some(&typed));
        };
        if device.expires_at <= self.now() {
            return pages::failure("This code has expired", "Start the sign-in again.");
        }
        match (device.decision, self.settings.consent) {
            (Some(_), _) => pages::failure(
                "This code has already been used",
                "Start the sign-in again.",
            ),
            (None, Consent::Ask) => self.device_consent_page(device_code, &device),
            (None, Consent::Deny) => self.decide_device(&device_code, false),
            (None, Consent::Approve | Consent::Granted) => self.decide_device(&device_code, true),
        }
    }

    fn device_of(&self, typed: &str) -> Option<(String, DeviceAuthorization)> {
        let normalize = |code: &str| code.replace(['-', ' '], "").to_uppercase();
        let mut devices = self.devices.iter();
        devices
            .find(|(_, device)| normalize(&device.user_code) == normalize(typed))
            .map(|(code, device)| (code.clone(), device.clone()))
    }

    fn device_consent_page(
        &mut self,
        device_code: String,
        device: &DeviceAuthorization,
    ) -> Response {
        let client = self.clients[&device.client_id].clone();
        let request = self.store_consent_request(ConsentRequest::Device { device_code });
        pages::consent(
            &request,
            &client.name,
            &client.scopes,
            Some(&device.user_code),
        )
    }

    pub(crate) fn decide_device(&mut self, device_code: &str, approved: bool) -> Response {
        let decision = if approved {
            Decision::Approved(self.sign_in())
        } else {
            Decision::Denied
        };
        if let Some(device) = self.devices.get_mut(device_code) {
            device.decision = Some(decision);
        }
        pages::decided(approved)
    }
}
