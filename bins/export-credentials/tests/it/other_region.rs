//! Another Region in the calling shell than that of the profile.

use sso_test_support::TestEnv;

/// Profiles with keys: `a`, `b` and `default` with a Region each, and `none` without one.
fn home() -> TestEnv {
    let env = TestEnv::offline();
    let keys = "aws_access_key_id = AKIA\naws_secret_access_key = secret\n";
    let profile = |header: &str, region: &str| format!("[{header}]\n{keys}region = {region}\n");
    env.write_config(&format!(
        "{}{}{}[profile none]\n{keys}",
        profile("profile a", "eu-west-1"),
        profile("profile b", "us-west-2"),
        profile("default", "us-east-1"),
    ));
    env
}

/// Returns what the terminal shows while a shell evaluates the output of the command, in one line.
fn shown_in_eval(env: &TestEnv, command: &str) -> String {
    let line =
        format!("sh -c 'eval \"$({command})\"; echo region=$AWS_REGION,$AWS_DEFAULT_REGION'");
    let shown = env.start_on_terminal(&line).finish().expect_code(0);
    shown.terminal().replace(['\r', '\n'], "")
}

/// Returns `text` without spaces: at the end of a row, the terminal shows none.
fn without_spaces(text: &str) -> String {
    text.replace([' ', '\r', '\n'], "")
}

const HINT: &str = "hint: eval \"$(export-credentials --with-region";

#[test]
fn the_region_that_the_shell_uses_instead_is_reported_once_on_a_terminal() {
    let check_of = |programs: &str, variables: &[(&str, &str)], arguments: &str, source: &str| {
        let mut env = home();
        for (name, value) in variables {
            env.set(name, *value);
        }
        let shown = shown_in_eval(&env, &format!("export-credentials {arguments}"));
        if source.is_empty() {
            assert!(
                shown.starts_with("region="),
                "{variables:?} {arguments} {shown}"
            );
            return;
        }
        let warning = format!(
            "export-credentials: warning: the Region of profile a is \"eu-west-1\", but {programs} in \
             this shell use {source}hint: "
        );
        assert!(
            without_spaces(&shown).starts_with(&without_spaces(&warning)),
            "{variables:?} {arguments} {shown}"
        );
        assert_eq!(shown.matches("warning").count(), 1, "{shown}");
    };
    let check = |variables: &[(&str, &str)], arguments: &str, source: &str| {
        check_of("programs", variables, arguments, source);
    };
    let of_a = "--profile a";
    let b = ("AWS_PROFILE", "b");
    check(
        &[b],
        of_a,
        "\"us-west-2\" from profile b, which AWS_PROFILE selects",
    );
    check(&[], of_a, "\"us-east-1\" from profile default");
    check(
        &[("AWS_DEFAULT_PROFILE", "b")],
        of_a,
        "\"us-west-2\" from profile b, which AWS_DEFAULT_PROFILE selects",
    );
    let region = ("AWS_REGION", "ap-south-1");
    check(&[b, region], of_a, "\"ap-south-1\" from AWS_REGION");
    check(
        &[("AWS_PROFILE", "a"), region],
        "",
        "\"ap-south-1\" from AWS_REGION",
    );
    let default = ("AWS_DEFAULT_REGION", "ap-south-1");
    check(
        &[b, default],
        of_a,
        "\"ap-south-1\" from AWS_DEFAULT_REGION",
    );
    // boto3 does not read AWS_REGION.
    let own = ("AWS_REGION", "eu-west-1");
    let some = "some programs";
    let from_default = "\"ap-south-1\" from AWS_DEFAULT_REGION";
    check_of(some, &[own, default], of_a, from_default);
    let different = [("AWS_REGION", "us-west-2"), default];
    check_of(some, &different, of_a, "\"us-west-2\" from AWS_REGION");
    check(&[region, default], of_a, "\"ap-south-1\" from AWS_REGION");
    // White space is part of the value.
    let padded = ("AWS_REGION", " eu-west-1");
    check(&[padded], of_a, "\" eu-west-1\" from AWS_REGION");
    // The same Region, from wherever it comes.
    check(&[("AWS_PROFILE", "a")], of_a, "");
    check(&[b, own], of_a, "");
    check(&[b, ("AWS_DEFAULT_REGION", "eu-west-1")], of_a, "");
    // No Region of the profile or of the shell.
    check(&[b], "--profile none", "");
    check(&[("AWS_PROFILE", "none")], of_a, "");
    check(&[("AWS_PROFILE", "missing")], of_a, "");
    // An unset variable.
    check(&[("AWS_PROFILE", "a"), ("AWS_REGION", "")], of_a, "");
    check(&[b], "--profile a --with-region", "");
    check(&[b], "--profile a --quiet", "");
}

#[test]
fn each_format_for_shells_warns_and_data_does_not() {
    let mut env = home();
    env.set("AWS_PROFILE", "b");
    let shown = |arguments: &str| {
        let line = format!("sh -c 'export-credentials --profile a {arguments} >printed'");
        let shown = env.start_on_terminal(&line).finish().expect_code(0);
        shown.terminal().replace(['\r', '\n'], "")
    };
    for format in ["shell", "env"] {
        let shown = shown(&format!("--format {format}"));
        let hint = format!("{HINT} --profile a --format {format})\"");
        assert!(shown.ends_with(&hint), "{shown}");
    }
    for format in [
        "env-no-export",
        "fish",
        "tcsh",
        "xonsh",
        "nushell",
        "powershell",
        "windows-cmd",
    ] {
        let shown = shown(&format!("--format {format}"));
        let hint = "hint: add --with-region to set the Region of the profile, too";
        assert!(shown.ends_with(hint), "{shown}");
    }
    for format in [
        "process",
        "json",
        "dotenv",
        "docker-env",
        "github-actions",
        "ini",
    ] {
        assert_eq!(shown(&format!("--format {format}")), "");
    }
    for arguments in ["--json", "-- true"] {
        assert_eq!(shown(arguments), "");
    }
}

#[test]
fn no_region_is_reported_without_a_terminal() {
    let mut env = home();
    env.set("AWS_PROFILE", "b");
    let export = env.run("export-credentials --profile a").expect_code(0);
    assert_eq!(export.stderr(), "");
}

#[test]
fn the_hint_sets_the_region() {
    let mut env = home();
    env.set("AWS_PROFILE", "b");
    let shown = shown_in_eval(&env, "export-credentials --profile a");
    let (_, hint) = shown.split_once("hint: ").unwrap();
    let (command, _) = hint.split_once(")\"").unwrap();
    let command = command.strip_prefix("eval \"$(").unwrap();
    let shown = shown_in_eval(&env, command);
    assert_eq!(shown, "region=eu-west-1,eu-west-1");
    // Without a Region, that of another profile does not stay.
    env.set("AWS_REGION", "us-west-2");
    let shown = shown_in_eval(&env, "export-credentials --profile none --with-region");
    assert_eq!(shown, "region=,");
}

#[test]
fn the_command_for_eval_sets_another_region() {
    let mut env = home();
    let check = |env: &TestEnv, command: &str, warnings: usize| {
        let shown = env
            .start_on_terminal("export-credentials --profile a")
            .finish();
        let shown = without_spaces(shown.expect_code(0).terminal());
        let command = without_spaces(&format!("run: eval \"$({command})\""));
        assert!(shown.contains(&command), "{shown}");
        let warning =
            "warning: the Region of profile a is \"eu-west-1\", but programs in this shell";
        let warning = without_spaces(warning);
        assert_eq!(shown.matches(&warning).count(), warnings, "{shown}");
        assert_eq!(shown.matches("hint:").count(), 0, "{shown}");
    };
    check(&env, "export-credentials --with-region --profile a", 1);
    env.set("AWS_REGION", "eu-west-1");
    check(&env, "export-credentials --profile a", 0);
}

#[cfg(unix)]
#[test]
fn a_region_that_is_not_unicode_is_an_error_of_the_warning() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;

    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        let mut env = home();
        env.set(variable, OsString::from_vec(b"latin-\xe9".to_vec()));
        let _ = env.run("export-credentials --profile a").expect_code(0);
        for arguments in ["", " --format shell"] {
            let line = format!("export-credentials --profile a{arguments}");
            let shown = env.start_on_terminal(&line).finish().expect_code(253);
            let expected = format!("{variable} is not valid Unicode");
            assert!(shown.terminal().contains(&expected), "{shown:?}");
        }
        let with_region = "export-credentials --profile a --with-region --format shell";
        let with_region = env.start_on_terminal(with_region).finish();
        drop(with_region.expect_code(0));
    }
}
