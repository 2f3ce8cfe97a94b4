use std::fmt::Write as _;

use sso_config::name_clue::NameClue;
use sso_config::{ConfigFiles, Error, SsoProfile, SsoSession};
use sso_test_support::TestEnv;

const SESSION: &str = "[sso-session my-sso]\nsso_start_url = https://a\nsso_region = us-east-1\n";

fn files(config: &str, credentials: &str) -> ConfigFiles {
    let home = TestEnv::offline();
    // A program waits for the content of an empty file.
    if !config.is_empty() {
        home.write_config(config);
    }
    if !credentials.is_empty() {
        home.write_credentials(credentials);
    }
    ConfigFiles::load(&home.environment(&[])).unwrap()
}

/// Returns the clue in short: `config:LINE` or `credentials:LINE` for a header.
fn shown(clue: &NameClue) -> String {
    match clue {
        NameClue::OddHeader {
            location,
            is_in_credentials,
        } => {
            let name = location.path.file_name().unwrap().to_str().unwrap();
            assert_eq!(name == "credentials", *is_in_credentials);
            format!("{name}:{}", location.line)
        }
        NameClue::OtherKind => "other kind".to_owned(),
        NameClue::Similar(names) => format!("similar: {}", names.join(" ")),
        NameClue::NoneExists {
            has_ignored_sections: true,
        } => "only ignored sections".to_owned(),
        NameClue::NoneExists { .. } => "none exists".to_owned(),
        NameClue::Unlike => "unlike".to_owned(),
    }
}

fn clue_of_profile(files: &ConfigFiles, name: &str) -> NameClue {
    match SsoProfile::load(files, &name.into()) {
        Err(Error::UnknownProfile { clue, .. }) => *clue,
        other => panic!("{name}: {other:?}"),
    }
}

fn clue_of_session(files: &ConfigFiles, name: &str) -> NameClue {
    match SsoSession::named(files, &name.into()) {
        Err(Error::UnknownSession { clue, .. }) => *clue,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn a_profile_that_does_not_exist_has_a_clue() {
    let check = |config: &str, credentials: &str, name: &str, expected: &str| {
        let clue = clue_of_profile(&files(config, credentials), name);
        assert_eq!(shown(&clue), expected, "{name} in {config}");
    };
    let dev = "[profile dev]\n";
    check("", "", "dev", "none exists");
    check(SESSION, "", "dev", "none exists");
    check(
        "[plugins]\n[preview]\n[DEFAULT]\n",
        "",
        "dev",
        "none exists",
    );
    check("[other]\n", "", "dev", "only ignored sections");
    check(dev, "", "dve", "similar: dev");
    check(dev, "", "Dev", "similar: dev");
    check(dev, "", "\"dev\"", "similar: dev");
    check(dev, "", "'dve'", "similar: dev");
    check(dev, "", "prod", "unlike");
    check(dev, "", "", "unlike");
    check("", "[keys]\n", "kyes", "similar: keys");
    check("[default]\n", "", "default1", "similar: default");
    check(
        "[profile dex]\n[profile deb]\n[profile Dev]\n",
        "",
        "dev",
        "similar: Dev",
    );
    check(
        "[profile dex]\n[profile devxx]\n[profile deb]\n[profile de]\n[profile dv]\n",
        "",
        "dev",
        "similar: dex deb de",
    );
    check("[profile größe]\n", "", "groeße", "similar: größe");
    check("[profile größe]\n", "", "GRÖSSE", "similar: größe");
    check(SESSION, "", "my-sso", "other kind");
    check(&format!("{SESSION}{dev}"), "", "my-sso", "other kind");
}

#[test]
fn a_section_with_another_spelling_of_the_header_is_the_clue() {
    let profile = |config: &str, credentials: &str, expected: &str| {
        let files = files(config, credentials);
        let clue = clue_of_profile(&files, "dev");
        assert_eq!(shown(&clue), expected, "{config}{credentials}");
    };
    for header in [
        "dev",
        " dev ",
        "\"dev\"",
        "Profile dev",
        "porfile dev",
        "PROFILE  dev",
        "Profile 'dev'",
        "profile:dev",
        "profile=dev",
        "profile.dev",
        "Profiles dev",
    ] {
        profile(&format!("[profile a]\n[{header}]\n"), "", "config:2");
    }
    profile("", "[a]\n[profile dev]\n", "credentials:2");
    profile("[dev]\n", "[profile dev]\n", "config:1");
    profile("[sso-session dev x]\n", "", "only ignored sections");
    profile("[session dev]\n", "", "only ignored sections");
    profile("[dev2]\n", "", "only ignored sections");
    let session = |config: &str, credentials: &str, expected: &str| {
        let clue = clue_of_session(&files(config, credentials), "my-sso");
        assert_eq!(shown(&clue), expected, "{config}{credentials}");
    };
    for header in [
        "my-sso",
        "sso_session my-sso",
        "sso-sesion my-sso",
        "SSO-Session my-sso",
        "session my-sso",
        "sso my-sso",
        "sso-session:my-sso",
    ] {
        session(&format!("[profile a]\n[{header}]\n"), "", "config:2");
    }
    session("", "[sso-session my-sso]\n", "credentials:1");
    session("[Profile my-sso]\n", "", "only ignored sections");
}

#[test]
fn a_spelling_that_the_aws_cli_accepts_is_a_profile() {
    for header in ["profile  dev", "profile \"dev\"", "profiles dev"] {
        let files = files(&format!("{SESSION}[{header}]\nsso_session = my-sso\n"), "");
        SsoProfile::load(&files, &"dev".into()).unwrap();
    }
}

#[test]
fn a_session_that_does_not_exist_has_a_clue() {
    let check = |config: &str, name: &str, expected: &str| {
        let clue = clue_of_session(&files(config, ""), name);
        assert_eq!(shown(&clue), expected, "{name} in {config}");
    };
    check("", "my-sso", "none exists");
    check("[profile a]\n", "my-sso", "none exists");
    check("[a]\n", "my-sso", "only ignored sections");
    check("[profile my-sso]\n", "my-sso", "other kind");
    check(SESSION, "my-ss", "similar: my-sso");
    check(SESSION, "mysso", "similar: my-sso");
    check(SESSION, "\"my-sso\"", "similar: my-sso");
    check(SESSION, "corp", "unlike");
}

#[test]
fn a_typo_in_one_of_many_names_has_few_suggestions_in_little_time() {
    let mut config = String::new();
    for index in 0..10_000 {
        writeln!(config, "[profile account-{index:05}-ReadOnly]").unwrap();
    }
    let files = files(&config, "");
    let clue = clue_of_profile(&files, "account-01234-readonly-");
    assert_eq!(shown(&clue), "similar: account-01234-ReadOnly");
    let clue = clue_of_profile(&files, "account-x-ReadOnly");
    assert_eq!(
        shown(&clue),
        "similar: account-00000-ReadOnly account-00001-ReadOnly account-00002-ReadOnly"
    );
    let long = "x".repeat(100_000);
    let config = format!("[profile {long}]\n[profile {long}y]\n");
    let clue = clue_of_profile(&self::files(&config, ""), &format!("{long}z"));
    assert_eq!(clue, NameClue::Unlike);
}

#[test]
fn an_unselected_session_is_that_of_the_environment_or_of_default_or_the_only_one() {
    let check = |variables: &[(&str, &str)], config: &str, expected: &str| {
        let home = TestEnv::offline();
        home.write_config(config);
        let env = home.environment(variables);
        let files = ConfigFiles::load(&env).unwrap();
        let found = match SsoSession::unselected(&env, &files) {
            Ok(session) => session.label(),
            Err(Error::NoSessionSelected {
                choices,
                has_problems,
                ..
            }) => format!("{choices:?} {has_problems}"),
            Err(error) => error
                .to_string()
                .replace(home.aws_dir().to_str().unwrap(), ""),
        };
        assert_eq!(found, expected, "{variables:?} {config}");
    };
    let other = "[sso-session b]\nsso_start_url = https://b\nsso_region = us-east-1\n";
    let legacy = "[profile old]\nsso_start_url = https://old\nsso_region = us-east-1\n";
    let only = "SSO session my-sso";
    check(&[], "", "[] false");
    check(&[], "[dev]\n", "[] true");
    check(&[], "[sso-session a]\n", "[] true");
    check(&[], SESSION, only);
    check(
        &[],
        &format!("{SESSION}[default]\nregion = us-east-1\n"),
        only,
    );
    check(
        &[],
        &format!("{SESSION}[profile dev]\nsso_session = my-sso\n"),
        only,
    );
    check(&[], &format!("{SESSION}[sso-session b]\n"), only);
    check(&[], legacy, "start URL https://old");
    check(
        &[],
        &format!("{SESSION}{other}"),
        r#"[Session(SessionName("my-sso")), Session(SessionName("b"))] false"#,
    );
    check(
        &[],
        &format!("{legacy}{SESSION}"),
        r#"[Session(SessionName("my-sso")), Profile(ProfileName("old"))] false"#,
    );
    check(
        &[],
        &format!("{SESSION}{other}[default]\nsso_session = b\n"),
        "SSO session b",
    );
    check(
        &[],
        &format!("{SESSION}[default]\nsso_session = gone\n"),
        "section [sso-session gone] not found in /config, referenced by sso_session at /config:5",
    );
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
        let missing = format!("profile \"dev\" not found in /config, selected by {variable}");
        check(&[(variable, "dev")], SESSION, &missing);
        check(
            &[(variable, "default")],
            SESSION,
            &missing.replace("dev", "default"),
        );
    }
    check(
        &[("AWS_PROFILE", "x"), ("AWS_DEFAULT_PROFILE", "dev")],
        &format!("{SESSION}[profile dev]\nsso_session = my-sso\n"),
        "profile \"x\" not found in /config, selected by AWS_PROFILE",
    );
    check(
        &[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "dev")],
        &format!("{SESSION}[profile dev]\nsso_session = my-sso\n"),
        only,
    );
}

#[test]
fn a_misspelled_name_among_thousands_of_missing_ones_has_the_same_clue_each_time() {
    let files = files("[profile dev]\n[odd]\n", "");
    let clue_of = |name: &str| shown(&clue_of_profile(&files, name));
    for _ in 0..200 {
        assert_eq!(clue_of("dve"), "similar: dev");
    }
    let missing = |number: usize| format!("missing-{number}");
    for number in 0..99 {
        assert_eq!(clue_of(&missing(number)), "unlike");
    }
    // No more names are compared with all others.
    assert_eq!(clue_of("deb"), "unlike");
    assert_eq!(clue_of("dve"), "similar: dev");
    assert_eq!(clue_of("odd"), "config:2");
    let session = shown(&clue_of_session(&files, "dev"));
    assert_eq!(session, "other kind");
}
