//! HTTP server and dispatch to the operations.

use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::operation::Operation;
use crate::pages;
use crate::recorded_request::RecordedRequest;
use crate::response::Response;
use crate::service_error::ServiceError;
use crate::state::State;

pub(crate) fn serve(listener: TcpListener, state: Arc<Mutex<State>>) -> io::Result<MockServer> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(async {
        let server = MockServer::builder()
            .listener(listener)
            .disable_request_recording();
        let server = server.start().await;
        let any_request = Mock::given(wiremock::matchers::any());
        any_request
            .respond_with(Responder(state))
            .mount(&server)
            .await;
        server
    }))
}

struct Responder(Arc<Mutex<State>>);

impl Respond for Responder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let operation = Operation::of(request);
        let response = state.respond(operation, request);
        let record = RecordedRequest::new(operation, request, response.status);
        state.requests.push(record);
        let latency = state.settings.latency.get(&operation);
        response.into_template(latency.copied().unwrap_or(Duration::ZERO))
    }
}

impl State {
    fn respond(&mut self, operation: Operation, request: &Request) -> Response {
        match self.faults.take(operation) {
            None => self.correct_response(operation, request),
            Some(fault) if fault.lets_request_take_effect() => {
                fault.apply(self.correct_response(operation, request))
            }
            Some(fault) => fault.apply(Response::empty()),
        }
    }

    fn correct_response(&mut self, operation: Operation, request: &Request) -> Response {
        self.perform(operation, request)
            .unwrap_or_else(Response::from)
    }

    fn perform(
        &mut self,
        operation: Operation,
        request: &Request,
    ) -> Result<Response, ServiceError> {
        if operation.is_portal() {
            self.throttle()?;
        }
        match operation {
            Operation::RegisterClient => self.register_client(request),
            Operation::StartDeviceAuthorization => self.start_device_authorization(request),
            Operation::CreateToken => self.create_token(request),
            Operation::GetRoleCredentials => self.get_role_credentials(request),
            Operation::ListAccounts => self.list_accounts(request),
            Operation::ListAccountRoles => self.list_account_roles(request),
            Operation::Logout => self.logout(request),
            Operation::AssumeRole => Ok(self.assume_role(request)),
            Operation::GetCallerIdentity => Ok(self.get_caller_identity(request)),
            Operation::GetSigninToken => Ok(self.get_signin_token(request)),
            Operation::ConsoleSignIn => Ok(self.console_sign_in(request)),
            Operation::ConsoleSignOut => Ok(Self::console_sign_out(request)),
            Operation::Authorize => Ok(self.authorize(request)),
            Operation::Page => Ok(self.show_page(request)),
            Operation::Unknown => Err(ServiceError::portal(
                "UnknownOperationException",
                "unknown path",
            )),
        }
    }

    fn show_page(&mut self, request: &Request) -> Response {
        match request.url.path() {
            "/device" => self.device_page(request),
            "/consent" => self.submit_consent(request),
            "/start" | "/start/" => pages::portal(&self.settings.accounts),
            _ => pages::welcome(&self.settings.accounts),
        }
    }
}
