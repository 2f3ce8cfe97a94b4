//! Signing in, looking at it, and signing out.

use std::fs;
use std::rc::Rc;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use sso_test_support::{TestEnv, tool};

use super::{config_of, contestant, hello};
use crate::bench::build::Built;
use crate::bench::measure::Contestant;
use crate::bench::service::Service;

/// A home without a registration and a token, and a page that approves as soon as it is opened:
/// each sign-in makes three requests, of which curl makes the middle one as the browser.
pub(in crate::bench) fn login(built: &Built) -> Vec<Contestant> {
    let Some(curl) = tool("curl") else {
        return Vec::new();
    };
    let service = Service::plain();
    service.identity_center.set_consent(Consent::Approve);
    let browser = format!("{} --silent --location --fail {{url}}", curl.display());
    let program = built.program("sso-login");
    let arguments = ["--profile", "dev", "--browser", &browser];
    let login = contestant("sso-login", &service.env, &program, &arguments);
    let page = format!("{}/device", service.url());
    let arguments = ["--silent", "--fail", &page];
    let curl = curl.to_string_lossy();
    let curl = contestant("curl, for one page", &service.env, &curl, &arguments);
    let login = login.quiet().prepared_by(move || {
        // It is missing where nobody has signed in before.
        let _ = fs::remove_dir_all(service.env.sso_cache());
    });
    vec![curl, login]
}

/// A token, which each run ends at the service.
pub(in crate::bench) fn logout(built: &Built) -> Vec<Contestant> {
    let service = Rc::new(Service::plain());
    let curl = tool("curl").map(|curl| {
        let service = Rc::clone(&service);
        let ended = Contestant::new("curl, for the same request", move || {
            let token = service.sign_in_again();
            let mut command = service.env.command(&curl.to_string_lossy());
            command.args(["--silent", "--fail", "--request", "POST", "--header"]);
            command.arg(format!("x-amz-sso_bearer_token: {token}"));
            command.arg(format!("{}/logout", service.url()));
            command
        });
        ended.quiet()
    });
    let logout = contestant(
        "sso-logout",
        &service.env,
        &built.program("sso-logout"),
        &[],
    );
    let logout = logout.quiet().prepared_by(move || {
        service.sign_in_again();
    });
    curl.into_iter().chain([logout]).collect()
}

/// A token with time left, and a hundred profiles.
pub(in crate::bench) fn status(built: &Built) -> Vec<Contestant> {
    let identity_center = Emulator::start();
    let env = TestEnv::offline();
    env.write_config(&config_of(100));
    env.plant_my_sso(&identity_center.sign_in(&["sso:account:access"]));
    let env = Rc::new(env);
    let program = built.program("sso-status");
    let prompt = ["--format", "prompt", "--profile", "p100"];
    vec![
        hello(&env, built),
        contestant("sso-status --format prompt", &env, &program, &prompt),
        contestant("sso-status", &env, &program, &["--sso-session", "my-sso"]),
    ]
}
