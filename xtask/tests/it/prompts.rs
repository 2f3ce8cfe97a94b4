//! The prompts on the page about the status show the line of the current profile.

use std::process::Command;

use identity_center_emulator::Emulator;
use sso_test_support::{TestEnv, tool};

use crate::page::{Block, blocks};

const PAGE: &str = "docs/guide/prompts-and-status.md";

/// Part of a block, its shell, and a script that shows the prompt after the block. Stubs take the place of
/// other programs.
const PROMPTS: [(&str, &str, &str); 9] = [
    ("PS1=", "bash", "printf '%s\\n' \"${PS1@P}\""),
    ("PROMPT=", "zsh", "print -rP -- \"$PROMPT\""),
    ("fish_right_prompt", "fish", "fish_right_prompt"),
    (
        "prompt_sso",
        "zsh",
        "p10k() { print -rP -- \"$5\"; }; prompt_$POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS",
    ),
    (
        "_tide_item_sso",
        "fish",
        "function _tide_print_item; echo $argv[2..]; end; _tide_item_sso",
    ),
    (
        "set_poshcontext()",
        "bash",
        "set_poshcontext; printenv SSO_STATUS",
    ),
    (
        "set_poshcontext()",
        "zsh",
        "set_poshcontext; printenv SSO_STATUS",
    ),
    (
        "set_poshcontext\n",
        "fish",
        "set_poshcontext; printenv SSO_STATUS",
    ),
    ("[custom", "sh", ""),
];

/// Names of profiles. No shell must evaluate them.
const NAMES: [&str; 4] = ["dev", "100%F{red}%n", "$(true)`true`", "a\\u\\$b"];

fn block(part: &str, shell: &str) -> Block {
    let language = |block: &Block| match block.language.as_str() {
        "bash" if part.contains("posh") => shell == "bash" || shell == "zsh",
        "toml" => shell == "sh",
        language => language == shell,
    };
    let mut blocks = blocks(PAGE).into_iter();
    let found = blocks.find(|block| block.text.contains(part) && language(block));
    found.unwrap_or_else(|| panic!("{PAGE} has no {part} for {shell}"))
}

/// Returns the script of a block. A block of Starship has the command line of a shell.
fn script_of(block: &Block) -> String {
    if block.language != "toml" {
        return block.text.clone();
    }
    let table: toml::Table = block.text.parse().unwrap();
    let command = &table["custom"]["aws_session"]["command"];
    command.as_str().unwrap().to_owned()
}

fn home(name: &str) -> TestEnv {
    let center = Emulator::start();
    let mut env = TestEnv::new(&center);
    let name_in_header = shell_words::quote(name);
    let profile = format!("[profile {name_in_header}]\nsso_session = my-sso\n");
    let sample = TestEnv::SAMPLE_CONFIG.replace("[profile dev]", "[profile other]");
    env.write_config(&format!("{sample}{profile}"));
    env.set("AWS_PROFILE", name);
    env
}

fn check(part: &str, shell: &str, show: &str) {
    let Some(program) = tool(shell) else { return };
    let script = script_of(&block(part, shell));
    for name in NAMES {
        let env = home(name);
        env.write("script", format!("{script}\n{show}\n"));
        let mut command: Command = env.command(program.to_str().unwrap());
        let output = command.arg("script").output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        let expected = format!("{name} signed out");
        assert!(shown.contains(&expected), "{part} in {shell}: {output:?}");
        // Starship ignores the output of a command that fails.
        let is_ignored = shell == "sh" && !output.status.success();
        assert!(!is_ignored, "{part}: {output:?}");
    }
}

#[test]
fn each_prompt_on_the_page_shows_the_line_of_the_current_profile() {
    for (part, shell, show) in PROMPTS {
        check(part, shell, show);
    }
}
