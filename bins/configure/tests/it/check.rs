use identity_center_emulator::{Fault, Operation};
use insta::assert_snapshot;
use sso_test_support::TestEnv;

use crate::{SESSION, config, signed_in};

#[test]
fn a_valid_config_file_has_no_findings() {
    let (_center, env) = signed_in(TestEnv::SAMPLE_CONFIG);
    assert_snapshot!(env.run("sso-configure check"), @"
    $ sso-configure check
    --- stderr
    No problems found.
    --- exit: 0
    ");
    assert_snapshot!(env.run("sso-configure check --output json --quiet"), @r#"
    $ sso-configure check --output json --quiet
    --- stdout
    {
      "schemaVersion": 1,
      "findings": []
    }
    --- exit: 0
    "#);
}

const INVALID: &str = "\
[sso-session my-sso]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1

[sso-session other-spelling]
sso_start_url = https://my-sso-portal.awsapps.com/start/#/
sso_region = us-east-1

[sso-session incomplete]
sso_start_url = https://other.awsapps.com/start

[profile with blank]
region = eu-west-1

[profile 'two words']
sso_session = gone

[profile differs]
sso_session = my-sso
sso_start_url = https://elsewhere.awsapps.com/start
sso_account_id = 1111-2222-3333
sso_role_name = ReadOnly # a comment
";

#[test]
fn findings_have_a_code_a_location_and_a_fix_or_hint() {
    let (_center, env) = signed_in(INVALID);
    assert_snapshot!(env.run("sso-configure check"), @"
    $ sso-configure check
    --- stdout
    [HOME]/.aws/config:12: error: ignored-section: the AWS CLI and the SDKs ignore this section; write [profile NAME] or [sso-session NAME], without white space in the name
      hint: write [profile with-blank]
    [HOME]/.aws/config:21: error: invalid-account-id: sso_account_id must be 12 digits
      profile: differs
      fix: set sso_account_id to 111122223333
    [HOME]/.aws/config:22: error: invalid-role-name: sso_role_name must be the name of a permission set: at most 64 letters, digits and characters of +=,.@-_
      profile: differs
      hint: move the comment to its own line
    [HOME]/.aws/config:9: error: missing-keys: [sso-session incomplete] at [HOME]/.aws/config:9 lacks sso_region
      hint: add sso_region to [sso-session incomplete]
    [HOME]/.aws/config:16: error: unknown-session: section [sso-session gone] not found in [HOME]/.aws/config, referenced by sso_session at [HOME]/.aws/config:16
      profile: two words
      hint: set sso_session in line 16 of [HOME]/.aws/config to an existing SSO session
    [HOME]/.aws/config:20: error: inconsistent: sso_start_url at [HOME]/.aws/config:20 differs from the value at [HOME]/.aws/config:2
      profile: differs
      hint: remove sso_start_url at [HOME]/.aws/config:20; the SSO session already sets it
    [HOME]/.aws/config:15: advice: D07: SDKs may ignore a section with quotes or special characters in its name; rename the section
      profile: two words
      hint: use only letters, digits and the characters - _ . in the name, and change the keys that refer to it
    [HOME]/.aws/config:6: advice: start-url: the start URLs https://my-sso-portal.awsapps.com/start and https://my-sso-portal.awsapps.com/start/#/ belong to the same access portal; use one spelling
    --- stderr
    sso-configure: error: 8 problems found
    hint: sso-configure check --fix
    --- exit: 1
    ");
    assert_eq!(config(&env), INVALID);
    assert_snapshot!(env.run("sso-configure check --fix"), @"
    $ sso-configure check --fix
    --- stdout
    [HOME]/.aws/config:12: error: ignored-section: the AWS CLI and the SDKs ignore this section; write [profile NAME] or [sso-session NAME], without white space in the name
      hint: write [profile with-blank]
    [HOME]/.aws/config:22: error: invalid-role-name: sso_role_name must be the name of a permission set: at most 64 letters, digits and characters of +=,.@-_
      profile: differs
      hint: move the comment to its own line
    [HOME]/.aws/config:9: error: missing-keys: [sso-session incomplete] at [HOME]/.aws/config:9 lacks sso_region
      hint: add sso_region to [sso-session incomplete]
    [HOME]/.aws/config:16: error: unknown-session: section [sso-session gone] not found in [HOME]/.aws/config, referenced by sso_session at [HOME]/.aws/config:16
      profile: two words
      hint: set sso_session in line 16 of [HOME]/.aws/config to an existing SSO session
    [HOME]/.aws/config:20: error: inconsistent: sso_start_url at [HOME]/.aws/config:20 differs from the value at [HOME]/.aws/config:2
      profile: differs
      hint: remove sso_start_url at [HOME]/.aws/config:20; the SSO session already sets it
    [HOME]/.aws/config:15: advice: D07: SDKs may ignore a section with quotes or special characters in its name; rename the section
      profile: two words
      hint: use only letters, digits and the characters - _ . in the name, and change the keys that refer to it
    [HOME]/.aws/config:6: advice: start-url: the start URLs https://my-sso-portal.awsapps.com/start and https://my-sso-portal.awsapps.com/start/#/ belong to the same access portal; use one spelling
    --- stderr
    --- [HOME]/.aws/config
    +++ [HOME]/.aws/config
    @@ -18,5 +18,5 @@
     [profile differs]
     sso_session = my-sso
     sso_start_url = https://elsewhere.awsapps.com/start
    -sso_account_id = 1111-2222-3333
    +sso_account_id = 111122223333
     sso_role_name = ReadOnly # a comment
    Problems fixed: 1
    sso-configure: error: 7 problems found
    --- exit: 1
    ");
    assert_eq!(
        config(&env),
        INVALID.replace("1111-2222-3333", "111122223333")
    );
}

#[test]
fn json_findings_have_a_code_a_severity_and_a_fix() {
    let env = TestEnv::offline();
    env.write_config(&format!(
        "{SESSION}[profile a]\nsso_session = my-sso\nsso_region = us_east_1\n"
    ));
    assert_snapshot!(env.run("sso-configure check --offline --output json --quiet"), @r#"
    $ sso-configure check --offline --output json --quiet
    --- stdout
    {
      "schemaVersion": 1,
      "findings": [
        {
          "code": "invalid-region",
          "file": "[HOME]/.aws/config",
          "fix": "set sso_region to us-east-1",
          "hint": null,
          "line": 7,
          "location": "[HOME]/.aws/config:7",
          "profiles": [
            "a"
          ],
          "sentence": "sso_region must be a Region such as us-east-1",
          "severity": "error"
        }
      ]
    }
    --- stderr
    sso-configure: error: 1 problem found
    hint: sso-configure check --fix --offline
    --- exit: 1
    "#);
}

#[test]
fn durations_that_sts_rejects_are_found() {
    let role = "role_arn = arn:aws:iam::222222222222:role/x\nsource_profile =";
    let config = |name: &str, source: &str, duration: &str| {
        format!("[profile {name}]\n{role} {source}\nduration_seconds = {duration}\n")
    };
    let check = |profiles: &str, found: &[&str]| {
        let env = TestEnv::offline();
        let keys = "[profile base]\naws_access_key_id = A\naws_secret_access_key = S\n";
        env.write_config(&format!("{keys}{profiles}{}", TestEnv::SAMPLE_CONFIG));
        let run = env.run("sso-configure check --offline");
        let lines = run
            .stdout()
            .lines()
            .filter(|line| line.contains("-duration: "));
        let codes: Vec<_> = lines
            .map(|line| {
                line.replace(": error: ", ": ")
                    .split(": ")
                    .take(2)
                    .collect::<Vec<_>>()
                    .join(": ")
            })
            .collect();
        let path = env.config_path();
        let found: Vec<_> = found
            .iter()
            .map(|text| format!("{}:{text}", path.display()))
            .collect();
        assert_eq!(codes, found, "{run}");
    };
    check(&config("a", "dev", "3600"), &[]);
    check(&config("a", "dev", "3601"), &["7: chained-duration"]);
    check(&config("a", "base", "43200"), &[]);
    check(&config("a", "base", "43201"), &["7: invalid-duration"]);
    check(&config("a", "dev", "899"), &["7: invalid-duration"]);
    check(&config("a", "dev", "soon"), &[]);
    let chained =
        config("a", "base", "7200") + &config("b", "a", "7200") + &config("c", "b", "900");
    check(&chained, &["11: chained-duration"]);
    check(&config("a", "nowhere", "7200"), &[]);
}

#[test]
fn two_default_sections_are_found_in_either_order() {
    let check = |config: &str, found: &str| {
        let env = TestEnv::offline();
        env.write_config(config);
        let run = env.run("sso-configure check --offline");
        assert_eq!(run.code(), Some(i32::from(!found.is_empty())), "{run}");
        assert!(run.stdout().contains(found), "{run}");
        assert_eq!(run.stdout().is_empty(), found.is_empty(), "{run}");
    };
    check("[default]\n", "");
    check("[profile default]\n", "");
    check(
        "[default]\n[profile default]\n",
        "config:2: advice: two-defaults: this section replaces [default] on line 1 completely; keep one of them\n",
    );
    check("[profile default]\n[default]\n", "config:2: advice: D04: ");
}

#[test]
fn syntax_errors_are_all_reported() {
    let (_center, env) = signed_in("[profile a]\nx = 1\nx = 2\nnonsense\n");
    env.write_credentials("[a]\n[a]\n");
    assert_snapshot!(env.run("sso-configure check"), @"
    $ sso-configure check
    --- stdout
    [HOME]/.aws/config:3: error: syntax: duplicate key in the section, first on line 2
      profile: a
      hint: remove one of the two, or merge them
    [HOME]/.aws/config:4: error: syntax: expected a section header or `key = value`
      profile: a
    [HOME]/.aws/credentials:2: error: syntax: duplicate section, first on line 1
      profile: a
      hint: remove one of the two, or merge them
    --- stderr
    sso-configure: warning: the sessions and profiles are not checked, because the config file cannot be loaded; fix its errors first
    sso-configure: error: 3 problems found
    --- exit: 1
    ");
}

#[cfg(unix)]
#[test]
fn corrupt_files_open_modes_and_expired_registrations_are_fixed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (center, env) = signed_in(SESSION);
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o644)).unwrap();
    let mut registration = center
        .sign_in(&[])
        .registration_file(&["sso:account:access"]);
    registration["expiresAt"] = "2020-01-01T00:00:00Z".into();
    env.plant_sso_file(TestEnv::REGISTRATION_OF_MY_SSO, &registration);
    env.write(
        format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_LEGACY),
        "{\"accessToken\": \"aoa",
    );
    assert_snapshot!(env.run("sso-configure check"), @"
    $ sso-configure check
    --- stdout
    [HOME]/.aws/sso/cache/c7aaaf71fcc8777ae2475525ed049d39fe16c484.json: error: corrupt-file: the cache file [HOME]/.aws/sso/cache/c7aaaf71fcc8777ae2475525ed049d39fe16c484.json is corrupt: invalid JSON at line 1, column 20
      fix: quarantine [HOME]/.aws/sso/cache/c7aaaf71fcc8777ae2475525ed049d39fe16c484.json
    [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json: error: open-mode: the file is accessible to other users (mode 0644)
      fix: make [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json accessible only to you
    [HOME]/.aws/sso/cache/c5cfae6e3e4f067423a532368c8b514b6a4b0ace.json: advice: expired-registration: the client registration for SSO session my-sso has expired; the next sign-in registers a new client
      fix: remove [HOME]/.aws/sso/cache/c5cfae6e3e4f067423a532368c8b514b6a4b0ace.json
    --- stderr
    sso-configure: error: 3 problems found
    hint: sso-configure check --fix
    --- exit: 1
    ");
    assert_snapshot!(env.run("sso-configure check --fix"), @"
    $ sso-configure check --fix
    --- stderr
    Applying fix: quarantine [HOME]/.aws/sso/cache/c7aaaf71fcc8777ae2475525ed049d39fe16c484.json
    Applying fix: make [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json accessible only to you
    Applying fix: remove [HOME]/.aws/sso/cache/c5cfae6e3e4f067423a532368c8b514b6a4b0ace.json
    Problems fixed: 3
    No problems found.
    --- exit: 0
    ");
    env.run("sso-configure check").expect_code(0);
    let mode = std::fs::metadata(&token).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        !env.sso_cache()
            .join(TestEnv::REGISTRATION_OF_MY_SSO)
            .exists()
    );
}

#[test]
fn the_connection_is_checked_unless_offline() {
    let env = TestEnv::offline();
    env.write_config(SESSION);
    let run = env.run("sso-configure check").expect_code(1);
    assert!(
        run.stdout()
            .contains("error: not-reached: SSO session my-sso: "),
        "{run}"
    );
    env.run("sso-configure check --offline").expect_code(0);
}

#[test]
fn spellings_and_regions_of_start_urls_are_compared() {
    let check = |first: (&str, &str), second: (&str, &str), finding: Option<&str>| {
        let env = TestEnv::offline();
        let section = |name: &str, (start_url, region): (&str, &str)| {
            format!("[sso-session {name}]\nsso_start_url = {start_url}\nsso_region = {region}\n")
        };
        env.write_config(&(section("one", first) + &section("two", second)));
        let run = env.run("sso-configure check --offline");
        match finding {
            Some(finding) => assert!(run.stdout().contains(finding), "{run}"),
            None => drop(run.expect_code(0)),
        }
    };
    let portal = ("https://my-portal.awsapps.com/start", "us-east-1");
    check(portal, portal, None);
    check(
        portal,
        ("https://My-Portal.awsapps.com:443/start/", "us-east-1"),
        Some(
            "advice: start-url: the start URLs https://my-portal.awsapps.com/start and https://My-Portal",
        ),
    );
    check(
        portal,
        ("https://my-portal.awsapps.com/start", "eu-west-1"),
        Some("has the Regions us-east-1 and eu-west-1"),
    );
    let china = "https://start.cn-north-1.home.awsapps.cn/directory/x";
    check(portal, (china, "cn-north-1"), None);
    check(
        portal,
        (china, "us-east-1"),
        Some("belongs to the Region cn-north-1, but sso_region of SSO session two is us-east-1"),
    );
    let look_alike = "https://start.cn-north-1.home.awsapps.cn.evil.example/directory/x";
    check(portal, (look_alike, "us-east-1"), None);
}

#[test]
fn a_rejected_token_and_clock_skew_are_found() {
    let (center, env) = signed_in(SESSION);
    center.revoke_access_tokens();
    let rejected = env.run("sso-configure check").expect_code(1);
    assert!(
        rejected.stdout().contains("error: token-refused: "),
        "{rejected}"
    );
    for operation in [Operation::ListAccounts, Operation::CreateToken] {
        center.fail_always(operation, Fault::DateSkew(-7200));
    }
    let skewed = env.run("sso-configure check").expect_code(1);
    assert!(skewed.stdout().contains("error: clock-off: "), "{skewed}");
}

#[test]
fn a_directory_in_place_of_the_credentials_file_is_a_finding() {
    let (_center, env) = signed_in(SESSION);
    env.write(".aws/credentials/file", "");
    assert_snapshot!(env.run("sso-configure check --offline"), @"
    $ sso-configure check --offline
    --- stdout
    [HOME]/.aws/credentials: error: unreadable: cannot read the file: Is a directory (os error 21)
    --- stderr
    sso-configure: error: 1 problem found
    --- exit: 1
    ");
}

#[test]
fn files_without_sessions_have_no_problems_but_a_hint() {
    let env = TestEnv::offline();
    for config in ["", "[profile keys]\nregion = us-east-1\n"] {
        env.write_config(config);
        let check = env.run("sso-configure check --offline").expect_code(0);
        let expected = "No problems found.\n\
                        No SSO sessions or profiles found. Run sso-configure to create one.\n";
        assert_eq!((check.stdout(), check.stderr()), ("", expected));
    }
    let json = env.run("sso-configure check --offline --output json --quiet");
    assert_eq!(json.expect_code(0).stderr(), "");
    env.write_config("[profile dev]\nsso_session = \"my-sso\"\n[sso-session my-sso]\nsso_start_url = https://a\nsso_region = a\n");
    let check = env.run("sso-configure check --offline").expect_code(1);
    let fix = "\n  fix: set sso_session to my-sso\n";
    assert!(check.stdout().contains(fix), "{check}");
}
