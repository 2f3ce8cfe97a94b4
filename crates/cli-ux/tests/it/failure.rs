#[cfg(feature = "sso")]
mod names;
#[cfg(feature = "sso")]
mod sso;

use anyhow::anyhow;
use cli_ux::{Arguments, Failure, FailureKind, Program};

#[test]
fn exit_statuses_match_the_aws_cli() {
    let check = |kind: FailureKind, status| assert_eq!(kind.exit_status(), status, "{kind:?}");
    check(FailureKind::HungUp, 129);
    check(FailureKind::Interrupted, 130);
    check(FailureKind::Quit, 131);
    check(FailureKind::Terminated, 143);
    check(FailureKind::Usage, 252);
    check(FailureKind::Configuration, 253);
    check(FailureKind::Service, 254);
    check(FailureKind::Other, 255);
    check(FailureKind::CommandNotFound, 127);
    check(FailureKind::CommandNotExecutable, 126);
}

#[test]
fn failure_is_displayed_in_one_line_with_its_causes() {
    let failure = Failure::other(anyhow!("no space left").context("cannot write config"));
    assert_eq!(failure.to_string(), "cannot write config: no space left");
}

#[test]
fn hints_keep_their_order() {
    let program = Program::new("deploy", "1.2.3").with_sign_in_command("acme-login");
    let failure = Failure::usage(anyhow!("?"))
        .with_hint("first")
        .with_sign_in_hint(Arguments::new().option("--profile", "dev"));
    let expected = ["first", "acme-login --profile dev"];
    assert_eq!(failure.hints(&program), expected);
}
