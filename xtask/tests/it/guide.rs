//! Each command on the pages that a person follows does what the page says.

use std::path::Path;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use sso_test_support::{TestEnv, tool};

use crate::page::{Block, blocks};
use crate::stand_ins;
use crate::user::answer_all;

/// Does what each block of a page says, one after the other in one home. `by_hand` is how many are
/// left to a person.
fn follow(path: &str, is_signed_in: bool, by_hand: usize) {
    let env = &home(is_signed_in);
    let blocks = blocks(path);
    let is_left = |block: &&Block| block.is_by_hand;
    assert_eq!(blocks.iter().filter(is_left).count(), by_hand, "{path}");
    let mut is_run = false;
    for block in blocks.iter().filter(|block| !block.is_by_hand) {
        is_run |= try_out(env, block);
    }
    assert!(is_run, "{path} has no commands");
}

/// Somebody's home: with the sample config, and a browser whose user approves.
fn home(is_signed_in: bool) -> TestEnv {
    let center = Emulator::start();
    center.set_consent(Consent::Approve);
    let mut env = TestEnv::new(&center);
    env.write_config(&with_sample(""));
    if is_signed_in {
        env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    }
    let visit = format!("'{}' visit %s", env!("CARGO_BIN_EXE_xtask"));
    env.set("BROWSER", visit);
    stand_ins::install(&mut env);
    env.write("github_env", "");
    env.set("GITHUB_ENV", env.home().join("github_env"));
    env
}

/// Writes the file or runs the commands that the block shows; returns whether it had commands.
fn try_out(env: &TestEnv, block: &Block) -> bool {
    let (text, location) = (&block.text, &block.location);
    let language = block.language.as_str();
    match language {
        _ if block.is_interactive => answer_all(env, text.trim_end(), location),
        "ini" => env.write_config(&with_sample(text)),
        "json" => env.write("answers.json", text),
        "toml" => env.write("sso-profiles.toml", text),
        "text" | "console" => {}
        "yaml" => follow_steps(env, block),
        // These two shells are not here: the program at least does its part.
        "powershell" | "bat" => run(env, "sh", &command_in(text), location),
        "sh" | "bash" | "zsh" => run(env, language, &then_look("set -e\n", text, ""), location),
        "nu" => run(env, language, &then_look("", text, "^"), location),
        shell => run(env, shell, &then_look("", text, ""), location),
    }
    !matches!(language, "ini" | "json" | "toml" | "text" | "console")
}

/// Puts the sections of a page behind those of the sample, or in their place. Nobody has legacy
/// profiles but on a page that shows one.
fn with_sample(sections: &str) -> String {
    let is_other = |section: &&str| {
        let header = section.lines().next().unwrap_or_default();
        header != "[profile legacy]" && sections.lines().all(|line| line != header)
    };
    let sample = TestEnv::SAMPLE_CONFIG.split("\n\n");
    let sample: Vec<_> = sample.filter(is_other).collect();
    format!("{}\n\n{sections}", sample.join("\n\n"))
}

/// Where a block sets variables, and not the completion alone, a program that wants credentials finds
/// them after it. `before` goes before the block, `caller` before the name of that program.
fn then_look(before: &str, text: &str, caller: &str) -> String {
    let mut lines = text.lines().map(str::trim_start);
    let sets_variables = lines.any(|line| {
        ["eval", "execx"].iter().any(|word| line.starts_with(word))
            || ["| source", "load-env"]
                .iter()
                .any(|word| line.ends_with(word))
    });
    if sets_variables && !text.contains("_COMPLETE") {
        format!("{before}{text}{caller}aws sts get-caller-identity\n")
    } else {
        format!("{before}{text}")
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
        run(env, "sh", &script, &block.location);
    }
}

fn command_in(text: &str) -> String {
    let begin = text.find("export-credentials").unwrap();
    let rest = &text[begin..];
    rest[..rest.find(['|', '\'']).unwrap()].to_owned()
}

fn run(env: &TestEnv, shell: &str, script: &str, location: &str) {
    let Some(shell) = tool(shell) else { return };
    env.write("script", script);
    let mut command = env.command("sh");
    command.args(["-c", "PATH=$HOME/bin:$PATH exec \"$@\"", "-"]);
    let output = command.arg(shell).arg("script").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let shown = format!("{location}: {output:?}\n{script}\n{said}");
    // A dry run tells by its status that something would change.
    let is_done = match output.status.code() {
        Some(1) => script.contains("--dry-run"),
        code => code == Some(0),
    };
    assert!(is_done, "{shown}");
    // These tell a person what happens; the others, and the shell, have nothing to say.
    let may_speak = ["sso-login", "sso-logout", "sso-configure", "--login", "-vv"];
    if may_speak.iter().any(|word| script.contains(word)) {
        let trouble = [": error:", ": warning:", "not found"];
        assert!(!trouble.iter().any(|word| said.contains(word)), "{shown}");
    } else {
        assert!(said.is_empty(), "{shown}");
    }
}

macro_rules! pages {
    ($($name:ident: $page:literal $signed_in:literal $by_hand:literal;)*) => {
        $(
            #[test]
            fn $name() {
                follow($page, $signed_in, $by_hand);
            }
        )*

        #[test]
        fn each_page_of_the_guide_is_followed() {
            let followed = [$($page),*];
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
            for page in root.join("docs/guide").read_dir().unwrap() {
                let page = page.unwrap().file_name().into_string().unwrap();
                let path = format!("docs/guide/{page}");
                assert!(followed.contains(&path.as_str()), "{path}");
            }
        }
    };
}

// The page, whether it is for somebody who has signed in, and the blocks that are left to a person.
pages! {
    shells_take_the_credentials: "docs/guide/shells.md" true 1;
    other_programs_take_the_credentials: "docs/guide/credential-process.md" true 0;
    commands_run_with_credentials: "docs/guide/running-commands.md" true 0;
    roles_lead_to_roles: "docs/guide/role-chains.md" true 0;
    jobs_run_with_credentials: "docs/guide/ci.md" true 0;
    containers_get_credentials: "docs/guide/containers.md" true 0;
    a_newcomer_begins: "README.md" false 0;
    a_japanese_newcomer_begins: "docs/ja/README.md" false 0;
    somebody_signs_in: "docs/guide/signing-in.md" false 0;
    somebody_signs_in_over_ssh: "docs/guide/signing-in-over-ssh.md" true 3;
    a_profile_is_set_up: "docs/guide/setting-up-a-profile.md" true 0;
    many_accounts_have_profiles: "docs/guide/many-accounts.md" true 0;
    many_sessions_live_together: "docs/guide/many-sessions.md" false 0;
    a_proxy_is_in_the_way: "docs/guide/behind-a-proxy.md" true 0;
    the_status_is_seen: "docs/guide/prompts-and-status.md" true 0;
    something_goes_wrong: "docs/guide/troubleshooting.md" true 0;
    another_tool_is_left: "docs/guide/moving.md" true 0;
}
