use std::fs;

use sso_config::name_clue::NameClue;
use sso_config::{ConfigFiles, Error, SsoProfile};
use sso_test_support::TestEnv;

fn load(home: &TestEnv) -> Result<ConfigFiles, Error> {
    ConfigFiles::load(&home.environment(&[]))
}

fn value_and_location(home: &TestEnv, key: &str) -> Option<(String, String)> {
    let files = load(home).unwrap();
    let property = files.profile(&"dev".into())?.get(key)?;
    let location = files.location_of(&property).to_string();
    let name = location
        .strip_prefix(home.aws_dir().to_str().unwrap())
        .unwrap();
    Some((property.value().into_owned(), name[1..].to_owned()))
}

#[test]
fn missing_files_count_as_empty() {
    let home = TestEnv::offline();
    let files = load(&home).unwrap();
    assert_eq!(files.config_path(), home.config_path());
    assert!(files.profile(&"default".into()).is_none());
    assert!(files.sso_session("my-sso").is_none());
    assert!(home.files().is_empty(), "a file was written");
}

#[test]
fn files_are_read_from_the_paths_in_the_variables() {
    let home = TestEnv::offline();
    home.write("elsewhere", "[profile dev]\nregion = from-elsewhere\n");
    let env = home.environment(&[("AWS_CONFIG_FILE", "~/elsewhere")]);
    let files = ConfigFiles::load(&env).unwrap();
    assert_eq!(files.config_path(), home.home().join("elsewhere"));
    assert!(files.profile(&"dev".into()).is_some());
}

#[test]
fn an_unreadable_config_file_is_an_error_that_names_it() {
    let home = TestEnv::offline();
    home.write(".aws/config/file", "a directory in place of the file");
    match load(&home) {
        Err(Error::ReadConfig(error)) => assert_eq!(error.path(), home.config_path()),
        other => panic!("{other:?}"),
    }
    let files = ConfigFiles::load_usable(&home.environment(&[])).unwrap();
    assert_eq!(files.profile_names().count(), 0);
    assert!(matches!(
        files.check_config(),
        Err(Error::ReadConfig { .. })
    ));
    files.check_credentials().unwrap();
}

#[test]
fn an_unusable_credentials_file_explains_only_missing_profiles_and_keys() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\nregion = c\n");
    home.write(".aws/credentials/file", "a directory in place of the file");
    let files = load(&home).unwrap();
    files.check_config().unwrap();
    assert_eq!(files.region(&"dev".into()).as_deref(), Some("c"));
    let explained = |name: &str| {
        let error = SsoProfile::load(&files, &name.into()).unwrap_err();
        files.explain(error)
    };
    for name in ["missing", "dev"] {
        match explained(name) {
            Error::ReadConfig(error) => assert_eq!(error.path(), home.credentials_path()),
            other => panic!("{name}: {other:?}"),
        }
    }
    let other = files.explain(Error::DurationNotApplicable);
    assert!(matches!(other, Error::DurationNotApplicable));
}

#[test]
fn a_file_that_the_aws_cli_rejects_is_an_error_with_its_location() {
    let check = |name: &str, text: &[u8], location: &str| {
        let home = TestEnv::offline();
        home.write(format!(".aws/{name}"), text);
        let checked = |files: ConfigFiles| files.check_config().and(files.check_credentials());
        let error = load(&home).and_then(checked).unwrap_err();
        assert!(matches!(error, Error::ConfigSyntax { .. }), "{error:?}");
        let expected = format!("{}:{location}: ", home.aws_dir().join(name).display());
        assert!(error.to_string().starts_with(&expected), "{error}");
        let usable = ConfigFiles::load_usable(&home.environment(&[])).unwrap();
        assert_eq!(usable.profile_names().count(), 0);
    };
    check("config", b"[profile a]\nregion = x\n[profile a]\n", "3:1");
    check("config", b"region = x\n", "1:1");
    check("config", b"[profile a]\nkey = 1\nkey = 2\n", "3:1");
    check("config", b"[profile a]\nkey = \xff\n", "2:7");
    check("credentials", b"[a]\n[b]\n[a]\n", "3:1");
}

#[test]
fn the_error_of_an_unusable_file_remains_after_the_file_is_corrected() {
    let check = |name: &str, put: &dyn Fn(&TestEnv, &str)| {
        let (home, path) = (TestEnv::offline(), format!(".aws/{name}"));
        put(&home, &path);
        let files = ConfigFiles::load_usable(&home.environment(&[])).unwrap();
        let errors = || [files.check_config(), files.check_credentials()].map(Result::err);
        let messages = || errors().map(|error| error.map(|error| format!("{error:?}")));
        let first = messages();
        assert_eq!(first.iter().flatten().count(), 1, "{first:?}");
        let _ = fs::remove_dir_all(home.home().join(&path));
        home.write(&path, "");
        assert_eq!(messages(), first);
        let error = files.explain(Error::UnknownProfile {
            profile: "a".into(),
            variable: None,
            config: home.config_path(),
            clue: Box::new(NameClue::Unlike),
        });
        let is_explained = !matches!(error, Error::UnknownProfile { .. });
        assert_eq!(is_explained, name == "credentials");
    };
    for name in ["config", "credentials"] {
        check(name, &|home, path| home.write(path, "[a]\n[a]\n"));
        check(name, &|home, path| home.write(path, "\u{feff}"));
        check(name, &|home, path| {
            home.write(format!("{path}/file"), "in a directory");
        });
    }
}

#[test]
fn a_syntax_error_does_not_quote_the_file() {
    let home = TestEnv::offline();
    home.write_credentials("[dev]\naws_secret_access_key\nhunter2 hunter2\n");
    let error = load(&home).unwrap().check_credentials().unwrap_err();
    assert!(
        !format!("{error} {error:?}").contains("hunter2"),
        "{error:?}"
    );
}

#[test]
fn the_credentials_file_takes_precedence_over_the_config_file() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\nregion = c\noutput = c\n");
    home.write_credentials("# first\n[dev]\nregion = k\n");
    let check = |key, value: &str, location: &str| {
        let expected = Some((value.to_owned(), location.to_owned()));
        assert_eq!(value_and_location(&home, key), expected, "{key}");
    };
    check("region", "k", "credentials:3");
    check("output", "c", "config:3");
    assert_eq!(value_and_location(&home, "missing"), None);
}

#[test]
fn a_profile_that_is_only_in_the_credentials_file_is_found() {
    let home = TestEnv::offline();
    home.write_credentials("[dev]\nregion = k\n");
    assert_eq!(
        value_and_location(&home, "region").unwrap().1,
        "credentials:2"
    );
}

#[test]
fn the_section_default_in_capitals_applies_to_all_sections() {
    let home = TestEnv::offline();
    home.write_config(
        "[DEFAULT]\nsso_region = eu-west-1\noutput = d\n[profile dev]\noutput = c\n[sso-session s]\n",
    );
    assert_eq!(
        value_and_location(&home, "sso_region").unwrap(),
        ("eu-west-1".into(), "config:2".into())
    );
    assert_eq!(
        value_and_location(&home, "output").unwrap(),
        ("c".into(), "config:5".into())
    );
    let files = load(&home).unwrap();
    let session = files.sso_session("s").unwrap();
    assert_eq!(session.get("sso_region").unwrap().value(), "eu-west-1");
    assert_eq!(files.location_of_section(&session).line, 6);
}

#[test]
fn sections_are_found_by_type_and_name() {
    let home = TestEnv::offline();
    home.write_config("[sso-session a]\n[services b]\n[profile c]\n");
    let files = load(&home).unwrap();
    assert!(files.sso_session("a").is_some() && files.services("b").is_some());
    assert!(files.sso_session("b").is_none() && files.services("a").is_none());
    assert!(files.profile(&"a".into()).is_none() && files.profile(&"c".into()).is_some());
}

#[test]
fn credentials_in_default_are_an_error_with_their_location() {
    let check = |config: &str, credentials: &str, expected: Option<&str>| {
        let home = TestEnv::offline();
        home.write_config(config);
        home.write_credentials(credentials);
        let error = load(&home)
            .unwrap()
            .check_default_has_no_credentials()
            .err();
        let message = error.map(|error| {
            error
                .to_string()
                .replace(home.aws_dir().to_str().unwrap(), "~")
        });
        let expected = expected.map(|start| {
            format!("{start} in [default] takes precedence over the credentials endpoint")
        });
        assert_eq!(message, expected);
    };
    check("", "", None);
    check("[default]\nregion = us-east-1\noutput = json\n", "", None);
    check(
        "[profile dev]\naws_access_key_id = k\n",
        "[dev]\naws_access_key_id = k\n",
        None,
    );
    check(
        "",
        "[default]\naws_access_key_id = k\n",
        Some("~/credentials:2: aws_access_key_id"),
    );
    check(
        "[default]\noutput = json\naws_access_key_id = k\n",
        "",
        Some("~/config:3: aws_access_key_id"),
    );
    check(
        "[default]\ncredential_process = x\n",
        "",
        Some("~/config:2: credential_process"),
    );
    check(
        "[default]\nsso_session = s\nsso_account_id = 1\n",
        "",
        Some("~/config:3: sso_account_id"),
    );
    check(
        "[default]\nrole_arn = r\n",
        "",
        Some("~/config:2: role_arn"),
    );
}

#[cfg(unix)]
#[test]
fn a_device_or_a_pipe_as_config_file_is_read_or_refused_without_blocking() {
    let home = TestEnv::offline();
    let pipe = home.home().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let load = |path: &str| ConfigFiles::load(&home.environment(&[("AWS_CONFIG_FILE", path)]));
    assert_eq!(load("/dev/null").unwrap().profile_names().count(), 0);
    let error = load("/dev/zero").unwrap_err().to_string();
    assert_eq!(error, "/dev/zero is larger than 64 MiB");
    let pipe = pipe.to_str().unwrap();
    let error = load(pipe).unwrap_err().to_string();
    assert!(
        error.ends_with("/pipe is a pipe, and no process has written to it"),
        "{error}"
    );
}
