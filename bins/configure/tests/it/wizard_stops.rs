//! Ctrl-Z and `fg` at each prompt, in the shells with job control.

use sso_test_support::{Key, Terminal, TestEnv, tool};

use crate::wizard_terminal::{answer, home, select, sign_in};

const SHELLS: [(&str, &str); 3] = [
    ("bash", "--norc --noprofile -i"),
    ("zsh", "-f -i"),
    ("fish", "--no-config -i"),
];

/// Interactive shell with a program in the foreground.
struct Shell {
    terminal: Terminal,
    /// Number of stops of the program.
    stops: usize,
}

impl Shell {
    /// Starts a shell and types `command`. Returns `None` if the shell is not installed.
    fn start(env: &TestEnv, (shell, arguments): (&str, &str), command: &str) -> Option<Self> {
        let line = format!("{} {arguments}", tool(shell)?.display());
        let mut terminal = env.start_on_terminal(&line);
        terminal.type_text(command);
        terminal.press(Key::Enter);
        Some(Self { terminal, stops: 0 })
    }

    /// Stops the program at `prompt`, lets the shell read a line, and continues the program.
    fn stop_at(&mut self, prompt: &str) {
        let is_stopped = |text: &str| text.contains("topped") || text.contains("suspended");
        self.stops += 1;
        let shown = format!("shell-{}", self.stops);
        let terminal = &mut self.terminal;
        terminal.wait_until(|screen| after_last(screen, prompt).is_some_and(|it| !is_stopped(it)));
        terminal.wait_until_unechoed();
        terminal.press(Key::Ctrl('z'));
        terminal.wait_until(|screen| after_last(screen, prompt).is_some_and(is_stopped));
        terminal.type_text(&format!("printf '%s-%s\\n' shell {}", self.stops));
        terminal.press(Key::Enter);
        terminal.wait_for(&shown);
        terminal.type_text("fg");
        terminal.press(Key::Enter);
        let is_shown = |text: &str| text.contains(prompt);
        terminal.wait_until(|screen| after_last(screen, &shown).is_some_and(is_shown));
        terminal.wait_until_unechoed();
    }

    /// Stops and continues the program at the prompt like [`stop_at`](Self::stop_at), and stops it again.
    fn stop_after_continuing(&mut self, prompt: &str) {
        self.stop_at(prompt);
        self.terminal.press(Key::Ctrl('z'));
        self.terminal.wait_until(|screen| {
            after_last(screen, prompt).is_some_and(|it| it.contains("topped"))
        });
    }

    fn answer(&mut self, question: &str, text: &str) {
        self.stop_at(question);
        answer(&mut self.terminal, question, text);
    }

    /// Waits for the prompt of the shell after the `last` line of the program, and asserts that the shell
    /// reads a line.
    fn expect_end(&mut self, last: &str) {
        let has_prompt = |text: &str| !text.trim().is_empty();
        self.terminal
            .wait_until(|screen| after_last(screen, last).is_some_and(has_prompt));
        self.terminal.type_text("printf '%s-%s\\n' program ended");
        self.terminal.press(Key::Enter);
        self.terminal.wait_for("program-ended");
    }
}

const FIRST_PROMPT: &str = "SSO session name (Recommended):";

/// bash continues a stopped job to which it has sent one of these signals.
#[test]
fn a_stopped_wizard_ends_by_a_signal() {
    for (signal, status) in [("TERM", 143), ("HUP", 129)] {
        let (_center, env) = home();
        let Some(mut shell) = Shell::start(&env, SHELLS[0], "sso-configure") else {
            return;
        };
        shell.stop_after_continuing(FIRST_PROMPT);
        let terminal = &mut shell.terminal;
        // Bash may still think that the job is stopped, so that `wait` alone would not wait.
        terminal.type_text(&format!(
            "p=$(jobs -p); kill -{signal} %1; while kill -0 $p; do :; done; wait $p; echo status=$?."
        ));
        terminal.press(Key::Enter);
        terminal.wait_for(&format!("status={status}."));
        shell.expect_end(&format!("status={status}."));
    }
}

/// In the background the wizard cannot read.
#[test]
fn a_stopped_wizard_stops_again_in_the_background() {
    let (_center, env) = home();
    let Some(mut shell) = Shell::start(&env, SHELLS[0], "sso-configure") else {
        return;
    };
    shell.stop_after_continuing(FIRST_PROMPT);
    let terminal = &mut shell.terminal;
    terminal.type_text("bg; until grep -q ' T ' /proc/$(jobs -p)/stat; do :; done; printf '%s-%s\\n' stopped again");
    terminal.press(Key::Enter);
    terminal.wait_for("stopped-again");
    terminal.type_text("fg");
    terminal.press(Key::Enter);
    terminal.wait_until(|screen| {
        after_last(screen, "stopped-again").is_some_and(|it| it.contains(FIRST_PROMPT))
    });
    terminal.wait_until_unechoed();
    shell.answer(FIRST_PROMPT, "my-sso");
    shell.terminal.wait_for("SSO start URL [None]:");
}

fn after_last<'a>(screen: &'a str, text: &str) -> Option<&'a str> {
    screen.rsplit_once(text).map(|(_, after)| after)
}

#[test]
fn the_wizard_can_be_stopped_and_continued_at_each_prompt() {
    for shell in SHELLS {
        let (_center, env) = home();
        let Some(mut shell) = Shell::start(&env, shell, "sso-configure") else {
            continue;
        };
        shell.answer("SSO session name (Recommended):", "my-sso");
        shell.answer(
            "SSO start URL [None]:",
            "https://my-sso-portal.awsapps.com/start",
        );
        shell.answer("SSO region [None]:", "us-east-1");
        shell.answer("SSO registration scopes [sso:account:access]:", "");
        shell.stop_at("Waiting for the browser (");
        sign_in(&mut shell.terminal);
        shell.stop_at("Filter:");
        select(&mut shell.terminal, "AWS accounts", "production");
        shell
            .terminal
            .wait_for("There are 2 roles available to you.\nFilter:");
        shell.stop_at("Filter:");
        select(&mut shell.terminal, "roles", "readonly");
        shell.answer("Default client Region [None]:", "eu-west-1");
        shell.answer(
            "CLI default output format (json if not specified) [None]:",
            "",
        );
        shell.answer("Profile name [123456789011_ReadOnly]:", "dev");
        shell.expect_end("export AWS_PROFILE=dev");
    }
}

#[test]
fn a_confirmation_can_be_stopped_and_continued() {
    for shell in SHELLS {
        let (_center, env) = home();
        env.write_config(TestEnv::SAMPLE_CONFIG);
        let Some(mut shell) = Shell::start(&env, shell, "sso-configure migrate") else {
            continue;
        };
        shell.answer("Write these changes? [y/N]:", "n");
        shell.expect_end("Nothing changed.");
    }
}
