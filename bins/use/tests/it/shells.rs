//! The function of each shell, in its startup file.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use assert_cmd::cargo::cargo_bin;
use sso_test_support::{TestEnv, Transcript, tool};

use crate::signed_in;

/// Syntax of a shell.
struct Dialect {
    shell: &'static str,
    /// Options that skip the startup files of the system.
    options: &'static str,
    /// Line of the startup file.
    init: &'static str,
    /// Word with the value of the variable `NAME`.
    name: &'static str,
    /// Commands that run `COMMAND`, and the program `failed` if it fails.
    or_failed: &'static str,
    /// Commands that run `COMMAND` in a subshell, or a similar scope.
    subshell: Option<&'static str>,
}

const BASH: Dialect = Dialect {
    shell: "bash",
    options: "--norc --noprofile",
    init: "eval \"$(sso-use init bash)\"",
    name: "\"$NAME\"",
    or_failed: "COMMAND || failed",
    subshell: Some("(COMMAND)"),
};

const STRICT_BASH: Dialect = Dialect {
    init: "set -euo pipefail; eval \"$(sso-use init bash)\"",
    ..BASH
};

const ZSH: Dialect = Dialect {
    shell: "zsh",
    options: "-f",
    init: "eval \"$(sso-use init zsh)\"",
    ..BASH
};

const STRICT_ZSH: Dialect = Dialect {
    init: "set -eu; autoload -Uz compinit; compinit -D; setopt ksh_arrays sh_word_split; \
           eval \"$(sso-use init zsh)\"",
    ..ZSH
};

const FISH: Dialect = Dialect {
    shell: "fish",
    options: "--no-config",
    init: "sso-use init fish | source",
    name: "\"$NAME\"",
    or_failed: "COMMAND; or failed",
    subshell: None,
};

const TCSH: Dialect = Dialect {
    shell: "tcsh",
    options: "-f",
    init: "eval \"`sso-use init tcsh`\"",
    name: "\"$NAME:q\"",
    or_failed: "COMMAND || failed",
    subshell: Some("( COMMAND )"),
};

const XONSH: Dialect = Dialect {
    shell: "xonsh",
    options: "--no-rc",
    init: "execx(__import__('subprocess').getoutput('sso-use init xonsh'))",
    name: "@($NAME)",
    or_failed: "COMMAND || failed",
    subshell: None,
};

const NU: Dialect = Dialect {
    shell: "nu",
    options: "--no-config-file",
    init: "source init.nu",
    name: "$env.NAME",
    or_failed: "try { COMMAND } catch { failed }",
    subshell: Some("do { COMMAND }"),
};

/// Shows the variables on one line.
const SHOW: &str = "#!/bin/sh
for name in AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN AWS_ACCOUNT_ID; do
    eval 'printf \"<%s>\" \"${'$name-'}\"'
done
echo
";

const STALE: [(&str, &str); 8] = [
    ("AWS_PROFILE", "prod"),
    ("AWS_DEFAULT_PROFILE", "stale"),
    ("AWS_ACCESS_KEY_ID", "stale"),
    ("AWS_SECRET_ACCESS_KEY", "stale"),
    ("AWS_SESSION_TOKEN", "stale"),
    ("AWS_SECURITY_TOKEN", "stale"),
    ("AWS_CREDENTIAL_EXPIRATION", "stale"),
    ("AWS_ACCOUNT_ID", "stale"),
];

/// Adds a directory with spaces to `PATH`, with this program, and with programs that show a result.
fn add_programs(env: &mut TestEnv) {
    let directory = env.home().join("bin with spaces");
    for (name, text) in [("show", SHOW), ("failed", "#!/bin/sh\necho failed $1\n")] {
        let path = directory.join(name);
        env.write(&path, text);
        std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }
    symlink(cargo_bin!("sso-use"), directory.join("sso-use")).unwrap();
    let command = env.command("sso-use");
    let mut variables = command.get_envs();
    let path = variables.find(|(name, _)| *name == "PATH").unwrap().1;
    let mut path_with_directory = directory.into_os_string();
    path_with_directory.push(":");
    path_with_directory.push(path.unwrap());
    drop(variables);
    env.set("PATH", path_with_directory);
}

/// Runs a script after the startup line. Returns `None` if the shell is not installed.
fn run(dialect: &Dialect, env: &mut TestEnv, script: &str) -> Option<Transcript> {
    tool(dialect.shell)?;
    if !env.home().join("bin with spaces").exists() {
        add_programs(env);
    }
    if dialect.shell == "nu" {
        let init = env.run("sso-use init nu").expect_code(0);
        env.write("init.nu", init.stdout());
    }
    env.write("script", format!("{}\n{script}\n", dialect.init));
    Some(env.run(&format!("{} {} script", dialect.shell, dialect.options)))
}

fn check_switch(dialect: &Dialect) {
    let (_center, mut env) = signed_in();
    for (name, value) in STALE {
        env.set(name, value);
    }
    let script = "sso-use dev\nshow\nsso-use keys\nshow\nsso-use -\nshow\nsso-use --clear\nshow\n\
                  sso-use -\nshow";
    let Some(run) = run(dialect, &mut env, script) else {
        return;
    };
    let states = ["dev", "keys", "dev", "", "dev"];
    let expected = states.map(|profile| format!("<{profile}><><><><>\n"));
    assert_eq!(run.stdout(), expected.concat(), "{run}");
    assert_eq!(run.code(), Some(0), "{run}");
}

/// Names with characters that are special in one of the shells. The config file cannot contain a line break
/// in a name.
const NAMES: [&str; 22] = [
    "two words",
    "two  blanks",
    "$(touch executed) $HOME ${HOME}",
    "`touch executed`",
    "it's",
    "say \"hi\"",
    "'\"$(touch executed)\"'",
    "back\\slash \\\\ \\",
    "!bang !! !touch",
    ";touch executed",
    "*?{a,b}[c]",
    "#hash #",
    "~ ~root",
    "&touch executed|touch executed",
    "=equals:colon@at",
    "<in>executed",
    "^caret%percent %s",
    "-x",
    "--clear",
    "日本 é",
    "“curly” ‘quotes’",
    "\tx",
];

fn check_names(dialect: &Dialect) {
    let (_center, mut env) = signed_in();
    let names = NAMES.map(|name| name.trim_start_matches('\t'));
    let section = |name: &str| {
        format!("[{name}]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n")
    };
    env.write_credentials(&names.map(section).concat());
    for name in names {
        env.set("NAME", format!("--profile={name}"));
        let script = format!("sso-use {}\nshow", dialect.name);
        let Some(run) = run(dialect, &mut env, &script) else {
            return;
        };
        assert_eq!(run.stdout(), format!("<{name}><><><><>\n"), "{name}: {run}");
    }
    assert!(!env.home().join("executed").exists());
}

fn check_failure(dialect: &Dialect) {
    let (_center, mut env) = signed_in();
    for (name, value) in STALE {
        env.set(name, value);
    }
    for (command, error) in [
        ("sso-use dve", "hint: did you mean dev?"),
        (
            "sso-use my-sso",
            "\"my-sso\" is an SSO session, not a profile",
        ),
        ("sso-use --nonsense", "unexpected argument"),
        ("sso-use dev prod", "unexpected argument"),
        ("sso-use -", "no previous profile"),
        ("sso-use", "error: "),
    ] {
        let script = dialect.or_failed.replace("COMMAND", command);
        let Some(run) = run(dialect, &mut env, &format!("{script}\nshow")) else {
            return;
        };
        let expected = "failed\n<prod><stale><stale><stale><stale>\n";
        assert_eq!(run.stdout(), expected, "{run}");
        assert!(run.stderr().contains(error), "{run}");
    }
}

fn check_output(dialect: &Dialect) {
    let (_center, mut env) = signed_in();
    env.set("AWS_PROFILE", "keys");
    let check = |env: &mut TestEnv, command: &str, expected: &str| {
        if let Some(run) = run(dialect, env, command) {
            assert!(run.stdout().starts_with(expected), "{command}: {run}");
            assert_eq!(run.code(), Some(0), "{run}");
        }
    };
    check(&mut env, "sso-use --list", "dev\nprod\n");
    if dialect.shell == "xonsh" {
        // On a busy machine, xonsh loses the output of a pipe that it captures.
        check(&mut env, "sso-use --list | cat > listed", "");
        assert!(env.read("listed").starts_with(b"dev\nprod\n"));
        check(&mut env, "sso-use --help | cat > help", "");
        assert!(env.read("help").starts_with(b"Switch the AWS profile"));
    } else {
        check(&mut env, "sso-use --list | cat", "dev\nprod\n");
        check(&mut env, "sso-use --list | sed s/^/x/", "xdev\nxprod\n");
        check(&mut env, "sso-use --help | cat", "Switch the AWS profile");
    }
    // Nushell writes only its own output to a file, and the alias of tcsh gets the redirection as arguments.
    if !["nu", "tcsh"].contains(&dialect.shell) {
        check(&mut env, "sso-use --list > names\ncat names", "dev\nprod\n");
    }
    check(&mut env, "sso-use --current", "keys\n");
    check(&mut env, "sso-use -h", "Switch the AWS profile");
    check(&mut env, "sso-use --version", "sso-use ");
    check(&mut env, "sso-use init bash", "_sso_use_aliases");
    check(&mut env, "sso-use --forget-history", "");
}

fn check_credentials(dialect: &Dialect) {
    let (_center, mut env) = signed_in();
    for (name, value) in STALE {
        env.set(name, value);
    }
    let script =
        "sso-use keys --credentials\nshow\nsso-use --current\nsso-use dev\nshow\nsso-use -\nshow";
    let Some(run) = run(dialect, &mut env, script) else {
        return;
    };
    let expected = "<><><AKIAOFKEYS><><>\nkeys\n<dev><><><><>\n<keys><><><><>\n";
    assert_eq!(run.stdout(), expected, "{run}");
}

fn check_subshell(dialect: &Dialect) {
    let Some(subshell) = dialect.subshell else {
        return;
    };
    let (_center, mut env) = signed_in();
    let script = format!("{}\nshow", subshell.replace("COMMAND", "sso-use dev; show"));
    if let Some(run) = run(dialect, &mut env, &script) {
        assert_eq!(run.stdout(), "<dev><><><><>\n<><><><><>\n", "{run}");
    }
}

/// Defines a module per shell, so that only the tests of missing shells are skipped.
macro_rules! shells {
    ($($name:ident $dialect:ident)*) => {$(
        mod $name {
            use super::$dialect;

            #[test]
            fn the_function_switches_back_and_forth_and_unsets_stale_credentials() {
                super::check_switch(&$dialect);
            }

            #[test]
            fn no_character_of_a_name_is_special() {
                super::check_names(&$dialect);
            }

            #[test]
            fn a_failure_changes_no_variable_and_has_a_failing_status() {
                super::check_failure(&$dialect);
            }

            #[test]
            fn output_that_is_no_statement_goes_to_stdout() {
                super::check_output(&$dialect);
            }

            #[test]
            fn credentials_replace_the_profile_until_the_next_switch() {
                super::check_credentials(&$dialect);
            }

            #[test]
            fn a_subshell_switches_only_itself() {
                super::check_subshell(&$dialect);
            }
        }
    )*};
}

shells!(bash BASH strict_bash STRICT_BASH zsh ZSH strict_zsh STRICT_ZSH fish FISH tcsh TCSH xonsh XONSH nu NU);

#[test]
fn a_failed_switch_ends_a_strict_script() {
    for dialect in [STRICT_BASH, STRICT_ZSH] {
        let (_center, mut env) = signed_in();
        if let Some(run) = run(&dialect, &mut env, "sso-use nope\nshow") {
            assert_eq!(run.stdout(), "", "{run}");
            assert_eq!(run.code(), Some(253), "{run}");
        }
    }
}

#[test]
fn a_variable_that_is_read_only_is_a_failure() {
    for dialect in [BASH, ZSH] {
        let (_center, mut env) = signed_in();
        let script = "readonly AWS_ACCOUNT_ID=1\nsso-use dev || echo failed\n";
        if let Some(run) = run(&dialect, &mut env, script) {
            assert!(!run.stdout().contains("dev"), "{run}");
            assert!(run.stdout() == "failed\n" || run.code() != Some(0), "{run}");
        }
    }
}

#[test]
fn universal_variables_of_fish_do_not_change_the_switch() {
    let (_center, mut env) = signed_in();
    let universal = Dialect {
        options: "",
        ..FISH
    };
    let script = "set -Ux AWS_PROFILE prod\nset -Ux AWS_DEFAULT_PROFILE prod\nset -Ux AWS_ACCOUNT_ID 1\n\
                  sso-use dev\nshow\nsso-use keys --credentials\nshow\nsso-use --clear\nshow";
    if let Some(run) = run(&universal, &mut env, script) {
        let expected = "<dev><dev><><><>\n<><><AKIAOFKEYS><><>\n<><><><><>\n";
        assert_eq!(run.stdout(), expected, "{run}");
    }
}

#[test]
fn a_local_profile_of_fish_makes_the_switch_fail() {
    let (_center, mut env) = signed_in();
    let script = "begin; set -lx AWS_PROFILE prod; sso-use dev; or failed; show; end; show";
    if let Some(run) = run(&FISH, &mut env, script) {
        let expected = "failed\n<prod><><><><>\n<><><><><>\n";
        assert_eq!(run.stdout(), expected, "{run}");
        assert!(
            run.stderr().contains("AWS_PROFILE is a local variable"),
            "{run}"
        );
    }
}

#[test]
fn the_alias_of_tcsh_leaves_no_variables() {
    let (_center, mut env) = signed_in();
    let script = "sso-use dev\nsso-use --current\necho $?_sso_use $?_sso_use_statements";
    if let Some(run) = run(&TCSH, &mut env, script) {
        assert_eq!(run.stdout(), "dev\n0 0\n", "{run}");
    }
}

/// Commands in the functions, and the function itself.
const ALIASES: [&str; 16] = [
    "sso-use", "builtin", "command", "eval", "export", "unset", "local", "return", "set", "cd",
    "shopt", "unalias", "complete", "true", "read", "emulate",
];

#[test]
fn aliases_do_not_change_the_function() {
    let interactive = [
        ("bash", "shopt -s expand_aliases", BASH),
        ("zsh", "setopt aliases", ZSH),
    ];
    for (_, option, dialect) in interactive {
        let (_center, mut env) = signed_in();
        let alias = |name: &&str| format!("alias {name}='echo an alias of {name}'\n");
        let aliases: String = ALIASES.iter().map(alias).collect();
        let init = dialect
            .init
            .replace("eval", "\\eval")
            .replace("(sso-use", "(\\sso-use");
        let strict = Dialect {
            init: option,
            ..dialect
        };
        let script = format!("{aliases}\n{init}\nsso-use dev\nshow\nsso-use --current");
        if let Some(run) = run(&strict, &mut env, &script) {
            assert_eq!(run.stdout(), "<dev><><><><>\ndev\n", "{run}");
        }
    }
    let (_center, mut env) = signed_in();
    // A quoted name is not that of a builtin.
    let names = ["sso-use", "printf", "cd"];
    let aliases = names.map(|name| format!("alias {name} 'echo an alias of {name}'\n"));
    let without_init = Dialect { init: "", ..TCSH };
    let init = TCSH.init.replace("`sso-use", "`\\sso-use");
    let script = format!("{}{init}\nsso-use dev\nshow", aliases.concat());
    if let Some(run) = run(&without_init, &mut env, &script) {
        assert_eq!(run.stdout(), "<dev><><><><>\n", "{run}");
    }
}
