use sso_test_support::{Key, Terminal, TestEnv};

use crate::run::example;

/// Starts the example that has one of `count` entries chosen.
fn listed(env: &TestEnv, count: usize) -> Terminal {
    let program = example("asks");
    let mut terminal = env.start_on_terminal(&format!("{} --entries {count}", program.display()));
    terminal.wait_for(&format!("{count}; type to filter"));
    terminal
}

/// Presses Enter and returns what was chosen.
fn chosen(mut terminal: Terminal) -> String {
    terminal.press(Key::Enter);
    let transcript = terminal.finish().expect_code(0);
    let (_, chosen) = transcript.terminal().split_once("chosen: ").unwrap();
    chosen.trim_end().to_owned()
}

#[test]
fn the_marked_entry_is_chosen() {
    let env = TestEnv::offline();
    let mut terminal = listed(&env, 20);
    let screen = terminal.screen();
    assert!(screen.contains("> Größe 東京, groesse@example.com (123456789011)"));
    assert!(chosen(terminal).starts_with("Größe 東京"));
}

#[test]
fn nothing_of_the_list_stays_on_the_screen() {
    let env = TestEnv::offline();
    let mut terminal = listed(&env, 20);
    terminal.press(Key::Enter);
    let transcript = terminal.finish().expect_code(0);
    assert_eq!(
        transcript.terminal().trim_end(),
        "chosen: Größe 東京, groesse@example.com (123456789011)"
    );
}

#[test]
fn arrows_and_pages_move_the_mark() {
    let check = |keys: &[Key], expected: &str| {
        let env = TestEnv::offline();
        let mut terminal = listed(&env, 30);
        for key in keys {
            terminal.press(*key);
        }
        assert!(chosen(terminal).starts_with(expected), "{keys:?}");
    };
    check(&[Key::Down, Key::Down], "Team0002");
    check(&[Key::Down, Key::Up, Key::Up], "Größe");
    check(&[Key::PageDown], "Team0011");
    check(&[Key::PageDown, Key::PageUp], "Größe");
    check(&[Key::End], "Team0029");
    check(&[Key::End, Key::Down, Key::Home], "Größe");
}

#[test]
fn what_is_typed_filters_over_name_id_and_e_mail() {
    let check = |typed: &str, expected: &str| {
        let env = TestEnv::offline();
        let mut terminal = listed(&env, 500);
        terminal.type_text(typed);
        terminal.wait_for("1 of 500");
        assert!(chosen(terminal).starts_with(expected), "{typed}");
    };
    check("team0123", "Team0123");
    check("TEAM-42@", "Team0042");
    check("000000000854", "Team0122");
    check("example.com größe", "Größe");
    check("東", "Größe");
}

#[test]
fn five_thousand_entries_are_filtered_at_once_and_the_filter_widens_again() {
    let env = TestEnv::offline();
    let mut terminal = listed(&env, 5_000);
    terminal.type_text("4321x");
    terminal.wait_for("none of 5000");
    terminal.press(Key::Enter);
    terminal.press(Key::Backspace);
    terminal.wait_for("> Team4321");
    assert!(chosen(terminal).starts_with("Team4321"));
}

#[test]
fn a_paste_filters() {
    let env = TestEnv::offline();
    let mut terminal = listed(&env, 500);
    terminal.paste("123456789011\n");
    terminal.wait_for("1 of 500");
    assert!(chosen(terminal).starts_with("Größe"));
}

#[test]
fn forty_columns_cut_what_is_longer_and_the_list_stays_in_place() {
    let env = TestEnv::offline();
    let mut terminal = listed(&env, 50);
    terminal.resize(10, 40);
    terminal.press(Key::Down);
    let screen = terminal.wait_for("> Team0001");
    assert!(
        screen.lines().all(|line| line.chars().count() <= 40),
        "{screen}"
    );
    assert!(screen.contains('…'), "{screen}");
    for _ in 0..20 {
        terminal.press(Key::Down);
    }
    let screen = terminal.wait_for("> Team0021");
    assert_eq!(screen.matches("Filter:").count(), 1, "{screen}");
    assert!(chosen(terminal).starts_with("Team0021"));
}

#[test]
fn ctrl_c_ends_it_with_the_terminal_restored() {
    let env = TestEnv::offline();
    let mut terminal = listed(&env, 20);
    terminal.press(Key::Ctrl('c'));
    let transcript = terminal.finish().expect_code(130);
    assert!(transcript.terminal().contains("asks: error: interrupted"));
}
