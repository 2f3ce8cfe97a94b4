//! A transport that returns scripted responses and records the requests.

use std::cell::RefCell;
use std::collections::VecDeque;

use http::{Request, Response};
use serde_json::Value;
use sso_oidc::OidcClient;
use sso_transport::{RequestKind, RetryPolicy, Transport, TransportError};

type Outcome = Result<Response<Vec<u8>>, TransportError>;

pub(crate) struct Script {
    outcomes: RefCell<VecDeque<Outcome>>,
    requests: RefCell<Vec<Request<Vec<u8>>>>,
}

impl Script {
    pub(crate) fn new(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        Self {
            outcomes: RefCell::new(outcomes.into_iter().collect()),
            requests: RefCell::default(),
        }
    }

    pub(crate) fn once(status: u16, body: &str) -> Self {
        Self::new([Ok(response(status, body))])
    }

    pub(crate) fn client(&self) -> OidcClient<&Self> {
        let endpoint = "https://oidc.example/base".parse().unwrap();
        OidcClient::new(self, endpoint, RetryPolicy::default().with_pause(|_| ()))
    }

    pub(crate) fn request_count(&self) -> usize {
        self.requests.borrow().len()
    }

    pub(crate) fn last_request(&self) -> (String, Value) {
        let requests = self.requests.borrow();
        let request = requests.last().unwrap();
        assert_eq!(request.headers()["content-type"], "application/json");
        (
            format!("{} {}", request.method(), request.uri()),
            serde_json::from_slice(request.body()).unwrap(),
        )
    }

    pub(crate) fn last_kind(&self) -> Option<RequestKind> {
        let requests = self.requests.borrow();
        requests.last().unwrap().extensions().get().copied()
    }
}

impl Transport for Script {
    fn send(&self, request: Request<Vec<u8>>) -> Outcome {
        self.requests.borrow_mut().push(request);
        self.outcomes.borrow_mut().pop_front().unwrap()
    }
}

pub(crate) fn response(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder()
        .status(status)
        .body(body.into())
        .unwrap()
}

pub(crate) fn cut() -> TransportError {
    TransportError::Cut {
        host: "oidc.example".to_owned(),
        source: std::io::ErrorKind::UnexpectedEof.into(),
    }
}

pub(crate) fn refused() -> TransportError {
    TransportError::Refused {
        host: "oidc.example".to_owned(),
    }
}
