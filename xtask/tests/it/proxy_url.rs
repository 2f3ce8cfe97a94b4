//! An invalid proxy variable is an error that names the variable and shows no part of its value.

use identity_center_emulator::Emulator;
use sso_test_support::{Proxy, TestEnv, Transcript};

const LOOPBACK: &str = "<-loopback>";

/// Runs a command that sends an `https://` request, which never leaves this machine.
fn export_through(variables: &[(&str, &str)]) -> Transcript {
    let center = Emulator::start();
    let mut env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    env.set("AWS_ENDPOINT_URL", "https://127.0.0.1:1");
    env.set("AWS_MAX_ATTEMPTS", "1");
    env.set("NO_PROXY", LOOPBACK);
    for (name, value) in variables {
        env.set(name, *value);
    }
    env.run("export-credentials --profile dev -vv")
}

fn check_hidden(run: &Transcript) {
    for part in ["ada", "hunter", "lovelace", "4711"] {
        let shown = [run.stdout(), run.stderr()].concat().to_lowercase();
        assert!(!shown.contains(part), "{part} in\n{run}");
    }
}

fn check_rejected(name: &str, value: &str, reason: &str) {
    let rejected = export_through(&[(name, value)]);
    check_hidden(&rejected);
    rejected.expect_error(253, &format!("invalid proxy setting {name}: {reason}"));
}

const BAD_PORT: &str = "its port is not a number from 1 to 65535";

#[test]
fn a_proxy_with_an_impossible_port_is_rejected() {
    for port in [
        "99999", "65536", "0", "00", "abc", "-1", "+80", "80x", "", "0x50",
    ] {
        for before in [
            "http://ada:hunter2@127.0.0.1",
            "https://ada:hunter2@127.0.0.1",
            "HTTP://ada@127.0.0.1",
            "http://ada:hunter2@[::1]",
            "ada:hunter2@127.0.0.1",
            "http://127.0.0.1",
            "127.0.0.1",
        ] {
            for after in ["", "/", "/path", "?query"] {
                check_rejected("HTTPS_PROXY", &format!("{before}:{port}{after}"), BAD_PORT);
            }
        }
    }
    check_rejected("https_proxy", "http://127.0.0.1:99999", BAD_PORT);
}

#[test]
fn the_proxy_for_plain_requests_is_named_too() {
    for name in ["HTTP_PROXY", "http_proxy"] {
        let rejected = export_through(&[
            (name, "http://ada:hunter2@127.0.0.1:99999"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ]);
        check_hidden(&rejected);
        rejected.expect_error(253, &format!("invalid proxy setting {name}: {BAD_PORT}"));
    }
}

#[test]
fn special_characters_of_a_password_are_never_shown() {
    let passwords = [
        "hunter@2",
        "hunter/2",
        "hunter:2",
        "hunter#2",
        "hunter?2",
        "hunter%2",
        "hunter 2",
        "hunter\t2",
        "hunter\n2",
        "hunter\u{1b}[31m2",
        "hunter\\2",
        "hunter\"2",
        "hunter[2",
        "hunter]2",
        "hunter://2",
        "hunterü",
        "4711/hunter",
        "4711#hunter",
        "4711?hunter@",
        "hunter%402",
        "hunter%0A2",
        "http://hunter",
        "@hunter@",
        "#",
        "/",
    ];
    for password in passwords {
        for host in ["127.0.0.1:1", "127.0.0.1:99999", ""] {
            for user in ["ada", "ada/lovelace", ""] {
                let url = format!("http://{user}:{password}@{host}");
                let run = export_through(&[("HTTPS_PROXY", &url)]);
                check_hidden(&run);
                assert!(matches!(run.code(), Some(253 | 255)), "{url}\n{run}");
            }
        }
    }
}

#[test]
fn a_password_with_unescaped_delimiters_is_never_taken_for_a_host() {
    let reason = "special characters in its user name or password are not percent-encoded";
    for password in ["hunter/2", "hunter#2", "hunter?2", "4711/2", "4711#2"] {
        let url = format!("http://ada:{password}@127.0.0.1:1");
        check_rejected("HTTPS_PROXY", &url, reason);
    }
}

#[test]
fn other_invalid_proxy_urls_are_rejected() {
    let unsupported = "only http:// and https:// proxies are supported";
    check_rejected(
        "HTTPS_PROXY",
        "socks5://ada:hunter2@127.0.0.1:1",
        unsupported,
    );
    check_rejected("HTTPS_PROXY", "ada-hunter2://127.0.0.1:1", unsupported);
    let invalid = "it is not a proxy URL";
    for url in [
        "http://",
        "http://:1",
        "http://ada:hunter2@",
        "http://ada:hunter2@:1",
        "http://[::1",
        "//127.0.0.1:1",
        "http://ada hunter2@127.0.0.1:1",
    ] {
        check_rejected("HTTPS_PROXY", url, invalid);
    }
}

#[test]
fn an_impossible_port_in_no_proxy_is_rejected_only_if_there_is_a_proxy() {
    let reason = "the port of an entry is not a number from 1 to 65535";
    for entry in [
        "a.example:99999",
        "a.example:0",
        "a.example:abc",
        "127.0.0.2:70000",
        "[::1]:x",
    ] {
        for name in ["NO_PROXY", "no_proxy"] {
            let value = format!("b.example,{entry} c.example");
            let proxy = ("HTTPS_PROXY", "http://127.0.0.1:1");
            let rejected = export_through(&[proxy, (name, &value)]);
            rejected.expect_error(253, &format!("invalid proxy setting {name}: {reason}"));
            let run = export_through(&[(name, &value)]);
            assert!(run.stderr().contains("refused the connection"), "{run}");
        }
    }
}

#[test]
fn valid_proxy_urls_and_no_proxy_entries_are_accepted() {
    for url in [
        "http://ada:hunter2@127.0.0.1:1",
        "http://ada:hunter%2F2@127.0.0.1:1",
        "http://ada:hunter@2@127.0.0.1:1",
        "ada:hunter2@127.0.0.1:1",
        "127.0.0.1:1",
        "127.0.0.1:1 ",
        "HTTP://127.0.0.1:00001/",
    ] {
        let no_proxy =
            "<-loopback>,::1,fe80::/10,[2001:db8::1],[2001:db8::1]:443,a.example:443,*.b";
        let run = export_through(&[("HTTPS_PROXY", url), ("NO_PROXY", no_proxy)]);
        check_hidden(&run);
        let refused = "the proxy 127.0.0.1:1 in HTTPS_PROXY refused the connection";
        assert!(run.stderr().contains(refused), "{url}\n{run}");
    }
}

#[test]
fn an_invalid_proxy_is_no_error_without_a_request_through_it() {
    let center = Emulator::start();
    let mut env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    let proxy = Proxy::refusing();
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"] {
        env.set(name, "http://ada:hunter2@127.0.0.1:99999");
        let _ = env.run("export-credentials --profile dev").expect_code(0);
        env.set(name, proxy.url());
    }
    assert_eq!(proxy.targets().len(), 0);
}
