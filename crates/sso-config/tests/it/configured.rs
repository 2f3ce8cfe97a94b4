use sso_credentials::{ConfigFiles, Configured, SsoSession};
use sso_test_support::TestEnv;

use crate::world::env_of;

fn configured(config: &str, credentials: &str) -> Configured {
    let home = TestEnv::offline();
    home.write_config(config);
    home.write_credentials(credentials);
    Configured::of(&ConfigFiles::load(&env_of(&home, &[])).unwrap())
}

#[test]
fn sessions_come_first_then_each_legacy_start_url_once() {
    let again = "[profile again]\nsso_start_url = https://my-sso-portal.awsapps.com/start\n\
        sso_region = us-east-1\n[sso-session later]\nsso_start_url = https://x\nsso_region = eu-west-1\n";
    let found = configured(&format!("{}{again}", TestEnv::SAMPLE_CONFIG), "");
    let names: Vec<_> = found.sessions.iter().map(SsoSession::described).collect();
    assert_eq!(
        names,
        [
            "the sso-session my-sso",
            "the sso-session later",
            "the start URL https://my-sso-portal.awsapps.com/start"
        ]
    );
    let profiles: Vec<_> = found.profiles.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(profiles, ["dev", "prod", "legacy", "again"]);
    let keys: Vec<_> = found.sessions.iter().map(SsoSession::token_key).collect();
    assert_eq!(found.profile_of(&keys[0]).unwrap().as_str(), "dev");
    assert_eq!(found.profile_of(&keys[1]), None);
    assert_eq!(found.profile_of(&keys[2]).unwrap().as_str(), "legacy");
    assert_eq!(found.session(&keys[1]).unwrap().described(), names[1]);
}

#[test]
fn what_cannot_be_used_is_told_and_what_is_of_another_kind_is_not() {
    let config = "[profile static]\nregion = eu-west-1\n[profile lost]\nsso_session = nowhere\n\
        [sso-session half]\nsso_region = eu-west-1\n";
    let found = configured(config, "[keys]\naws_access_key_id = AKIA\n");
    assert!(found.sessions.is_empty() && found.profiles.is_empty());
    let problems: Vec<_> = found.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(
        problems[0].contains("half") && problems[1].contains("nowhere"),
        "{problems:?}"
    );
}
