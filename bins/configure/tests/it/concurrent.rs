//! Concurrent changes of the config file by other processes.

use std::time::Duration;

use identity_center_emulator::{Emulator, Fault, Operation};
use sso_test_support::{TestEnv, Transcript};

use crate::{SESSION, config, signed_in};

const DEV: &str = "\n[profile dev]\nsso_session = my-sso\nsso_account_id = 123456789011\n\
                   sso_role_name = ReadOnly\nregion = us-west-2\n";

/// Runs `populate`, and replaces the config file with `config` during the listing.
fn populate_during_change(
    env: &TestEnv,
    center: &Emulator,
    arguments: &str,
    config: &str,
) -> Transcript {
    center.fail_always(
        Operation::ListAccounts,
        Fault::Throttle(Some(Duration::ZERO)),
    );
    let mut populate = env.start(&format!("sso-configure populate {arguments}"));
    populate.wait_for_line(|line| line.starts_with("Listing the accounts"));
    env.write_config(config);
    center.clear_faults();
    populate.finish()
}

#[test]
fn populate_keeps_concurrent_changes() {
    let (center, env) = signed_in(SESSION);
    let changed = format!("# mine\n{SESSION}{DEV}");
    populate_during_change(&env, &center, "--account Dev* --role ReadOnly", &changed)
        .expect_code(0);
    let written = config(&env);
    assert!(written.starts_with(&changed), "{written}");
    assert!(
        written.contains("[profile DeveloperAccount.ReadOnly]\n"),
        "{written}"
    );
}

#[test]
fn a_concurrently_added_profile_conflicts() {
    let (center, env) = signed_in(SESSION);
    let changed = format!("{SESSION}{DEV}");
    populate_during_change(
        &env,
        &center,
        "--account Dev* --role ReadOnly --name-template dev",
        &changed,
    )
    .expect_error(253, "1 profile name conflicts");
    assert_eq!(config(&env), changed);
}

#[cfg(unix)]
#[test]
fn the_wizard_keeps_concurrent_changes_and_warns_of_those_it_overwrites() {
    use crate::confirmation::WRITE;
    use crate::wizard_terminal::answer;
    use sso_test_support::Key;
    let (_center, env) = signed_in(&format!("{SESSION}{DEV}"));
    let command = "sso-configure --sso-session my-sso --account-id 123456789011 \
                   --role-name ReadOnly --profile dev";
    let mut wizard = env.start_on_terminal(&format!("{command} --output-format json"));
    wizard.wait_for("Default client Region [us-west-2]: ");
    wizard.wait_until_unechoed();
    let changed = format!("{SESSION}{DEV}").replace("us-west-2", "eu-west-1\n# why\nmine = 1");
    env.write_config(&changed);
    wizard.press(Key::Enter);
    answer(&mut wizard, WRITE, "y");
    let wizard = wizard.finish().expect_code(0);
    let shown = wizard.terminal();
    assert!(
        shown.contains("another process changed this profile or session"),
        "{shown}"
    );
    assert!(
        shown.contains("-region = eu-west-1\n+region = us-west-2\n"),
        "{shown}"
    );
    let expected = changed.replace("eu-west-1", "us-west-2") + "output = json\n";
    assert_eq!(config(&env), expected);

    let mut wizard = env.start_on_terminal(&format!("{command} --output-format text"));
    wizard.wait_for("Default client Region [us-west-2]: ");
    wizard.wait_until_unechoed();
    env.write_config(&format!("# above\n{expected}"));
    wizard.press(Key::Enter);
    answer(&mut wizard, WRITE, "y");
    let wizard = wizard.finish().expect_code(0);
    assert!(
        !wizard.terminal().contains("another process"),
        "the change is unrelated: {wizard}"
    );
    assert!(config(&env).starts_with("# above\n"));
}
