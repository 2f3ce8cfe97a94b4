//! Shells read values with special characters back as data.

use std::fs;
use std::process::Output;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use sso_test_support::{TestEnv, tool};

/// Shell, and its command to load the credentials of `dev` into its environment.
struct Shell {
    program: &'static str,
    /// Arguments that disable startup files.
    arguments: &'static [&'static str],
    set_home: fn(&str) -> String,
    load: &'static str,
    /// Returns whether the format can represent a value. Other values are an error.
    supports: fn(&str) -> bool,
}

const POSIX: Shell = Shell {
    program: "sh",
    arguments: &[],
    set_home: |home| format!("export HOME='{home}'"),
    load: "eval \"$(export-credentials --profile dev)\"",
    supports: |_| true,
};

const fn posix(program: &'static str, arguments: &'static [&'static str]) -> Shell {
    Shell {
        program,
        arguments,
        ..POSIX
    }
}

const BASH_ENV: Shell = Shell {
    load: "eval \"$(export-credentials --profile dev --format env)\"",
    ..posix("bash", &[])
};

const ZSH_ENV_NO_EXPORT: Shell = Shell {
    load: "set -a; eval \"$(export-credentials --profile dev --format env-no-export)\"",
    ..posix("zsh", &["-f"])
};

/// A shell is one of the readers of `.env` files.
const DASH_DOTENV: Shell = Shell {
    load: "export-credentials --profile dev --format dotenv > .env; set -a; . ./.env",
    supports: |value| {
        let is_quoted_at_all = value.contains(['\'', '\\']);
        is_one_line(value)
            && !value.contains("${")
            && !(is_quoted_at_all && value.contains(['"', '\\', '$', '`', '!']))
    },
    ..posix("dash", &[])
};

const FISH: Shell = Shell {
    program: "fish",
    arguments: &["--no-config"],
    set_home: |home| format!("set -gx HOME '{home}'"),
    load: "export-credentials --profile dev --format fish | source",
    supports: |_| true,
};

const TCSH: Shell = Shell {
    program: "tcsh",
    arguments: &["-f"],
    set_home: |home| format!("setenv HOME '{home}'"),
    load: "eval \"`export-credentials --profile dev --format tcsh`\"",
    supports: is_one_line,
};

const XONSH: Shell = Shell {
    program: "xonsh",
    arguments: &["--no-rc"],
    set_home: |home| format!("$HOME = '{home}'"),
    // Without `$(…)`, which sometimes returns an empty string on a loaded machine.
    load: "execx(__import__('subprocess').check_output(\
           ['export-credentials', '--profile', 'dev', '--format', 'xonsh'], \
           env=__xonsh__.env.detype(), text=True))",
    supports: |_| true,
};

const NU: Shell = Shell {
    program: "nu",
    arguments: &["--no-config-file"],
    set_home: |home| format!("$env.HOME = '{home}'"),
    load: "export-credentials --profile dev --format nushell | from json | load-env",
    supports: |_| true,
};

fn is_one_line(value: &str) -> bool {
    !value.contains(['\n', '\r'])
}

/// Defines two tests per shell, so that only those of missing shells are skipped.
macro_rules! shells {
    ($($name:ident: $shell:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn reads_special_characters_as_data() {
                check(&$shell, &special_values());
            }

            #[test]
            fn reads_random_values_as_data() {
                check_random(&$shell);
            }
        }
    )*};
}

shells! {
    sh: POSIX;
    bash: posix("bash", &[]);
    dash: posix("dash", &[]);
    zsh: posix("zsh", &["-f"]);
    ksh: posix("ksh", &[]);
    bash_env: BASH_ENV;
    zsh_env_no_export: ZSH_ENV_NO_EXPORT;
    dash_dotenv: DASH_DOTENV;
    fish: FISH;
    tcsh: TCSH;
    xonsh: XONSH;
    nu: NU;
}

/// Creates a home for each value, which is the secret access key of `dev` there.
fn homes_with(values: &[String]) -> TestEnv {
    let env = TestEnv::offline();
    for (number, value) in values.iter().enumerate() {
        let file = json!({"ProviderType": "sso", "Credentials": {
            "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": value,
            "SessionToken": "IQoJb3J==", "Expiration": "2199-01-02T03:04:05Z",
        }});
        env.write(format!("{number}/.aws/config"), TestEnv::SAMPLE_CONFIG);
        let name = TestEnv::CREDENTIALS_OF_DEV;
        env.write(format!("{number}/.aws/cli/cache/{name}"), file.to_string());
    }
    env.write("say", "printf '%s\\0' \"$AWS_SECRET_ACCESS_KEY\"\n");
    env
}

/// Loads the credentials of each home in one run of the shell. Returns the values in the
/// environment of its children.
fn seen_by_children(shell: &Shell, env: &TestEnv, count: usize) -> Option<Output> {
    let program = tool(shell.program)?;
    let root = env.home().to_str().unwrap().to_owned();
    let load = |number: usize| {
        let set_home = (shell.set_home)(&format!("{root}/{number}"));
        let load = shell.load;
        format!("{set_home}\n{load}\nsh {root}/say\n")
    };
    env.write("script", (0..count).map(load).collect::<String>());
    let output = env
        .command(program.to_str().unwrap())
        .args(shell.arguments)
        .arg(format!("{root}/script"))
        .output();
    Some(output.unwrap())
}

fn check(shell: &Shell, values: &[String]) {
    let supported = values.iter().filter(|value| (shell.supports)(value));
    let values: Vec<String> = supported.cloned().collect();
    let env = homes_with(&values);
    let Some(output) = seen_by_children(shell, &env, values.len()) else {
        return;
    };
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "", "{}", shell.program);
    let seen: Vec<_> = output.stdout.split(|byte| *byte == 0).collect();
    assert_eq!(seen.len(), values.len() + 1, "{}", shell.program);
    for (value, seen) in values.iter().zip(seen) {
        assert_eq!(String::from_utf8_lossy(seen), *value, "{}", shell.program);
    }
    assert!(nothing_was_executed(&env), "{}", shell.program);
}

fn nothing_was_executed(env: &TestEnv) -> bool {
    fs::read_dir(env.home())
        .unwrap()
        .all(|entry| entry.unwrap().file_name() != "executed")
}

fn special_values() -> Vec<String> {
    let mut values: Vec<String> = [
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY=",
        "=starts",
        "a:=ls",
        "a==ls",
        "a:~",
        "@x",
        "a,b",
        "...",
        "'",
        "\"",
        "''\"\"'",
        "\\",
        "\\\\'\\\"\\",
        "ends with \\",
        "$(touch executed)",
        "`touch executed`",
        "'$(touch executed)'",
        "\"$(touch executed)\"",
        "\"; touch executed; \"",
        "'; touch executed; '",
        "; touch executed",
        "& touch executed",
        "| touch executed",
        "(touch executed)",
        "$HOME ${HOME} $HOME",
        "%PATH% %%",
        "!! !1 !touch !",
        "\\! \\\\!",
        "a  b\tc ",
        " a",
        "* ? [a-z] ~ {a,b}",
        "~",
        "#no comment",
        "^a^b",
        "<>",
        "one\ntwo",
        "\nstarts",
        "ends\n",
        "one\r\ntwo\r",
        "\n; touch executed\n",
        "emoji 🦀 and ümlauts",
        "“curly” ‘quotes’ „low",
        "\u{1}\u{7f}\u{1b}[31m\u{85}\u{2028}",
        "-n",
        "--help",
    ]
    .map(str::to_owned)
    .into();
    values.push("$(touch executed)'\"!".repeat(5_000));
    values.extend(('!'..='~').flat_map(with_character));
    values
}

/// Returns the character alone, and at all positions that may matter to a shell.
fn with_character(character: char) -> [String; 3] {
    let positions = [
        "C aC aCb CC x:C x=C xC= C= x:C= 1C C1 x/C/ 'C C' \"C C\" C",
        "aC C x = C : C x",
    ];
    let with = |text: &str| text.replace('C', &character.to_string());
    [
        character.to_string(),
        with(positions[0]),
        with(positions[1]),
    ]
}

/// An unquoted `$(…)` splits the statements into words: white space and patterns in values may be
/// lost, but no part of a value is executed.
#[test]
fn an_unquoted_eval_executes_no_value() {
    for (shell, arguments) in [
        ("sh", &[][..]),
        ("bash", &[]),
        ("dash", &[]),
        ("zsh", &["-f"]),
        ("ksh", &[]),
    ] {
        let shell = Shell {
            load: "eval $(export-credentials --profile dev)",
            ..posix(shell, arguments)
        };
        let values = special_values();
        let env = homes_with(&values);
        let Some(output) = seen_by_children(&shell, &env, values.len()) else {
            continue;
        };
        let seen = output.stdout.split(|byte| *byte == 0).count();
        assert_eq!(seen, values.len() + 1, "{}: {output:?}", shell.program);
        assert!(nothing_was_executed(&env), "{}", shell.program);
    }
}

fn check_random(shell: &Shell) {
    let special = "$`\"'\\!#%^&*()[]{}<>|;~=-@: \t\n\r";
    let character = prop_oneof![
        4 => prop::sample::select(special.chars().collect::<Vec<_>>()),
        1 => any::<char>().prop_filter("environment variables cannot contain NUL", |c| *c != '\0'),
        2 => prop::char::range('a', 'z'),
    ];
    let value = prop::collection::vec(character, 1..20).prop_map(String::from_iter);
    let value = value.prop_filter("a key is not blank", |value| !value.trim().is_empty());
    let values = prop::collection::vec(value, 40);
    let mut config = Config::with_cases(1);
    // Shrinking would start a shell for each step.
    config.max_shrink_iters = 0;
    let outcome = TestRunner::new(config).run(&values, |values| {
        check(shell, &values);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}
