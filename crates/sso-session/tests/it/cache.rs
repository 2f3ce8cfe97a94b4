use sso_config::AwsEnv;
use sso_session::cache;
use sso_test_support::TestEnv;
use token_cache::{CacheError, CacheKey, CachedToken, TokenCache};

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

#[test]
fn only_a_corrupt_entry_counts_as_missing() {
    let home = TestEnv::offline();
    home.write(
        ".aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json",
        "[]",
    );
    let cache = TokenCache::in_aws_dir(&home.aws_dir());
    let read = cache.token(&CacheKey::session_token(&"my-sso".into()));
    assert!(matches!(read, Err(CacheError::Corrupt { .. })), "{read:?}");
    assert_eq!(cache::or_missing(read).unwrap(), None);

    let path = home.home().to_owned();
    let source = std::io::ErrorKind::Other.into();
    let unread = Err::<Option<CachedToken>, _>(CacheError::List { path, source });
    assert!(cache::or_missing(unread).is_err());
}
