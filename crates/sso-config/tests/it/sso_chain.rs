use sso_config::kind::ProfileKind;
use sso_config::{ConfigFiles, ConfiguredSessions, SsoChain, SsoSession};
use sso_test_support::TestEnv;
use sso_types::ProfileName;

const SSO: &str = "[sso-session s]\nsso_start_url = https://s\nsso_region = us-east-1\n\
                   [profile base]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n\
                   [profile legacy]\nsso_start_url = https://l\nsso_region = us-east-1\n\
                   sso_account_id = 1\nsso_role_name = r\n";
const KEYS: &str = "aws_access_key_id = AKIA\naws_secret_access_key = hunter2\n";

/// Returns a profile that assumes a role with the credentials of `source`.
fn role(name: &str, source: &str) -> String {
    format!("[profile {name}]\nrole_arn = arn:aws:iam::2:role/{name}\nsource_profile = {source}\n")
}

fn process(name: &str, line: &str) -> String {
    format!("[profile {name}]\ncredential_process = {line}\n")
}

fn load(home: &TestEnv, config: &str, credentials: &str, variables: &[(&str, &str)]) -> String {
    home.write_config(config);
    home.write_credentials(credentials);
    let env = home.environment(variables);
    let files = ConfigFiles::load(&env).unwrap();
    match SsoChain::load(&env, &files, &"dev".into()) {
        Ok(chain) => describe(&chain),
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            let text = [Some(error.to_string()), cause].into_iter().flatten();
            let text = text.collect::<Vec<_>>().join(": ");
            text.replace(&format!("{}/", home.aws_dir().display()), "")
        }
    }
}

fn describe(chain: &SsoChain) -> String {
    let names: Vec<_> = chain.profiles.iter().map(ProfileName::as_str).collect();
    let role = chain.role.as_ref().map(|role| role.profile.as_str());
    format!(
        "{} | {} {} | {}",
        names.join(" → "),
        chain.source.name,
        chain.source.session.label(),
        role.unwrap_or_default()
    )
}

#[track_caller]
fn check(config: &str, expected: &str) {
    check_with(config, "", &[], expected);
}

#[track_caller]
fn check_with(config: &str, credentials: &str, variables: &[(&str, &str)], expected: &str) {
    let found = load(&TestEnv::offline(), config, credentials, variables);
    assert_eq!(found, expected, "{config}");
}

#[test]
fn a_chain_ends_at_the_sso_keys_of_another_profile() {
    check(
        &format!("{SSO}{}", role("dev", "base")),
        "dev → base | base SSO session s | dev",
    );
    check(
        &format!("{SSO}{}", role("dev", "legacy")),
        "dev → legacy | legacy start URL https://l | dev",
    );
    let six: String = ["dev", "p1", "p2", "p3", "p4", "base"]
        .windows(2)
        .map(|pair| role(pair[0], pair[1]))
        .collect();
    check(
        &format!("{SSO}{six}"),
        "dev → p1 → p2 → p3 → p4 → base | base SSO session s | dev",
    );
    check_with(
        SSO,
        "[dev]\nrole_arn = arn:aws:iam::2:role/dev\nsource_profile = base\n",
        &[],
        "dev → base | base SSO session s | dev",
    );
    let own = SSO.replace("profile base", "profile dev");
    check(&own, "dev | dev SSO session s | ");
}

#[test]
fn a_process_that_exports_credentials_is_followed() {
    let to_base = "dev → base | base SSO session s | ";
    for line in [
        "export-credentials --profile base",
        "export-credentials --profile=base --format process",
        "export-credentials -p base",
        "export-credentials -pbase",
        "export-credentials -p=base",
        "export-credentials -qp base",
        "export-credentials --format process -vp base",
        "\"/opt/aws tools/export-credentials\" --profile base",
        "export-credentials.exe --profile base",
        "export-credentials --profile base -- aws --profile other",
        "export-credentials base",
        "export-credentials base --format process",
        "export-credentials --format process --min-validity 15m base",
        "export-credentials --format=process base -- aws --profile other",
        "export-credentials -q --login base",
        "aws configure export-credentials --profile base --format process",
        "/usr/bin/aws --profile=base configure export-credentials",
    ] {
        check(&format!("{SSO}{}", process("dev", line)), to_base);
    }
    for of_role in [
        "export-credentials --sso-session s --account-id=1 --role-name r",
        "export-credentials s --account-id 1 --role-name r",
        "export-credentials --account-id 1 --role-name r s",
    ] {
        let config = format!("{SSO}{}", process("dev", of_role));
        check(&config, "dev | dev SSO session s | ");
    }
    let both = format!(
        "{SSO}{}{}",
        process("dev", "export-credentials --profile a"),
        role("a", "base")
    );
    check(&both, "dev → a → base | base SSO session s | a");
    let mixed = format!("{}{both}", role("x", "dev"))
        .replace("profile dev", "profile y")
        .replace("source_profile = dev", "source_profile = y")
        .replace("profile x", "profile dev");
    check(&mixed, "dev → y → a → base | base SSO session s | dev");
}

#[test]
fn a_process_can_export_another_role_of_the_session_of_a_profile() {
    let role_of = |name: &str| format!("{name} --account-id 7 --role-name other --format process");
    let bearer = "[profile bearer]\nsso_session = s\n";
    let both = "[profile s]\nsso_start_url = https://l\nsso_region = us-east-1\n";
    let own = "sso_session = s\n";
    for (selection, more, expected) in [
        ("-p base", "", "dev → base | dev SSO session s | "),
        ("base", "", "dev → base | dev SSO session s | "),
        (
            "--profile=bearer",
            bearer,
            "dev → bearer | dev SSO session s | ",
        ),
        ("bearer", bearer, "dev → bearer | dev SSO session s | "),
        ("legacy", "", "dev → legacy | dev start URL https://l | "),
        // A profile takes precedence over a session.
        ("s", both, "dev → s | dev start URL https://l | "),
        ("--sso-session s", both, "dev | dev SSO session s | "),
        // The roles on the way to the session are not assumed.
        (
            "x",
            &role("x", "base"),
            "dev → x → base | dev SSO session s | ",
        ),
        // A profile of which only the session is used need not have credentials.
        (
            "-p x",
            &format!("{}{own}", role("x", "gone")),
            "dev → x | dev SSO session s | ",
        ),
        (
            "-p x",
            &format!("{}{own}", role("x", "dev")),
            "dev → x | dev SSO session s | ",
        ),
        ("-p gone", "", "config:DEV: profile \"gone\" not found"),
        ("-p dev", "", "the profiles form a cycle: dev → dev"),
    ] {
        let line = format!("export-credentials {}", role_of(selection));
        let config = format!("{SSO}{more}{}", process("dev", &line));
        let found = load(&TestEnv::offline(), &config, "\n", &[]);
        let expected = expected.replace("DEV", &config.lines().count().to_string());
        assert!(found.ends_with(&expected), "{found}\n{config}");
    }
    let line = format!("export-credentials {}", role_of("-p dev"));
    check(
        &format!("{SSO}{}{own}", process("dev", &line)),
        "dev | dev SSO session s | ",
    );
    let first = process("dev", &format!("export-credentials {}", role_of("-p x")));
    let second = "export-credentials -p bearer --account-id 8 --role-name inner";
    let config = format!("{SSO}{bearer}{first}{}", process("x", second));
    check(&config, "dev → x → bearer | dev SSO session s | ");
    let home = TestEnv::offline();
    home.write_config(&format!("{config}{}", role("outer", "dev")));
    let env = home.environment(&[]);
    let files = ConfigFiles::load(&env).unwrap();
    for (name, kind) in [
        ("dev", ProfileKind::ExportCredentials),
        ("outer", ProfileKind::AssumeRole),
    ] {
        let chain = SsoChain::load(&env, &files, &name.into()).unwrap();
        assert_eq!(chain.source.account_id, Some("7".into()));
        assert_eq!(chain.source.role_name, Some("other".into()));
        let found = ProfileKind::and_source(&env, &files, &name.into());
        assert_eq!(found.unwrap().0, kind);
    }
}

#[test]
fn a_process_without_a_selection_exports_the_profile_of_the_environment() {
    let config = format!("{SSO}{}", process("dev", "export-credentials"));
    let variables = [("AWS_PROFILE", "base")];
    check_with(
        &config,
        "",
        &variables,
        "dev → base | base SSO session s | ",
    );
    let with_default = config.replace("[profile base]", "[default]");
    check(&with_default, "dev → default | default SSO session s | ");
    check(&config, "config:14: profile \"default\" not found");
    check_with(
        &config,
        "",
        &[("AWS_PROFILE", "dev")],
        "config:14: the profiles form a cycle: dev → dev",
    );
    let command = process("dev", "export-credentials -- aws --profile base");
    check(
        &format!("{SSO}{command}"),
        "config:14: profile \"default\" not found",
    );
}

#[test]
fn other_sources_are_named_with_the_chain() {
    let other = |config: &str, expected: &str| {
        check(
            config,
            &format!("profile \"dev\" at config:1 does not use IAM Identity Center: {expected}"),
        );
    };
    let dev = |lines: &str| format!("[profile dev]\n{lines}");
    let arn = "role_arn = arn:aws:iam::2:role/x\n";
    other(&dev(KEYS), "it has access keys");
    other(&dev("region = x\n"), "it has no credentials");
    other(&dev("login_session = x\n"), "it has login_session");
    other(
        &dev(&format!("{arn}web_identity_token_file = x\n")),
        "it has web_identity_token_file",
    );
    other(
        &dev(&format!("{arn}credential_source = Environment\n")),
        "it has credential_source",
    );
    for program in [
        "aws-vault exec base",
        "aws sts assume-role --profile base",
        "export-credentials.py -p base",
    ] {
        other(
            &process("dev", program),
            "it has a credential_process of another program",
        );
    }
    other(
        &dev("aws_access_key_id = AKIA\n"),
        "it has an access key ID without a secret access key",
    );
    other(
        &dev(&format!("{arn}source_profile = dev\n{KEYS}")),
        "it has access keys",
    );
    other(
        &format!("{}{}[profile b]\n{KEYS}", role("dev", "a"), role("a", "b")),
        "it gets its credentials from profile \"b\", which has access keys (dev → a → b)",
    );
    other(
        &format!(
            "{}[profile a]\n{arn}credential_source = Environment\n",
            role("dev", "a")
        ),
        "it gets its credentials from profile \"a\", which has credential_source (dev → a)",
    );
    other(
        &format!(
            "{}[profile a]\nregion = x\n",
            process("dev", "export-credentials -p a")
        ),
        "it gets its credentials from profile \"a\", which has no credentials (dev → a)",
    );
}

#[test]
fn an_error_after_the_first_profile_names_the_chain() {
    check(&role("dev", "gone"), "config:3: profile \"gone\" not found");
    check(
        &format!("{}{}", role("dev", "a"), role("a", "gone")),
        "cannot follow the chain of profiles dev → a: config:6: profile \"gone\" not found",
    );
    check(
        &process("dev", "export-credentials -p gone"),
        "config:2: profile \"gone\" not found",
    );
    check(
        &format!(
            "{}{}",
            role("dev", "a"),
            SSO.replace("sso_region = us-east-1\n", "")
                .replace("profile base", "profile a")
        ),
        "cannot follow the chain of profiles dev → a: [sso-session s] at config:4 lacks sso_region",
    );
    check(
        &format!("{}{}", role("dev", "a"), role("a", "dev")),
        "config:6: the profiles form a cycle: dev → a → dev",
    );
    check(
        &format!(
            "{}{}",
            role("dev", "a"),
            process("a", "export-credentials -p dev")
        ),
        "config:5: the profiles form a cycle: dev → a → dev",
    );
    check(
        &role("dev", "dev"),
        "config:3: the profiles form a cycle: dev → dev",
    );
    check(
        &format!("{}[profile a]\nsso_session = s\n{SSO}", role("dev", "a")),
        "cannot follow the chain of profiles dev → a: \
         [profile a] at config:4 lacks sso_account_id and sso_role_name",
    );
}

/// The rows of the guide about profiles with several sources.
#[test]
fn a_command_line_that_cannot_be_followed_is_named_with_its_location() {
    let invalid = |profile: &str, line: usize| {
        format!(
            "config:{line}: the credential_process of profile {profile:?} is not a valid command line"
        )
    };
    let open = |name: &str| process(name, "export-credentials \"--profile base");
    check(&format!("{}{SSO}", open("dev")), &invalid("dev", 2));
    check(&process("dev", "'open"), &invalid("dev", 2));
    let chain = "cannot follow the chain of profiles dev → m: ";
    for first in [role("dev", "m"), process("dev", "export-credentials m")] {
        let config = format!("{first}{}", open("m"));
        let line = config.lines().count();
        check(&config, &format!("{chain}{}", invalid("m", line)));
    }
    let of_gone = |name: &str, selection: &str| {
        let line = format!("export-credentials {selection} --account-id 1 --role-name r");
        process(name, &line)
    };
    let gone =
        "section [sso-session gone] not found in config, referenced by credential_process at";
    for selection in ["--sso-session gone", "gone"] {
        check(&of_gone("dev", selection), &format!("{gone} config:2"));
    }
    let config = format!("{}{}", role("dev", "m"), of_gone("m", "gone"));
    check(&config, &format!("{chain}{gone} config:5"));
}

#[test]
fn an_unselected_profile_with_an_invalid_command_line_hides_no_session() {
    let home = TestEnv::offline();
    let invalid = "[default]\ncredential_process = 'open\n";
    let session = "[sso-session s]\nsso_start_url = https://s\nsso_region = us-east-1\n";
    home.write_config(&format!("{invalid}{session}"));
    let env = home.environment(&[]);
    let files = ConfigFiles::load(&env).unwrap();
    let found = SsoSession::unselected(&env, &files).unwrap();
    assert_eq!(found.label(), "SSO session s");
    let env = home.environment(&[("AWS_PROFILE", "default")]);
    assert!(SsoSession::unselected(&env, &files).is_err());
}

#[test]
fn sources_in_one_profile_have_the_precedence_of_the_aws_cli() {
    let own = "sso_session = t\nsso_account_id = 1\nsso_role_name = r\n";
    let dev = |lines: &str| {
        format!(
            "{SSO}[sso-session t]\nsso_start_url = https://t\nsso_region = us-east-1\n\
             [profile keys]\n{KEYS}[profile dev]\n{lines}"
        )
    };
    let to_base = "role_arn = arn:aws:iam::2:role/x\nsource_profile = base\n";
    let to_s = "dev → base | base SSO session s | dev";
    let to_own = "dev | dev SSO session t | ";
    check(&dev(&format!("{own}{to_base}")), to_s);
    check(&dev(&format!("{to_base}{KEYS}")), to_s);
    check(&dev(&format!("{to_base}credential_process = x\n")), to_s);
    check(
        &dev(&format!(
            "{own}credential_process = export-credentials -p base\n"
        )),
        to_own,
    );
    check(&dev(&format!("{own}{KEYS}")), to_own);
    check(&dev(&format!("{own}login_session = x\n")), to_own);
    check(
        &dev(&format!("{own}{to_base}").replace("source_profile = base", "source_profile = dev")),
        to_own,
    );
    check(
        &dev(&format!("{own}{to_base}{KEYS}")
            .replace("source_profile = base", "source_profile = dev")),
        "dev | dev SSO session t | dev",
    );
    let bearer = "sso_session = t\n";
    check(
        &dev(&format!(
            "{bearer}credential_process = export-credentials -p base\n"
        )),
        "dev → base | base SSO session s | ",
    );
    // The credentials are others, but the session is for bearer tokens and other SDKs.
    check(&dev(&format!("{bearer}{KEYS}")), to_own);
    check(
        &dev(&format!("{own}{}", to_base.replace("base", "keys"))),
        to_own,
    );
    check(
        &dev(&format!("{own}role_arn = arn:aws:iam::2:role/x\n")),
        to_own,
    );
    check(
        &dev(&format!("{}{to_base}", own.replace("= t", "= gone"))),
        to_s,
    );
    check(
        &dev(&own.replace("= t", "= gone")),
        "section [sso-session gone] not found in config, referenced by sso_session at config:20",
    );
}

#[test]
fn each_problem_of_a_chain_is_listed_once() {
    let home = TestEnv::offline();
    let list = |config: &str| {
        home.write_config(config);
        let env = home.environment(&[]);
        let files = ConfigFiles::load(&env).unwrap();
        ConfiguredSessions::with_chains(&env, &files)
    };
    let broken = SSO.replace("sso_region = us-east-1\n", "");
    let chains = [
        role("a", "base"),
        role("b", "a"),
        role("c", "gone"),
        role("d", "c"),
    ]
    .concat();
    let cycle = [role("x", "y"), role("y", "x"), role("z", "x")].concat();
    let found = list(&format!("{broken}{chains}{cycle}[profile keys]\n{KEYS}"));
    let problems: Vec<_> = found
        .problems
        .iter()
        .map(|it| it.root().to_string())
        .collect();
    assert_eq!(problems.len(), 4, "{problems:#?}");
    assert!(found.chains.is_empty(), "{:?}", found.chains);

    let found = list(&format!("{SSO}{}", chains.replace("gone", "legacy")));
    assert_eq!(found.sessions.len(), 2, "{:?}", found.sessions);
    let names: Vec<_> = found.chains.iter().map(|it| it.name().as_str()).collect();
    assert_eq!(names, ["base", "legacy", "a", "b", "c", "d"]);
    assert_eq!(found.profiles.len(), 2);
    let legacy = found.sessions[1].clone();
    let of_legacy = found.only(legacy);
    let names: Vec<_> = of_legacy
        .chains
        .iter()
        .map(|it| it.name().as_str())
        .collect();
    assert_eq!(names, ["legacy", "c", "d"]);
}

#[test]
fn thousands_of_profiles_without_a_source_are_read() {
    let home = TestEnv::offline();
    let list = |config: &str| {
        home.write_config(config);
        let env = home.environment(&[]);
        let files = ConfigFiles::load(&env).unwrap();
        ConfiguredSessions::with_chains(&env, &files)
    };
    let many = |of: &dyn Fn(usize) -> String| (0..3000).map(of).collect::<String>();
    let same = many(&|number| role(&format!("p{number}"), "base"));
    assert_eq!(list(&same).problems.len(), 3000);
    let different = many(&|number| role(&format!("p{number}"), &format!("gone{number}")));
    assert_eq!(list(&different).problems.len(), 3000);
    let sessions = many(&|number| format!("[profile p{number}]\nsso_session = gone{number}\n"));
    assert_eq!(list(&sessions).problems.len(), 3000);
}

#[test]
fn a_chain_of_hundreds_of_command_lines_is_followed() {
    for options in ["", " --account-id 1 --role-name r"] {
        let chain: String = (0..300)
            .map(|number| {
                let line = format!("export-credentials p{}{options}", number + 1);
                process(&format!("p{number}"), &line)
            })
            .collect();
        let end = "[profile p300]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n";
        let home = TestEnv::offline();
        home.write_config(&format!("{SSO}{chain}{end}"));
        let env = home.environment(&[]);
        let files = ConfigFiles::load(&env).unwrap();
        let found = ConfiguredSessions::with_chains(&env, &files);
        assert_eq!(found.chains.len(), 303);
        assert_eq!(found.chains[2].profiles.iter().count(), 301);
    }
}

#[test]
fn sources_of_a_source_profile_have_the_precedence_of_the_aws_cli() {
    let sso = "sso_session = s\nsso_account_id = 1\nsso_role_name = r\n";
    let of = |lines: &str| format!("{}[profile m]\n{lines}{SSO}", role("dev", "m"));
    let to_base = "role_arn = arn:aws:iam::2:role/m\nsource_profile = base\n";
    let to_m = "dev → m | m SSO session s | dev";
    let access_keys = "profile \"dev\" at config:1 does not use IAM Identity Center: it gets its \
                       credentials from profile \"m\", which has access keys (dev → m)";
    check(&of(&format!("{to_base}{KEYS}")), access_keys);
    check(
        &of(&format!("{to_base}{sso}")),
        "dev → m → base | base SSO session s | dev",
    );
    check(&of(&format!("{sso}{KEYS}")), to_m);
    check(&of(&format!("{KEYS}sso_session = s\n")), access_keys);
    check_with(&of(sso), &format!("[m]\n{KEYS}"), &[], to_m);
}
