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

/// Names of profiles. Each has another prefix of two characters.
const SPECIAL_NAMES: [&str; 30] = [
    "aa two words",
    "ab$(touch executed)",
    "ac`touch executed`",
    "ad'single' quotes",
    "ae\"double\" quotes",
    "af\\back\\\\slash",
    "ag!bang !! !touch",
    "ah;touch executed",
    "ai*?{a,b}",
    "aj#hash #",
    "ak~tilde ~",
    "al&touch executed",
    "am=equals:colon@at",
    "an<in>executed",
    "ao(touch executed)",
    "ap|touch executed",
    "aq^caret%percent",
    "ar -x --format json",
    "as ends'",
    "at ends\"",
    "au ends\\",
    "av ends!",
    "aw ends$",
    "ax日本 é",
    "ay'\"$(touch executed)\"'",
    "az\"'`touch executed`'\"",
    "bc$HOME ${HOME}",
    "bb\\$(touch executed)\\`touch executed\\`",
    "bd  two  blanks",
    "be trailing blank ",
];

/// Types the prefix of each special name after `open`, which opens a quote or not, then a Tab and
/// Enter. The access key that is printed belongs to the completed name only.
#[cfg(unix)]
fn check_special_names(shell: &str, load: &str, open: &str) {
    let program = shell.split(' ').next().unwrap();
    if tool(program).is_none() {
        return;
    }
    let env = TestEnv::offline();
    let section = |(number, name): (usize, &&str)| {
        format!("[{name}]\naws_access_key_id = KEY{number}\naws_secret_access_key = s\n")
    };
    env.write_credentials(
        &SPECIAL_NAMES
            .iter()
            .enumerate()
            .map(section)
            .collect::<String>(),
    );
    let mut terminal = env.start_on_terminal(shell);
    terminal.type_text(&format!("{load}; echo read''y\r"));
    terminal.wait_for("ready");
    for (number, name) in SPECIAL_NAMES.iter().enumerate() {
        let prefix = &name[..2];
        terminal.type_text(&format!("export-credentials --profile{open}{prefix}\t"));
        terminal.type_text(&format!(
            " --format ini >key-{number}; echo en''d-{number}\r"
        ));
        terminal.wait_for(&format!("end-{number}"));
    }
    for (number, name) in SPECIAL_NAMES.iter().enumerate() {
        let printed = std::fs::read_to_string(env.home().join(format!("key-{number}"))).unwrap();
        let key = format!("aws_access_key_id = KEY{number}\n");
        assert!(printed.contains(&key), "{open}{name}: {printed:?}");
    }
    assert!(!env.home().join("executed").exists(), "{open}");
}

#[cfg(unix)]
mod bash {
    use super::{check, check_special_names};

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
    fn completes_paths_in_the_home_directory() {
        completes("--ca-bundle ~/.aws/con", "--ca-bundle ~/.aws/config");
    }

    #[test]
    fn completes_profiles_without_an_option() {
        completes("pr", "prod");
        completes("eu:", "eu:dev");
        completes("tw", "two\\ words");
        completes("--bearer-token oth", "--bearer-token other");
    }

    #[test]
    fn completes_commands_and_files_after_two_hyphens() {
        completes("-- mkfif", "-- mkfifo");
        completes("prod --serve -- mkfif", "prod --serve -- mkfifo");
        completes("-- cat .aws/con", "-- cat .aws/config");
        completes("-- cat ~/.aws/cred", "-- cat ~/.aws/credentials");
        completes("-- cat -- .aws/con", "-- cat -- .aws/config");
        completes("--profile=prod -- .aw", "--profile=prod -- .aws/");
        // The value of an option, not the end of the options.
        completes("--profile=-- --bear", "--profile=-- --bearer-token");
    }

    /// Types `typed`, a Tab and `END` in a directory with programs, and waits for `expected`. `setup` is
    /// run before the completions are loaded.
    fn completes_programs(setup: &str, typed: &str, expected: &str) {
        let load = format!(
            "{setup}; mkdir -p tools/sub; for name in 'ev;touch executed' 'own tool' plain-tool; do \
             cp /bin/true \"tools/$name\"; done; PATH+=:~/tools; \
             source <(AWS_SSO_TOOLS_COMPLETE=bash export-credentials)"
        );
        let typed = format!("-- {typed}\tEND");
        let expected = format!("-- {expected}END");
        check("bash --norc --noprofile", &load, &typed, &expected);
    }

    #[test]
    fn quotes_names_of_programs_after_two_hyphens() {
        for (typed, expected) in [
            ("./tools/ev", r"./tools/ev\;touch\ executed "),
            (r"tools/own\ t", r"tools/own\ tool "),
            ("ow", r"own\ tool "),
            ("'tools/ow", "'tools/own tool' "),
            ("\"tools/ow", "\"tools/own tool\" "),
            ("tools/su", "tools/sub/"),
            ("~/tools/su", "~/tools/sub/"),
            ("tools/pl", "tools/plain-tool "),
            ("plain-t", "plain-tool "),
        ] {
            completes_programs(":", typed, expected);
        }
    }

    /// `compopt` is missing in bash 3, which then cannot quote the names.
    #[test]
    fn names_of_programs_that_need_quotes_are_not_completed_without_compopt() {
        let setup = "enable -n compopt";
        completes_programs(setup, "plain-t", "plain-tool ");
        for typed in ["./tools/ev", "ow", "'tools/ow"] {
            completes_programs(setup, typed, typed);
        }
    }

    /// bash-completion has the function `_command_offset`, and newer versions `_comp_command_offset`.
    #[test]
    fn delegates_words_after_two_hyphens_to_bash_completion() {
        let load = "source <(AWS_SSO_TOOLS_COMPLETE=bash export-credentials)";
        for function in ["_command_offset", "_comp_command_offset"] {
            let load = format!("{function}() {{ COMPREPLY=(\"from-word-$1\"); }}; {load}");
            let shell = "bash --norc --noprofile";
            check(shell, &load, "-- git a", "-- git from-word-2");
            check(shell, &load, "-p prod -- a", "-p prod -- from-word-4");
            check(shell, &load, "-p pr", "-p prod");
        }
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
        completes("--profile 'two w", "--profile 'two words'");
        completes("--profile two\\ w", "--profile two\\ words");
    }

    #[test]
    fn special_characters_are_quoted_for_the_open_quote() {
        let load = "source <(AWS_SSO_TOOLS_COMPLETE=bash export-credentials)";
        for open in [" ", " '", " \"", " $'", "=", "='", "=\"", " ''\""] {
            check_special_names("bash --norc --noprofile", load, open);
        }
    }
}

#[cfg(unix)]
mod zsh {
    use super::{check, check_special_names};

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
    fn completes_profiles_without_an_option() {
        completes("pr", "prod");
        completes("--bearer-token oth", "--bearer-token other");
    }

    #[test]
    fn completes_commands_and_files_after_two_hyphens() {
        completes("-- mkfif", "-- mkfifo");
        completes("prod --serve -- mkfif", "prod --serve -- mkfifo");
        completes("-- cat .aws/con", "-- cat .aws/config");
        completes("-- cat ~/.aws/cred", "-- cat ~/.aws/credentials");
        completes("-- cat -- .aws/con", "-- cat -- .aws/config");
        completes("--profile=-- --bear", "--profile=-- --bearer-token");
    }

    #[test]
    fn completes_words_after_two_hyphens_like_those_of_the_command() {
        let own = "_own() { compadd chosen-$CURRENT }; compdef _own own";
        let source = "source <(AWS_SSO_TOOLS_COMPLETE=zsh export-credentials)";
        // The script may be loaded again.
        let load = format!("{COMPINIT}; {own}; {source}; {source}");
        for (typed, expected) in [
            ("-- own ch", "-- own chosen-2"),
            ("-p prod -- own a ch", "-p prod -- own a chosen-3"),
            ("-p pr", "-p prod"),
        ] {
            check("zsh -f", &load, typed, expected);
        }
    }

    #[test]
    fn special_characters_are_quoted_for_the_open_quote() {
        let load = format!("{COMPINIT}; source <(AWS_SSO_TOOLS_COMPLETE=zsh export-credentials)");
        for open in [" ", " '", " \"", "="] {
            check_special_names("zsh -f", &load, open);
        }
    }

    #[test]
    fn completes_with_the_first_tab_where_the_script_is_autoloaded() {
        let load = format!(
            "mkdir site; AWS_SSO_TOOLS_COMPLETE=zsh export-credentials >site/_export-credentials; \
             fpath=(~/site $fpath); {COMPINIT}"
        );
        check("zsh -f", &load, "--profile pr", "--profile prod");
        check("zsh -f", &load, "-- mkfif", "-- mkfifo");
    }
}

#[test]
fn fish_quotes_special_characters_for_the_open_quote() {
    let load = "AWS_SSO_TOOLS_COMPLETE=fish export-credentials | source";
    for open in [" ", " '", " \"", "="] {
        check_special_names("fish --no-config", load, open);
    }
}

#[test]
fn names_that_cannot_be_typed_or_shown_are_not_completed() {
    let mut env = TestEnv::offline();
    env.write_credentials("[-x]\naws_access_key_id = A\n[a\u{1b}[31mb]\n[ok]\n");
    env.set("AWS_SSO_TOOLS_COMPLETE", "fish");
    let run = env.run("export-credentials -- export-credentials --profile ''");
    assert_eq!(run.expect_code(0).stdout(), "ok\n");
}

#[test]
fn fish_completes_names_of_profiles_sessions_and_formats() {
    let Some(fish) = tool("fish") else { return };
    let env = home();
    let completions = |line: &str| {
        let script = format!(
            "complete -c own -f -a 'chosen other'; AWS_SSO_TOOLS_COMPLETE=fish export-credentials | source; \
             complete -C 'export-credentials {line}'"
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
    assert_eq!(completions("pr"), ["prod"]);
    assert_eq!(completions("--bearer-token oth"), ["other"]);
    for (line, expected) in [
        ("-- mkfif", "mkfifo"),
        ("prod --serve -- mkfif", "mkfifo"),
        ("-- cat .aws/con", ".aws/config"),
        ("-- cat ~/.aws/cred", "~/.aws/credentials"),
        ("-- cat -- .aws/con", ".aws/config"),
        ("-- own ch", "chosen"),
        ("-p prod -- own a o", "other"),
        ("--profile=-- --bear", "--bearer-token"),
    ] {
        assert_eq!(completions(line), [expected], "{line}");
    }
}

/// Elvish and PowerShell do not complete other commands, so the program offers files.
#[test]
fn files_are_completed_after_two_hyphens_in_other_shells() {
    let mut env = home();
    for (shell, file) in [("elvish", ".aws/config"), ("powershell", ".aws/config")] {
        env.set("AWS_SSO_TOOLS_COMPLETE", shell);
        env.set("_CLAP_COMPLETE_INDEX", "5");
        let line = "export-credentials -- export-credentials -p prod -- cat .aws/con";
        assert_eq!(
            env.run(line).expect_code(0).stdout().trim_end(),
            file,
            "{shell}"
        );
    }
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
    let run = env.run("export-credentials -- export-credentials --profile tw");
    assert_eq!(run.expect_code(0).stdout(), "'two words'\n");
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
