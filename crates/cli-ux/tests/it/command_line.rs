//! Shells read pasted commands back.

use cli_ux::quoting::{for_eval, for_every_shell};
use cli_ux::{Arguments, CommandLine};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sso_test_support::{Key, TestEnv, tool};

/// Values with a part that a shell may run, and other special values.
const VALUES: [&str; 42] = [
    "dev",
    "-x",
    "--force",
    "-",
    "",
    "two  words",
    "it's",
    "say \"hi\"",
    "it's \"both\"",
    "wow!",
    "!!",
    "!-1 !$",
    "$HOME",
    "${HOME}",
    "$(touch pwned)",
    "`touch pwned`",
    "a;touch pwned",
    "a'; touch pwned; 'b",
    "a\"; touch pwned; \"b",
    "';touch pwned;'",
    ";touch pwned;'",
    "\";touch pwned;\"",
    "'\";touch pwned;\"'",
    "\u{2019}; touch pwned; \u{2018}",
    "\u{201d}; touch pwned; \u{201c}",
    "a\\'; touch pwned; 'b",
    ">pwned",
    ">",
    "2>",
    "a | touch pwned",
    r"back\slash\",
    "~",
    "=ls",
    "a:=ls",
    "a==ls",
    "...",
    ".../x",
    "a/...",
    "{a,b} [x] ? # % ^ =",
    "1kb",
    "true",
    "größe 日本 🦀",
];

/// Shells that run a script.
const SCRIPTS: [&str; 9] = [
    "sh script",
    "bash script",
    "dash script",
    "ksh script",
    "zsh -f script",
    "fish --no-config script",
    "tcsh -f script",
    "nu --no-config-file script",
    // The parser of xonsh needs too long for a script of many lines.
    "xonsh --no-rc -c 'for line in open(\"script\"): execx(line)'",
];

const INTERACTIVE: [&str; 5] = [
    "bash --norc --noprofile -i",
    "zsh -f -i",
    "zsh -f -i -o extendedglob -o magicequalsubst",
    "tcsh -f",
    "fish --no-config",
];

/// Home with a program that writes its arguments to the file `out`.
fn home() -> TestEnv {
    let mut env = TestEnv::offline();
    let show =
        "#!/bin/sh\nfor word in \"$@\"; do printf '<%s>' \"$word\"; done >>out; echo >>out\n";
    env.write("show", show);
    env.run("chmod +x show").expect_code(0);
    env.set("PS1", "> ");
    env
}

/// Values with `character` at all positions that may matter to a shell.
fn with_character(character: char) -> Vec<String> {
    let forms = [
        "C", "Ca", "aC", "aCb", "CC", "x:C", "x=C", "xC=", "x C", "C x", "1C", "C1", "x/C/", "'C",
        "C'", "\"C", "C\"",
    ];
    let with = |form: &&str| form.replace('C', &character.to_string());
    forms.iter().map(with).collect()
}

/// All printable ASCII characters at all positions, and [`VALUES`], in groups for a line.
fn all_values() -> Vec<Vec<String>> {
    let values = VALUES.map(str::to_owned).to_vec();
    let groups = (' '..='~').map(with_character);
    groups.chain([values]).collect()
}

fn can_be_pasted(value: &str) -> bool {
    for_every_shell(value).is_some() && for_every_shell(&format!("V={value}")).is_some()
}

fn command(values: &[String]) -> CommandLine {
    let arguments = values.iter().fold(Arguments::new(), |arguments, value| {
        arguments
            .option("--profile", value)
            .argument(format!("-o={value}"))
            .assignment("V", value)
            .operand(value)
    });
    CommandLine::new("./show", arguments)
}

fn expected(values: &[String]) -> String {
    let words = values.iter().map(|value| {
        let option = match value.chars().next() {
            None | Some('-') => "=",
            _ => "><",
        };
        let operand = if value.starts_with('-') { "--><" } else { "" };
        format!("<--profile{option}{value}><-o={value}><V={value}><{operand}{value}>")
    });
    words.chain(["\n".to_owned()]).collect()
}

/// Writes the commands to the file `script`, and returns the expected content of the file `out`.
fn write_script(env: &TestEnv, groups: &[Vec<String>]) -> String {
    let lines = groups.iter().map(|values| format!("{}\n", command(values)));
    env.write("script", lines.collect::<String>());
    groups.iter().map(|values| expected(values)).collect()
}

fn pasteable(groups: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let without = |values: Vec<String>| values.into_iter().filter(|it| can_be_pasted(it)).collect();
    groups.into_iter().map(without).collect()
}

fn has_tool(shell: &str) -> bool {
    tool(shell.split(' ').next().unwrap()).is_some()
}

fn check_output(env: &TestEnv, shell: &str, expected: &str) {
    let out = String::from_utf8(env.read("out")).unwrap();
    for (line, expected) in out.lines().zip(expected.lines()) {
        assert_eq!(line, expected, "{shell}");
    }
    assert_eq!(out.lines().count(), expected.lines().count(), "{shell}");
    assert!(!env.home().join("pwned").exists(), "{shell}");
}

fn check_scripts(groups: &[Vec<String>]) {
    for shell in SCRIPTS.into_iter().filter(|shell| has_tool(shell)) {
        let env = home();
        let expected = write_script(&env, groups);
        env.run(shell).expect_code(0);
        check_output(&env, shell, &expected);
    }
}

#[test]
fn most_special_characters_can_be_pasted() {
    let cannot = |character: &char| {
        let values = with_character(*character);
        let without_quotes = values.iter().filter(|it| !it.contains(['\'', '"']));
        !without_quotes.into_iter().all(|value| can_be_pasted(value))
    };
    let cannot: String = (' '..='~').filter(cannot).collect();
    assert_eq!(cannot, "!$<>\\~");
}

#[test]
fn every_shell_passes_the_arguments_of_a_script_on() {
    check_scripts(&pasteable(all_values()));
}

#[test]
fn every_shell_passes_random_arguments_on() {
    let special = "$`\"'\\!#%^&*()[]{}<>|;~=-@:,. +\u{2018}\u{2019}\u{201c}\u{201d}";
    let character = prop_oneof![
        3 => prop::sample::select(special.chars().collect::<Vec<_>>()),
        1 => any::<char>(),
        2 => prop::char::range('a', 'e'),
    ];
    let value = prop::collection::vec(character, 1..8).prop_map(String::from_iter);
    let value = value.prop_filter("a value can be pasted", |value| can_be_pasted(value));
    let values = prop::collection::vec(prop::collection::vec(value, 5), 40);
    let mut config = Config::with_cases(1);
    // Shrinking would start the shells for each step.
    config.max_shrink_iters = 0;
    let outcome = TestRunner::new(config).run(&values, |values| {
        check_scripts(&values);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn an_exported_assignment_keeps_its_value() {
    let values: Vec<_> = pasteable(all_values()).concat();
    for shell in ["bash", "dash", "ksh", "zsh -f", "zsh -f -o magicequalsubst"] {
        if !has_tool(shell) {
            continue;
        }
        let env = home();
        let lines = values.iter().map(|value| {
            let arguments = Arguments::new().assignment("V", value);
            format!("{}\n./show \"$V\"\n", CommandLine::new("export", arguments))
        });
        env.write("script", lines.collect::<String>());
        env.run(&format!("{shell} script")).expect_code(0);
        let expected = values.iter().map(|value| format!("<{value}>\n"));
        check_output(&env, shell, &expected.collect::<String>());
    }
}

/// Types each line into the shell.
fn check_typed(shell: &str, lines: &[String], expected: &str) {
    let env = home();
    let mut terminal = env.start_on_terminal(shell);
    let status = if shell.starts_with("fish") {
        "$status"
    } else {
        "$?"
    };
    for (index, line) in lines.iter().enumerate() {
        terminal.type_text(line);
        terminal.press(Key::Enter);
        terminal.type_text(&format!("echo done-{status}-{index}"));
        terminal.press(Key::Enter);
        terminal.wait_for(&format!("done-0-{index}"));
    }
    terminal.type_text("exit");
    terminal.press(Key::Enter);
    drop(terminal.finish());
    check_output(&env, shell, expected);
}

#[test]
fn interactive_shells_with_history_expansion_pass_the_arguments_on() {
    // The lines of tcsh are limited.
    let groups = pasteable(all_values()).concat();
    let groups: Vec<_> = groups.chunks(8).collect();
    let lines: Vec<_> = groups
        .iter()
        .map(|it| format!(" {}", command(it)))
        .collect();
    let expected: String = groups.iter().map(|it| expected(it)).collect();
    for shell in INTERACTIVE.into_iter().filter(|shell| has_tool(shell)) {
        check_typed(shell, &lines, &expected);
    }
}

/// Without quotes, a `:` at the end of a line that is typed opens a block.
#[test]
fn interactive_xonsh_passes_the_end_of_a_line_on() {
    let shell = "xonsh --no-rc";
    if !has_tool(shell) {
        return;
    }
    let env = home();
    let values = ["a:", "https:", "a=", "a@", "a?", "a|"].map(str::to_owned);
    let groups = values.map(|value| [value]);
    let mut terminal = env.start_on_terminal(shell);
    for (index, values) in groups.iter().enumerate() {
        terminal.type_text(&command(values).to_string());
        terminal.press(Key::Enter);
        terminal.type_text(&format!("echo done-$LAST_RETURN_CODE-{index}"));
        terminal.press(Key::Enter);
        terminal.wait_for(&format!("done-0-{index}"));
    }
    // It does not restore the modes of the terminal.
    drop(terminal);
    let expected: String = groups.iter().map(|it| expected(it)).collect();
    check_output(&env, shell, &expected);
}

#[test]
fn a_command_in_eval_passes_the_arguments_on() {
    let can_be_pasted =
        |it: &String| for_eval(it).is_some() && for_eval(&format!("V={it}")).is_some();
    let groups = all_values().concat();
    let groups: Vec<_> = groups.into_iter().filter(can_be_pasted).collect();
    let groups: Vec<_> = groups.chunks(8).collect();
    let lines = groups.iter().map(|it| command(it).in_eval().to_string());
    let lines: Vec<_> = lines.collect();
    let expected: String = groups.iter().map(|it| expected(it)).collect();
    for shell in &INTERACTIVE[..3] {
        if has_tool(shell) {
            check_typed(shell, &lines, &expected);
        }
    }
}

/// In shells that do not know `eval "$(…)"`, the line fails or runs nothing else.
#[test]
fn a_command_in_eval_runs_no_part_of_a_value_in_any_shell() {
    for shell in SCRIPTS.into_iter().filter(|shell| has_tool(shell)) {
        let env = home();
        for value in VALUES {
            let line = command(&[value.to_owned()]).in_eval().to_string();
            env.write("script", format!("{line}\n"));
            let _ = env.run(shell);
            assert!(!env.home().join("pwned").exists(), "{shell}: {line}");
        }
    }
}

#[test]
fn a_secret_in_a_value_is_masked_before_the_value_is_quoted() {
    let arguments = Arguments::new()
        .option("--start-url", "https://u:p@host")
        .operand("q7Lw2Zt9KxVb4/Nc8RmYp3Hs6Jf+GdT1uEa5QoWi");
    let line = arguments.to_string();
    let unquoted = line.replace(['\'', '"'], "");
    assert_eq!(unquoted, " --start-url https://****@host ****");
    assert_ne!(line, unquoted, "the mask is a pattern without quotes");
}

#[test]
fn a_value_that_cannot_be_pasted_is_a_placeholder() {
    for name in [
        "a\nb",
        "a\tb",
        "\u{1b}[31m",
        "\u{202e}x",
        "a\u{7f}",
        "wow!",
        r"a\b",
        "it's \"x\"",
    ] {
        let arguments = Arguments::new().option("--profile", name).operand(name);
        assert_eq!(
            CommandLine::new("./show", arguments).to_string(),
            "./show --profile VALUE VALUE, where VALUE contains characters that cannot be pasted"
        );
    }
    let arguments = Arguments::new()
        .option("--profile", "-!")
        .assignment("A", "!");
    assert_eq!(arguments.to_string(), " --profile=VALUE A=VALUE");
    let arguments = Arguments::new().option("--profile", "it's");
    assert_eq!(
        CommandLine::new("./show", arguments).in_eval().to_string(),
        "eval \"$(./show --profile VALUE)\", where VALUE contains characters that cannot be pasted"
    );
}
