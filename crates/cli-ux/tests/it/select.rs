use sso_test_support::{Key, Terminal, TestEnv};

use crate::run::example;

fn start_selection(env: &TestEnv, count: usize) -> Terminal {
    let program = example("asks");
    let mut terminal = env.start_on_terminal(&format!("{} --entries {count}", program.display()));
    terminal.wait_for(&format!("{count}; type to filter"));
    terminal
}

fn selected(mut terminal: Terminal) -> String {
    terminal.press(Key::Enter);
    let transcript = terminal.finish().expect_code(0);
    let (_, selected) = transcript.terminal().split_once("selected: ").unwrap();
    selected.trim_end().to_owned()
}

#[test]
fn enter_selects_the_marked_entry() {
    let env = TestEnv::offline();
    let mut terminal = start_selection(&env, 20);
    let screen = terminal.screen();
    assert!(screen.contains("> Größe 東京, groesse@example.com (123456789011)"));
    assert!(selected(terminal).starts_with("Größe 東京"));
}

#[test]
fn list_is_removed_from_the_screen() {
    let env = TestEnv::offline();
    let mut terminal = start_selection(&env, 20);
    terminal.press(Key::Enter);
    let transcript = terminal.finish().expect_code(0);
    assert_eq!(
        transcript.terminal().trim_end(),
        "selected: Größe 東京, groesse@example.com (123456789011)"
    );
}

#[test]
fn arrows_and_pages_move_the_mark() {
    let check = |keys: &[Key], expected: &str| {
        let env = TestEnv::offline();
        let mut terminal = start_selection(&env, 30);
        for key in keys {
            terminal.press(*key);
        }
        assert!(selected(terminal).starts_with(expected), "{keys:?}");
    };
    check(&[Key::Down, Key::Down], "Team0002");
    check(&[Key::Down, Key::Up, Key::Up], "Größe");
    check(&[Key::PageDown], "Team0011");
    check(&[Key::PageDown, Key::PageUp], "Größe");
    check(&[Key::End], "Team0029");
    check(&[Key::End, Key::Down, Key::Home], "Größe");
}

#[test]
fn filter_matches_name_id_and_email() {
    let check = |typed: &str, expected: &str| {
        let env = TestEnv::offline();
        let mut terminal = start_selection(&env, 500);
        terminal.type_text(typed);
        terminal.wait_for("1 of 500");
        assert!(selected(terminal).starts_with(expected), "{typed}");
    };
    check("team0123", "Team0123");
    check("TEAM-42@", "Team0042");
    check("000000000854", "Team0122");
    check("example.com größe", "Größe");
    check("東", "Größe");
}

#[test]
fn filter_of_five_thousand_entries_can_be_widened() {
    let env = TestEnv::offline();
    let mut terminal = start_selection(&env, 5_000);
    terminal.type_text("4321q");
    terminal.wait_for("0 of 5000");
    terminal.press(Key::Enter);
    terminal.press(Key::Backspace);
    terminal.wait_for("> Team4321");
    assert!(selected(terminal).starts_with("Team4321"));
}

#[test]
fn pasted_text_filters() {
    let env = TestEnv::offline();
    let mut terminal = start_selection(&env, 500);
    terminal.paste("123456789011\n");
    terminal.wait_for("1 of 500");
    assert!(selected(terminal).starts_with("Größe"));
}

#[test]
fn long_entries_are_shortened_and_the_list_stays_in_place() {
    let env = TestEnv::offline();
    let mut terminal = start_selection(&env, 50);
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
    assert!(selected(terminal).starts_with("Team0021"));
}

#[test]
fn ctrl_c_ends_the_selection_and_restores_the_terminal() {
    let env = TestEnv::offline();
    let mut terminal = start_selection(&env, 20);
    terminal.press(Key::Ctrl('c'));
    let transcript = terminal.finish().expect_code(130);
    assert!(transcript.terminal().contains("asks: error: interrupted"));
}

#[test]
fn signals_end_the_selection_and_restore_the_terminal() {
    for (signal, status) in [("TERM", 143), ("HUP", 129), ("QUIT", 131), ("INT", 130)] {
        let env = TestEnv::offline();
        let terminal = start_selection(&env, 20);
        terminal.send(signal);
        let transcript = terminal.finish().expect_code(status);
        assert!(transcript.terminal().contains("asks: error: interrupted"));
        assert!(!transcript.terminal().contains("Team0003"), "{transcript}");
    }
}
