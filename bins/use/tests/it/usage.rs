use crate::{home, signed_in};

#[test]
fn a_program_without_the_function_changes_nothing_and_names_the_line_for_the_shell() {
    let (_center, mut env) = signed_in();
    let check = |env: &sso_test_support::TestEnv, arguments: &str, hint: &str| {
        let run = env.run(&format!("sso-use {arguments}"));
        assert_eq!(run.stdout(), "", "{run}");
        assert!(run.stderr().contains(hint), "{run}");
        run.expect_error(253, "the function sso-use is not defined");
    };
    check(
        &env,
        "dev",
        "hint: for the startup file of each shell, see sso-use init --help\n",
    );
    for (shell, hint) in [
        ("/bin/bash", "in bash, run: eval \"$(sso-use init bash)\"\n"),
        (
            "/usr/bin/zsh",
            "in zsh, run: eval \"$(sso-use init zsh)\"\n",
        ),
        ("fish", "in fish, run: sso-use init fish | source\n"),
        ("/bin/tcsh", "in tcsh, run: eval \"`sso-use init tcsh`\"\n"),
        ("/bin/unknown", "hint: for the startup file"),
    ] {
        env.set("SHELL", shell);
        check(&env, "dev", hint);
        check(&env, "--clear", hint);
        check(&env, "", hint);
        check(&env, "nope", hint);
    }
}

#[test]
fn options_that_contradict_each_other_are_usage_errors() {
    let (_center, env) = home();
    for arguments in [
        "dev prod",
        "dev -p prod",
        "dev --clear",
        "dev --current",
        "--list --clear",
        "--forget-history --clear",
        "--clear --credentials",
        "--clear --no-login",
        "dev --json",
        "--json",
        "--current --json --output text",
        "--shell cmd dev",
        "init",
        "init cmd",
        "dev init bash",
    ] {
        let run = env.run(&format!("sso-use {arguments}"));
        assert_eq!(run.code(), Some(252), "{run}");
        assert_eq!(run.stdout(), "", "{run}");
    }
}

#[test]
fn an_empty_name_of_a_cancelled_picker_is_a_usage_error() {
    let (_center, env) = signed_in();
    for arguments in ["''", "--profile=", "-p ''"] {
        let run = env.run(&format!("sso-use --shell bash {arguments}"));
        assert_eq!(run.stdout(), "", "{run}");
        run.expect_error(252, "no profile was given: the name is empty");
    }
}

#[test]
fn names_of_profiles_are_completed() {
    let (_center, env) = home();
    for typed in ["de", "-p de", "--profile=de"] {
        let completions = env.completions("sso-use", typed);
        let name = typed.replace("de", "dev");
        assert_eq!(completions, [name.trim_start_matches("-p ")], "{typed}");
    }
    let init = env.completions("sso-use", "init zs");
    assert_eq!(init, ["zsh"]);
    let sessions = env.completions("sso-use", "my-s");
    assert!(!sessions.contains(&"my-sso".to_owned()), "{sessions:?}");
}

#[test]
fn the_history_is_removed_on_request() {
    let (_center, env) = signed_in();
    let _ = env.run("sso-use --shell bash dev").expect_code(0);
    let before = env.files();
    let run = env.run("sso-use --forget-history").expect_code(0);
    assert_eq!(run.stderr(), "Removed the usage history.\n", "{run}");
    assert!(env.files().len() < before.len(), "{before:?}");
    let _ = env.run("sso-use --forget-history").expect_code(0);
}
