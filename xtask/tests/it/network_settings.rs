//! Every program finds every network setting by one rule, from each source.

mod home;
mod program;
mod services;
mod setting;
mod source;

use std::collections::BTreeSet;

use identity_center_emulator::Operation;

use home::home;
use program::{PROGRAMS, Program};
use services::Services;
use setting::{Effect, Setting};
use source::{SOURCES, Source};

/// Runs `program` with a value in `source` and the opposite value in all sources of lower
/// precedence, and checks that the value has its effect.
fn check(setting: &Setting, program: &Program, source: Source) {
    let services = Services::start();
    let env = home(setting, program, source, &services);
    if matches!(setting.effect, Effect::SingleAttempt) {
        services.fail();
    }
    let run = env.run(program.command_line);
    let shown = format!("{} of {source:?}: {services:#?}\n{run}", setting.key);
    // The hosts of the operations are requested, and those of the probes may be.
    let assert_done = |required: BTreeSet<String>, probed: BTreeSet<String>| {
        assert!(services.has_done(program), "{shown}");
        let mut hosts = services.proxied_hosts();
        // A value of lower precedence is in effect for the requests of other profiles to STS.
        hosts.retain(|host| program.probes.is_empty() || !host.starts_with("sts"));
        assert!(hosts.is_superset(&required), "{shown}");
        assert!(hosts.is_subset(&(&required | &probed)), "{shown}");
        let mut findings = run.stdout().lines().filter(|line| !line.starts_with(' '));
        let is_probe = |finding: &str| finding.contains(": GetCallerIdentity failed: ");
        let has_failed_probe = run.code() == Some(1) && findings.all(is_probe);
        let may_fail = !program.probes.is_empty() && has_failed_probe;
        assert!(may_fail || run.code() == Some(0), "{shown}");
    };
    match setting.effect {
        Effect::Emulator => assert_done(BTreeSet::new(), BTreeSet::new()),
        Effect::Hosts(hosts) => assert_done(
            hosts_of(program.operations, hosts),
            hosts_of(program.probes, hosts),
        ),
        Effect::SingleAttempt => assert!(services.has_single_attempt(program), "{shown}"),
        Effect::Refusal(reason) => {
            assert!(run.to_string().contains(reason), "{shown}");
            // The value of a profile that is not in effect is a warning.
            let is_skipped = source == Source::FirstOfSession;
            assert!(is_skipped || services.requests().is_empty(), "{shown}");
        }
    }
}

fn hosts_of(operations: &[Operation], [oidc, portal, sts, sign_in]: [&str; 4]) -> BTreeSet<String> {
    let host = |operation: &Operation| match operation {
        Operation::RegisterClient
        | Operation::StartDeviceAuthorization
        | Operation::CreateToken => oidc,
        Operation::AssumeRole | Operation::GetCallerIdentity => sts,
        Operation::GetSigninToken => sign_in,
        _ => portal,
    };
    let hosts = operations.iter().map(host);
    hosts.map(str::to_owned).collect()
}

fn check_all(setting: &Setting) {
    for program in PROGRAMS.iter().filter(|it| setting.effect.shows_in(it)) {
        let sources = SOURCES.into_iter();
        for source in sources.filter(|source| source.is_for(setting, program)) {
            check(setting, program, source);
        }
    }
}

#[test]
fn every_program_finds_the_ca_bundle_by_one_rule() {
    check_all(&setting::CA_BUNDLE);
}

#[test]
fn every_program_finds_the_endpoint_url_by_one_rule() {
    check_all(&setting::ENDPOINT_URL);
}

#[test]
fn every_program_finds_the_services_section_by_one_rule() {
    check_all(&setting::SERVICES);
}

#[test]
fn every_program_ignores_configured_endpoint_urls_by_one_rule() {
    check_all(&setting::IGNORE_CONFIGURED_ENDPOINT_URLS);
}

#[test]
fn every_program_selects_fips_endpoints_by_one_rule() {
    check_all(&setting::USE_FIPS_ENDPOINT);
}

#[test]
fn every_program_selects_dualstack_endpoints_by_one_rule() {
    check_all(&setting::USE_DUALSTACK_ENDPOINT);
}

#[test]
fn every_program_that_retries_finds_the_number_of_attempts_by_one_rule() {
    check_all(&setting::MAX_ATTEMPTS);
}

#[test]
fn every_program_that_never_retries_reports_an_invalid_number_of_attempts_by_one_rule() {
    check_all(&setting::INVALID_MAX_ATTEMPTS);
}
