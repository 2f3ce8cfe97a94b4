#[cfg(feature = "sso")]
mod sso;

use anyhow::anyhow;
use cli_ux::{Failure, FailureKind};

#[test]
fn exit_statuses_are_those_of_the_aws_cli() {
    let check = |kind: FailureKind, status| assert_eq!(kind.exit_status(), status, "{kind:?}");
    check(FailureKind::Interrupted, 130);
    check(FailureKind::Usage, 252);
    check(FailureKind::Configuration, 253);
    check(FailureKind::Service, 254);
    check(FailureKind::Other, 255);
    check(FailureKind::CommandNotFound, 127);
    check(FailureKind::CommandNotExecutable, 126);
}

#[test]
fn a_failure_is_one_line_with_its_causes() {
    let failure = Failure::other(anyhow!("no space left").context("cannot write config"));
    assert_eq!(failure.to_string(), "cannot write config: no space left");
}

#[test]
fn hints_come_in_the_order_in_which_they_were_given() {
    let failure = Failure::usage(anyhow!("?"))
        .with_hint("first")
        .with_hint("second");
    assert_eq!(failure.hints(), ["first", "second"]);
}
