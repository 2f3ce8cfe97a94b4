//! Tests of the `sso-configure` binary.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod accounts;
mod arguments;
#[cfg(unix)]
mod changed_during_question;
mod check;
#[cfg(unix)]
mod check_access;
mod check_affected;
mod check_causes;
#[cfg(unix)]
mod check_denied;
mod check_exported;
#[cfg(unix)]
mod check_files;
mod check_fixes;
mod check_keys;
mod check_network;
mod check_output;
mod check_repairs;
mod check_rules;
mod check_secrets;
mod check_services;
mod check_tokens;
mod collisions;
mod concurrent;
#[cfg(unix)]
mod confirmation;
#[cfg(unix)]
mod consumers;
mod contradictions;
mod edit_json;
mod encoding;
mod filters;
#[cfg(unix)]
mod first_run;
mod interop;
mod list;
mod list_names;
mod listing;
mod lossless;
mod marked_secrets;
mod migrate;
mod missing_token;
mod populate;
mod precedence;
mod prune;
mod refused;
mod renamed_session;
mod renaming;
mod reused_names;
mod session;
mod settings;
mod shared_start_url;
mod sync_file;
mod undo;
mod wizard;
#[cfg(unix)]
mod wizard_back;
#[cfg(unix)]
mod wizard_corrections;
#[cfg(unix)]
mod wizard_environment;
#[cfg(unix)]
mod wizard_existing;
#[cfg(unix)]
mod wizard_list;
#[cfg(unix)]
mod wizard_plain;
#[cfg(unix)]
mod wizard_recovery;
mod wizard_refusals;
#[cfg(unix)]
mod wizard_stops;
#[cfg(unix)]
mod wizard_terminal;
#[cfg(unix)]
mod wizard_waits;

use identity_center_emulator::Emulator;
use sso_test_support::TestEnv;

const SESSION: &str = "\
[sso-session my-sso]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

fn signed_in(config: &str) -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let env = TestEnv::new(&center);
    env.write_config(config);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    (center, env)
}

fn config(env: &TestEnv) -> String {
    String::from_utf8(env.read(env.config_path())).unwrap()
}
