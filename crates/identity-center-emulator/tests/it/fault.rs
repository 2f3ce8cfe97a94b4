use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::{Emulator, Fault, Operation};
use serde_json::{Value, json};

use crate::client::{Client, SCOPE, TestResponse, get, post};

fn with_fault(fault: Fault) -> TestResponse {
    let server = Emulator::start();
    server.fail_next(Operation::ListAccounts, fault);
    let token = server.sign_in(&[SCOPE]).access_token;
    let response = get(&server, "/assignment/accounts", &token);
    let next = get(&server, "/assignment/accounts", &token);
    assert_eq!(next.status, 200, "only the next request should fail");
    assert!(next.body["accountList"].is_array());
    response
}

#[test]
fn each_fault_replaces_the_next_response() {
    let response = with_fault(Fault::Status(503, json!({ "message": "busy" })));
    assert_eq!(
        (response.status, &response.body["message"]),
        (503, &json!("busy"))
    );

    let response = with_fault(Fault::CaptivePortal);
    assert_eq!((response.status, &response.body), (200, &Value::Null));
    assert!(response.text.contains("Hotel"), "{response:?}");

    assert!(with_fault(Fault::Huge(3_000_000)).text.len() > 3_000_000);

    let response = with_fault(Fault::Redirect("https://example.com/".to_owned()));
    assert_eq!(
        (response.status, response.headers["location"].as_str()),
        (302, "https://example.com/")
    );

    let response = with_fault(Fault::InvalidJson);
    assert_eq!((response.status, &response.body), (200, &Value::Null));

    assert_eq!(with_fault(Fault::Empty).text, "");

    let response = with_fault(Fault::Throttle(Some(Duration::from_secs(7))));
    assert_eq!(
        (response.status, response.headers["retry-after"].as_str()),
        (429, "7")
    );
    assert_eq!(
        with_fault(Fault::Throttle(None)).headers.get("retry-after"),
        None
    );
}

#[test]
fn injected_errors_match_the_service_models() {
    with_fault(Fault::oidc("slow_down")).assert_oidc_error("slow_down");
    with_fault(Fault::oidc("server_error")).assert_oidc_error("server_error");
    with_fault(Fault::portal("ForbiddenException")).assert_portal_error("ForbiddenException", 403);
    let response = with_fault(Fault::kms("KMS_DisabledException"));
    response.assert_oidc_error("access_denied");
    assert_eq!(response.body["reason"], "KMS_DisabledException");
}

#[test]
fn response_can_be_amended() {
    let fields = json!({ "nextToken": "again", "accountList": null, "more": { "x": 1 } });
    let response = with_fault(Fault::Amend(fields));
    assert_eq!(
        response.body,
        json!({ "nextToken": "again", "more": { "x": 1 } })
    );
}

#[test]
fn date_of_a_response_can_be_wrong() {
    let date = |response: &TestResponse| {
        let date = httpdate::parse_http_date(&response.headers["date"]).expect("a date");
        let date = date
            .duration_since(std::time::UNIX_EPOCH)
            .expect("after 1970");
        i64::try_from(date.as_secs()).expect("the date fits into an i64")
    };
    let correct = date(&with_fault(Fault::DateSkew(0)));
    for skew in [3600, -3600] {
        let actual = date(&with_fault(Fault::DateSkew(skew))) - correct;
        assert!((actual - skew).abs() < 60, "{actual}");
    }
}

#[test]
fn request_can_take_effect_although_its_response_is_lost() {
    let server = Emulator::start();
    let signed_in = server.sign_in(&[SCOPE]);
    let client = Client {
        id: signed_in.client_id,
        secret: signed_in.client_secret,
    };
    let token = signed_in
        .refresh_token
        .expect("a sign-in with scopes has a refresh token");
    let busy = Fault::Status(500, json!({}));
    server.fail_next(Operation::CreateToken, busy.clone());
    assert_eq!(client.refresh(&server, &token).status, 500);
    server.fail_next(Operation::CreateToken, Fault::AfterEffect(Box::new(busy)));
    assert_eq!(client.refresh(&server, &token).status, 500);
    client
        .refresh(&server, &token)
        .assert_oidc_error("invalid_grant");
}

#[test]
fn queued_faults_precede_the_permanent_one_until_cleared() {
    let server = Emulator::start();
    let status = |status| Fault::Status(status, json!({}));
    server.fail_always(Operation::RegisterClient, status(500));
    server.fail_next(Operation::RegisterClient, status(501));
    server.fail_next(Operation::RegisterClient, status(502));
    let register = || post(&server, "/client/register", &json!({})).status;
    assert_eq!(
        [register(), register(), register(), register()],
        [501, 502, 500, 500]
    );
    server.clear_faults();
    assert_eq!(register(), 400);
}

#[test]
fn requests_are_recorded_with_the_response_status() {
    let server = Emulator::start();
    let token = server.sign_in(&[SCOPE]).access_token;
    let _ = get(&server, "/assignment/accounts?max_result=5", &token);
    let _ = post(&server, "/token", &json!({ "grantType": REFRESH_TOKEN }));
    let requests = server.requests();
    let [list, refresh] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    assert_eq!(list.operation, Operation::ListAccounts);
    assert_eq!((list.method.as_str(), list.status), ("GET", 200));
    assert_eq!(list.target, "/assignment/accounts?max_result=5");
    assert_eq!(list.headers["x-amz-sso_bearer_token"], token);
    assert_eq!(
        (refresh.json(), refresh.status),
        (json!({ "grantType": REFRESH_TOKEN }), 400)
    );
    server.forget_requests();
    assert_eq!(server.count(Operation::CreateToken), 0);
}

#[test]
fn delayed_response_does_not_block_other_requests() {
    let server = Emulator::start();
    server.set_latency(Operation::RegisterClient, Duration::from_secs(3600));
    let slow = server.clone();
    std::thread::spawn(move || post(&slow, "/client/register", &json!({})));
    assert_eq!(get(&server, "/assignment/accounts", "x").status, 401);
}
