use sso_config::{ConfigFiles, SsoProfile};
use sso_credentials::keys::RoleKeys as _;
use sso_test_support::TestEnv;

/// Expected keys: from botocore.
#[test]
fn cache_keys_match_the_aws_cli() {
    let home = TestEnv::offline();
    home.write_config(TestEnv::SAMPLE_CONFIG);
    let files = ConfigFiles::load(&home.environment(&[])).unwrap();
    let check = |profile: &str, expected: &str| {
        let profile = SsoProfile::load(&files, &profile.into()).unwrap();
        let role = profile.into_role(&files).unwrap();
        assert_eq!(role.credentials_key().as_str(), expected);
    };
    check("dev", "0521d1f6a6c4e68f9e18540309367cc3cccb6305");
    check("legacy", "a86fc0ef036e01b9ff8f964ffab896b19c6ff372");
}
