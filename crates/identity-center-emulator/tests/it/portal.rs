//! The access portal.

use std::time::Duration;

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Operation};
use serde_json::{Value, json};

use crate::client::{Answer, SCOPE, agent, get, read};

const CREDENTIALS: &str = "/federation/credentials?role_name=ReadOnly&account_id=111122223333";

fn signed_in() -> (Emulator, String) {
    let server = Emulator::start();
    let token = server.sign_in(&[SCOPE]).access_token;
    (server, token)
}

#[test]
fn role_credentials_expire_in_epoch_milliseconds() {
    let (server, token) = signed_in();
    let answer = get(&server, CREDENTIALS, &token);
    let credentials = &answer.body["roleCredentials"];
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
        let secret = credentials[field].as_str().expect("a text").to_owned();
        assert!(server.issued_secrets().contains(&secret), "{field}");
    }
    assert!(answer.headers["x-amzn-requestid"].len() == 36, "{answer:?}");
}

#[track_caller]
fn check(target: &str, exception: &str, status: u16) {
    let (server, token) = signed_in();
    get(&server, target, &token).refused_by_portal(exception, status);
}

#[test]
fn role_credentials_are_for_assigned_roles_only() {
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
fn refused(answer: &Answer) {
    answer.refused_by_portal("UnauthorizedException", 401);
}

#[test]
fn every_operation_wants_a_token_that_is_still_good() {
    let targets = [
        CREDENTIALS,
        "/assignment/accounts",
        "/assignment/roles?account_id=111122223333",
    ];
    for target in targets {
        let (server, token) = signed_in();
        refused(&get(&server, target, "guessed"));
        refused(&get(&server, target, ""));
        server.advance(Duration::from_secs(3601));
        refused(&get(&server, target, &token));
        let token = server.sign_in(&[SCOPE]).access_token;
        server.revoke_access_tokens();
        refused(&get(&server, target, &token));
        let token = server.sign_in(&[SCOPE]).access_token;
        server.end_session();
        refused(&get(&server, target, &token));
    }
}

#[test]
fn a_token_for_something_else_has_no_access_to_accounts() {
    let server = Emulator::start();
    let token = server.sign_in(&["codewhisperer:completions"]).access_token;
    refused(&get(&server, "/assignment/accounts", &token));
    let legacy = server.sign_in(&[]).access_token;
    assert_eq!(get(&server, "/assignment/accounts", &legacy).status, 200);
}

#[test]
fn logout_ends_the_session_with_all_of_its_tokens() {
    let (server, token) = signed_in();
    let other = server.sign_in(&[SCOPE]).access_token;
    let logout = |token: &str| {
        let request = agent().post(format!("{}/logout", server.url()));
        read(request.header("x-amz-sso_bearer_token", token).send_empty())
    };
    let answer = logout(&token);
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    refused(&get(&server, CREDENTIALS, &other));
    refused(&logout(&token));
}

/// Walks all pages; returns their sizes and the entries.
fn pages(server: &Emulator, target: &str, list: &str) -> (Vec<usize>, Vec<Value>) {
    let token = server.sign_in(&[SCOPE]).access_token;
    let (mut sizes, mut entries) = (Vec::new(), Vec::new());
    let mut next = String::new();
    loop {
        let answer = get(server, &format!("{target}{next}"), &token);
        let page = answer.body[list].as_array().expect("a page").clone();
        sizes.push(page.len());
        entries.extend(page);
        let Some(token) = answer.body["nextToken"].as_str() else {
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
fn accounts_come_in_pages() {
    let server = Emulator::start();
    server.configure(|settings| settings.accounts = Account::generated(250));
    let (sizes, accounts) = pages(&server, "/assignment/accounts", "accountList");
    assert_eq!((sizes, accounts.len()), (vec![100, 100, 50], 250));
    let (sizes, _) = pages(&server, "/assignment/accounts?max_result=99", "accountList");
    assert_eq!(sizes, [99, 99, 52]);
}

#[test]
fn pages_may_be_empty_and_still_go_on() {
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
fn page_sizes_and_tokens_are_checked() {
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
fn an_account_may_lack_a_name_and_an_address() {
    let (server, token) = signed_in();
    server.configure(|settings| {
        settings.accounts.truncate(1);
        settings.accounts[0].name = None;
        settings.accounts[0].email = None;
    });
    let answer = get(&server, "/assignment/accounts", &token);
    let expected = json!({ "accountList": [{ "accountId": "111122223333" }], "nextToken": null });
    assert_eq!(answer.body, expected);
}

#[test]
fn more_requests_than_the_limit_are_refused_until_a_second_has_gone_by() {
    let (server, token) = signed_in();
    server.configure(|settings| settings.requests_per_second = Some(2));
    server.stop_clock();
    let list = || get(&server, "/assignment/accounts", &token);
    assert_eq!((list().status, list().status), (200, 200));
    list().refused_by_portal("TooManyRequestsException", 429);
    server.advance(Duration::from_secs(1));
    assert_eq!(list().status, 200);
    assert_eq!(server.count(Operation::ListAccounts), 4);
}
