use std::time::Duration;

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};

use crate::client::{SCOPE, TestResponse, agent, get, read};

const CREDENTIALS: &str = "/federation/credentials?role_name=ReadOnly&account_id=111122223333";

fn signed_in() -> (Emulator, String) {
    let server = Emulator::start();
    let token = server.sign_in(&[SCOPE]).access_token;
    (server, token)
}

#[test]
fn expiration_of_role_credentials_is_in_epoch_milliseconds() {
    let (server, token) = signed_in();
    let response = get(&server, CREDENTIALS, &token);
    let credentials = &response.body["roleCredentials"];
    assert!(
        credentials["accessKeyId"]
            .as_str()
            .is_some_and(|id| id.starts_with("ASIA"))
    );
    assert!(
        credentials["expiration"]
            .as_u64()
            .is_some_and(|time| time > 1_700_000_000_000)
    );
    for field in ["secretAccessKey", "sessionToken"] {
        let secret = credentials[field].as_str().expect("a string").to_owned();
        assert!(server.issued_secrets().contains(&secret), "{field}");
    }
    assert!(
        response.headers["x-amzn-requestid"].len() == 36,
        "{response:?}"
    );
}

#[track_caller]
fn check(target: &str, exception: &str, status: u16) {
    let (server, token) = signed_in();
    get(&server, target, &token).assert_portal_error(exception, status);
}

#[test]
fn only_assigned_roles_have_credentials() {
    let path = "/federation/credentials";
    let other_role = format!("{path}?role_name=Admin&account_id=111122223333");
    check(&other_role, "ForbiddenException", 403);
    let other_account = format!("{path}?role_name=ReadOnly&account_id=999999999999");
    check(&other_account, "ForbiddenException", 403);
    let no_role = format!("{path}?account_id=111122223333");
    check(&no_role, "InvalidRequestException", 400);
    check(
        &format!("{path}?role_name=ReadOnly"),
        "InvalidRequestException",
        400,
    );
    let short = format!("{path}?role_name=ReadOnly&account_id=1111");
    check(&short, "InvalidRequestException", 400);
    check(
        "/assignment/roles?account_id=999999999999",
        "ForbiddenException",
        403,
    );
    check("/nowhere", "UnknownOperationException", 404);
}

#[track_caller]
fn assert_unauthorized(response: &TestResponse) {
    response.assert_portal_error("UnauthorizedException", 401);
}

#[test]
fn every_operation_requires_a_valid_token() {
    let targets = [
        CREDENTIALS,
        "/assignment/accounts",
        "/assignment/roles?account_id=111122223333",
    ];
    for target in targets {
        let (server, token) = signed_in();
        assert_unauthorized(&get(&server, target, "guessed"));
        assert_unauthorized(&get(&server, target, ""));
        server.advance(Duration::from_secs(3601));
        assert_unauthorized(&get(&server, target, &token));
        let token = server.sign_in(&[SCOPE]).access_token;
        server.revoke_access_tokens();
        assert_unauthorized(&get(&server, target, &token));
        let token = server.sign_in(&[SCOPE]).access_token;
        server.end_session();
        assert_unauthorized(&get(&server, target, &token));
    }
}

#[test]
fn token_without_the_account_scope_has_no_access_to_accounts() {
    let server = Emulator::start();
    let token = server.sign_in(&["codewhisperer:completions"]).access_token;
    assert_unauthorized(&get(&server, "/assignment/accounts", &token));
    let legacy = server.sign_in(&[]).access_token;
    assert_eq!(get(&server, "/assignment/accounts", &legacy).status, 200);
}

#[test]
fn logout_invalidates_all_tokens_of_the_session() {
    let (server, token) = signed_in();
    let other = server.sign_in(&[SCOPE]).access_token;
    let logout = |token: &str| {
        let request = agent().post(format!("{}/logout", server.url()));
        read(request.header("x-amz-sso_bearer_token", token).send_empty())
    };
    let response = logout(&token);
    assert_eq!((response.status, response.text.as_str()), (200, ""));
    assert_unauthorized(&get(&server, CREDENTIALS, &other));
    assert_unauthorized(&logout(&token));
}

fn pages(server: &Emulator, target: &str, list: &str) -> (Vec<usize>, Vec<Value>) {
    let token = server.sign_in(&[SCOPE]).access_token;
    let (mut sizes, mut entries) = (Vec::new(), Vec::new());
    let mut next = String::new();
    loop {
        let response = get(server, &format!("{target}{next}"), &token);
        let page = response.body[list].as_array().expect("a page").clone();
        sizes.push(page.len());
        entries.extend(page);
        let Some(token) = response.body["nextToken"].as_str() else {
            return (sizes, entries);
        };
        let token = token
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        next = format!(
            "{}next_token={token}",
            if target.contains('?') { "&" } else { "?" }
        );
    }
}

#[test]
fn accounts_are_paginated() {
    let server = Emulator::start();
    server.configure(|settings| settings.accounts = Account::generated(250));
    let (sizes, accounts) = pages(&server, "/assignment/accounts", "accountList");
    assert_eq!((sizes, accounts.len()), (vec![100, 100, 50], 250));
    let (sizes, _) = pages(&server, "/assignment/accounts?max_result=99", "accountList");
    assert_eq!(sizes, [99, 99, 52]);
}

#[test]
fn empty_page_can_precede_another_page() {
    let server = Emulator::start();
    server.configure(|settings| {
        settings.page_size = 1;
        settings.empty_pages = true;
    });
    let (sizes, accounts) = pages(&server, "/assignment/accounts", "accountList");
    assert_eq!(sizes, [0, 1, 0, 1]);
    assert_eq!(
        accounts[0],
        json!({
            "accountId": "111122223333",
            "accountName": "DeveloperAccount",
            "emailAddress": "developer-account-admin@example.com",
        })
    );
    let target = "/assignment/roles?account_id=123456789011";
    let (sizes, roles) = pages(&server, target, "roleList");
    assert_eq!(sizes, [0, 1, 0, 1]);
    assert_eq!(
        roles[1],
        json!({ "roleName": "FullAccess", "accountId": "123456789011" })
    );
}

#[test]
fn invalid_page_sizes_and_tokens_are_rejected() {
    for query in [
        "max_result=0",
        "max_result=101",
        "max_result=x",
        "next_token=forged",
    ] {
        let target = format!("/assignment/accounts?{query}");
        check(&target, "InvalidRequestException", 400);
    }
}

#[test]
fn account_can_lack_a_name_and_an_email_address() {
    let (server, token) = signed_in();
    server.configure(|settings| {
        settings.accounts.truncate(1);
        settings.accounts[0].name = None;
        settings.accounts[0].email = None;
    });
    let response = get(&server, "/assignment/accounts", &token);
    let expected = json!({ "accountList": [{ "accountId": "111122223333" }], "nextToken": null });
    assert_eq!(response.body, expected);
}

#[test]
fn requests_above_the_rate_limit_are_throttled_for_a_second() {
    let (server, token) = signed_in();
    server.configure(|settings| settings.requests_per_second = Some(2));
    server.stop_clock();
    let list = || get(&server, "/assignment/accounts", &token);
    assert_eq!((list().status, list().status), (200, 200));
    list().assert_portal_error("TooManyRequestsException", 429);
    server.advance(Duration::from_secs(1));
    assert_eq!(list().status, 200);
    assert_eq!(server.count(Operation::ListAccounts), 4);
}
