//! Each command on the pages of the guide does what the page says.

use std::fs;
use std::path::{Path, PathBuf};

use sso_test_support::{TestEnv, tool};

use crate::signed_in;

/// Stands for a program that wants credentials: in its environment, in a file, or served.
const WANTS_CREDENTIALS: &str = "#!/bin/sh
for argument; do
    case $previous in
        --env-file) grep -q ^AWS_SECRET_ACCESS_KEY= \"$argument\" && exit 0 ;;
        --volume) [ -d \"${argument%%:*}\" ] && exit 0 ;;
    esac
    previous=$argument
done
grep -qs ^aws_secret_access_key \"$AWS_SHARED_CREDENTIALS_FILE\" && exit 0
[ -n \"$AWS_SECRET_ACCESS_KEY$AWS_CONTAINER_AUTHORIZATION_TOKEN\" ]
";

struct Block {
    language: String,
    text: String,
    place: String,
}

fn page(name: &str) -> Vec<Block> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide");
    let page = fs::read_to_string(root.join(name)).unwrap();
    let (mut blocks, mut open) = (Vec::new(), None);
    for (number, line) in (1..).zip(page.lines()) {
        match (line.strip_prefix("```"), open.take()) {
            (Some(language), None) => {
                open = Some(Block {
                    language: language.to_owned(),
                    text: String::new(),
                    place: format!("{name}:{number}"),
                });
            }
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some(block)) => {
                let text = block.text + line + "\n";
                open = Some(Block { text, ..block });
            }
            (None, None) => {}
        }
    }
    assert!(!blocks.is_empty(), "{name} has no commands");
    blocks
}

/// Does what each block of a page says, one after the other in one home.
fn follow(name: &str) {
    let (_center, mut env) = signed_in();
    for program in ["terraform", "docker", "aws"] {
        env.write(format!("bin/{program}"), WANTS_CREDENTIALS);
        make_executable(&env.home().join("bin").join(program));
    }
    env.write("github_env", "");
    env.set("GITHUB_ENV", env.home().join("github_env"));
    for block in page(name) {
        match block.language.as_str() {
            "ini" => env.write_config(&format!("{}{}", TestEnv::SAMPLE_CONFIG, block.text)),
            "yaml" => follow_steps(&env, &block),
            // These two shells are not here: the program at least does its part.
            "powershell" | "bat" => run(&env, "sh", &command_in(&block.text), &block.place),
            shell => run(&env, shell, &then_look(shell, &block.text), &block.place),
        }
    }
}

/// Where a block sets variables, a program that wants credentials finds them after it.
fn then_look(shell: &str, text: &str) -> String {
    let sets_variables = ["eval", "source", "load-env", "execx"];
    if sets_variables.iter().any(|word| text.contains(word)) {
        let caller = if shell == "nu" { "^" } else { "" };
        format!("{text}{caller}aws sts get-caller-identity\n")
    } else {
        text.to_owned()
    }
}

/// The runner starts each step with the variables that the steps before have added to its file.
fn follow_steps(env: &TestEnv, block: &Block) {
    let steps = block
        .text
        .lines()
        .map(|line| line.strip_prefix("- run: ").unwrap());
    for step in steps {
        let script = format!("set -a\n. \"$GITHUB_ENV\"\n{step}\n");
        run(env, "sh", &script, &block.place);
    }
}

fn command_in(text: &str) -> String {
    let begin = text.find("export-credentials").unwrap();
    let rest = &text[begin..];
    rest[..rest.find(['|', '\'']).unwrap()].to_owned()
}

fn run(env: &TestEnv, shell: &str, script: &str, place: &str) {
    let Some(shell) = tool(shell) else { return };
    env.write("script", script);
    let mut command = env.command("sh");
    command.args(["-c", "PATH=$HOME/bin:$PATH exec \"$@\"", "-"]);
    let output = command.arg(shell).arg("script").output().unwrap();
    assert!(output.status.success(), "{place}: {output:?}\n{script}");
    assert!(output.stderr.is_empty(), "{place}: {output:?}\n{script}");
}

fn make_executable(path: &PathBuf) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
}

macro_rules! pages {
    ($($name:ident: $page:literal;)*) => {$(
        #[test]
        fn $name() {
            follow($page);
        }
    )*};
}

pages! {
    shells_take_the_credentials: "shells.md";
    other_programs_take_the_credentials: "credential-process.md";
    commands_run_with_credentials: "running-commands.md";
    roles_lead_to_roles: "role-chains.md";
    jobs_run_with_credentials: "ci.md";
    containers_get_credentials: "containers.md";
}
