//! The commands on the pages of the guide work.

use std::path::Path;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::Consent;
use sso_test_support::{TestEnv, tool};

use crate::page::{Block, blocks};
use crate::stubs;
use crate::user::answer_all;

/// Page that has only examples of config files. Its tables have a test of their own.
const WITHOUT_COMMANDS: &str = "docs/guide/consumers.md";

/// Executes the blocks of a page in order, in one home directory. Skips blocks that need a user, and
/// checks that their number is `by_hand`.
fn follow(path: &str, is_signed_in: bool, by_hand: usize) {
    let env = &home(is_signed_in);
    let blocks = blocks(path);
    let skipped = blocks.iter().filter(|block| block.is_by_hand).count();
    assert_eq!(skipped, by_hand, "{path}");
    let mut has_commands = false;
    for block in blocks.iter().filter(|block| !block.is_by_hand) {
        has_commands |= execute(env, block);
    }
    assert!(has_commands, "{path} has no commands");
}

/// Browser that approves sign-ins. The access portal of the sample config is not on this machine, so its
/// shortcut links are not opened.
const BROWSER: &str = r#"case $1 in
    http://127.0.0.1:*) exec "$XTASK" visit "$1" ;;
    https://my-sso-portal.awsapps.com/*) ;;
    *) exit 1 ;;
esac
"#;

/// Creates a home directory with the sample config, and a browser that approves sign-ins.
fn home(is_signed_in: bool) -> TestEnv {
    let center = Emulator::start();
    center.set_consent(Consent::Approve);
    let mut env = TestEnv::new(&center);
    env.write_config(&with_sample(""));
    if is_signed_in {
        env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    }
    env.write("browser", BROWSER);
    env.set("XTASK", env!("CARGO_BIN_EXE_xtask"));
    let browser = format!("sh '{}' %s", env.home().join("browser").display());
    env.set("BROWSER", browser);
    stubs::install(&mut env);
    env.write("github_env", "");
    env.set("GITHUB_ENV", env.home().join("github_env"));
    env
}

/// Writes the file or runs the commands of the block. Returns whether it had commands.
fn execute(env: &TestEnv, block: &Block) -> bool {
    let (text, location) = (&block.text, &block.location);
    let language = block.language.as_str();
    match language {
        _ if block.is_interactive => answer_all(env, text.trim_end(), location),
        "ini" => env.write_config(&with_sample(text)),
        "json" => env.write("answers.json", text),
        "toml" => env.write("sso-profiles.toml", text),
        "text" | "console" => {}
        "yaml" => run_steps(env, block),
        // These shells are not available on Unix, so only the command of the program runs.
        "powershell" | "bat" => run(env, "sh", &command_in(text), location),
        "sh" | "bash" | "zsh" => run(
            env,
            language,
            &with_credentials_check("set -e\n", text, ""),
            location,
        ),
        "nu" => run(
            env,
            language,
            &with_credentials_check("", text, "^"),
            location,
        ),
        shell => run(env, shell, &with_credentials_check("", text, ""), location),
    }
    !matches!(language, "ini" | "json" | "toml" | "text" | "console")
}

/// Returns the sample config with the sections of a page, which replace sections with the same
/// header. Removes the legacy profile.
fn with_sample(sections: &str) -> String {
    let is_kept = |section: &&str| {
        let header = section.lines().next().unwrap_or_default();
        header != "[profile legacy]" && sections.lines().all(|line| line != header)
    };
    let sample = TestEnv::SAMPLE_CONFIG.split("\n\n");
    let sample: Vec<_> = sample.filter(is_kept).collect();
    format!("{}\n\n{sections}", sample.join("\n\n"))
}

/// Returns a script with `before` and the block. If the block sets variables with credentials, the
/// script then runs `aws`, whose stub requires them. `caller` is the shell's prefix for commands.
fn with_credentials_check(before: &str, text: &str, caller: &str) -> String {
    let mut lines = text.lines().map(str::trim_start);
    let sets_variables = lines.any(|line| {
        ["eval", "execx"].iter().any(|word| line.starts_with(word))
            || ["| source", "load-env"]
                .iter()
                .any(|word| line.ends_with(word))
    });
    if sets_variables && !text.contains("_COMPLETE") && !text.contains("sso-use") {
        format!("{before}{text}{caller}aws sts get-caller-identity\n")
    } else {
        format!("{before}{text}")
    }
}

/// Runs GitHub Actions steps. Each one has the variables that previous steps added to `GITHUB_ENV`.
fn run_steps(env: &TestEnv, block: &Block) {
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
    let stderr = String::from_utf8_lossy(&output.stderr);
    let shown = format!("{location}: {output:?}\n{script}\n{stderr}");
    // A dry run exits with 1 if there are changes.
    let has_succeeded = match output.status.code() {
        Some(1) => script.contains("--dry-run"),
        code => code == Some(0),
    };
    assert!(has_succeeded, "{shown}");
    // These commands print progress to stderr; other commands and the shell print nothing there.
    let prints_progress = [
        "sso-login",
        "sso-logout",
        "sso-configure",
        "sso-console",
        "sso-use",
        "--login",
        "-vv",
    ];
    if prints_progress.iter().any(|word| script.contains(word)) {
        let problems = [": error:", ": warning:", "not found"];
        assert!(
            !problems.iter().any(|word| stderr.contains(word)),
            "{shown}"
        );
    } else {
        assert!(stderr.is_empty(), "{shown}");
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
        fn every_page_of_the_guide_is_tested() {
            let tested = [$($page),*];
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
            for directory in ["docs/guide", "docs/ja"] {
                for page in root.join(directory).read_dir().unwrap() {
                    let page = page.unwrap().file_name().into_string().unwrap();
                    let path = format!("{directory}/{page}");
                    let has_commands = path != WITHOUT_COMMANDS;
                    assert_eq!(tested.contains(&path.as_str()), has_commands, "{path}");
                }
            }
        }
    };
}

// Page, whether it requires a sign-in, and the number of blocks that are not executed.
pages! {
    switching_profiles_commands_work: "docs/guide/switching-profiles.md" true 4;
    shells_commands_work: "docs/guide/shells.md" true 1;
    credential_process_commands_work: "docs/guide/credential-process.md" true 0;
    running_commands_commands_work: "docs/guide/running-commands.md" true 0;
    role_chains_commands_work: "docs/guide/role-chains.md" true 0;
    ci_commands_work: "docs/guide/ci.md" true 0;
    containers_commands_work: "docs/guide/containers.md" true 0;
    readme_commands_work: "README.md" false 0;
    japanese_readme_commands_work: "docs/ja/README.md" false 0;
    signing_in_commands_work: "docs/guide/signing-in.md" false 0;
    signing_in_over_ssh_commands_work: "docs/guide/signing-in-over-ssh.md" true 3;
    precedence_commands_work: "docs/guide/precedence.md" false 0;
    setting_up_a_profile_commands_work: "docs/guide/setting-up-a-profile.md" true 0;
    many_accounts_commands_work: "docs/guide/many-accounts.md" true 0;
    many_sessions_commands_work: "docs/guide/many-sessions.md" false 0;
    behind_a_proxy_commands_work: "docs/guide/behind-a-proxy.md" true 0;
    prompts_and_status_commands_work: "docs/guide/prompts-and-status.md" true 0;
    aws_console_commands_work: "docs/guide/aws-console.md" true 4;
    troubleshooting_commands_work: "docs/guide/troubleshooting.md" true 0;
    moving_commands_work: "docs/guide/moving.md" true 0;
    japanese_setting_up_a_profile_commands_work: "docs/ja/setting-up-a-profile.md" true 0;
    japanese_signing_in_commands_work: "docs/ja/signing-in.md" false 0;
    japanese_signing_in_over_ssh_commands_work: "docs/ja/signing-in-over-ssh.md" true 3;
    japanese_shells_commands_work: "docs/ja/shells.md" true 1;
    japanese_switching_profiles_commands_work: "docs/ja/switching-profiles.md" true 4;
}
