use sso_test_support::{TestEnv, tool};

const CONFIG: &str = "\
[sso-session my-sso]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1

[sso-session other]
sso_region = us-east-1

[profile prod]
[profile eu:dev]
[profile \"two words\"]
";

fn home() -> TestEnv {
    let env = TestEnv::offline();
    env.write_config(CONFIG);
    env.write_credentials("[keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n");
    env
}

/// Loads the completions into `shell` with `load`, types `typed` and a Tab, and waits for the
/// completed line.
#[cfg(unix)]
fn check(shell: &str, load: &str, typed: &str, expected: &str) {
    let program = shell.split(' ').next().unwrap();
    if tool(program).is_none() {
        return;
    }
    let env = home();
    let mut terminal = env.start_on_terminal(shell);
    // The quotes keep the echoed command line from matching.
    terminal.type_text(&format!("{load}; echo read''y\r"));
    terminal.wait_for("ready");
    terminal.type_text(&format!("export-credentials {typed}\t"));
    terminal.wait_for(&format!("export-credentials {expected}"));
}

#[cfg(unix)]
mod bash {
    use super::check;

    fn completes(typed: &str, expected: &str) {
        let load = "source <(AWS_SSO_TOOLS_COMPLETE=bash export-credentials)";
        check("bash --norc --noprofile", load, typed, expected);
    }

    #[test]
    fn completes_names_of_profiles_sessions_and_formats() {
        completes("--profile pr", "--profile prod");
        completes("--profile k", "--profile keys");
        completes("--sso-session o", "--sso-session other");
        completes("--format github", "--format github-actions");
        completes("--bear", "--bearer-token");
    }

    #[test]
    fn completes_values_with_equals_signs_and_colons() {
        completes("--profile=pr", "--profile=prod");
        completes("--profile eu:", "--profile eu:dev");
        completes("--profile=eu:d", "--profile=eu:dev");
    }

    #[test]
    fn quotes_names_with_spaces() {
        completes("--profile tw", "--profile two\\ words");
        completes("--profile 'tw", "--profile 'two words'");
    }
}

#[cfg(unix)]
mod zsh {
    use super::check;

    const COMPINIT: &str = "autoload -U compinit; compinit -u -D";

    fn completes(typed: &str, expected: &str) {
        let load = format!("{COMPINIT}; source <(AWS_SSO_TOOLS_COMPLETE=zsh export-credentials)");
        check("zsh -f", &load, typed, expected);
    }

    #[test]
    fn completes_names_of_profiles_sessions_and_formats() {
        completes("--profile pr", "--profile prod");
        completes("--profile e", "--profile eu:dev");
        completes("--profile tw", "--profile two\\ words");
        completes("--sso-session o", "--sso-session other");
        completes("--format github", "--format github-actions");
        completes("--bear", "--bearer-token");
    }

    #[test]
    fn completes_with_the_first_tab_where_the_script_is_autoloaded() {
        let load = format!(
            "mkdir site; AWS_SSO_TOOLS_COMPLETE=zsh export-credentials >site/_export-credentials; \
             fpath=(~/site $fpath); {COMPINIT}"
        );
        check("zsh -f", &load, "--profile pr", "--profile prod");
    }
}

#[test]
fn fish_completes_names_of_profiles_sessions_and_formats() {
    let Some(fish) = tool("fish") else { return };
    let env = home();
    let completions = |line: &str| {
        let script = format!(
            "AWS_SSO_TOOLS_COMPLETE=fish export-credentials | source; complete -C 'export-credentials {line}'"
        );
        let mut fish = env.command(fish.to_str().unwrap());
        let output = fish.args(["--no-config", "-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let stdout = String::from_utf8(output.stdout).unwrap();
        let values = stdout.lines().filter_map(|line| line.split('\t').next());
        values.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        completions("--profile "),
        ["prod", "eu:dev", "two words", "keys"]
    );
    assert_eq!(completions("--profile=e"), ["--profile=eu:dev"]);
    assert_eq!(completions("--sso-session "), ["my-sso", "other"]);
    assert_eq!(completions("--format p"), ["process", "powershell"]);
    assert_eq!(completions("--bear"), ["--bearer-token"]);
}

#[test]
fn the_powershell_script_runs_the_program_for_completions() {
    let mut env = home();
    env.set("AWS_SSO_TOOLS_COMPLETE", "powershell");
    let run = env.run("export-credentials").expect_code(0);
    for part in [
        "Register-ArgumentCompleter -Native -CommandName export-credentials ",
        "$env:AWS_SSO_TOOLS_COMPLETE = \"powershell\";",
    ] {
        assert!(run.stdout().contains(part), "{}", run.stdout());
    }
    let run = env.run("export-credentials -- export-credentials --profile pr");
    assert_eq!(run.expect_code(0).stdout(), "prod\n");
}

/// A message would appear in the command line that is being typed.
#[test]
fn an_invalid_or_missing_config_completes_nothing_without_a_message() {
    let mut env = TestEnv::offline();
    env.set("AWS_SSO_TOOLS_COMPLETE", "fish");
    let line = "export-credentials -- export-credentials --profile ''";
    for config in [None, Some("[profile dev\n"), Some("\u{0}")] {
        if let Some(text) = config {
            env.write_config(text);
        }
        let run = env.run(line).expect_code(0);
        assert_eq!((run.stdout(), run.stderr()), ("", ""), "{config:?}");
    }
}

#[test]
fn an_unknown_shell_is_a_usage_error() {
    let mut env = home();
    env.set("AWS_SSO_TOOLS_COMPLETE", "tcsh");
    let run = env.run("export-credentials").expect_code(252);
    assert_eq!(run.stdout(), "");
    let message = "export-credentials: error: unknown shell `tcsh`, expected one of";
    assert!(run.stderr().contains(message), "{}", run.stderr());
}
