//! Secrets in values that findings of `check` are about.

use sso_test_support::TestEnv;

const FIX: &str = "sso-configure check --offline --fix --yes";

/// Checks that no output of `check` contains `hunter2`, and returns the text output.
fn check(config: &str, code: &str) -> String {
    let mut env = TestEnv::offline();
    env.unset("AWS_ENDPOINT_URL");
    env.write_config(&format!("{}{config}", TestEnv::SAMPLE_CONFIG));
    let text = env.run("sso-configure check --offline").expect_code(1);
    let json = env.run("sso-configure check --offline --json");
    let fix = env.run(FIX);
    for run in [&text, &json, &fix] {
        let shown = run.to_string();
        assert!(!shown.contains("hunter2"), "{config}: {run}");
    }
    assert!(text.stdout().contains(code), "{config}: {text}");
    text.stdout().to_owned()
}

#[cfg(unix)]
#[test]
fn words_after_the_path_of_a_program_are_not_shown() {
    let check = |key: &str, line: &str, shown: &str| {
        let found = check(
            &format!("[profile a]\n{key} = {line}\n"),
            "unusable-program",
        );
        assert!(
            found.contains(&format!("the program \"{shown}\" ")),
            "{found}"
        );
    };
    for key in ["credential_process", "cli_pager"] {
        check(key, "TOKEN=hunter2 /bin/x", "TOKEN…");
        check(key, "\"/no/such --x hunter2\"", "/no/such…");
        check(key, "'/no/such\thunter2'", "/no/such…");
        check(key, "https://x/?token=hunter2", "https…");
        check(key, "https://me:hunter2@x/", "https…");
        check(key, "--token=hunter2", "…");
        check(key, "-phunter2", "…");
        check(key, "/no/such?hunter2", "/no/such…");
        check(key, "/no/such#hunter2", "/no/such…");
        check(key, "{\"token\":\"hunter2\"}", "…");
        check(key, "/no/such-1.0_x hunter2", "/no/such-1.0_x");
        check(key, "~/no/such hunter2", "~/no/such");
    }
}

#[test]
fn urls_of_fixes_and_diffs_are_not_shown_with_a_password_or_a_query() {
    for url in ["https://me:hunter2@host/", "https://host/?token=hunter2"] {
        for key in ["endpoint_url", "ec2_metadata_service_endpoint"] {
            check(&format!("[profile a]\n{key} = \"{url}\"\n"), "a");
        }
        let service = format!("[services s]\ndynamodb =\n  endpoint_url = '{url}'\n");
        check(&service, "invalid-url");
        // A fix of another key shows the line in the diff.
        check(
            &format!("[profile a]\nendpoint_url = {url}\nregoin = us-east-1\n"),
            "misspelled-key",
        );
        check(
            &format!("[profile a]\n#endpoint_url = {url}\nregoin = us-east-1\n"),
            "misspelled-key",
        );
        let sessions = ["s", "t"].map(|name| {
            format!("[sso-session {name}]\nsso_start_url = {url}{name}\nsso_region = us-east-1\n")
        });
        check(&sessions.concat(), "invalid-start-url");
        let swapped = format!("[sso-session u]\nsso_start_url = {url}\nsso_region = eu-west-1\n");
        check(&(sessions.concat() + &swapped), "invalid-start-url");
    }
}

#[test]
fn a_web_token_and_a_secret_access_key_are_not_shown_as_paths() {
    for secret in [
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.hunter2",
        "q7Lw2Zt9Khunter2V/b4Nc8RmYp3Hs6JfGdT1uEa",
    ] {
        check(
            &format!(
                "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/x\nweb_identity_token_file = {secret}\n"
            ),
            "unusable-token-file",
        );
        check(
            &format!(
                "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = {secret}\n"
            ),
            "unknown-source-profile",
        );
        check(
            &format!("[profile a]\nca_bundle = {secret}\n"),
            "network-setting",
        );
    }
    check(
        "[profile a]\nca_bundle = https://me:hunter2@host/x.pem\n",
        "network-setting",
    );
}
