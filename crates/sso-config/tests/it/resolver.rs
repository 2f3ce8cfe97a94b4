use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use sso_config::kind::ProfileKind;
use sso_config::{
    AwsEnv, ConfigFiles, ConfiguredSessions, Error, ListedProfiles, Resolver, SsoChain,
};
use sso_test_support::TestEnv;

const SESSION: &str = "[sso-session s]\nsso_start_url = https://s\nsso_region = us-east-1\n";
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Lines of a profile. `NAME` stands for another profile, or for the same one.
const LINES: [&str; 14] = [
    "role_arn = arn:aws:iam::2:role/NAME\nsource_profile = NAME\n",
    "role_arn = arn:aws:iam::2:role/NAME\nsource_profile = NAME\n\
     aws_access_key_id = AKIA\naws_secret_access_key = hunter2\n",
    "role_arn = arn:aws:iam::2:role/NAME\nsource_profile = NAME\n\
     aws_access_key_id = AKIA\naws_secret_access_key = hunter2\n\
     credential_process = export-credentials -p NAME\n",
    "role_arn = arn:aws:iam::2:role/NAME\ncredential_source = Environment\n",
    "credential_process = export-credentials -p NAME\n",
    "credential_process = export-credentials NAME --account-id 7 --role-name x\n",
    "credential_process = export-credentials --sso-session s --account-id 7 --role-name x\n",
    "credential_process = export-credentials\n",
    "credential_process = other\n",
    "aws_access_key_id = AKIA\n",
    "login_session = x\n",
    "web_identity_token_file = x\n",
    "credential_process = 'open\n",
    "",
];

const SSO_LINES: [&str; 6] = [
    "",
    "",
    "",
    "sso_session = s\n",
    "sso_session = s\nsso_account_id = 1\nsso_role_name = r\n",
    "sso_session = gone\n",
];

/// Config files of profiles that refer to each other at random.
fn configs() -> impl Strategy<Value = String> {
    let referred = select(["a", "b", "c", "d", "e", "gone"].to_vec());
    // Most profiles continue the chain.
    let lines = prop_oneof![
        3 => select(LINES[..1].to_vec()),
        3 => select(LINES[1..3].to_vec()),
        3 => select(LINES[4..6].to_vec()),
        1 => select(LINES.to_vec()),
    ];
    let profile = (lines, select(SSO_LINES.to_vec()), referred);
    let profile = profile.prop_map(|(lines, sso, name)| lines.replace("NAME", name) + sso);
    let names = subsequence(NAMES.to_vec(), 1..=5).prop_shuffle();
    (names, prop::collection::vec(profile, 5)).prop_map(|(names, profiles)| {
        let sections = names.iter().zip(profiles);
        let sections = sections.map(|(name, lines)| format!("[profile {name}]\n{lines}"));
        format!("{SESSION}{}", sections.collect::<String>())
    })
}

/// Returns the messages without the profiles that share a cause. Together, more of them are known than alone.
fn texts(errors: &[Error]) -> Vec<String> {
    let text = |error: &Error| {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        let text = format!("{error}: {}", cause.unwrap_or_default());
        match text.rsplit_once(" (") {
            Some((start, end)) if end.contains(" profiles: ") => format!("{start}: "),
            _ => text,
        }
    };
    errors.iter().map(text).collect()
}

fn check_chains(env: &AwsEnv, files: &ConfigFiles) -> Result<(), TestCaseError> {
    let mut chains = Vec::new();
    let mut errors = Vec::new();
    for name in files.profile_names() {
        match SsoChain::load(env, files, &name) {
            Ok(chain) => chains.push(chain),
            Err(Error::OtherSource { .. }) => {}
            Err(error) => errors.push(error),
        }
    }
    let expected = ConfiguredSessions::of(files).and_problems(errors);
    let found = ConfiguredSessions::with_chains(env, files);
    prop_assert_eq!(found.chains, chains);
    prop_assert_eq!(texts(&found.problems), texts(&expected.problems));
    let mut resolver = Resolver::new(env, files);
    for name in files.profile_names() {
        let expected = SsoChain::of_credentials(env, files, &name).ok();
        prop_assert_eq!(resolver.of_credentials(&name), expected, "{}", name);
    }
    Ok(())
}

fn check_kinds(env: &AwsEnv, files: &ConfigFiles) -> Result<(), TestCaseError> {
    let (mut kinds, mut errors) = (Vec::new(), Vec::new());
    for name in files.profile_names() {
        match ProfileKind::and_source(env, files, &name) {
            Ok((kind, source)) => kinds.push((name, Some(kind), source)),
            Err(error) => {
                kinds.push((name, None, None));
                errors.push(error);
            }
        }
    }
    let listed = ListedProfiles::of(env, files);
    let found = listed.profiles.into_iter();
    let found: Vec<_> = found.map(|it| (it.name, it.kind, it.source)).collect();
    prop_assert_eq!(found, kinds);
    let distinct = |errors| ConfiguredSessions::default().and_problems(errors).problems;
    let (found, expected) = (distinct(listed.problems), distinct(errors));
    prop_assert_eq!(texts(&found), texts(&expected));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn profiles_resolved_together_have_the_results_of_each_alone(
        config in configs(),
        variables in select(vec![
            vec![],
            vec![("AWS_PROFILE", "a")],
            vec![("AWS_SSO_TOOLS_PROFILE_CHAIN", "b\tHOME/config\tHOME/credentials")],
        ]),
    ) {
        let home = TestEnv::offline();
        home.write_config(&config);
        let dir = home.aws_dir().display().to_string();
        let variables = variables.into_iter().map(|(name, value)| (name, value.replace("HOME", &dir)));
        let variables: Vec<_> = variables.collect();
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let env = home.environment(&variables);
        let files = ConfigFiles::load(&env).unwrap();
        check_chains(&env, &files)?;
        check_kinds(&env, &files)?;
    }
}

/// Each profile is read once: to read each chain alone, this test would read millions of them.
#[test]
fn long_chains_are_resolved_together() {
    const COUNT: usize = 1000;
    let ends = [
        "sso_session = s\nsso_account_id = 1\nsso_role_name = r\n",
        "aws_access_key_id = AKIA\naws_secret_access_key = hunter2\n",
        "region = us-east-1\n",
        "role_arn = arn:aws:iam::2:role/x\nsource_profile = gone\n",
        "role_arn = arn:aws:iam::2:role/x\nsource_profile = p0\n",
    ];
    let links = [
        "role_arn = arn:aws:iam::2:role/x\nsource_profile = NAME\n",
        "credential_process = export-credentials NAME\n",
        "credential_process = export-credentials NAME --account-id 1 --role-name r\n",
    ];
    for (end, link) in ends.iter().flat_map(|end| links.map(|link| (end, link))) {
        let home = TestEnv::offline();
        let link = |at: usize| {
            let keys = link.replace("NAME", &format!("p{}", at + 1));
            format!("[profile p{at}]\n{keys}")
        };
        let chain: String = (0..COUNT).map(link).collect();
        home.write_config(&format!("{SESSION}{chain}[profile p{COUNT}]\n{end}"));
        let env = home.environment(&[]);
        let files = ConfigFiles::load(&env).unwrap();
        let is_sso = end.starts_with("sso");
        let chains = ConfiguredSessions::with_chains(&env, &files).chains;
        assert_eq!(chains.len(), if is_sso { COUNT + 1 } else { 0 }, "{end}");
        let listed = ListedProfiles::of(&env, &files);
        assert_eq!(listed.profiles.len(), COUNT + 1);
        assert!(listed.problems.len() < 2, "{:?}", listed.problems);
        let first = listed.profiles[0].session();
        assert_eq!(first.is_some(), is_sso, "{end}");
    }
}
