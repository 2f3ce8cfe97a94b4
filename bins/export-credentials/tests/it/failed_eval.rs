//! A failure in `eval` unsets the previous credentials, and the shell sees it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Output;

use insta::assert_snapshot;
use sso_test_support::{TestEnv, tool};

use crate::{home, signed_in};

const STALE: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SECURITY_TOKEN",
];

/// Shell with the arguments that disable its startup files.
struct Shell {
    program: &'static str,
    arguments: &'static [&'static str],
    /// Commands that load the credentials. `EXPORT` is the command line of `export-credentials`.
    loads: &'static [&'static str],
    /// Script in which `LOAD` is one of the commands. It prints `failed` if `LOAD` fails.
    script: &'static str,
}

const EVAL: &str = "eval \"$(EXPORT)\"";
const UNQUOTED: &str = "eval $(EXPORT)";
const SOURCE: &str = ". <(EXPORT)";

const fn posix(
    program: &'static str,
    arguments: &'static [&'static str],
    loads: &'static [&'static str],
) -> Shell {
    let script = "if LOAD; then echo deployed; else echo failed; fi; sh ./say; echo continued";
    Shell {
        program,
        arguments,
        loads,
        script,
    }
}

const FISH: Shell = Shell {
    program: "fish",
    arguments: &["--no-config", "-c"],
    loads: &[
        "EXPORT --format fish | source",
        "eval (EXPORT --format fish)",
    ],
    script: "if LOAD; echo deployed; else; echo failed; end; sh ./say; echo continued",
};

const TCSH: Shell = Shell {
    program: "tcsh",
    arguments: &["-f", "-c"],
    loads: &[
        "eval \"`EXPORT --format tcsh`\"",
        "eval `EXPORT --format tcsh`",
    ],
    script: "LOAD && echo deployed || echo failed; sh ./say; echo continued",
};

const XONSH: Shell = Shell {
    program: "xonsh",
    arguments: &["--no-rc", "-c"],
    // Without `$(…)`, which sometimes returns an empty string on a loaded machine.
    loads: &[
        "execx(__import__('subprocess').run('EXPORT --format xonsh'.split(), stdout=-1, \
         env=__xonsh__.env.detype(), text=True).stdout)",
    ],
    script: "try:\n    LOAD\n    print('deployed', flush=True)\nexcept RuntimeError:\n    \
             print('failed', flush=True)\nsh ./say\necho continued\n",
};

/// Defines a module per shell, so that only the tests of missing shells are skipped.
macro_rules! shells {
    ($($name:ident: $shell:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn a_failed_eval_unsets_the_credentials_and_fails() {
                for load in $shell.loads {
                    check(&$shell, load, "EXPORT");
                }
            }

            #[test]
            fn a_usage_error_in_eval_unsets_the_credentials_and_fails() {
                check(&$shell, $shell.loads[0], "EXPORT --nonsense");
            }
        }
    )*};
}

shells! {
    sh: posix("sh", &["-c"], &[EVAL, UNQUOTED]);
    dash: posix("dash", &["-c"], &[EVAL, UNQUOTED]);
    bash: posix("bash", &["-c"], &[EVAL, UNQUOTED, SOURCE]);
    zsh: posix("zsh", &["-f", "-c"], &[EVAL, UNQUOTED, SOURCE]);
    ksh: posix("ksh", &["-c"], &[EVAL, UNQUOTED, SOURCE]);
    // Without variables, which `set -u` rejects.
    bash_strict: posix("bash", &["-uo", "pipefail", "-c"], &[EVAL, UNQUOTED, SOURCE]);
    bash_env: posix("bash", &["-c"], &["eval \"$(EXPORT --format env)\""]);
    zsh_env_no_export: posix("zsh", &["-f", "-c"], &["eval \"$(EXPORT --format env-no-export)\""]);
    fish: FISH;
    tcsh: TCSH;
    xonsh: XONSH;
}

/// Runs `script` with previous credentials in the environment and a session that is signed out.
/// `say` prints the variables that a child process gets.
fn run(shell: &Shell, script: &str) -> Option<Output> {
    let program = tool(shell.program)?;
    let (_center, env) = home();
    env.write("say", "env | grep '=stale$' | sort\n");
    let mut command = env.command(program.to_str().unwrap());
    command.args(shell.arguments).arg(script);
    command.envs(STALE.map(|name| (name, "stale")));
    Some(command.output().unwrap())
}

fn check(shell: &Shell, load: &str, export: &str) {
    let export = export.replace("EXPORT", "export-credentials --profile dev");
    let load = load.replace("EXPORT", &export);
    let script = shell.script.replace("LOAD", &load);
    let Some(output) = run(shell, &script) else {
        return;
    };
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(stdout, "failed\ncontinued\n", "{script}: {output:?}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let errors = stderr.matches("export-credentials: error: ").count();
    assert_eq!(
        (errors, stderr.matches("command not found").count()),
        (1, 0),
        "{output:?}"
    );
}

#[test]
fn a_failed_eval_ends_a_script_with_errexit() {
    for (program, arguments) in [
        ("sh", &["-euc"][..]),
        ("dash", &["-euc"]),
        ("bash", &["-euo", "pipefail", "-c"]),
        ("zsh", &["-f", "-euc"]),
        ("ksh", &["-euo", "pipefail", "-c"]),
    ] {
        let shell = posix(program, arguments, &[EVAL, UNQUOTED]);
        for load in shell.loads {
            let load = load.replace("EXPORT", "export-credentials --profile dev");
            let Some(output) = run(&shell, &format!("{load}\necho deployed")) else {
                continue;
            };
            let is_ended = !output.status.success() && output.stdout.is_empty();
            assert!(is_ended, "{program}: {load}: {output:?}");
        }
    }
}

#[test]
fn each_format_of_a_shell_has_statements_after_a_failure() {
    let env = TestEnv::offline();
    let failure = |arguments: &str| {
        let run = env.run(&format!("export-credentials --profile nope {arguments}"));
        let run = run.expect_code(253);
        [run.stdout(), run.statements_after_failure()].concat()
    };
    assert_snapshot!(failure(""), @"
    unset AWS_ACCESS_KEY_ID;
    unset AWS_SECRET_ACCESS_KEY;
    unset AWS_SESSION_TOKEN;
    unset AWS_CREDENTIAL_EXPIRATION;
    unset AWS_SECURITY_TOKEN;
    false;
    ");
    assert_snapshot!(failure("--format fish"), @r#"
    while set -el AWS_ACCESS_KEY_ID; end; set -eg AWS_ACCESS_KEY_ID; set -qU AWS_ACCESS_KEY_ID; and set -gx AWS_ACCESS_KEY_ID "";
    while set -el AWS_SECRET_ACCESS_KEY; end; set -eg AWS_SECRET_ACCESS_KEY; set -qU AWS_SECRET_ACCESS_KEY; and set -gx AWS_SECRET_ACCESS_KEY "";
    while set -el AWS_SESSION_TOKEN; end; set -eg AWS_SESSION_TOKEN; set -qU AWS_SESSION_TOKEN; and set -gx AWS_SESSION_TOKEN "";
    while set -el AWS_CREDENTIAL_EXPIRATION; end; set -eg AWS_CREDENTIAL_EXPIRATION; set -qU AWS_CREDENTIAL_EXPIRATION; and set -gx AWS_CREDENTIAL_EXPIRATION "";
    while set -el AWS_SECURITY_TOKEN; end; set -eg AWS_SECURITY_TOKEN; set -qU AWS_SECURITY_TOKEN; and set -gx AWS_SECURITY_TOKEN "";
    false;
    "#);
    assert_snapshot!(failure("--format tcsh"), @"
    unsetenv AWS_ACCESS_KEY_ID;
    unsetenv AWS_SECRET_ACCESS_KEY;
    unsetenv AWS_SESSION_TOKEN;
    unsetenv AWS_CREDENTIAL_EXPIRATION;
    unsetenv AWS_SECURITY_TOKEN;
    false;
    ");
    assert_snapshot!(failure("--format xonsh"), @"
    ${...}.pop('AWS_ACCESS_KEY_ID', None)
    ${...}.pop('AWS_SECRET_ACCESS_KEY', None)
    ${...}.pop('AWS_SESSION_TOKEN', None)
    ${...}.pop('AWS_CREDENTIAL_EXPIRATION', None)
    ${...}.pop('AWS_SECURITY_TOKEN', None)
    raise RuntimeError('export-credentials failed')
    ");
    assert_snapshot!(failure("--format powershell"), @r#"
    $Env:AWS_ACCESS_KEY_ID=$null
    $Env:AWS_SECRET_ACCESS_KEY=$null
    $Env:AWS_SESSION_TOKEN=$null
    $Env:AWS_CREDENTIAL_EXPIRATION=$null
    $Env:AWS_SECURITY_TOKEN=$null
    throw "export-credentials failed"
    "#);
    assert_snapshot!(failure("--format windows-cmd"), @"
    set AWS_ACCESS_KEY_ID=
    set AWS_SECRET_ACCESS_KEY=
    set AWS_SESSION_TOKEN=
    set AWS_CREDENTIAL_EXPIRATION=
    set AWS_SECURITY_TOKEN=
    cmd /c exit 1
    ");
    for format in ["shell", "env", "env-no-export"] {
        assert_eq!(failure(&format!("--format {format}")), failure(""));
    }
}

#[test]
fn each_usage_error_prints_the_statements_of_a_shell() {
    let env = TestEnv::offline();
    let check = |arguments: &[&OsStr], last: &str| {
        let mut command = env.command("export-credentials");
        let output = command.args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(252), "{arguments:?}: {output:?}");
        let statements = String::from_utf8_lossy(&output.stdout);
        let is_complete = STALE.iter().all(|name| statements.contains(name));
        let is_complete = is_complete && statements.ends_with(last);
        assert!(is_complete, "{arguments:?}: {output:?}");
    };
    for (line, last) in [
        // unknown
        ("--nonsense", "false;\n"),
        ("-x", "false;\n"),
        ("argument argument", "false;\n"),
        ("--format fsh", "false;\n"),
        ("--output yaml", "false;\n"),
        // missing value
        ("--profile", "false;\n"),
        ("--profile --bearer-token", "false;\n"),
        ("--profile --format xonsh", "failed')\n"),
        ("--format", "false;\n"),
        ("--format --bearer-token", "false;\n"),
        ("--output", "false;\n"),
        ("--min-validity --bearer-token", "false;\n"),
        ("--duration --bearer-token", "false;\n"),
        // invalid value
        ("--duration 1s", "false;\n"),
        ("--min-validity nonsense", "false;\n"),
        // value of a flag
        ("--login=yes", "false;\n"),
        ("--with-region=yes --format xonsh", "failed')\n"),
        ("--bearer-token=yes --format shell", "false;\n"),
        // conflicts and requirements
        ("--format shell --bearer-token", "false;\n"),
        ("--output json --format shell", "false;\n"),
        ("--format shell --format shell", "false;\n"),
        ("--format shell -- env", "false;\n"),
        ("--serve", "false;\n"),
        ("--account-id 111122223333", "false;\n"),
        ("--profile a --sso-session b", "false;\n"),
        // with --help
        ("--profile --help", "false;\n"),
        ("--nonsense --help", "false;\n"),
    ] {
        let words: Vec<_> = line.split(' ').map(OsStr::new).collect();
        check(&words, last);
    }
    let not_unicode = OsStr::from_bytes(b"\xff");
    for option in ["--profile", "--format", "--account-id", "--min-validity"] {
        check(&[option.as_ref(), not_unicode], "false;\n");
    }
    check(&[not_unicode], "false;\n");
}

#[test]
fn data_is_empty_after_a_failure() {
    let env = TestEnv::offline();
    for arguments in [
        "--format process",
        "--format json",
        "--output json",
        "--format dotenv",
        "--format docker-env",
        "--format github-actions",
        "--format nushell",
        "--format ini",
        "--bearer-token",
        "-- env",
        "--serve -- env",
    ] {
        for invalid in ["", "--nonsense "] {
            let run = env.run(&format!(
                "export-credentials --profile nope {invalid}{arguments}"
            ));
            let output = (run.stdout(), run.statements_after_failure());
            assert_eq!(output, ("", ""), "{run}");
            assert_ne!(run.code(), Some(0), "{run}");
        }
    }
}

#[test]
fn a_terminal_shows_no_statements_after_a_failure() {
    let env = TestEnv::offline();
    for arguments in ["", " --format shell", " --nonsense"] {
        let line = format!("export-credentials --profile nope{arguments}");
        let shown = env.start_on_terminal(&line).finish();
        assert!(!shown.terminal().contains("unset"), "{shown}");
        assert!(shown.terminal().contains("error: "), "{shown}");
    }
}

#[test]
fn a_closed_stdout_keeps_the_exit_status_of_the_failure() {
    let env = TestEnv::offline();
    for target in [">&-", ">/dev/full", "| true"] {
        let script = format!(
            "{{ export-credentials --profile nope; echo $? >status; }} {target}; cat status"
        );
        let output = env.command("sh").args(["-c", &script]).output().unwrap();
        let status = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(status, "253\n", "{target}: {output:?}");
    }
}

#[test]
fn an_invalid_request_for_completion_prints_no_statements() {
    let mut env = TestEnv::offline();
    env.set("AWS_SSO_TOOLS_COMPLETE", "unknown");
    let run = env.run("export-credentials").expect_code(252);
    assert_eq!((run.stdout(), run.statements_after_failure()), ("", ""));
}

/// The recommended line for scripts fails even if the program is killed or missing.
#[test]
fn an_assignment_before_eval_fails_if_the_program_is_missing() {
    let (_center, env) = signed_in();
    let load = |program: &str| {
        let script = format!(
            "credentials=$({program} --profile dev) && eval \"$credentials\" && echo deployed"
        );
        env.command("sh").args(["-c", &script]).output().unwrap()
    };
    assert_eq!(load("export-credentials").stdout, b"deployed\n");
    let missing = load("export-credential");
    assert!(
        !missing.status.success() && missing.stdout.is_empty(),
        "{missing:?}"
    );
}
