//! A transport that returns scripted responses and records the requests.

use std::cell::RefCell;
use std::collections::VecDeque;

use http::{Request, Response};
use sso_transport::{RetryPolicy, Transport, TransportError};
use sts_assume_role::{AssumeRole, AssumedRoleCredentials, SigningKeys, StsClient, StsError};
use time::OffsetDateTime;

pub(crate) struct Script {
    responses: RefCell<VecDeque<Response<Vec<u8>>>>,
    requests: RefCell<Vec<Request<Vec<u8>>>>,
}

impl Script {
    pub(crate) fn new(responses: impl IntoIterator<Item = Response<Vec<u8>>>) -> Self {
        Self {
            responses: RefCell::new(responses.into_iter().collect()),
            requests: RefCell::default(),
        }
    }

    pub(crate) fn client(&self, endpoint: &str, region: &str) -> StsClient<&Self> {
        let retry = RetryPolicy::default().with_pause(|_| ());
        StsClient::new(
            self,
            endpoint.parse().unwrap(),
            region.parse().unwrap(),
            retry,
        )
    }

    pub(crate) fn assume(&self, role: &AssumeRole) -> Result<AssumedRoleCredentials, StsError> {
        let client = self.client("https://sts.example", "us-east-1");
        client.assume_role(role, &keys(), OffsetDateTime::UNIX_EPOCH)
    }

    pub(crate) fn requests(&self) -> Vec<Request<Vec<u8>>> {
        self.requests.borrow().clone()
    }
}

impl Transport for Script {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        self.requests.borrow_mut().push(request);
        Ok(self.responses.borrow_mut().pop_front().unwrap())
    }
}

pub(crate) fn response(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder()
        .status(status)
        .header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
        .header("content-type", "text/xml")
        .body(body.into())
        .unwrap()
}

/// Returns the example response in the STS API reference.
pub(crate) fn issued() -> String {
    "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <AssumeRoleResult>
  <SourceIdentity>Alice</SourceIdentity>
    <AssumedRoleUser>
      <Arn>arn:aws:sts::123456789012:assumed-role/demo/TestAR</Arn>
      <AssumedRoleId>ARO123EXAMPLE123:TestAR</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
      <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
      <SessionToken>
       AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW==
      </SessionToken>
      <Expiration>2019-11-09T13:34:41Z</Expiration>
    </Credentials>
    <PackedPolicySize>6</PackedPolicySize>
  </AssumeRoleResult>
  <ResponseMetadata>
    <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>
  </ResponseMetadata>
</AssumeRoleResponse>"
        .to_owned()
}

pub(crate) fn role() -> AssumeRole {
    AssumeRole::new("arn:aws:iam::222222222222:role/x", "otter")
}

pub(crate) fn keys() -> SigningKeys {
    SigningKeys {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: "hunter2".into(),
        session_token: None,
    }
}
