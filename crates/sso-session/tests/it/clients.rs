use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use identity_center_emulator::{Emulator, Fault, Operation};
use serde_json::json;
use sso_config::{AwsEnv, ConfigFiles};
use sso_oidc::{OidcError, RegisterClient};
use sso_session::ClockSkew;
use sso_session::clients::{ConnectionOptions, Network};
use sso_session::clock::SharedClock;
use sso_session::{Error, ServiceClients, SystemClock};
use sso_test_support::{Proxy, Relay, TestEnv};
use sso_transport::{Service, TransportError};
use sso_types::Region;
use time::OffsetDateTime;

use crate::world::World;

const VARIABLES: [(&str, &str); 3] = [
    ("AWS_ENDPOINT_URL_SSO_OIDC", "https://oidc-variable.example"),
    ("AWS_ENDPOINT_URL_SSO", "https://portal-variable.example"),
    ("AWS_ENDPOINT_URL", "https://variable.example"),
];
const SERVICES: &str = "services = mine\n";
const PROFILE: &str = "endpoint_url = https://profile.example\n";
const SECTION: &str = "[services mine]\n\
                       sso_oidc =\n  endpoint_url = https://oidc-services.example\n\
                       sso =\n  endpoint_url = https://portal-services.example\n";

struct Process {
    env: AwsEnv,
    files: ConfigFiles,
    options: ConnectionOptions,
    clock: SharedClock,
}

impl Process {
    fn new(variables: &[(&str, &str)], profile: &str) -> Self {
        Self::with_services(variables, profile, SECTION)
    }

    fn with_services(variables: &[(&str, &str)], profile: &str, services: &str) -> Self {
        let home = TestEnv::offline();
        home.write_config(&format!("[profile dev]\n{profile}{services}"));
        let env = home.environment(variables);
        Self {
            files: ConfigFiles::load(&env).unwrap(),
            env,
            options: ConnectionOptions::new("a test"),
            clock: SystemClock::shared(),
        }
    }

    fn clients(&self) -> ServiceClients<'_> {
        let network = Network {
            env: &self.env,
            files: &self.files,
            profile: "dev".into(),
            options: &self.options,
            clock: &self.clock,
        };
        network.clients(None)
    }

    fn register(&self) -> Result<(), OidcError> {
        register(&self.clients())
    }
}

fn region() -> Region {
    "us-east-1".parse().unwrap()
}

fn register(clients: &ServiceClients<'_>) -> Result<(), OidcError> {
    let oidc = clients.oidc(&region()).unwrap();
    oidc.register_client(&RegisterClient::for_device_code("a test"))
        .map(drop)
}

/// Returns the requested hosts of the OIDC service and of the access portal.
fn hosts(variables: &[(&str, &str)], profile: &str, services: &str) -> [String; 2] {
    let proxy = Proxy::refusing();
    let url = proxy.url();
    let more = [("HTTPS_PROXY", url.as_str()), ("AWS_MAX_ATTEMPTS", "1")];
    let variables = [variables, &more].concat();
    let process = Process::with_services(&variables, profile, services);
    let clients = process.clients();
    register(&clients).unwrap_err();
    let portal = clients.portal(&region()).unwrap();
    let (account, role) = ("111122223333".into(), "ReadOnly".into());
    portal
        .get_role_credentials(&"token".into(), &account, &role)
        .unwrap_err();
    proxy.targets().try_into().unwrap()
}

/// Starts a server that sends `response` to each request without a body, and returns its URL and the
/// number of requests.
fn responding(response: &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1)
            {
                head.extend(byte);
            }
            counted.fetch_add(1, Ordering::SeqCst);
            stream.write_all(response.as_bytes()).unwrap();
        }
    });
    (url, requests)
}

#[test]
fn a_date_in_retry_after_is_compared_with_the_local_clock_without_that_of_the_server() {
    let (url, requests) = responding(
        "HTTP/1.1 503 No\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n",
    );
    let process = Process::new(&[("AWS_ENDPOINT_URL", &url)], "");
    let clients = process.clients();
    let portal = clients.portal(&region()).unwrap();
    let (account, role) = ("111122223333".into(), "ReadOnly".into());
    let error = portal.get_role_credentials(&"token".into(), &account, &role);
    let error = error.unwrap_err();
    let pause = error.service_error().unwrap().retry_after;
    assert_eq!(pause, Some(Duration::from_secs(365 * 24 * 3600)));
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[test]
fn endpoint_settings_have_the_documented_precedence() {
    let check = |variables: &[(&str, &str)], profile: &str, services: &str, expected: [&str; 2]| {
        let expected = expected.map(|host| format!("{host}:443"));
        assert_eq!(
            hosts(variables, profile, services),
            expected,
            "{variables:?} {profile}"
        );
    };
    let both = format!("{SERVICES}{PROFILE}");
    check(
        &VARIABLES,
        &both,
        SECTION,
        ["oidc-variable.example", "portal-variable.example"],
    );
    check(
        &VARIABLES[1..],
        &both,
        SECTION,
        ["variable.example", "portal-variable.example"],
    );
    check(
        &VARIABLES[2..],
        &both,
        SECTION,
        ["variable.example", "variable.example"],
    );
    check(
        &[],
        &both,
        SECTION,
        ["oidc-services.example", "portal-services.example"],
    );
    let portal_only = SECTION.replace("sso_oidc =", "other =");
    check(
        &[],
        &both,
        &portal_only,
        ["profile.example", "portal-services.example"],
    );
    let empty = SECTION.replace(" https://oidc-services.example", "");
    check(
        &[],
        &both,
        &empty,
        ["profile.example", "portal-services.example"],
    );
    check(
        &[],
        PROFILE,
        SECTION,
        ["profile.example", "profile.example"],
    );
    let aws = [
        "oidc.us-east-1.amazonaws.com",
        "portal.sso.us-east-1.amazonaws.com",
    ];
    check(&[], "", SECTION, aws);
    check(
        &[("AWS_ENDPOINT_URL", "")],
        "endpoint_url =\n",
        SECTION,
        aws,
    );
}

#[test]
fn configured_endpoints_can_be_ignored() {
    let aws = [
        "oidc.us-east-1.amazonaws.com:443",
        "portal.sso.us-east-1.amazonaws.com:443",
    ];
    let both = format!("{SERVICES}{PROFILE}");
    let variable = |value| {
        [
            &VARIABLES[..],
            &[("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", value)],
        ]
        .concat()
    };
    assert_eq!(hosts(&variable("true"), &both, SECTION), aws);
    assert_eq!(hosts(&variable("True"), &both, SECTION), aws);
    let key = format!("{both}ignore_configured_endpoint_urls = true\n");
    assert_eq!(hosts(&VARIABLES, &key, SECTION), aws);
    assert_eq!(
        hosts(&variable("false"), &key, SECTION)[0],
        "oidc-variable.example:443"
    );
    assert_eq!(
        hosts(&variable("1"), &both, SECTION)[0],
        "oidc-variable.example:443"
    );
}

#[test]
fn an_invalid_setting_is_an_error_of_each_client() {
    let process = Process::with_services(&[], SERVICES, "[services other]\n");
    let clients = process.clients();
    for outcome in [
        clients.oidc(&region()).map(drop),
        clients.portal(&region()).map(drop),
        clients.connect(Service::Sts, &region()).map(drop),
    ] {
        assert!(
            matches!(
                outcome,
                Err(Error::Config(sso_config::Error::UnknownServices { .. }))
            ),
            "{outcome:?}"
        );
    }
}

#[test]
fn fips_and_dual_stack_use_separate_hosts() {
    let check = |variables: &[(&str, &str)], profile: &str, expected: &str| {
        let oidc = hosts(variables, profile, "")[0].clone();
        assert_eq!(oidc, format!("{expected}:443"), "{variables:?} {profile}");
    };
    let (fips, dual) = (
        "oidc-fips.us-east-1.amazonaws.com",
        "oidc.us-east-1.api.aws",
    );
    check(&[("AWS_USE_FIPS_ENDPOINT", "true")], "", fips);
    check(&[], "use_fips_endpoint = TRUE\n", fips);
    check(&[("AWS_USE_DUALSTACK_ENDPOINT", "true")], "", dual);
    check(&[], "use_dualstack_endpoint = true\n", dual);
    let off = ("AWS_USE_FIPS_ENDPOINT", "false");
    check(
        &[off],
        "use_fips_endpoint = true\n",
        "oidc.us-east-1.amazonaws.com",
    );
}

#[test]
fn a_configured_endpoint_with_fips_or_dual_stack_is_an_error() {
    for variable in ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"] {
        let variables = [(variable, "true")];
        let process = Process::new(&variables, PROFILE);
        let clients = process.clients();
        for outcome in [
            clients.oidc(&region()).map(drop),
            clients.portal(&region()).map(drop),
        ] {
            assert!(
                matches!(outcome, Err(Error::Endpoint { .. })),
                "{variable}: {outcome:?}"
            );
        }
    }
}

#[test]
fn max_attempts_is_read_from_the_variable_or_the_profile_and_defaults_to_three() {
    let check = |variable: &str, profile: &str, expected| {
        let center = Emulator::start();
        center.fail_always(Operation::RegisterClient, Fault::Status(503, json!({})));
        let url = center.url();
        let variables = [
            ("AWS_ENDPOINT_URL", url.as_str()),
            ("AWS_MAX_ATTEMPTS", variable),
        ];
        Process::new(&variables, profile).register().unwrap_err();
        let attempts = center.count(Operation::RegisterClient);
        assert_eq!(attempts, expected, "{variable:?} {profile:?}");
    };
    check("1", "max_attempts = 2\n", 1);
    check("", "max_attempts = 1\n", 1);
    check("", "", 3);
}

#[test]
fn the_ca_bundle_is_read_from_the_option_or_the_variable_or_the_profile() {
    let center = Emulator::start();
    let relay = Relay::tls(center.address(), &[]);
    let other = Relay::tls(center.address(), &[]);
    let (right, wrong) = (relay.ca_path(), other.ca_path());
    let check =
        |option: Option<&Path>, variable: Option<&Path>, profile: Option<&Path>, works: bool| {
            let text =
                |path: Option<&Path>| path.map_or("", |path| path.to_str().unwrap()).to_owned();
            let (url, variable) = (relay.url(), text(variable));
            let variables = [
                ("AWS_ENDPOINT_URL", url.as_str()),
                ("AWS_CA_BUNDLE", &variable),
                ("AWS_MAX_ATTEMPTS", "1"),
            ];
            let profile = format!("ca_bundle = {}\n", text(profile));
            let mut process = Process::new(&variables, &profile);
            process.options.ca_bundle = option.map(|path| path.to_owned().into());
            match process.register() {
                Ok(()) => assert!(works, "{option:?} {variable} {profile}"),
                Err(OidcError::Transport(TransportError::Tls { .. })) if !works => {}
                Err(error) => panic!("{option:?} {variable} {profile}: {error:?}"),
            }
        };
    check(Some(right), Some(wrong), Some(wrong), true);
    check(Some(wrong), Some(right), Some(right), false);
    check(None, Some(right), Some(wrong), true);
    check(None, Some(wrong), Some(right), false);
    check(None, None, Some(right), true);
    check(None, None, Some(wrong), false);
    check(None, None, None, false);
}

#[test]
fn tls_requests_use_the_proxy_of_the_variable() {
    let name = "oidc.us-east-1.amazonaws.com";
    let center = Emulator::start();
    let relay = Relay::tls(center.address(), &[name]);
    let check = |variable: &str| {
        let proxy = Proxy::leading_to(relay.address());
        let (ca, url) = (relay.ca_path().to_str().unwrap(), proxy.url());
        let variables = [("AWS_CA_BUNDLE", ca), (variable, url.as_str())];
        Process::new(&variables, "").register().unwrap();
        assert_eq!(proxy.targets(), [format!("{name}:443")], "{variable}");
    };
    check("HTTPS_PROXY");
    check("https_proxy");
}

#[test]
fn the_lower_case_proxy_variable_takes_precedence() {
    let proxies = [Proxy::refusing(), Proxy::refusing()];
    let [lower, upper] = [proxies[0].url(), proxies[1].url()];
    let variables = [
        ("HTTPS_PROXY", upper.as_str()),
        ("https_proxy", lower.as_str()),
        ("AWS_MAX_ATTEMPTS", "1"),
    ];
    Process::new(&variables, "").register().unwrap_err();
    assert_eq!(proxies.map(|proxy| proxy.targets().len()), [1, 0]);
}

#[test]
fn loopback_requests_use_a_proxy_only_if_configured() {
    let center = Emulator::start();
    let relay = Relay::tls(center.address(), &[]);
    let check = |target: &str, proxy_variable: &str, no_proxy: (&str, &str), through: usize| {
        let proxy = Proxy::start();
        let url = proxy.url();
        let variables = [
            ("AWS_ENDPOINT_URL", target),
            ("AWS_CA_BUNDLE", relay.ca_path().to_str().unwrap()),
            (proxy_variable, url.as_str()),
            no_proxy,
        ];
        Process::new(&variables, "").register().unwrap();
        assert_eq!(
            proxy.targets().len(),
            through,
            "{target} {proxy_variable} {no_proxy:?}"
        );
    };
    let (plain, tls) = (center.url(), relay.url());
    let none = ("NO_PROXY", "");
    let no_proxy = ("NO_PROXY", "<-loopback>");
    check(&plain, "HTTP_PROXY", none, 0);
    check(&tls, "HTTPS_PROXY", none, 0);
    check(&plain, "HTTP_PROXY", no_proxy, 1);
    check(&plain, "http_proxy", no_proxy, 1);
    check(&tls, "HTTPS_PROXY", no_proxy, 1);
    check(&tls, "https_proxy", ("no_proxy", "<-loopback>"), 1);
    check(&plain, "HTTPS_PROXY", no_proxy, 0);
    check(&tls, "HTTP_PROXY", no_proxy, 0);
    check(
        &plain,
        "HTTP_PROXY",
        ("NO_PROXY", "<-loopback>,127.0.0.1"),
        0,
    );
    check(
        &tls,
        "HTTPS_PROXY",
        ("no_proxy", "localhost,<-loopback>"),
        0,
    );
    check(&tls, "HTTPS_PROXY", ("NO_PROXY", "<-loopback>,*"), 0);
}

fn no_home() -> Error {
    sso_config::Error::NoHome { variable: "HOME" }.into()
}

#[test]
fn a_large_clock_skew_is_reported() {
    let check = |seconds, expected: Option<&str>| {
        let center = Emulator::start();
        center.fail_always(Operation::RegisterClient, Fault::DateSkew(seconds));
        let url = center.url();
        let variables = [("AWS_ENDPOINT_URL", url.as_str())];
        let process = Process::new(&variables, "");
        let clients = process.clients();
        assert_eq!(
            clients.clock_skew(),
            None,
            "the skew is unknown before the first response"
        );
        register(&clients).unwrap();
        let message = clients.explain(no_home()).to_string();
        match expected {
            Some(text) => assert!(message.contains(text), "{seconds}: {message}"),
            None => assert!(
                clients.clock_skew().is_none() && message.contains("HOME"),
                "{message}"
            ),
        }
    };
    check(7230, Some("2h behind"));
    check(-7230, Some("2h ahead of"));
    check(280, None);
    check(-280, None);
}

/// Returns the clients after a response whose `Date` is wrong by this many seconds. The emulator uses
/// the time of the system, so the request is repeated until it is answered within the same second.
fn clients_with_skew(world: &World, seconds: i64) -> ServiceClients<'_> {
    let skew = Fault::DateSkew(seconds);
    world.center.fail_always(Operation::RegisterClient, skew);
    let current_second = || OffsetDateTime::now_utc().truncate_to_second();
    loop {
        let now = current_second();
        world.clock.set(now);
        let clients = world.clients();
        register(&clients).unwrap();
        if current_second() == now {
            return clients;
        }
    }
}

#[test]
fn a_clock_skew_of_five_minutes_is_not_reported() {
    let world = World::new();
    let check = |skew: i64, is_reported: bool| {
        let clients = clients_with_skew(&world, skew);
        assert_eq!(clients.clock_skew().is_some(), is_reported, "{skew}");
    };
    for seconds in [300, -300] {
        check(seconds, false);
        check(seconds + seconds.signum(), true);
    }
}

#[test]
fn a_clock_skew_alone_requires_no_sign_in() {
    let source = Box::new(no_home());
    let skew = ClockSkew(time::Duration::hours(1));
    assert!(!Error::ClockOff { skew, source }.is_sign_in_required());
}

#[test]
fn the_action_before_the_first_request_runs_once() {
    let center = Emulator::start();
    let url = center.url();
    let variables = [("AWS_ENDPOINT_URL", url.as_str())];
    let calls = AtomicUsize::new(0);
    let process = Process::new(&variables, "");
    let clients = process.clients().before_first_request(|| {
        assert!(center.requests().is_empty(), "a request was sent before");
        calls.fetch_add(1, Ordering::SeqCst);
    });
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    register(&clients).unwrap();
    register(&clients).unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[test]
fn the_wait_for_a_lock_is_not_shorter_than_the_longest_request() {
    let check = |connect: u64, read: u64, expected: u64| {
        let mut options = ConnectionOptions::new("a test");
        options.connect_timeout = Duration::from_secs(connect);
        options.read_timeout = Duration::from_secs(read);
        assert_eq!(options.lock_timeout(), Duration::from_secs(expected));
    };
    check(60, 60, 3 * 120 + 2 * 20);
    check(60, 600, 3 * 660 + 2 * 20);
    // The holder may be a program with the default timeouts.
    check(5, 5, 3 * 120 + 2 * 20);
}

#[test]
fn errors_name_the_setting_of_a_custom_endpoint() {
    let check = |variables: &[(&str, &str)], profile: &str, setting: &str| {
        let variables = [variables, &[("AWS_MAX_ATTEMPTS", "1")]].concat();
        let process = Process::new(&variables, profile);
        let error = process.register().unwrap_err();
        let error = sso_session::ErrorChain(&error).to_string();
        assert!(error.contains(" (the endpoint URL in "), "{error}");
        assert!(error.contains(setting), "{error}");
    };
    let url = "http://127.0.0.1:1";
    check(&[("AWS_ENDPOINT_URL", url)], "", "AWS_ENDPOINT_URL)");
    check(
        &[("AWS_ENDPOINT_URL_SSO_OIDC", url)],
        "",
        "AWS_ENDPOINT_URL_SSO_OIDC)",
    );
    check(&[], &format!("endpoint_url = {url}\n"), "endpoint_url at /");
}

/// No operation has failed, because no request was sent.
#[test]
fn errors_name_the_setting_of_an_unusable_ca_bundle_or_proxy() {
    let url = ("AWS_ENDPOINT_URL", "https://127.0.0.1:1");
    let check = |process: &Process, message: &str| {
        let clients = process.clients();
        let of_oidc = clients.oidc(&region()).map(drop);
        let of_portal = clients.portal(&region()).map(drop);
        let of_sts = clients.connect(Service::Sts, &region()).map(drop);
        for outcome in [of_oidc, of_portal, of_sts] {
            let error = outcome.unwrap_err();
            let error = sso_session::ErrorChain(&error).to_string();
            assert!(error.contains(message), "{message:?} is missing in {error}");
        }
    };
    let with_bundle =
        |source: &str| format!("cannot send requests with the CA bundle from {source}");
    let missing = "/missing/ca.pem";
    let variable = Process::new(&[url, ("AWS_CA_BUNDLE", missing)], "");
    let rest = format!("AWS_CA_BUNDLE: cannot read certificates from {missing}: ");
    check(&variable, &with_bundle(&rest));
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().to_str().unwrap();
    for name in ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"] {
        let variable = Process::new(&[url, (name, directory)], "");
        let rest = format!("{name}: cannot read certificates from {directory}: ");
        check(&variable, &with_bundle(&rest));
    }
    let profile = Process::new(&[url], &format!("ca_bundle = {missing}\n"));
    check(&profile, &with_bundle("ca_bundle at /"));
    check(&profile, "/config:2: cannot read certificates from ");
    let mut option = Process::new(&[url], "");
    option.options.ca_bundle = Some(Path::new(missing).to_owned().into());
    check(&option, &with_bundle("--ca-bundle: "));

    for name in ["HTTPS_PROXY", "https_proxy"] {
        let variables = [url, (name, "nonsense:0"), ("NO_PROXY", "<-loopback>")];
        let message = format!("cannot send requests: invalid proxy setting {name}: ");
        check(&Process::new(&variables, ""), &message);
    }
    for name in ["NO_PROXY", "no_proxy"] {
        let variables = [url, ("HTTPS_PROXY", "127.0.0.1:1"), (name, "a:0")];
        let message = format!("cannot send requests: invalid proxy setting {name}: ");
        check(&Process::new(&variables, ""), &message);
    }
}

#[test]
fn an_invalid_endpoint_url_is_an_error_that_names_its_setting() {
    for (variable, url) in [
        ("AWS_ENDPOINT_URL_SSO", "nonsense"),
        ("AWS_ENDPOINT_URL", "http://example.com"),
    ] {
        let process = Process::new(&[(variable, url)], PROFILE);
        let clients = process.clients();
        let error = clients.portal(&region()).map(drop).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("cannot use the endpoint URL in {variable}")
        );
    }
}

#[test]
fn a_transport_with_a_time_limit_keeps_the_other_settings() {
    let mut process = Process::new(&[], "");
    process.options.connect_timeout = Duration::from_secs(7);
    let clients = process.clients();
    let time_limit = Duration::from_secs(1);
    let transport = clients.transport_within(time_limit).unwrap();
    let settings = transport.settings();
    assert_eq!(settings.connect_timeout, time_limit);
    assert_eq!(settings.read_timeout, time_limit);
    assert_eq!(settings.user_agent, "a test");
}
