use sso_types::{StartUrl, shown_in_log, shown_in_text};

/// Generated key with as many changes between classes of characters as a random one.
const SECRET_ACCESS_KEY: &str = "q7Lw2Zt9KxVb4/Nc8RmYp3Hs6Jf+GdT1uEa5QoWi";

const WEB_TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (value, expected) in cases {
        assert_eq!(shown_in_text(value), *expected, "{value}");
        assert_eq!(shown_in_text(expected), *expected, "{value}");
    }
}

#[test]
fn the_user_info_of_urls_is_masked() {
    check(&[
        ("https://u:p@host/x", "https://****@host/x"),
        ("https://token@host", "https://****@host"),
        ("https://u:p@q@host/x", "https://****@host/x"),
        ("https://u:p@[::1]:8080/x", "https://****@[::1]:8080/x"),
        ("\"https://u:p@host/x\"", "\"https://****@host/x\""),
        (" https://u:p@host", " https://****@host"),
        ("HTTPS://u:p@host", "HTTPS://****@host"),
        ("socks5h://u:p@host", "socks5h://****@host"),
        ("file=https://u:p@host", "file=https://****@host"),
        ("u:p@https://v:q@host", "u:p@https://****@host"),
        (
            "https://u:p@one, https://u:p@two",
            "https://****@one, https://****@two",
        ),
        (
            "https://u:p@host\nme@host:1",
            "https://****@host\nme@host:1",
        ),
        (
            r#"{"url":"https://u:p@host"}"#,
            r#"{"url":"https://****@host"}"#,
        ),
    ]);
}

#[test]
fn a_password_that_cuts_off_the_authority_is_masked_up_to_the_last_at() {
    for delimiter in ["/", "?", "#", " ", "\"", "'", "\\", "/a@b?"] {
        check(&[(
            &format!("x https://u:p{delimiter}q@host/x"),
            "x https://****@host/x",
        )]);
    }
    check(&[
        ("https://u:/q@host", "https://****@host"),
        ("https://u:99999/q@host", "https://****@host"),
        (
            "https://[::1]:8080/@x https://h:1, a@b",
            "https://[::1]:8080/@x https://h:1, a@b",
        ),
    ]);
}

#[test]
fn queries_and_secret_fragments_of_urls_are_masked() {
    check(&[
        ("https://u:p@host/x?token=t", "https://****@host/x?****"),
        ("https://host/?mail=a@t", "https://host/?****"),
        ("'https://host/?t'", "'https://host/?****'"),
        ("(https://host/?t), x", "(https://host/?****), x"),
        ("https://host/?a#/?tab=x", "https://host/?****#/?tab=x"),
        ("https://host/#token=t", "https://host/#****"),
        ("https://host/#/x?device_CODE=t", "https://host/#****"),
        (&format!("https://host/#/{WEB_TOKEN}"), "https://host/#****"),
    ]);
}

#[test]
fn tokens_are_masked_in_any_text() {
    let token = format!("{}A1b", "IQoJb3JpZ2luX2VjE".repeat(8));
    let with_colon = format!("{}:{}", &token[..60], &token[..60]);
    for secret in [SECRET_ACCESS_KEY, &token, &with_colon, WEB_TOKEN] {
        for (before, after) in [
            ("", ""),
            ("\"", "\""),
            ("[", "],"),
            ("token=", ""),
            ("Bearer ", "."),
            ("AKIAIOSFODNN7EXAMPLE,", ""),
            ("{\"SecretAccessKey\":\"", "\"}"),
            ("ü", "ü"),
        ] {
            let text = format!("{before}{secret}{after}");
            check(&[(&text, &format!("{before}****{after}"))]);
        }
    }
    check(&[
        (&format!("{token}=="), "****"),
        (&format!("secret:{SECRET_ACCESS_KEY}"), "secret:****"),
        ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIx…", "****…"),
    ]);
}

/// Returns keys of random Base64 from a linear congruential generator.
fn keys() -> impl Iterator<Item = String> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state: u64 = 1;
    let mut character = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(alphabet[(state >> 58) as usize])
    };
    std::iter::repeat_with(move || (0..40).map(|_| character()).collect())
}

#[test]
fn random_secret_access_keys_are_masked() {
    let keys = keys().take(1_000);
    let masked = keys.filter(|key| shown_in_text(key) == "****").count();
    assert!(masked >= 950, "{masked}");
}

#[test]
fn names_are_unchanged() {
    let path = format!("/{}", "var/Me1/".repeat(20));
    let arn = format!("arn:aws:iam::111122223333:role/{}", "Platform1/".repeat(9));
    for value in [
        "",
        "dev",
        "me@example.com",
        "prod:admin@acme",
        "team:ops@acme",
        "conf:me@corp",
        "u:p@host:8080",
        "AcmePlatform1DeveloperSandboxReadOnlyEU1",
        "AcmeDataPlatform1OperatorReadOnlyForAudi",
        "Team0/AccountNumber1/AdministratorAccess",
        "certs/Prod1/tokenAAAAAAAAAAAAAAAAAAAAAAA",
        "https://my-portal.awsapps.com/start",
        "https://my-portal.awsapps.com/start#/",
        "https://my-portal.awsapps.com/start#",
        "https://my-portal.awsapps.com/start/#/?tab=accounts",
        "https://portal.example.com/@team/start",
        "https://portal.example.com:8443/@team/start",
        "https://portal.example.com? me@example.com",
        "did you mean https://portal.example.com?",
        "cannot reach https://portal.example.com: refused, ask me@example.com",
        "~/certificates/me@example.com.pem",
        "C:\\Home\\me@example.com\\ca.pem",
        "\\\\?\\C:\\Home\\me@example.com",
        "arn:aws:sts::111122223333:assumed-role/Admin/me@example.com",
        "0ad374308c5a4e22f723adf10145eafad7c4031c",
        "0ad374308c5a4e22f723adf10145eafad7c4031c.json",
        "AWSReservedSSO_AdministratorAccess_0123456789abcdef",
        "eyJohn",
        "eyJohnAndHisVeryLongNameForAProfile.prod",
        "did-you-mean:dev?",
        "http://USER:PASSWORD@HOST:PORT",
        "http://HOST:PORT or http://USER:PASSWORD@HOST:PORT",
        &path,
        &arn,
        &format!("AWS_CONFIG_FILE={path}"),
        &"AcmePlatform1DeveloperSandbox".repeat(4),
        &"0ad374308c5a4e22f723adf10145eafad7c4031c".repeat(4),
    ] {
        assert_eq!(shown_in_text(value), value);
        assert_eq!(shown_in_log(value), value);
    }
}

#[test]
fn logs_mask_only_the_secret_parameters_of_a_query() {
    let check = |url: &str, expected: &str| assert_eq!(shown_in_log(url), expected);
    check(
        "https://u:p@host/?account_id=1&role_name=Admin",
        "https://****@host/?account_id=1&role_name=Admin",
    );
    check(
        "https://host/?x=1&access_token=a&y=2&code=b",
        "https://host/?x=1&access_token=****&y=2&code=****",
    );
    check(
        &format!("https://host/?x={SECRET_ACCESS_KEY}&{WEB_TOKEN}"),
        "https://host/?x=****&****",
    );
}

#[test]
fn start_urls_are_displayed_without_secrets() {
    let check = |url: &str, expected: &str| {
        let url = StartUrl::from(url);
        assert_eq!(url.to_string(), expected);
        assert_eq!(format!("{url:?}"), format!("StartUrl({expected:?})"));
    };
    check("https://host/start#/", "https://host/start#/");
    check("https://host/@team/start", "https://host/@team/start");
    check("https://u:p@host/start", "https://****@host/start");
    check("https://host/start?a b\"c", "https://host/start?****");
    check("u:p@host/start?q", "****@host/start?****");
    check("token@host/start?q", "****@host/start?****");
}
