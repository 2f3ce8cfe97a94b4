//! Tests with the real transport and the emulator, which checks signatures.

use identity_center_emulator::settings::{ACCESS_KEY, AssumableRole};
use identity_center_emulator::{Emulator, Fault, Operation};
use sso_transport::{HttpSettings, HttpTransport, RetryPolicy};
use sts_assume_role::{AssumeRole, SigningKeys, StsClient};
use time::OffsetDateTime;

use crate::script::role;

fn client_of(endpoint: &str) -> StsClient<HttpTransport> {
    let transport = HttpTransport::new(HttpSettings::default());
    let retry = RetryPolicy::default().with_pause(|_| ());
    let region = "eu-central-1".parse().unwrap();
    StsClient::new(transport, endpoint.parse().unwrap(), region, retry)
}

fn keys() -> SigningKeys {
    SigningKeys {
        access_key_id: ACCESS_KEY[0].to_owned(),
        secret_access_key: ACCESS_KEY[1].into(),
        session_token: None,
    }
}

#[test]
fn role_credentials_can_assume_the_next_role() {
    let server = Emulator::start();
    let external_id = "+=,.@:/-_";
    server.configure(|settings| {
        let last = AssumableRole::new("arn:aws:iam::333333333333:role/path/to/last");
        settings
            .assumable_roles
            .push(last.with_external_id(external_id));
    });
    let client = client_of(&server.url().replace("127.0.0.1", "LocalHost"));
    let now = OffsetDateTime::now_utc();
    let first = client.assume_role(&role(), &keys(), now).unwrap();
    assert!(first.expires_at > first.responded_at.unwrap());

    let chained = SigningKeys {
        access_key_id: first.access_key_id,
        secret_access_key: first.secret_access_key,
        session_token: Some(first.session_token),
    };
    let last = AssumeRole {
        external_id: Some(external_id.to_owned()),
        ..AssumeRole::new("arn:aws:iam::333333333333:role/path/to/last", "otter=1,2@x")
    };
    server.fail_next(Operation::AssumeRole, Fault::sts("ServiceUnavailable"));
    let second = client.assume_role(&last, &chained, now).unwrap();
    assert_eq!(second.account_id().unwrap().as_str(), "333333333333");
    assert!(second.assumed_role_arn.ends_with("/otter=1,2@x"));

    let denied = client.assume_role(&AssumeRole::new(&last.role_arn, "me"), &keys(), now);
    assert!(denied.unwrap_err().is_access_denied());
}

#[test]
fn an_identity_has_the_arn_of_the_keys_that_sign_the_request() {
    let server = Emulator::start();
    let client = client_of(&server.url());
    let now = OffsetDateTime::now_utc();
    let user = client.get_caller_identity(&keys(), now).unwrap();
    assert_eq!(user.arn, "arn:aws:iam::111122223333:user/otter");
    assert_eq!(user.account.as_str(), "111122223333");

    let assumed = client.assume_role(&role(), &keys(), now).unwrap();
    let keys = SigningKeys {
        access_key_id: assumed.access_key_id,
        secret_access_key: assumed.secret_access_key,
        session_token: Some(assumed.session_token),
    };
    server.fail_next(
        Operation::GetCallerIdentity,
        Fault::sts("ServiceUnavailable"),
    );
    let session = client.get_caller_identity(&keys, now).unwrap();
    assert_eq!(session.arn, assumed.assumed_role_arn);
    assert_eq!(session.user_id, assumed.assumed_role_id);

    server.advance(std::time::Duration::from_secs(3600));
    let error = client.get_caller_identity(&keys, now).unwrap_err();
    assert!(error.is_invalid_keys(), "{error:?}");
    let name = error.service_error().unwrap().name.clone();
    assert_eq!(name.as_deref(), Some("ExpiredToken"));
}

#[test]
fn a_wrong_key_and_a_wrong_clock_are_rejected() {
    let server = Emulator::start();
    let client = client_of(&server.url());
    let now = OffsetDateTime::now_utc();
    let wrong = SigningKeys {
        secret_access_key: "hunter2".into(),
        ..keys()
    };
    let error = client.assume_role(&role(), &wrong, now).unwrap_err();
    assert!(error.is_invalid_keys(), "{error:?}");
    let error = client.assume_role(&role(), &keys(), now - time::Duration::minutes(6));
    assert!(error.unwrap_err().is_invalid_keys());
}
