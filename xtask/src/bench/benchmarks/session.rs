use std::fs;
use std::rc::Rc;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use sso_test_support::{TestEnv, tool};

use super::{benchmark, config_of, hello};
use crate::bench::build::Built;
use crate::bench::measure::Benchmark;
use crate::bench::service::Service;

/// Returns benchmarks without a registration and a token, and with a page that approves when it is
/// opened. Each sign-in sends three requests, the second one with curl as the browser.
pub(in crate::bench) fn login(built: &Built) -> Vec<Benchmark> {
    let Some(curl) = tool("curl") else {
        return Vec::new();
    };
    let service = Service::plain();
    service.identity_center.set_consent(Consent::Approve);
    let browser = format!("{} --silent --location --fail {{url}}", curl.display());
    let program = built.program("sso-login");
    let arguments = ["--profile", "dev", "--browser", &browser];
    let login = benchmark("sso-login", &service.env, &program, &arguments);
    let page = format!("{}/device", service.url());
    let arguments = ["--silent", "--fail", &page];
    let curl = curl.to_string_lossy();
    let curl = benchmark("curl, for one page", &service.env, &curl, &arguments);
    let login = login.quiet().with_setup(move || {
        // The directory is missing before the first run.
        let _ = fs::remove_dir_all(service.env.sso_cache());
    });
    vec![curl, login]
}

/// Returns benchmarks that send a Logout request for a new token.
pub(in crate::bench) fn logout(built: &Built) -> Vec<Benchmark> {
    let service = Rc::new(Service::plain());
    let curl = tool("curl").map(|curl| {
        let service = Rc::clone(&service);
        let benchmark = Benchmark::new("curl, for the same request", move || {
            let token = service.sign_in_again();
            let mut command = service.env.command(&curl.to_string_lossy());
            command.args(["--silent", "--fail", "--request", "POST", "--header"]);
            command.arg(format!("x-amz-sso_bearer_token: {token}"));
            command.arg(format!("{}/logout", service.url()));
            command
        });
        benchmark.quiet()
    });
    let logout = benchmark(
        "sso-logout",
        &service.env,
        &built.program("sso-logout"),
        &[],
    );
    let logout = logout.quiet().with_setup(move || {
        service.sign_in_again();
    });
    curl.into_iter().chain([logout]).collect()
}

/// Returns benchmarks with a valid token and a hundred profiles.
pub(in crate::bench) fn status(built: &Built) -> Vec<Benchmark> {
    let identity_center = Emulator::start();
    let env = TestEnv::offline();
    env.write_config(&config_of(100));
    env.plant_my_sso(&identity_center.sign_in(&["sso:account:access"]));
    let env = Rc::new(env);
    let program = built.program("sso-status");
    let prompt = ["--format", "prompt", "--profile", "p100"];
    vec![
        hello(&env, built),
        benchmark("sso-status --format prompt", &env, &program, &prompt),
        benchmark("sso-status", &env, &program, &["--sso-session", "my-sso"]),
    ]
}
