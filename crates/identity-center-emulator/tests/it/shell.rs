//! The subcommand `shell`.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use sso_test_support::{Key, RunningProgram, Terminal, TestEnv, Transcript, tool};

const PROGRAM: &str = env!("CARGO_BIN_EXE_identity-center-emulator");

/// Starts the program with a script in place of the user's shell.
fn start(env: &mut TestEnv, script: &str, options: &str) -> RunningProgram {
    env.write("shell", format!("#!/bin/sh\n{script}"));
    let path = env.home().join("shell");
    let changed = Command::new("chmod").arg("+x").arg(&path).status();
    assert!(changed.expect("chmod is a program").success());
    env.set("SHELL", path);
    env.start(&format!("'{PROGRAM}' shell {options}"))
}

fn run(env: &mut TestEnv, script: &str) -> Transcript {
    start(env, script, "").finish()
}

#[test]
fn shell_gets_a_temporary_home_and_the_endpoint_and_no_other_settings_of_aws() {
    let mut env = TestEnv::offline();
    for name in [
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_CA_BUNDLE",
        "BASH_ENV",
        "BOTO_CONFIG",
        "ENV",
        "KUBECONFIG",
        "PYTHONSTARTUP",
        "TF_CLI_CONFIG_FILE",
        "XDG_STATE_HOME",
        "XONSHRC",
        "ZDOTDIR",
    ] {
        env.set(name, "/of/the/user");
    }
    env.set("NO_PROXY", "example.com");
    let script = "\
        cat \"$HOME/.aws/config\"
        env | grep -E '^AWS_|=/of/the/user$'
        echo \"$HOME\" && ls -Ad \"$HOME\" \"$HOME/.zshrc\"
        echo \"$NO_PROXY $no_proxy\"
        command -v identity-center-emulator
        exit 7\n";
    let ended = run(&mut env, script).expect_code(7);
    let output = ended.stdout().strip_prefix(TestEnv::SAMPLE_CONFIG);
    let lines: Vec<_> = output.expect("the config").lines().collect();
    let [endpoint, home, of_ls, zshrc, no_proxy, program] = lines[..] else {
        panic!("{ended}");
    };
    let url = endpoint.strip_prefix("AWS_ENDPOINT_URL=").expect("a URL");
    assert_eq!((of_ls, zshrc), (home, format!("{home}/.zshrc").as_str()));
    assert_eq!(
        no_proxy,
        "example.com,127.0.0.1,localhost 127.0.0.1,localhost"
    );
    assert_eq!(program, PROGRAM);
    assert_ne!(Path::new(home), env.home());
    assert!(!Path::new(home).exists(), "{home} is removed");
    let address = url.trim_start_matches("http://");
    assert!(TcpListener::bind(address).is_ok(), "{url} is still in use");
    assert_eq!(
        ended.stderr(),
        format!(
            "A local IAM Identity Center is running at {url} until you exit this shell.\n\
             HOME is {home}, with a config file for the profiles dev, prod and legacy.\n\
             Try:\n  \
               aws sso login --profile dev\n  \
               aws configure export-credentials --profile dev\n"
        )
    );
}

#[test]
fn options_after_the_subcommand_apply_to_the_emulator() {
    let mut env = TestEnv::offline();
    if tool("curl").is_none() {
        return;
    }
    let script = "curl --silent \"$AWS_ENDPOINT_URL\"\n";
    let ended = start(&mut env, script, "--accounts 7")
        .finish()
        .expect_code(0);
    assert!(ended.stdout().contains("7 test accounts"), "{ended}");
}

#[test]
fn end_of_the_shell_by_a_signal_is_passed_on() {
    let mut env = TestEnv::offline();
    let _ = run(&mut env, "kill -TERM $$\n").expect_code(143);
    let _ = run(&mut env, "kill -KILL $$\n").expect_code(137);
}

#[test]
fn status_of_the_shell_does_not_depend_on_the_removal_of_the_home() {
    let check = |script: &str| {
        let mut env = TestEnv::offline();
        let script = format!("echo \"$HOME\"\n{script}\nexit 7\n");
        let ended = run(&mut env, &script).expect_code(7);
        let home = Path::new(ended.stdout().trim());
        let warning = format!("\nwarning: cannot remove {}: ", home.display());
        assert_eq!(ended.stderr().contains(&warning), home.exists(), "{ended}");
        if home.exists() {
            let private = home.join("private");
            let changed = Command::new("chmod").arg("700").arg(private).status();
            assert!(changed.expect("chmod is a program").success());
            std::fs::remove_dir_all(home).expect("the rest can be removed");
        }
    };
    check("rm -r \"$HOME\"");
    check("cd \"$HOME\" && mkdir private && touch private/file && chmod 500 private");
}

#[test]
fn home_is_removed_while_a_background_process_writes_to_it() {
    let mut env = TestEnv::offline();
    let script = "\
        echo \"$HOME\"
        mkdir \"$HOME/cache\"
        for number in $(seq 300); do touch \"$HOME/cache/before$number\"; done
        (number=0; while : > \"$HOME/cache/$number\"; do number=$((number + 1)); done) > /dev/null 2>&1 &
        exit 7\n";
    let ended = run(&mut env, script).expect_code(7);
    let home = Path::new(ended.stdout().trim());
    assert!(!home.exists(), "{ended}");
}

/// An interactive shell on a terminal reads the file in `ENV`.
#[test]
fn interactive_shell_reads_no_startup_file_of_the_user() {
    let mut env = TestEnv::offline();
    env.write("startup", "echo of the user\n");
    env.set("ENV", env.home().join("startup"));
    env.set("SHELL", "/bin/sh");
    let mut terminal = env.start_on_terminal(&format!("'{PROGRAM}' shell"));
    terminal.type_text("exit 3");
    terminal.press(Key::Enter);
    let ended = terminal.finish().expect_code(3);
    assert!(!ended.to_string().contains("of the user"), "{ended}");
}

#[test]
fn signals_are_forwarded_to_the_shell_and_the_home_is_removed() {
    let wait = "tail -f /dev/null & tail=$!; echo \"$HOME\"; wait; wait\n";
    let check = |traps: &str, signal: &str, status: i32| {
        let mut env = TestEnv::offline();
        let script = format!("{traps}\n{wait}");
        let mut program = start(&mut env, &script, "");
        let home = program.wait_for_line(|line| line.starts_with('/'));
        program.send(signal);
        let _ = program.finish().expect_code(status);
        assert!(!Path::new(&home).exists(), "{home} is removed");
    };
    let on_hup = "trap 'kill $tail; exit 5' HUP";
    check(on_hup, "HUP", 5);
    check("trap 'kill $tail; exit 6' TERM", "TERM", 6);
    for signal in ["INT", "QUIT"] {
        let mut env = TestEnv::offline();
        let mut program = start(&mut env, "echo /ready; read line; exit 4\n", "");
        program.wait_for_line(|line| line == "/ready");
        program.send(signal);
        let _ = program.finish().expect_code(4);
    }
}

/// Waits for the prompt of bash.
fn wait_for_prompt_after(terminal: &mut Terminal, text: &str) {
    terminal.wait_until(|screen| {
        let after = screen.rsplit_once(text);
        after.is_some_and(|(_, prompt)| prompt.trim_end().ends_with(['#', '$']))
    });
}

/// Starts the program with bash on a terminal, and returns the temporary home.
fn start_bash() -> Option<(TestEnv, Terminal, PathBuf)> {
    let bash = tool("bash")?;
    let mut env = TestEnv::offline();
    env.set("SHELL", bash);
    let mut terminal = env.start_on_terminal(&format!("'{PROGRAM}' shell"));
    terminal.wait_for("export-credentials --profile dev");
    terminal.type_text("echo $((6 * 7)); echo \"$HOME\" > home; echo $PPID > id");
    terminal.press(Key::Enter);
    terminal.wait_for("\n42");
    terminal.type_text("echo $((6 * 8))");
    terminal.press(Key::Enter);
    wait_for_prompt_after(&mut terminal, "\n48\n");
    let home = String::from_utf8(env.read("home")).expect("a path");
    Some((env, terminal, home.trim().into()))
}

#[test]
fn shell_of_the_user_is_interactive_on_a_terminal() {
    let Some((_env, mut terminal, home)) = start_bash() else {
        return;
    };
    // During a command, because bash can lose the key after a Ctrl-C at its prompt.
    terminal.type_text("sh -c 'echo $((6 * 9)); exec cat'");
    terminal.press(Key::Enter);
    terminal.wait_for("\n54");
    terminal.press(Key::Ctrl('c'));
    wait_for_prompt_after(&mut terminal, "\n54\n");
    terminal.type_text("exit 3");
    terminal.press(Key::Enter);
    let _ = terminal.finish().expect_code(3);
    assert!(!home.exists(), "{} is removed", home.display());
}

#[test]
fn interactive_shell_ends_after_sigterm() {
    let Some((env, terminal, home)) = start_bash() else {
        return;
    };
    let id = String::from_utf8(env.read("id")).expect("a number");
    let sent = Command::new("kill").args(["-TERM", id.trim()]).status();
    assert!(sent.expect("kill is a program").success());
    let _ = terminal.finish().expect_code(129);
    assert!(!home.exists(), "{} is removed", home.display());
}

#[test]
fn shell_that_cannot_be_started_is_an_error() {
    let mut env = TestEnv::offline();
    env.set("SHELL", "/no/shell");
    let ended = env.start(&format!("'{PROGRAM}' shell")).finish();
    let ended = ended.expect_code(1);
    let expected = "\nerror: cannot run /no/shell: ";
    assert!(ended.stderr().contains(expected), "{ended}");
}
