//! Faults on demand, latency, and the record of requests.

use std::time::Duration;

use identity_center_emulator::grant_type::REFRESH_TOKEN;
use identity_center_emulator::{Emulator, Fault, Operation};
use serde_json::{Value, json};

use crate::client::{Answer, Client, SCOPE, get, post};

fn with_fault(fault: Fault) -> Answer {
    let server = Emulator::start();
    server.fail_next(Operation::ListAccounts, fault);
    let token = server.sign_in(&[SCOPE]).access_token;
    let answer = get(&server, "/assignment/accounts", &token);
    let healed = get(&server, "/assignment/accounts", &token);
    assert_eq!(healed.status, 200, "only the next request was to fail");
    assert!(healed.body["accountList"].is_array());
    answer
}

#[test]
fn each_fault_spoils_the_next_answer_in_its_way() {
    let answer = with_fault(Fault::Status(503, json!({ "message": "busy" })));
    assert_eq!(
        (answer.status, &answer.body["message"]),
        (503, &json!("busy"))
    );

    let answer = with_fault(Fault::CaptivePortal);
    assert_eq!((answer.status, &answer.body), (200, &Value::Null));
    assert!(answer.text.contains("Hotel"), "{answer:?}");

    assert!(with_fault(Fault::Huge(3_000_000)).text.len() > 3_000_000);

    let answer = with_fault(Fault::Redirect("https://example.com/".to_owned()));
    assert_eq!(
        (answer.status, answer.headers["location"].as_str()),
        (302, "https://example.com/")
    );

    let answer = with_fault(Fault::InvalidJson);
    assert_eq!((answer.status, &answer.body), (200, &Value::Null));

    assert_eq!(with_fault(Fault::Empty).text, "");

    let answer = with_fault(Fault::Throttle(Some(Duration::from_secs(7))));
    assert_eq!(
        (answer.status, answer.headers["retry-after"].as_str()),
        (429, "7")
    );
    assert_eq!(
        with_fault(Fault::Throttle(None)).headers.get("retry-after"),
        None
    );
}

#[test]
fn refusals_on_demand_look_like_the_services_own() {
    with_fault(Fault::oidc("slow_down")).refused("slow_down");
    with_fault(Fault::oidc("server_error")).refused("server_error");
    with_fault(Fault::portal("ForbiddenException")).refused_by_portal("ForbiddenException", 403);
    let answer = with_fault(Fault::kms("KMS_DisabledException"));
    answer.refused("access_denied");
    assert_eq!(answer.body["reason"], "KMS_DisabledException");
}

#[test]
fn an_answer_can_be_amended() {
    let fields = json!({ "nextToken": "again", "accountList": null, "more": { "x": 1 } });
    let answer = with_fault(Fault::Amend(fields));
    assert_eq!(
        answer.body,
        json!({ "nextToken": "again", "more": { "x": 1 } })
    );
}

#[test]
fn a_servers_clock_can_be_off() {
    let date = |answer: &Answer| {
        let date = httpdate::parse_http_date(&answer.headers["date"]).expect("a date");
        let date = date
            .duration_since(std::time::UNIX_EPOCH)
            .expect("after 1970");
        i64::try_from(date.as_secs()).expect("it fits")
    };
    let right = date(&with_fault(Fault::DateSkew(0)));
    for skew in [3600, -3600] {
        let off = date(&with_fault(Fault::DateSkew(skew))) - right;
        assert!((off - skew).abs() < 60, "{off}");
    }
}

#[test]
fn a_request_can_take_effect_though_its_answer_is_lost() {
    let server = Emulator::start();
    let signed_in = server.sign_in(&[SCOPE]);
    let client = Client {
        id: signed_in.client_id,
        secret: signed_in.client_secret,
    };
    let token = signed_in.refresh_token.expect("it has scopes");
    let busy = Fault::Status(500, json!({}));
    server.fail_next(Operation::CreateToken, busy.clone());
    assert_eq!(client.refresh(&server, &token).status, 500);
    server.fail_next(Operation::CreateToken, Fault::AfterEffect(Box::new(busy)));
    assert_eq!(client.refresh(&server, &token).status, 500);
    client.refresh(&server, &token).refused("invalid_grant");
}

#[test]
fn faults_come_in_turn_then_the_lasting_one_until_all_is_healed() {
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
fn requests_are_recorded_with_their_answers_status() {
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
fn an_answer_that_takes_its_time_holds_up_no_other() {
    let server = Emulator::start();
    server.set_latency(Operation::RegisterClient, Duration::from_secs(3600));
    let slow = server.clone();
    std::thread::spawn(move || post(&slow, "/client/register", &json!({})));
    assert_eq!(get(&server, "/assignment/accounts", "x").status, 401);
}
