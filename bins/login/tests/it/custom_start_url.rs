//! Custom start URLs, which redirect to the start URL of an instance, and the Region from there.

use identity_center_emulator::settings::Consent;
use identity_center_emulator::{Emulator, Fault, Operation};
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::{Behaviour, Browser, Relay, TestEnv, Transcript};

const INSTANCE: &str = "https://ssoins-12.portal.eu-west-1.app.aws";

/// An emulator, a home, and a server for the custom start URL `https://localhost:PORT/start`, whose
/// certificate is trusted only with `--ca-bundle`.
struct Fixture {
    center: Emulator,
    env: TestEnv,
    server: Relay,
}

impl Fixture {
    fn new(consent: Consent) -> Self {
        let center = Emulator::start();
        center.set_consent(consent);
        let env = TestEnv::new(&center);
        let server = Relay::tls(center.address(), &[]);
        Self {
            center,
            env,
            server,
        }
    }

    fn start_url(&self) -> String {
        format!("{}/start", self.server.url())
    }

    fn redirect_to(&self, target: &str) {
        let fault = Fault::Redirect(target.to_owned());
        self.center.fail_next(Operation::Page, fault);
    }

    fn write_config(&self, config: &str) {
        self.env
            .write_config(&config.replace("VANITY", &self.start_url()));
    }

    fn command(&self, arguments: &str) -> String {
        format!(
            "sso-login --ca-bundle {} {arguments}",
            self.server.ca_path().display()
        )
    }

    fn run(&self, arguments: &str) -> Transcript {
        let ca = self.server.ca_path().display().to_string();
        let port = self.server.address().port().to_string();
        let login = self.env.run(&self.command(arguments));
        login.redact(&ca, "CA").redact(&port, "PORT")
    }

    fn config(&self) -> String {
        let config = String::from_utf8(self.env.read(self.env.config_path())).unwrap();
        config.replace(&self.start_url(), "VANITY")
    }

    fn body(&self, operation: Operation) -> serde_json::Value {
        let requests = self.center.requests();
        let request = requests.iter().find(|it| it.operation == operation);
        request.unwrap().json()
    }

    fn lookups(&self) -> Vec<String> {
        let requests = self.center.requests();
        let lookups = requests.iter().filter(|it| it.target == "/start");
        lookups.map(|it| it.method.clone()).collect()
    }
}

const SESSION: &str = "\
# by hand\r
[sso-session my-sso]\r
sso_start_url = VANITY\r
sso_region=us-east-1   \r
\r
[profile dev]
sso_session = my-sso
sso_region  =  us-east-1
[profile other]
sso_session = another
sso_region = us-east-1";

#[test]
fn a_custom_start_url_is_resolved_once_and_its_region_saved_in_the_config() {
    let fixture = Fixture::new(Consent::Ask);
    fixture.write_config(SESSION);
    fixture.redirect_to(&format!("{INSTANCE}/#/"));
    let mut login = fixture
        .env
        .start(&fixture.command("--profile dev --no-browser"));
    let url = login.wait_for_line(|line| line.starts_with("http"));
    Browser::new().approve(&url);
    let ca = fixture.server.ca_path().display().to_string();
    let port = fixture.server.address().port().to_string();
    let login = login.finish().redact(&ca, "CA").redact(&port, "PORT");
    assert_snapshot!(login, @"
    $ sso-login --ca-bundle [CA] --profile dev --no-browser
    --- stderr
    Using a browser on this machine, open the following URL:

    http://127.0.0.1:[PORT]/authorize?response_type=code&client_id=[CLIENT_ID]&redirect_uri=http%3A%2F%2F127.0.0.1%3A[PORT]%2Foauth%2Fcallback&state=[STATE]&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge=[CHALLENGE]

    Waiting for the browser (10m at most)
    Corrected sso_region in [HOME]/.aws/config: eu-west-1 instead of us-east-1.
    Successfully logged into Start URL: https://localhost:[PORT]/start
    The token is valid until [TIME] (59m) and refreshes automatically.
    --- exit: 0
    ");
    assert_eq!(fixture.lookups(), ["HEAD"]);
    assert_eq!(
        fixture.body(Operation::RegisterClient)["issuerUrl"],
        INSTANCE
    );

    let regions = SESSION
        .replacen("sso_region=us-east-1", "sso_region=eu-west-1", 1)
        .replacen("sso_region  =  us-east-1", "sso_region  =  eu-west-1", 1);
    assert_eq!(fixture.config(), regions);
    let token = fixture
        .env
        .read_json(fixture.env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO));
    assert_eq!(token["startUrl"], fixture.start_url());
    assert_eq!(token["region"], "eu-west-1");

    // The next sign-in needs no lookup and changes nothing.
    fixture.run("--profile dev").expect_code(0);
    assert_eq!(fixture.lookups(), ["HEAD"]);
    assert_eq!(fixture.config(), regions);
}

#[test]
fn a_legacy_profile_is_corrected_in_its_section_and_keeps_its_cache_key() {
    let check = |header: &str, profile: &str| {
        let fixture = Fixture::new(Consent::Granted);
        let config = format!("{header}\nsso_start_url = VANITY\nsso_region = us-east-1\n");
        fixture.write_config(&config);
        fixture.redirect_to(INSTANCE);
        fixture.run(&format!("--profile {profile}")).expect_code(0);
        assert_eq!(fixture.config(), config.replace("us-east-1", "eu-west-1"));
        let body = fixture.body(Operation::StartDeviceAuthorization);
        assert_eq!(body["startUrl"], INSTANCE);
        // The cache key comes from the URL as it is written in the config.
        fixture.center.forget_requests();
        fixture.run(&format!("--profile {profile}")).expect_code(0);
        assert!(fixture.center.requests().is_empty());
    };
    check("[default]", "default");
    check("[profile x]", "x");
    check("[profile \"a b\"]", "'a b'");
}

#[cfg(unix)]
#[test]
fn a_symlinked_config_stays_a_symlink_and_keeps_its_mode() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let fixture = Fixture::new(Consent::Granted);
    fixture.write_config("[default]\nsso_start_url = VANITY\nsso_region = us-east-1\n");
    let real = fixture.env.home().join("dotfiles");
    fixture
        .env
        .write("dotfiles", fixture.env.read(fixture.env.config_path()));
    std::fs::remove_file(fixture.env.config_path()).unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, fixture.env.config_path()).unwrap();
    fixture.redirect_to(INSTANCE);
    fixture.run("").expect_code(0);
    assert!(fixture.env.config_path().is_symlink());
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fixture.config().contains("eu-west-1"));
}

#[test]
fn the_region_in_a_start_url_corrects_the_config() {
    let fixture = Fixture::new(Consent::Granted);
    let config = format!("[default]\nsso_start_url = {INSTANCE}\nsso_region = us-east-1\n");
    fixture.write_config(&config);
    assert_snapshot!(fixture.run("--output json"), @r#"
    $ sso-login --ca-bundle [CA] --output json
    --- stdout
    {
      "expiresAt": "[TIME]",
      "refreshable": false,
      "region": "eu-west-1",
      "schemaVersion": 1,
      "sessionName": null,
      "startUrl": "https://ssoins-12.portal.eu-west-1.app.aws"
    }
    --- stderr
    Corrected sso_region in [HOME]/.aws/config: eu-west-1 instead of us-east-1.
    Successfully logged into Start URL: https://ssoins-12.portal.eu-west-1.app.aws
    The token is valid until [TIME] (7h 59m); sign in again after that.
    --- exit: 0
    "#);
    assert_eq!(fixture.config(), config.replace("us-east-1", "eu-west-1"));
    assert!(fixture.lookups().is_empty());
}

#[test]
fn start_urls_of_aws_are_used_as_written_without_a_lookup() {
    let check = |start_url: &str, region: &str| {
        let fixture = Fixture::new(Consent::Granted);
        let login = fixture.run(&format!("--output json --start-url {start_url}"));
        assert!(
            login
                .stdout()
                .contains(&format!("\"region\": \"{region}\"")),
            "{login}"
        );
        assert!(!login.stderr().contains("warning"), "{login}");
        let body = fixture.body(Operation::StartDeviceAuthorization);
        assert_eq!(body["startUrl"], start_url);
        assert!(fixture.lookups().is_empty());
    };
    check(
        "https://start.cn-north-1.home.awsapps.cn/directory/corp",
        "cn-north-1",
    );
    check(
        "https://Start.us-gov-west-1.us-gov-home.awsapps.com:443/directory/corp",
        "us-gov-west-1",
    );
    let global = "https://start.home.awsapps.cn/directory/corp --sso-region cn-northwest-1";
    let fixture = Fixture::new(Consent::Granted);
    let login = fixture.run(&format!("--start-url {global}")).expect_code(0);
    assert!(!login.stderr().contains("warning"), "{login}");
    assert!(fixture.lookups().is_empty());
}

#[test]
fn a_redirect_is_normalised_before_it_is_sent() {
    let check = |location: &str| {
        let fixture = Fixture::new(Consent::Granted);
        fixture.write_config("[default]\nsso_start_url = VANITY\nsso_region = us-east-1\n");
        fixture.redirect_to(location);
        fixture.run("").expect_code(0);
        let body = fixture.body(Operation::StartDeviceAuthorization);
        assert_eq!(body["startUrl"], INSTANCE, "{location}");
        assert!(
            fixture
                .config()
                .contains("sso_start_url = VANITY\nsso_region = eu-west-1")
        );
    };
    check("HTTPS://SSOINS-12.portal.eu-west-1.APP.aws.:443/x/../?a=b#c");
    check("//ssoins-12.portal.eu-west-1.app.aws:443");

    let fixture = Fixture::new(Consent::Ask);
    fixture.write_config(SESSION);
    fixture.redirect_to("//ssoins-12.portal.eu-west-1.app.aws:443/?x");
    let mut login = fixture
        .env
        .start(&fixture.command("--profile dev --no-browser"));
    Browser::new().approve(&login.wait_for_url());
    login.finish().expect_code(0);
    let body = fixture.body(Operation::RegisterClient);
    assert_eq!(body["issuerUrl"], INSTANCE);
}

#[test]
fn a_failed_correction_of_the_config_is_a_warning() {
    let fixture = Fixture::new(Consent::Granted);
    let config = format!("[default]\nsso_start_url = {INSTANCE}\nsso_region = us-east-1\n");
    fixture.write_config(&config);
    fixture.env.write(".aws/config.history", "in the way");
    let login = fixture.run("").expect_code(0);
    assert!(
        login
            .stderr()
            .contains("; sso_region should be eu-west-1\n"),
        "{login}"
    );
    assert_eq!(fixture.config(), config);
}

#[test]
fn a_server_without_head_support_is_requested_with_get() {
    let check = |status| {
        let fixture = Fixture::new(Consent::Granted);
        fixture.write_config("[default]\nsso_start_url = VANITY\nsso_region = eu-west-1\n");
        fixture
            .center
            .fail_next(Operation::Page, Fault::Status(status, json!({})));
        fixture.redirect_to(INSTANCE);
        fixture.run("").expect_code(0);
        assert_eq!(fixture.lookups(), ["HEAD", "GET"]);
        assert_eq!(
            fixture.body(Operation::StartDeviceAuthorization)["startUrl"],
            INSTANCE
        );
    };
    check(405);
    check(501);
}

#[test]
fn a_failed_lookup_is_a_warning_and_the_url_is_used_unchanged() {
    let check = |prepare: fn(&Fixture), reason: &str| {
        let fixture = Fixture::new(Consent::Granted);
        fixture.write_config("[default]\nsso_start_url = VANITY\nsso_region = eu-west-1\n");
        prepare(&fixture);
        let login = fixture.run("").expect_code(0);
        let warning = format!(
            "sso-login: warning: cannot resolve start URL {}, using it as written: {reason}",
            fixture.start_url()
        );
        assert!(login.stderr().starts_with(&warning), "{login}");
        let body = fixture.body(Operation::StartDeviceAuthorization);
        assert_eq!(body["startUrl"], fixture.start_url());
    };
    check(
        |fixture| fixture.server.behave(Behaviour::Refuse),
        "the request failed: ",
    );
    check(
        |fixture| {
            fixture
                .center
                .fail_next(Operation::Page, Fault::Status(404, json!({})));
        },
        "the server responded with status 404\n",
    );
    let to_itself = "it redirects to itself\n";
    check(|fixture| fixture.redirect_to("?a=b"), to_itself);
    check(|fixture| fixture.redirect_to("/start/"), to_itself);
    check(|fixture| fixture.redirect_to("/x/../start#/"), to_itself);
    check(
        |fixture| fixture.redirect_to(&fixture.start_url().replace("localhost", "LocalHost.")),
        to_itself,
    );
}

#[test]
fn a_failed_lookup_without_a_region_is_an_error() {
    let fixture = Fixture::new(Consent::Granted);
    fixture.server.behave(Behaviour::Refuse);
    let login = fixture.run(&format!("--start-url {}", fixture.start_url()));
    assert!(
        login
            .stderr()
            .contains("or specify its Region with --sso-region"),
        "{login}"
    );
    login.expect_error(253, "the request failed");

    let fixture = Fixture::new(Consent::Granted);
    fixture.redirect_to("/start/");
    let login = fixture.run(&format!("--start-url {}", fixture.start_url()));
    login.expect_error(253, "it redirects to itself");

    let fixture = Fixture::new(Consent::Granted);
    fixture.redirect_to(INSTANCE);
    let login = fixture.run(&format!(
        "--start-url {} --output json",
        fixture.start_url()
    ));
    assert!(
        login.stdout().contains("\"region\": \"eu-west-1\""),
        "{login}"
    );
}

#[test]
fn the_lookup_uses_network_settings_of_profiles_with_the_same_start_url() {
    let fixture = Fixture::new(Consent::Granted);
    let ca = fixture.server.ca_path().display();
    let legacy = "sso_start_url = VANITY\nsso_region = eu-west-1\n";
    fixture.write_config(&format!("[profile dev]\n{legacy}ca_bundle = {ca}\n"));
    fixture.redirect_to(INSTANCE);
    let start_url = fixture.start_url();
    let login = fixture
        .env
        .run(&format!("sso-login --start-url {start_url}"));
    login.expect_code(0);
    assert_eq!(fixture.lookups(), ["HEAD"]);
}

#[test]
fn a_redirect_to_a_non_aws_host_is_rejected_without_a_terminal_and_not_followed() {
    let not_of_aws = (
        "which is not an AWS start URL",
        "run the command on a terminal",
    );
    let never_used = (
        "which is not an https URL without a user name",
        "is never used",
    );
    let check = |target: &str, shown: &str, (problem, hint): (&str, &str)| {
        let fixture = Fixture::new(Consent::Granted);
        fixture.write_config("[default]\nsso_start_url = VANITY\nsso_region = eu-west-1\n");
        fixture.redirect_to(target);
        let login = fixture.run("");
        assert!(login.stderr().contains(hint), "{login}");
        login.expect_error(253, &format!("it redirects to {shown}, {problem}"));
        assert_eq!(fixture.center.requests().len(), 1);
    };
    check(
        "https://example.com/start",
        "https://example.com/start",
        not_of_aws,
    );
    check(
        "http://ssoins-12.portal.eu-west-1.app.aws",
        "http://ssoins-12.portal.eu-west-1.app.aws",
        never_used,
    );
    check(
        "https://ssoins-12.portal.eu-west-1.app.aws.example.com",
        "https://ssoins-12.portal.eu-west-1.app.aws.example.com",
        not_of_aws,
    );
    check(
        "https://my-portal.awsapps.com@example.com/",
        "https://****@example.com",
        never_used,
    );
    check("javascript:alert(1)", "javascript:alert(1)", never_used);
}

#[cfg(unix)]
#[test]
fn a_redirect_to_a_non_aws_host_prompts_for_confirmation_on_a_terminal() {
    use sso_test_support::Key;
    let check = |answer: &str, code| {
        let fixture = Fixture::new(Consent::Granted);
        fixture.write_config("[default]\nsso_start_url = VANITY\nsso_region = eu-west-1\n");
        fixture.redirect_to("https://example.com/start/");
        let mut login = fixture.env.start_on_terminal(&fixture.command(""));
        login.wait_for("Sign in there? [y/N]: ");
        assert!(
            login
                .screen()
                .contains("redirects to https://example.com/start, which")
        );
        login.type_text(answer);
        login.press(Key::Enter);
        let login = login.finish().expect_code(code);
        assert!(!login.to_string().contains("hint:"), "{login}");
        if code == 0 {
            let body = fixture.body(Operation::StartDeviceAuthorization);
            assert_eq!(body["startUrl"], "https://example.com/start");
        }
    };
    check("y", 0);
    check("", 253);
    check("n", 253);
}

#[cfg(unix)]
#[test]
fn an_unsafe_target_is_never_asked_about_and_the_hint_says_so() {
    for target in ["http://example.com/start", "https://user@example.com/start"] {
        let fixture = Fixture::new(Consent::Granted);
        fixture.write_config("[default]\nsso_start_url = VANITY\nsso_region = eu-west-1\n");
        fixture.redirect_to(target);
        let login = fixture.env.start_on_terminal(&fixture.command(""));
        let login = login.finish().expect_code(253).to_string();
        assert!(login.contains("never used"), "{login}");
        assert!(!login.contains("on a terminal"), "{login}");
    }
}

// `sso_region` stays wrong. The token contains the Region of the resolved start URL.
#[test]
fn a_config_that_cannot_be_corrected_causes_no_second_sign_in() {
    let check = |start_url: &str, lookups: &[&str]| {
        let fixture = Fixture::new(Consent::Granted);
        let role = "sso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
        let config = format!("[default]\nsso_start_url = {start_url}\nsso_region = us-east-1\n");
        fixture.write_config(&format!("{config}{role}"));
        fixture.env.write(".aws/config.history", "in the way");
        fixture.redirect_to(INSTANCE);
        let login = fixture.run("").expect_code(0);
        assert!(login.stderr().contains("sso_region should be"), "{login}");
        assert_eq!(fixture.lookups(), lookups);

        fixture.center.forget_requests();
        let again = fixture.run("").expect_code(0);
        assert!(again.stderr().starts_with("Already signed in"), "{again}");
        fixture.env.run("sso-status").expect_code(0);
        assert!(fixture.center.requests().is_empty());
        fixture.env.run("export-credentials").expect_code(0);

        // Another Region in the config file does not change where the start URL leads.
        fixture.write_config(&format!("{config}{role}").replace("us-east-1", "us-west-2"));
        fixture.env.run("sso-status").expect_code(0);
        // Another start URL does.
        fixture
            .write_config(&format!("{config}{role}").replace(start_url, "https://x.awsapps.com"));
        fixture.env.run("sso-status").expect_code(253);
    };
    check("VANITY", &["HEAD"]);
    check(INSTANCE, &[]);
}
