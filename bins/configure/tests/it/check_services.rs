//! Findings of `check` about the services, with requests.

use identity_center_emulator::settings::Account;
use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::{Proxy, Relay, TestEnv};

use crate::{SESSION, signed_in};

const CHECK: &str = "sso-configure check";

/// Sessions `s0`, `s1`, … in several Regions, each with a profile, and a role chain for each.
fn sessions(count: usize) -> String {
    let regions = ["us-east-1", "eu-west-1", "ap-northeast-1"];
    let section = |number: usize| {
        let region = regions[number % regions.len()];
        format!(
            "[sso-session s{number}]\nsso_start_url = https://portal-{number}.awsapps.com/start\n\
             sso_region = {region}\n[profile p{number}]\nsso_session = s{number}\n\
             sso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion = {region}\n\
             [profile c{number}]\nrole_arn = arn:aws:iam::222222222222:role/x\n\
             source_profile = p{number}\nregion = {region}\n"
        )
    };
    (0..count).map(section).collect()
}

#[test]
fn each_service_is_asked_once() {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(&sessions(9));
    env.run(CHECK).expect_code(0);
    let count = |operation| center.count(operation);
    assert_eq!(count(Operation::ListAccounts), 1);
    assert_eq!(count(Operation::CreateToken), 1);
    assert_eq!(count(Operation::GetCallerIdentity), 1);
    assert_eq!(center.requests().len(), 3);
}

#[test]
fn requests_that_fail_for_the_same_reason_are_one_finding() {
    let env = TestEnv::offline();
    env.write_config(&sessions(9));
    assert_snapshot!(env.run(CHECK), @"
    $ sso-configure check
    --- stdout
    error: not-reached: SSO session s0, SSO session s1, SSO session s2 and 6 more: ListAccounts failed: no valid response from the access portal: 127.0.0.1:[PORT] (the endpoint URL in AWS_ENDPOINT_URL) refused the connection
      profiles: c0, c1, c2, c3, c4 and 13 more
      hint: check AWS_ENDPOINT_URL, the network connection and the proxy settings (HTTPS_PROXY)
    --- stderr
    sso-configure: error: 1 problem found
    --- exit: 1
    ");
    let json = env.run("sso-configure check --json --quiet");
    let findings: serde_json::Value = serde_json::from_str(json.stdout()).unwrap();
    let profiles = findings["findings"][0]["profiles"].as_array().unwrap();
    assert_eq!(profiles.len(), 18, "{json}");
}

#[test]
fn a_proxy_that_refuses_is_one_finding() {
    let proxies = [
        (Proxy::refusing(), "did not connect to"),
        (
            Proxy::refusing_with(
                b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            ),
            "did not connect to",
        ),
    ];
    for (proxy, reason) in proxies {
        let mut env = TestEnv::offline();
        env.unset("AWS_ENDPOINT_URL");
        env.set("HTTPS_PROXY", proxy.url());
        env.write_config(&sessions(6));
        let run = env.run(CHECK).expect_code(1);
        assert_eq!(
            run.stdout().matches("error: not-reached: ").count(),
            1,
            "{run}"
        );
        assert!(run.stdout().contains(reason), "{run}");
        assert!(run.stdout().contains(" and 7 more\n"), "{run}");
        // Three Regions with three services.
        let mut targets = proxy.targets();
        targets.sort();
        targets.dedup();
        assert_eq!(targets.len(), 9, "{targets:?}");
    }
}

#[test]
fn each_service_can_be_the_one_that_fails() {
    let unavailable = Fault::Status(503, json!({"message": "unavailable"}));
    for (operation, name) in [
        (Operation::ListAccounts, "ListAccounts"),
        (Operation::CreateToken, "CreateToken"),
        (Operation::GetCallerIdentity, "GetCallerIdentity"),
    ] {
        for fault in [Fault::CaptivePortal, unavailable.clone(), Fault::Empty] {
            let center = Emulator::start();
            let mut env = TestEnv::new(&center);
            env.set("AWS_MAX_ATTEMPTS", "1");
            env.write_config(&sessions(2));
            center.fail_always(operation, fault.clone());
            let run = env.run(CHECK).expect_code(1);
            assert_eq!(
                run.stdout().matches("error: not-reached: ").count(),
                1,
                "{run}"
            );
            assert!(run.stdout().contains(&format!("{name} failed: ")), "{run}");
        }
    }
}

#[test]
fn a_certificate_that_is_not_trusted_has_a_hint() {
    let center = Emulator::start();
    let relay = Relay::tls(center.address(), &[]);
    let mut env = TestEnv::new(&center);
    env.set("AWS_ENDPOINT_URL", relay.url());
    env.write_config(SESSION);
    let run = env.run(CHECK).expect_code(1);
    assert!(run.stdout().contains("no trusted TLS connection"), "{run}");
    assert!(run.stdout().contains("--ca-bundle"), "{run}");
    let command = format!("{CHECK} --ca-bundle {}", relay.ca_path().display());
    env.run(&command).expect_code(0);
}

#[test]
fn accounts_and_roles_that_are_not_assigned_are_findings() {
    let profile = |name: &str, account: &str, role: &str| {
        format!(
            "[profile {name}]\nsso_session = my-sso\nsso_account_id = {account}\n\
             sso_role_name = {role}\n"
        )
    };
    let chain =
        "[profile chained]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = b\n";
    let config = [
        SESSION.to_owned(),
        profile("a", "111122223333", "ReadOnly"),
        profile("b", "111122223333", "Admin"),
        profile("c", "111122223333", "Admin"),
        profile("d", "222222222222", "ReadOnly"),
        profile("e", "222222222222", "Admin"),
        profile("f", "333333333333", "ReadOnly"),
        chain.to_owned(),
    ];
    let (center, env) = signed_in(&config.concat());
    center.configure(|settings| {
        let mut refused = Account::new("333333333333", "Refused", "a@example.com", &["ReadOnly"]);
        refused.refusal = Some("UnauthorizedException".to_owned());
        settings.accounts.push(refused);
    });
    assert_snapshot!(env.run(CHECK), @"
    $ sso-configure check
    --- stdout
    [HOME]/.aws/config:12: error: unassigned-role: the role Admin in account 111122223333 is not assigned to the signed-in user; the assigned roles are ReadOnly, FullAccess
      profiles: b, c, chained
    [HOME]/.aws/config:23: error: unassigned-role: no role in account 222222222222 is assigned to the signed-in user
      profiles: d, e
    [HOME]/.aws/config:27: error: unassigned-role: no role in account 333333333333 is assigned to the signed-in user
      profile: f
    --- stderr
    sso-configure: error: 3 problems found
    --- exit: 1
    ");
    assert_eq!(center.count(Operation::ListAccountRoles), 3);
    // Without a token that the portal accepts, no role is listed.
    center.forget_requests();
    center.revoke_access_tokens();
    let run = env.run(CHECK).expect_code(1);
    assert_eq!(
        run.stdout().matches("error: token-refused: ").count(),
        1,
        "{run}"
    );
    assert!(!run.stdout().contains("unassigned-role"), "{run}");
    assert_eq!(center.count(Operation::ListAccountRoles), 0);
}

#[test]
fn a_session_without_access_to_accounts_lists_no_roles() {
    let profile = "[profile a]\nsso_session = my-sso\nsso_account_id = 1\nsso_role_name = x\n";
    let (center, env) = signed_in(&format!("{SESSION}{profile}"));
    let _ = env.run(CHECK);
    assert_eq!(center.count(Operation::ListAccountRoles), 0);
    let scopes = SESSION.replace("sso:account:access", "codewhisperer:completions");
    env.write_config(&format!("{scopes}{profile}"));
    let _ = env.run(CHECK);
    assert_eq!(center.count(Operation::ListAccountRoles), 0);
}

#[test]
fn roles_that_cannot_be_listed_are_one_finding() {
    let (center, mut env) = signed_in(TestEnv::SAMPLE_CONFIG);
    env.set("AWS_MAX_ATTEMPTS", "1");
    let fault = Fault::Status(503, json!({"message": "unavailable"}));
    center.fail_always(Operation::ListAccountRoles, fault);
    let run = env.run(CHECK).expect_code(1);
    assert_eq!(
        run.stdout().matches("error: not-reached: ").count(),
        1,
        "{run}"
    );
    assert!(run.stdout().contains("ListAccountRoles failed"), "{run}");
}

#[test]
fn a_vanity_start_url_is_looked_up() {
    let center = Emulator::start();
    let server = Relay::tls(center.address(), &[]);
    let env = TestEnv::new(&center);
    let config = |path: &str| {
        format!(
            "[sso-session my-sso]\nsso_start_url = {}{path}\nsso_region = us-east-1\n",
            server.url()
        )
    };
    let check = |path: &str, redirect: Option<&str>, expected: &str| {
        env.write_config(&config(path));
        center.clear_faults();
        if let Some(target) = redirect {
            center.fail_always(Operation::Page, Fault::Redirect(target.to_owned()));
        }
        let command = format!("{CHECK} --ca-bundle {}", server.ca_path().display());
        let run = env.run(&command);
        assert_eq!(run.code(), Some(i32::from(!expected.is_empty())), "{run}");
        assert!(run.stdout().contains(expected), "{run}");
        assert_eq!(
            run.stdout().matches("start URL").count().min(1),
            run.stdout().len().min(1)
        );
    };
    check("/start", None, "");
    check(
        "/start",
        Some("https://ssoins-12.portal.us-east-1.app.aws"),
        "",
    );
    let lookup = ":2: error: start-url-lookup: cannot resolve start URL ";
    check("/nowhere", None, lookup);
    check("/start", Some("https://idp.example.com/login"), lookup);
    check(
        "/start",
        Some("https://ssoins-12.portal.eu-west-1.app.aws"),
        ":3: error: sso-region: start URL ",
    );
}

#[test]
fn a_wrong_clock_is_one_finding() {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(&sessions(5));
    for operation in [Operation::ListAccounts, Operation::CreateToken] {
        center.fail_always(operation, Fault::DateSkew(-7200));
    }
    let run = env.run(CHECK).expect_code(1);
    assert_eq!(run.stdout().matches(": ").count(), 3, "{run}");
    assert!(run.stdout().starts_with("error: clock-off: "), "{run}");
}

#[test]
fn the_offline_check_opens_no_socket() {
    let (center, env) = signed_in(&format!("{SESSION}{}", sessions(3)));
    env.run("sso-configure check --offline").expect_code(0);
    assert!(center.requests().is_empty());
    #[cfg(target_os = "linux")]
    if let Some(strace) = sso_test_support::tool("strace") {
        let strace = strace.display();
        let command = format!("{strace} -f -qq -e trace=socket,connect,sendto {CHECK} --offline");
        let run = env.run(&command).expect_code(0);
        assert_eq!(run.stderr(), "No problems found.\n");
    }
}
