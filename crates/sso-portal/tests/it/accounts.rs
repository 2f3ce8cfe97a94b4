use sso_portal::{Account, PortalError};
use sso_transport::TransportError;

use super::script::{Script, response};

fn accounts(script: &Script) -> Vec<Result<Account, PortalError>> {
    script.client().list_accounts(&"hunter2".into()).collect()
}

fn ids(accounts: Vec<Result<Account, PortalError>>) -> Vec<String> {
    let id = |account: Result<Account, _>| account.unwrap().account_id.to_string();
    accounts.into_iter().map(id).collect()
}

#[test]
fn accounts_of_all_pages_are_listed_in_order() {
    let script = Script::bodies(&[
        r#"{"accountList":[{"accountId":"000000000001","accountName":"A","emailAddress":"a@b.example"},
            {"accountId":"2"}],"nextToken":"t&1"}"#,
        r#"{"accountList":[],"nextToken":"t2"}"#,
        r#"{"nextToken":"t3"}"#,
        r#"{"accountList":[{"accountId":"3","accountName":null}],"nextToken":null}"#,
    ]);
    let mut found = accounts(&script);
    let first = found.remove(0).unwrap();
    assert_eq!(first.account_id.as_str(), "000000000001");
    assert_eq!(first.account_name.as_deref(), Some("A"));
    assert_eq!(first.email_address.as_deref(), Some("a@b.example"));
    assert_eq!(ids(found), ["2", "3"]);
    assert_eq!(
        script.requests(),
        [
            "GET /assignment/accounts?max_result=100",
            "GET /assignment/accounts?max_result=100&next_token=t%261",
            "GET /assignment/accounts?max_result=100&next_token=t2",
            "GET /assignment/accounts?max_result=100&next_token=t3",
        ]
    );
}

#[test]
fn roles_of_all_pages_are_listed_in_order() {
    let script = Script::bodies(&[
        r#"{"roleList":[{"accountId":"1","roleName":"Admin"}],"nextToken":"t"}"#,
        r#"{"roleList":[{"accountId":"1","roleName":"a+b=c,d.e@f-g_h"}],"nextToken":""}"#,
    ]);
    let client = script.client();
    let (token, account) = ("hunter2".into(), "1".into());
    let roles = client.list_account_roles(&token, &account);
    let roles: Vec<_> = roles.collect::<Result<_, _>>().unwrap();
    let roles: Vec<_> = roles
        .iter()
        .map(|role| (role.account_id.as_str(), role.role_name.as_str()))
        .collect();
    assert_eq!(roles, [("1", "Admin"), ("1", "a+b=c,d.e@f-g_h")]);
    assert_eq!(
        script.requests(),
        [
            "GET /assignment/roles?account_id=1&max_result=100",
            "GET /assignment/roles?account_id=1&max_result=100&next_token=t",
        ]
    );
}

#[test]
fn a_page_is_requested_when_it_is_needed() {
    let script = Script::bodies(&[
        r#"{"accountList":[{"accountId":"1"},{"accountId":"2"}],"nextToken":"t"}"#,
        r#"{"accountList":[{"accountId":"3"}]}"#,
    ]);
    let (client, token) = (script.client(), "hunter2".into());
    let mut accounts = client.list_accounts(&token);
    assert!(script.requests().is_empty());
    accounts.next().unwrap().unwrap();
    accounts.next().unwrap().unwrap();
    assert_eq!(script.requests().len(), 1);
    accounts.next().unwrap().unwrap();
    assert!(accounts.next().is_none());
    assert!(accounts.next().is_none());
    assert_eq!(script.requests().len(), 2);
}

#[test]
fn a_throttled_page_is_retried() {
    let script = Script::new([
        response(
            200,
            r#"{"accountList":[{"accountId":"1"}],"nextToken":"t"}"#,
        ),
        response(429, "{}"),
        response(200, r#"{"accountList":[{"accountId":"2"}]}"#),
    ]);
    assert_eq!(ids(accounts(&script)), ["1", "2"]);
}

#[test]
fn a_repeated_page_token_ends_the_list_with_an_error() {
    let script = Script::bodies(&[
        r#"{"accountList":[{"accountId":"1"}],"nextToken":"a"}"#,
        r#"{"accountList":[],"nextToken":"b"}"#,
        r#"{"accountList":[],"nextToken":"a"}"#,
    ]);
    let found = accounts(&script);
    assert_eq!(found.len(), 2);
    assert!(
        matches!(found[1], Err(PortalError::RepeatedPage)),
        "{found:?}"
    );
}

#[test]
fn an_error_is_the_last_item() {
    let unauthorized = response(401, r#"{"message":"Session token not found"}"#);
    let first = r#"{"accountList":[{"accountId":"1"}],"nextToken":"t"}"#;
    let found = accounts(&Script::new([response(200, first), unauthorized]));
    assert_eq!(found.len(), 2);
    assert!(found[1].as_ref().unwrap_err().is_unauthorized());

    let found = accounts(&Script::bodies(&["<html>"]));
    assert_eq!(found.len(), 1);
    assert!(
        matches!(
            found[0],
            Err(PortalError::Transport(TransportError::NotUnderstood { .. }))
        ),
        "{found:?}"
    );
}

#[test]
fn control_characters_are_removed_from_names() {
    let script = Script::bodies(&[
        r#"{"accountList":[{"accountId":"1","accountName":"\u001b]0;x\u0007A\u202eB","emailAddress":"a\nb"}]}"#,
    ]);
    let account = accounts(&script).remove(0).unwrap();
    assert_eq!(account.account_name.as_deref(), Some("]0;xAB"));
    assert_eq!(account.email_address.as_deref(), Some("a b"));
}

#[test]
fn an_identifier_with_control_characters_ends_the_list() {
    for id in ["", r"1\u001b[31m", r"\u202e1", r"1\n2"] {
        let body = format!(r#"{{"accountList":[{{"accountId":"{id}"}},{{"accountId":"2"}}]}}"#);
        let found = accounts(&Script::bodies(&[&body]));
        assert_eq!(found.len(), 1);
        assert!(
            matches!(
                found[0],
                Err(PortalError::UnexpectedResponse { field: "accountId" })
            ),
            "{found:?}"
        );
    }
}

#[test]
fn accepts_requests_one_account() {
    let check = |status, body: &str, expected| {
        let mut response = response(status, body);
        let content_type = "application/json".parse().unwrap();
        response.headers_mut().insert("content-type", content_type);
        let script = Script::new([response]);
        let accepted = script.client().accepts(&"hunter2".into());
        assert_eq!(accepted.ok(), expected, "{status}");
        assert_eq!(script.requests(), ["GET /assignment/accounts?max_result=1"]);
    };
    check(200, r#"{"accountList":[],"nextToken":null}"#, Some(true));
    check(200, "{}", Some(true));
    check(
        403,
        r#"{"__type":"ForbiddenException","message":"No access"}"#,
        Some(true),
    );
    check(
        401,
        r#"{"message":"Session token not found or invalid"}"#,
        Some(false),
    );
    check(400, r#"{"message":"no"}"#, None);
    for body in ["<html>Sign in to the Wi-Fi</html>", "", "[]", "null", "{"] {
        check(200, body, None);
        check(204, body, None);
        check(403, body, None);
        check(401, body, None);
    }
    check(403, r#"{"message":"blocked by the proxy"}"#, None);
    check(200, r#"{"accountList":"none"}"#, None);
}
