use std::path::PathBuf;

use sso_config::{AwsEnv, Error};

const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

#[test]
fn variables_select_the_profile_and_default_is_the_fallback() {
    let check = |variables: &[(&str, &str)], expected: &str| {
        let env: AwsEnv = variables.iter().copied().collect();
        assert_eq!(env.profile().unwrap().as_str(), expected, "{variables:?}");
    };
    check(&[], "default");
    check(&[("AWS_PROFILE", "a")], "a");
    check(&[("AWS_DEFAULT_PROFILE", "b")], "b");
    check(&[("AWS_PROFILE", "a"), ("AWS_DEFAULT_PROFILE", "b")], "a");
    check(&[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "b")], "b");
    check(
        &[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", "")],
        "default",
    );
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let env: AwsEnv = [("EMPTY", ""), ("FULL", "x")].into_iter().collect();
    assert_eq!(env.get("EMPTY"), Ok(None));
    assert_eq!(env.get("FULL"), Ok(Some("x")));
    assert_eq!(env.get("UNSET"), Ok(None));
}

/// Botocore calls `os.path.expandvars`, then `os.path.expanduser`.
#[test]
fn paths_of_the_shared_files_in_variables_are_expanded() {
    let check = |value: &str, expected: &str| {
        for (variable, path) in [
            ("AWS_CONFIG_FILE", AwsEnv::config_file as fn(&AwsEnv) -> _),
            ("AWS_SHARED_CREDENTIALS_FILE", AwsEnv::credentials_file),
        ] {
            let variables = [
                (HOME, "/home/ada"),
                ("DIR", "work"),
                ("NOTHING", ""),
                ("DOLLAR", "$DIR"),
                ("TILDE", "~"),
                (variable, value),
            ];
            let env: AwsEnv = variables.into_iter().collect();
            assert_eq!(
                path(&env).unwrap(),
                PathBuf::from(expected),
                "{variable}={value}"
            );
        }
    };
    check("/etc/aws", "/etc/aws");
    check("relative/config", "relative/config");
    check("~/config", "/home/ada/config");
    check("~", "/home/ada");
    check("/srv/~/config", "/srv/~/config");
    check("/srv/$DIR/config", "/srv/work/config");
    check("/srv/${DIR}x/config", "/srv/workx/config");
    check("/srv/$DIRx/config", "/srv/$DIRx/config");
    check("~/$DIR$DIR", "/home/ada/workwork");
    check("$TILDE/config", "/home/ada/config");
    check("/srv/$UNSET/${UNSET}/$DIR", "/srv/$UNSET/${UNSET}/work");
    check("/srv/${UNSET$DIR}", "/srv/${UNSET$DIR}");
    check("/srv/a$NOTHING/b", "/srv/a/b");
    check("/srv/$DOLLAR", "/srv/$DIR");
    check("/srv/$", "/srv/$");
    check("/srv/$/$$DIR", "/srv/$/$work");
    check("/srv/${}/${DIR", "/srv/${}/${DIR");
    check("/srv/$ä", "/srv/$ä");
}

#[test]
fn without_variables_the_shared_files_are_in_the_home_directory() {
    let env: AwsEnv = [(HOME, "/home/ada"), ("AWS_CONFIG_FILE", "")]
        .into_iter()
        .collect();
    let aws_dir = PathBuf::from("/home/ada/.aws");
    assert_eq!(env.aws_dir().unwrap(), aws_dir);
    assert_eq!(env.config_file().unwrap(), aws_dir.join("config"));
    assert_eq!(env.credentials_file().unwrap(), aws_dir.join("credentials"));
}

#[test]
fn a_missing_home_directory_is_an_error_only_if_it_is_needed() {
    let check = |variables: &[(&str, &str)]| -> Result<PathBuf, Error> {
        let env: AwsEnv = variables.iter().copied().collect();
        env.config_file()
    };
    check(&[("AWS_CONFIG_FILE", "/etc/aws")]).unwrap();
    for variables in [
        &[][..],
        &[(HOME, "")],
        &[("AWS_CONFIG_FILE", "~/config")],
        &[("AWS_CONFIG_FILE", "")],
    ] {
        let error = check(variables).unwrap_err();
        assert!(
            matches!(error, Error::NoHome { variable: HOME }),
            "{variables:?}: {error}"
        );
    }
}

#[test]
fn from_process_finds_a_home_directory() {
    assert!(AwsEnv::from_process().aws_dir().is_ok());
}

#[test]
fn debug_shows_the_names_of_variables_without_values() {
    let env: AwsEnv = [("HTTPS_PROXY", "http://ada:hunter2@proxy")]
        .into_iter()
        .collect();
    assert_eq!(format!("{env:?}"), r#"{"HTTPS_PROXY"}"#);
}

#[test]
fn a_path_with_many_variables_is_expanded() {
    let path = format!("/srv/{}", "$DIR$".repeat(60_000));
    let env: AwsEnv = [("AWS_CONFIG_FILE", path.as_str()), ("DIR", "x")]
        .into_iter()
        .collect();
    let expanded = format!("/srv/{}", "x$".repeat(60_000));
    assert_eq!(env.config_file().unwrap().to_str(), Some(&*expanded));
}
