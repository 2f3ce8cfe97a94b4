use sso_config::{ConfigFiles, ConfiguredSessions, SsoSession};
use sso_test_support::TestEnv;

fn files(config: &str, credentials: &str) -> ConfigFiles {
    let home = TestEnv::offline();
    home.write_config(config);
    home.write_credentials(credentials);
    ConfigFiles::load(&home.environment(&[])).unwrap()
}

fn profile_names(configured: &ConfiguredSessions) -> Vec<&str> {
    let profiles = configured.profiles.iter();
    profiles.map(|profile| profile.name.as_str()).collect()
}

#[test]
fn sections_are_listed_before_the_start_urls_of_legacy_profiles() {
    let again = "[profile again]\nsso_start_url = https://my-sso-portal.awsapps.com/start\n\
        sso_region = us-east-1\n[sso-session later]\nsso_start_url = https://x\nsso_region = eu-west-1\n";
    let files = files(&format!("{}{again}", TestEnv::SAMPLE_CONFIG), "");
    let found = ConfiguredSessions::of(&files);
    let names: Vec<_> = found.sessions.iter().map(SsoSession::label).collect();
    assert_eq!(
        names,
        [
            "SSO session my-sso",
            "SSO session later",
            "start URL https://my-sso-portal.awsapps.com/start"
        ]
    );
    assert_eq!(profile_names(&found), ["dev", "prod", "legacy", "again"]);
    let check = |session: usize, expected: &[&str]| {
        let session = found.sessions[session].clone();
        let of_session = ConfiguredSessions::of_session(&files, session.clone());
        assert_eq!(profile_names(&of_session), expected);
        assert_eq!(of_session.sessions, [session]);
    };
    check(0, &["dev", "prod"]);
    check(1, &[]);
    check(2, &["legacy", "again"]);
}

#[test]
fn invalid_sections_are_problems_and_other_profiles_are_skipped() {
    let config = "[profile static]\nregion = eu-west-1\n[profile lost]\nsso_session = nowhere\n\
        [sso-session half]\nsso_region = eu-west-1\n";
    let files = files(config, "[keys]\naws_access_key_id = AKIA\n");
    let found = ConfiguredSessions::of(&files);
    assert!(found.sessions.is_empty() && found.profiles.is_empty());
    let problems: Vec<_> = found.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(
        problems[0].contains("half") && problems[1].contains("nowhere"),
        "{problems:?}"
    );
}

#[test]
fn problem_of_a_session_is_listed_once_for_all_its_profiles() {
    let check = |config: &str, expected: &[&str]| {
        let found = ConfiguredSessions::of(&files(config, ""));
        let problems = found.problems.iter().map(ToString::to_string);
        let problems: Vec<_> = problems
            .map(|text| text.rsplit_once("/.aws/config:").unwrap().1.to_owned())
            .collect();
        assert_eq!(problems, expected, "{:?}", found.problems);
    };
    let profiles = "[profile a]\nsso_session = s\n[profile b]\nsso_session = s\n";
    let url = "sso_start_url = https://s.awsapps.com/start\n";
    check(
        &format!("[sso-session s]\nsso_region = US East\n{url}{profiles}"),
        &["2: sso_region is not valid"],
    );
    check(
        &format!("{profiles}[sso-session s]\n{url}"),
        &["5 lacks sso_region"],
    );
    check(
        &format!("[profile a]\n{url}sso_region = !\n[profile b]\n{url}sso_region = !\n"),
        &["3: sso_region is not valid", "6: sso_region is not valid"],
    );
}
