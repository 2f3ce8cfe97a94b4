//! A transport that returns scripted responses and records the requests.

use std::cell::RefCell;
use std::collections::VecDeque;

use http::{Request, Response};
use sso_portal::PortalClient;
use sso_transport::{RetryPolicy, Transport, TransportError};

pub(crate) struct Script {
    responses: RefCell<VecDeque<Response<Vec<u8>>>>,
    requests: RefCell<Vec<String>>,
}

impl Script {
    pub(crate) fn new(responses: impl IntoIterator<Item = Response<Vec<u8>>>) -> Self {
        Self {
            responses: RefCell::new(responses.into_iter().collect()),
            requests: RefCell::default(),
        }
    }

    pub(crate) fn bodies(bodies: &[&str]) -> Self {
        Self::new(bodies.iter().map(|body| response(200, body)))
    }

    pub(crate) fn client(&self) -> PortalClient<&Self> {
        let endpoint = "https://portal.example/base".parse().unwrap();
        PortalClient::new(self, endpoint, RetryPolicy::default().with_pause(|_| ()))
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.borrow().clone()
    }
}

impl Transport for Script {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        assert!(request.body().is_empty());
        let token = &request.headers()["x-amz-sso_bearer_token"];
        assert_eq!(token, "hunter2");
        assert!(token.is_sensitive());
        let uri = request.uri().to_string();
        let path = uri.strip_prefix("https://portal.example/base").unwrap();
        let request = format!("{} {path}", request.method());
        self.requests.borrow_mut().push(request);
        Ok(self.responses.borrow_mut().pop_front().unwrap())
    }
}

pub(crate) fn response(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder()
        .status(status)
        .header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
        .body(body.into())
        .unwrap()
}
