use sso_config::{ConfigFiles, SsoProfile};
use sso_session::keys::SessionKeys as _;
use sso_test_support::TestEnv;

// botocore computed the expected keys.
#[test]
fn cache_keys_equal_those_of_the_aws_cli() {
    let home = TestEnv::offline();
    home.write_config(TestEnv::SAMPLE_CONFIG);
    let files = ConfigFiles::load(&home.environment(&[])).unwrap();
    let check = |profile: &str, token: &str, registration: &str| {
        let session = SsoProfile::load(&files, &profile.into()).unwrap().session;
        assert_eq!(format!("{}.json", session.token_key()), token);
        assert_eq!(session.registration_key().as_str(), registration);
    };
    check(
        "dev",
        TestEnv::TOKEN_OF_MY_SSO,
        "c5cfae6e3e4f067423a532368c8b514b6a4b0ace",
    );
    check(
        "legacy",
        TestEnv::TOKEN_OF_LEGACY,
        "0e093f10f65cee6c5c1898a8e240f5726875bf08",
    );
}
