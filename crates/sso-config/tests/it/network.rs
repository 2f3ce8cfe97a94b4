use std::path::Path;

use sso_config::network::NetworkSettings;
use sso_config::{AwsEnv, ConfigFiles, Error, SsoProfile, SsoSession};
use sso_test_support::TestEnv;

const SESSIONS: &str = "\
[sso-session my-sso]
sso_start_url = https://my-sso.example
sso_region = us-east-1
[sso-session other]
sso_start_url = https://other.example
sso_region = us-east-1
[services one]
sso_oidc =
  endpoint_url = https://one.example
[services two]
sso_oidc =
  endpoint_url = https://two.example
";
const MY_SSO: &str = "sso_session = my-sso\n";
const LEGACY: &str = "sso_start_url = https://my-sso.example\nsso_region = us-east-1\n";
const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/x\n";
const ROLE_OF_BASE: &str = "role_arn = arn:aws:iam::222222222222:role/x\nsource_profile = base\n";

struct Setting {
    key: &'static str,
    variable: Option<&'static str>,
    /// Two values of the key, each with its effect.
    values: [(&'static str, &'static str); 2],
    default: &'static str,
    effect: fn(&NetworkSettings) -> String,
}

const SETTINGS: [Setting; 7] = [
    Setting {
        key: "ca_bundle",
        variable: Some("AWS_CA_BUNDLE"),
        values: [("/one.pem", "/one.pem"), ("/two.pem", "/two.pem")],
        default: "none",
        effect: |found| match found.ca_bundle.as_ref().map(|found| &found.path) {
            Some(path) => path.display().to_string(),
            None => "none".to_owned(),
        },
    },
    Setting {
        key: "endpoint_url",
        variable: Some("AWS_ENDPOINT_URL"),
        values: [("https://a", "https://a"), ("https://b", "https://b")],
        default: "none",
        effect: oidc_url,
    },
    Setting {
        key: "services",
        variable: None,
        values: [
            ("one", "https://one.example"),
            ("two", "https://two.example"),
        ],
        default: "none",
        effect: oidc_url,
    },
    Setting {
        key: "ignore_configured_endpoint_urls",
        variable: Some("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
        values: [("true", "none"), ("false", IGNORABLE_URL.1)],
        default: IGNORABLE_URL.1,
        effect: oidc_url,
    },
    Setting {
        key: "use_fips_endpoint",
        variable: Some("AWS_USE_FIPS_ENDPOINT"),
        values: [("true", "true"), ("false", "false")],
        default: "false",
        effect: |found| found.use_fips.to_string(),
    },
    Setting {
        key: "use_dualstack_endpoint",
        variable: Some("AWS_USE_DUALSTACK_ENDPOINT"),
        values: [("true", "true"), ("false", "false")],
        default: "false",
        effect: |found| found.use_dualstack.to_string(),
    },
    Setting {
        key: "max_attempts",
        variable: Some("AWS_MAX_ATTEMPTS"),
        values: [("5", "5"), ("7", "7")],
        default: "3",
        effect: |found| found.max_attempts.to_string(),
    },
];

/// Variable with a URL that is ignored if configured endpoint URLs are ignored.
const IGNORABLE_URL: (&str, &str) = ("AWS_ENDPOINT_URL", "https://ignorable");

fn oidc_url(found: &NetworkSettings) -> String {
    let url = found.sso_oidc_url.clone().unwrap();
    url.map_or_else(|| "none".to_owned(), |found| found.url)
}

/// Sources of a setting in order of precedence. The profile in effect is the last profile in the
/// file, so that its position does not give it precedence.
const SOURCES: [&str; 5] = ["variable", "in-effect", "role", "base", "last"];

/// Returns profiles in file order. `unrelated` are the lines of three profiles that do not use the
/// session; `uses` are the lines that make a profile use it.
fn profiles<'a>(uses: &'a str, unrelated: [&'a str; 3]) -> [(&'a str, &'a str); 7] {
    let [first, second, third] = unrelated;
    [
        ("unrelated", first),
        ("unrelated-with-start-url", second),
        ("unrelated-with-unused-source", third),
        ("role", ROLE_OF_BASE),
        ("base", uses),
        ("last", uses),
        ("in-effect", "region = us-east-1\n"),
    ]
}

struct Layout<'a> {
    setting: &'a Setting,
    /// Profiles in file order, each with its lines except the setting.
    profiles: &'a [(&'a str, &'a str)],
    session: &'a SsoSession,
}

impl Layout<'_> {
    fn effect(&self, value_of: impl Fn(&str) -> Option<&'static str>) -> String {
        let key = self.setting.key;
        let profiles = self.profiles.iter().map(|(name, lines)| {
            let value = value_of(name).map(|value| format!("{key} = {value}\n"));
            format!("[profile {name}]\n{lines}{}", value.unwrap_or_default())
        });
        let config: String = [SESSIONS.to_owned()].into_iter().chain(profiles).collect();
        let mut variables = Vec::new();
        if key == "ignore_configured_endpoint_urls" {
            variables.push(IGNORABLE_URL);
        }
        let variable = self.setting.variable;
        variables.extend(variable.and_then(|name| Some((name, value_of("variable")?))));
        let found = find(&variables, &config, "in-effect", Some(self.session));
        (self.setting.effect)(&found.unwrap())
    }

    /// Checks that each source takes precedence over later sources and over unrelated profiles, and
    /// that a missing or empty key in earlier sources has no effect.
    fn check(&self) {
        let [one, two] = self.setting.values;
        for (expected, other) in [(one, two), (two, one)] {
            for (rank, source) in SOURCES.iter().enumerate() {
                if *source == "variable" && self.setting.variable.is_none() {
                    continue;
                }
                for before in [None, Some("")] {
                    let value_of =
                        |name: &str| match SOURCES.iter().position(|known| *known == name) {
                            Some(position) if position < rank => before,
                            Some(position) if position == rank => Some(expected.0),
                            _ => Some(other.0),
                        };
                    let effect = self.effect(value_of);
                    let key = self.setting.key;
                    assert_eq!(
                        effect, expected.1,
                        "{key} of {source}, {before:?} before it"
                    );
                }
            }
            let of_unrelated = |name: &str| (!SOURCES.contains(&name)).then_some(expected.0);
            assert_eq!(self.effect(of_unrelated), self.setting.default);
        }
    }
}

fn find(
    variables: &[(&str, &str)],
    config: &str,
    profile: &str,
    session: Option<&SsoSession>,
) -> Result<NetworkSettings, Error> {
    let home = TestEnv::offline();
    home.write_config(config);
    let env: AwsEnv = home.environment(variables);
    let files = ConfigFiles::load(&env)?;
    NetworkSettings::find(&env, &files, &profile.into(), session)
}

fn files(config: &str) -> ConfigFiles {
    let home = TestEnv::offline();
    home.write_config(config);
    ConfigFiles::load(&home.environment(&[])).unwrap()
}

fn my_sso() -> SsoSession {
    SsoSession::named(&files(SESSIONS), &"my-sso".into()).unwrap()
}

#[test]
fn sources_of_a_session_have_the_same_precedence_for_all_settings() {
    let other = "sso_session = other\n";
    let with_unused_source = "sso_session = other\nsource_profile = base\n";
    let profiles = profiles(MY_SSO, [other, LEGACY, with_unused_source]);
    for setting in &SETTINGS {
        let layout = Layout {
            setting,
            profiles: &profiles,
            session: &my_sso(),
        };
        layout.check();
    }
}

#[test]
fn sources_of_a_legacy_session_have_the_same_precedence_for_all_settings() {
    let other = "sso_start_url = https://other.example\nsso_region = us-east-1\n";
    let with_unused_source = format!("{other}source_profile = base\n");
    let of_named_session = format!("{MY_SSO}{LEGACY}");
    let profiles = profiles(LEGACY, [other, &of_named_session, &with_unused_source]);
    let legacy = files(&format!("[profile base]\n{LEGACY}"));
    let session = SsoProfile::load(&legacy, &"base".into()).unwrap().session;
    for setting in &SETTINGS {
        let layout = Layout {
            setting,
            profiles: &profiles,
            session: &session,
        };
        layout.check();
    }
}

#[test]
fn a_missing_profile_in_effect_is_skipped() {
    let config = format!("{SESSIONS}[profile dev]\n{MY_SSO}ca_bundle = /dev.pem\n");
    let found = find(&[], &config, "nowhere", Some(&my_sso())).unwrap();
    assert_eq!(found.ca_bundle.unwrap().path, Path::new("/dev.pem"));
}

#[test]
fn without_a_session_only_the_profile_in_effect_counts() {
    let config = format!("{SESSIONS}[profile dev]\n{MY_SSO}ca_bundle = /dev.pem\n");
    let ca_bundle = |profile| find(&[], &config, profile, None).unwrap().ca_bundle;
    assert_eq!(ca_bundle("default"), None);
    assert_eq!(ca_bundle("dev").unwrap().path, Path::new("/dev.pem"));
}

#[test]
fn a_session_is_found_through_several_source_profiles_and_a_cycle_ends() {
    let session = my_sso();
    let check = |source: &str, expected: Option<&str>| {
        let config = format!(
            "{SESSIONS}[profile a]\n{ROLE}source_profile = b\nca_bundle = /a.pem\n\
             [profile b]\n{ROLE}source_profile = c\n[profile c]\n{source}"
        );
        let found = find(&[], &config, "default", Some(&session)).unwrap();
        assert_eq!(
            found.ca_bundle.map(|found| found.path).as_deref(),
            expected.map(Path::new)
        );
    };
    check(MY_SSO, Some("/a.pem"));
    check("sso_session = other\n", None);
    check(&format!("{ROLE}source_profile = a\n"), None);
    check(&format!("{ROLE}source_profile = gone\n"), None);
}

#[test]
fn requests_ca_bundle_is_the_last_source_of_the_ca_bundle() {
    let requests = ("REQUESTS_CA_BUNDLE", "/requests.pem");
    let check = |variables: &[(&str, &str)], config: &str, expected: Option<(&str, &str)>| {
        let found = find(variables, config, "dev", Some(&my_sso())).unwrap();
        let found = found.ca_bundle.map(|found| {
            let key = found.setting.split(" at ").next().unwrap().to_owned();
            (found.path.display().to_string(), key)
        });
        let found = found
            .as_ref()
            .map(|(path, key)| (path.as_str(), key.as_str()));
        assert_eq!(found, expected, "{variables:?} {config}");
    };
    let none = format!("{SESSIONS}[profile dev]\n{MY_SSO}");
    let in_effect = format!("{none}ca_bundle = /dev.pem\n");
    let of_session = format!("{none}[profile other]\n{MY_SSO}ca_bundle = /other.pem\n");
    check(&[], &none, None);
    check(&[requests], &none, Some(("/requests.pem", requests.0)));
    check(&[requests], &in_effect, Some(("/dev.pem", "ca_bundle")));
    check(&[requests], &of_session, Some(("/other.pem", "ca_bundle")));
    check(
        &[requests, ("AWS_CA_BUNDLE", "")],
        &none,
        Some(("/requests.pem", requests.0)),
    );
    let aws = ("AWS_CA_BUNDLE", "/aws.pem");
    check(&[requests, aws], &in_effect, Some(("/aws.pem", aws.0)));
    check(&[("REQUESTS_CA_BUNDLE", "")], &none, None);
    let error = find(&[("REQUESTS_CA_BUNDLE", "~ada/ca.pem")], &none, "dev", None).unwrap_err();
    assert!(
        error.to_string().starts_with("REQUESTS_CA_BUNDLE must be "),
        "{error}"
    );
}

#[test]
fn a_leading_tilde_of_a_ca_bundle_is_expanded() {
    let check = |value: &str, expected: fn(&Path) -> String| {
        let in_variable = [("AWS_CA_BUNDLE", value)];
        let in_profile = format!("[default]\nca_bundle = {value}\n");
        for (variables, config) in [(&in_variable[..], ""), (&[], &in_profile)] {
            let home = TestEnv::offline();
            home.write_config(config);
            let env: AwsEnv = home.environment(variables);
            let files = ConfigFiles::load(&env).unwrap();
            let found = NetworkSettings::find(&env, &files, &"default".into(), None).unwrap();
            let expected = expected(home.home());
            assert_eq!(
                found.ca_bundle.unwrap().path,
                Path::new(&expected),
                "{value}"
            );
        }
    };
    check("~/ca.pem", |home| format!("{}/ca.pem", home.display()));
    check("~", |home| home.display().to_string());
    check("/etc/~/ca.pem", |_| "/etc/~/ca.pem".to_owned());
}

#[test]
fn each_service_has_its_own_variable_and_key() {
    let urls = |variables: &[(&str, &str)], config: &str| {
        let found = find(variables, config, "default", None).unwrap();
        let urls = [
            found.sso_oidc_url,
            found.sso_portal_url,
            found.sts_url,
            found.federation_url,
        ];
        urls.map(|found| found.unwrap().unwrap().url)
    };
    let variables = [
        ("AWS_ENDPOINT_URL_SSO_OIDC", "https://oidc"),
        ("AWS_ENDPOINT_URL_SSO", "https://portal"),
        ("AWS_ENDPOINT_URL_STS", "https://sts"),
        ("AWS_ENDPOINT_URL_SIGNIN", "https://signin"),
    ];
    let services = "[default]\nservices = mine\n[services mine]\n\
                    sso_oidc =\n  endpoint_url = https://oidc\n\
                    sso =\n  endpoint_url = https://portal\n\
                    sts =\n  endpoint_url = https://sts\n\
                    signin =\n  endpoint_url = https://signin\n";
    let expected = [
        "https://oidc",
        "https://portal",
        "https://sts",
        "https://signin",
    ];
    assert_eq!(urls(&variables, ""), expected);
    assert_eq!(urls(&[], services), expected);
}

#[test]
fn an_endpoint_of_the_profile_in_effect_takes_precedence_over_services_of_another_profile() {
    let config = format!(
        "{SESSIONS}[profile a]\n{MY_SSO}services = one\n[default]\nendpoint_url = https://b\n"
    );
    let found = find(&[], &config, "default", Some(&my_sso())).unwrap();
    assert_eq!(oidc_url(&found), "https://b");
}

#[test]
fn an_invalid_number_of_attempts_is_an_error_with_its_location() {
    let check = |variable: &str, profile: &str, name: &str| {
        let variables = [("AWS_MAX_ATTEMPTS", variable)];
        let config = format!("[profile dev]\n{profile}");
        let error = find(&variables, &config, "dev", None).unwrap_err();
        assert!(matches!(error, Error::InvalidSetting { .. }), "{error:?}");
        let error = error.to_string();
        assert!(
            error.starts_with(name) && error.contains(" must be a positive integer"),
            "{error}"
        );
    };
    for invalid in ["0", "-1", "three", "1.5", "99999999999"] {
        check(invalid, "", "AWS_MAX_ATTEMPTS ");
        check(invalid, "max_attempts = 2\n", "AWS_MAX_ATTEMPTS ");
        check(
            "",
            &format!("region = x\nmax_attempts = {invalid}\n"),
            "max_attempts at ",
        );
    }
}

#[test]
fn a_missing_services_section_is_an_error_unless_endpoints_are_ignored() {
    let config = "[profile dev]\nservices = mine\n[services other]\n[services mien]\n";
    let url = ("AWS_ENDPOINT_URL_SSO_OIDC", "https://oidc");
    match find(&[url], config, "dev", None) {
        Err(Error::UnknownServices {
            services,
            location,
            similar,
        }) => {
            assert_eq!((services.as_str(), location.line), ("mine", 2));
            assert_eq!(similar, ["mien"]);
        }
        other => panic!("{other:?}"),
    }
    let ignore_urls = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    find(&[url, ignore_urls], config, "dev", None).unwrap();
}

#[test]
fn invalid_values_in_a_profile_that_is_not_in_effect_are_ignored() {
    let broken = format!("[profile broken]\n{MY_SSO}services = none\nmax_attempts = zero\n");
    let other = format!("[profile other]\n{MY_SSO}endpoint_url = https://x\nmax_attempts = 2\n");
    let config = format!("{SESSIONS}{broken}{other}[profile dev]\n{MY_SSO}");
    let found = find(&[], &config, "dev", Some(&my_sso())).unwrap();
    assert_eq!(found.max_attempts, 2);
    assert_eq!(oidc_url(&found), "https://x");
    find(&[], &config, "broken", Some(&my_sso())).unwrap_err();
}

#[test]
fn an_endpoint_url_names_its_setting() {
    let check = |variables: &[(&str, &str)], config: &str, expected: [&str; 3]| {
        let found = find(variables, config, "dev", None).unwrap();
        let urls = [found.sso_oidc_url, found.sso_portal_url, found.sts_url];
        let settings = urls.map(|url| url.unwrap().unwrap().setting);
        for (setting, expected) in settings.iter().zip(expected) {
            assert_eq!(setting, expected);
        }
    };
    let common = ("AWS_ENDPOINT_URL", "https://common");
    let config = "[profile dev]\nservices = mine\nendpoint_url = https://x\n\
                  [services mine]\nsso =\n  endpoint_url = https://y\n";
    check(&[common], config, ["AWS_ENDPOINT_URL"; 3]);
    let portal = ("AWS_ENDPOINT_URL_SSO", "https://portal");
    check(
        &[portal, common],
        config,
        ["AWS_ENDPOINT_URL", portal.0, "AWS_ENDPOINT_URL"],
    );
    let found = find(&[], config, "dev", None).unwrap();
    let line = |url: Result<Option<sso_config::network::EndpointUrl>, _>| {
        let url: Result<_, sso_config::NotUnicode> = url;
        let setting = url.unwrap().unwrap().setting;
        assert!(setting.starts_with("endpoint_url at /"), "{setting}");
        setting.rsplit_once(':').unwrap().1.to_owned()
    };
    assert_eq!(line(found.sso_oidc_url), "3");
    assert_eq!(line(found.sso_portal_url), "6");
    assert_eq!(line(found.sts_url), "3");
}

#[test]
fn the_home_directory_of_another_user_is_an_error_that_names_the_setting() {
    let home = TestEnv::offline();
    let expected = " must be a path that does not begin with ~USER";
    for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        let env: AwsEnv = home.environment(&[(variable, "~ada/file")]);
        let error = ConfigFiles::load(&env).unwrap_err().to_string();
        assert_eq!(error, format!("{variable}{expected}"));
    }
    let error = find(&[("AWS_CA_BUNDLE", "~ada/ca.pem")], "", "dev", None).unwrap_err();
    assert_eq!(error.to_string(), format!("AWS_CA_BUNDLE{expected}"));
    let config = "[profile dev]\nca_bundle = ~ada/ca.pem\n";
    let error = find(&[], config, "dev", None).unwrap_err().to_string();
    assert!(
        error.starts_with("ca_bundle at ") && error.ends_with(&format!(":2{expected}")),
        "{error}"
    );
}
