use std::time::Duration;

use sso_credentials::aws::{Aws, Selection};
use sso_credentials::provider::NoMfa;
use sso_session::SystemClock;
use sso_session::clients::ConnectionOptions;
use sso_test_support::TestEnv;

#[test]
fn static_keys_never_expire() {
    let home = TestEnv::offline();
    home.write_credentials(
        "[default]\naws_access_key_id = AKIA\naws_secret_access_key = hunter2\n\
         aws_session_token = t\naws_account_id = 12\n",
    );
    let env = home.environment(&[]);
    let options = ConnectionOptions::new("a test");
    let aws = Aws::new(env, SystemClock::shared(), options).unwrap();
    let profile = aws.profile(&Selection::Default).unwrap();
    let found = profile.credentials(Duration::MAX, &NoMfa).unwrap();
    assert_eq!(found.expires_at, None);
    assert_eq!(found.access_key_id, "AKIA");
    assert_eq!(found.secret_access_key.expose(), "hunter2");
    assert_eq!(found.session_token.unwrap().expose(), "t");
    assert_eq!(found.account_id.unwrap().as_str(), "12");
}
