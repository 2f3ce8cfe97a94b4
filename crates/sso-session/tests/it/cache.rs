use sso_config::AwsEnv;
use sso_session::cache;

const HOME: &str = if cfg!(windows) { "USERPROFILE" } else { "HOME" };

#[test]
fn the_caches_are_in_the_home_directory_whatever_the_config_file() {
    let variables = [(HOME, "/home/ada"), ("AWS_CONFIG_FILE", "/etc/aws")];
    let env: AwsEnv = variables.into_iter().collect();
    let state_dir = cache::open(&env).unwrap().state_dir().to_owned();
    assert!(
        state_dir.starts_with("/home/ada/.aws/sso/cache"),
        "{state_dir:?}"
    );
}

#[test]
fn a_missing_home_directory_is_an_error() {
    let error = cache::open(&AwsEnv::default()).map(drop).unwrap_err();
    assert!(
        matches!(error, sso_config::Error::NoHome { variable: HOME }),
        "{error}"
    );
}
