use identity_center_emulator::Emulator;
use serde_json::json;
use sso_test_support::{Key, Terminal, TestEnv};

use crate::{HISTORY, program, three_profiles};

const ACCESS_KEYS: &str =
    "[ci]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hunter2\n";

/// Returns a home with a valid session, other profiles of both files, and an invalid profile.
fn home() -> TestEnv {
    let env = TestEnv::offline();
    env.write_config(&format!(
        "{}\n[profile deploy]\nrole_arn = arn:aws:iam::222222222222:role/path/Deployer\n\
         source_profile = dev\nregion = eu-west-1\n\n[profile broken]\nsso_session = missing\n\
         sso_account_id = 111122223333\nsso_role_name = X\n",
        TestEnv::SAMPLE_CONFIG
    ));
    env.write_credentials(ACCESS_KEYS);
    let token = json!({
        "startUrl": TestEnv::START_URL,
        "region": "us-east-1",
        "accessToken": "hunter3",
        "expiresAt": "2099-12-31T23:59:59Z",
    });
    env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    env
}

fn start(env: &TestEnv) -> Terminal {
    let mut terminal = env.start_on_terminal(&program());
    terminal.wait_for("Enter to select, Esc to cancel");
    terminal
}

/// Returns the name that the program prints.
fn picked(mut terminal: Terminal) -> String {
    terminal.press(Key::Enter);
    let transcript = terminal.finish().expect_code(0);
    // A resize leaves the previous frame in the text.
    let last = transcript.terminal().trim().lines().next_back();
    last.unwrap().to_owned()
}

/// Returns the first words of the rows on the screen.
fn names(screen: &str) -> Vec<&str> {
    let rows = screen
        .lines()
        .skip(1)
        .filter(|row| !row.contains("type to"));
    let rows = rows.filter(|row| !row.contains(" of "));
    let words = rows.map(|row| row.trim_start_matches('>').split_whitespace().next());
    words.flatten().collect()
}

#[test]
fn rows_show_account_role_session_region_and_state() {
    let env = home();
    let mut terminal = start(&env);
    terminal.resize(24, 120);
    terminal.press(Key::Down);
    let screen = terminal.wait_for("> prod");
    insta::assert_snapshot!(screen, @r"
    Filter: 
      dev     111122223333  ReadOnly    my-sso                           us-west-2  valid
    > prod    123456789011  FullAccess  my-sso                           –          valid
      legacy  111122223333  ReadOnly    my-sso-portal.awsapps.com/start  –          signed out
      deploy  222222222222  Deployer    my-sso                           eu-west-1  valid
      broken  –             –           –                                –          invalid
      ci      –             –           –                                –          access keys
    6; type to filter, arrows to move, Enter to select, Esc to cancel
    ");
}

#[test]
fn name_and_state_are_complete_with_40_columns() {
    let env = home();
    let mut terminal = start(&env);
    terminal.resize(24, 40);
    terminal.press(Key::Down);
    let screen = terminal.wait_for("> prod");
    insta::assert_snapshot!(screen, @r"
    Filter: 
      dev     111122223333  valid
    > prod    123456789011  valid
      legacy  111122223333  signed out
      deploy  222222222222  valid
      broken  –             invalid
      ci      –             access keys
    6; type to filter, arrows to move, Enter
    to select, Esc to cancel
    ");
}

#[test]
fn filter_searches_all_columns_in_any_order() {
    let check = |typed: &str, expected: &str| {
        let env = home();
        let mut terminal = start(&env);
        terminal.type_text(typed);
        terminal.wait_for("1 of ");
        assert_eq!(picked(terminal), expected, "{typed}");
    };
    check("deployer", "deploy");
    check("eu-west-1 dep", "deploy");
    check("ACCESS ci", "ci");
    check("2222 deploy", "deploy");
    check("invalid", "broken");
}

#[test]
fn filter_searches_columns_that_are_not_on_the_screen() {
    let env = home();
    let mut terminal = start(&env);
    terminal.resize(24, 40);
    terminal.type_text("deployer");
    terminal.wait_for("1 of ");
    assert_eq!(picked(terminal), "deploy");
}

#[test]
fn scattered_characters_match_if_nothing_contains_the_words() {
    let env = home();
    let mut terminal = start(&env);
    terminal.type_text("dpy");
    terminal.wait_for("1 of ");
    assert_eq!(picked(terminal), "deploy");
}

#[test]
fn most_used_profiles_come_first() {
    let env = three_profiles();
    for key in ["c", "c", "b"] {
        let mut terminal = start(&env);
        terminal.type_text(key);
        terminal.wait_for("1 of 3");
        assert_eq!(picked(terminal), key);
    }
    let mut terminal = start(&env);
    assert_eq!(names(&terminal.screen()), ["c", "b", "a"]);
    assert_eq!(picked(terminal), "c");
}

#[test]
fn profiles_of_the_history_that_do_not_exist_are_not_shown() {
    let env = three_profiles();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let lines = ["gone", "b"].map(|name| {
        let line = json!({"profile": name, "count": 9, "lastUsedAt": now});
        format!("{line}\n")
    });
    env.write(HISTORY, lines.concat());
    let mut terminal = start(&env);
    assert_eq!(names(&terminal.screen()), ["b", "a", "c"]);
    assert_eq!(picked(terminal), "b");
}

#[test]
fn forgotten_history_restores_the_order_of_the_file() {
    let env = three_profiles();
    let mut terminal = start(&env);
    terminal.type_text("c");
    terminal.wait_for("1 of 3");
    assert_eq!(picked(terminal), "c");
    env.run(&format!("{} --forget-history", program()))
        .expect_code(0);
    assert_eq!(names(&start(&env).screen()), ["a", "b", "c"]);
}

#[test]
fn opening_and_cancelling_changes_no_file() {
    for key in [Key::Escape, Key::Ctrl('c'), Key::Ctrl('d')] {
        let env = home();
        let before = env.files();
        let mut terminal = start(&env);
        terminal.press(key);
        let transcript = terminal.finish().expect_code(130);
        assert_eq!(transcript.terminal().trim(), "pick: error: interrupted");
        assert_eq!(env.files(), before, "{key:?}");
    }
}

#[test]
fn permissions_of_the_token_stay_as_they_are() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let env = home();
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    set_permissions(&token, Permissions::from_mode(0o644)).unwrap();
    let mut terminal = start(&env);
    assert!(terminal.screen().contains(" valid"));
    assert!(!terminal.screen().contains("warning"));
    assert_eq!(
        metadata(&token).unwrap().permissions().mode() & 0o777,
        0o644
    );
}

#[test]
fn list_is_on_stderr_and_the_result_on_stdout() {
    let env = three_profiles();
    let shell = format!("sh -c 'picked=$({}); echo \"[$picked]\"'", program());
    let mut terminal = env.start_on_terminal(&shell);
    terminal.wait_for("Enter to select");
    terminal.press(Key::Down);
    terminal.wait_for("> b");
    terminal.press(Key::Enter);
    let transcript = terminal.finish().expect_code(0);
    assert_eq!(transcript.terminal().trim(), "[b]");
}

#[test]
fn no_color_shows_the_same_text_without_styles() {
    let written = |variables: &[(&str, &str)]| {
        let mut env = three_profiles();
        for (name, value) in variables {
            env.set(name, *value);
        }
        let mut terminal = start(&env);
        terminal.type_text("b");
        terminal.wait_for("1 of 3");
        String::from_utf8(terminal.written()).unwrap()
    };
    assert!(written(&[]).contains("\u{1b}[1m"));
    let plain = written(&[("NO_COLOR", "1")]);
    assert!(!plain.contains("\u{1b}[1m"), "{plain:?}");
    assert!(plain.contains("> b"), "{plain:?}");
}

#[test]
fn names_cannot_control_the_terminal() {
    let env = TestEnv::offline();
    env.write_config("[profile x\u{1b}]0;pwned\u{7}\u{202e}y]\n[profile z]\n");
    let mut terminal = start(&env);
    terminal.type_text("pwned");
    terminal.wait_for("1 of 2");
    let written = String::from_utf8(terminal.written()).unwrap();
    assert!(!written.contains("\u{1b}]0"), "{written:?}");
    assert!(!written.contains('\u{202e}'), "{written:?}");
    assert!(terminal.screen().contains("\\u{1b}]0;pwned"));
}

#[test]
fn paste_filters() {
    let env = home();
    let mut terminal = start(&env);
    terminal.paste("222222222222\n");
    terminal.wait_for("1 of ");
    assert_eq!(picked(terminal), "deploy");
}

#[test]
fn long_list_is_complete_after_the_first_frame() {
    let env = TestEnv::offline();
    let profile = |n: usize| {
        format!(
            "[profile p{n:04}]\nregion = region-{n}\nrole_arn = arn:aws:iam::{n:012}:role/R{n}\n\
             source_profile = ci\n"
        )
    };
    env.write_config(&(0..2_999).map(profile).collect::<String>());
    env.write_credentials(ACCESS_KEYS);
    let mut terminal = start(&env);
    terminal.type_text("region-2987");
    let screen = terminal.wait_for("1 of 3000");
    assert!(screen.contains("> p2987"), "{screen}");
    assert!(screen.contains("R2987"), "{screen}");
    terminal.press(Key::Ctrl('u'));
    terminal.wait_for("3000; type to filter");
    terminal.press(Key::End);
    terminal.wait_for("> ci");
    assert_eq!(picked(terminal), "ci");
}

#[test]
fn state_of_each_session_is_that_of_its_token() {
    let emulator = Emulator::start();
    let env = TestEnv::new(&emulator);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    let check = |content: &str, expected: &str| {
        env.write(
            format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO),
            content,
        );
        let screen = start(&env).screen();
        let row = screen.lines().find(|row| row.contains("> dev")).unwrap();
        assert!(row.ends_with(expected), "{row}");
    };
    let token = |end: &str, start_url: &str| {
        format!(
            "{{\"startUrl\":\"{start_url}\",\"region\":\"us-east-1\",\"accessToken\":\"a\",\
             \"expiresAt\":\"{end}\"}}"
        )
    };
    check(&token("2099-01-01T00:00:00Z", TestEnv::START_URL), "valid");
    check(
        &token("2020-01-01T00:00:00Z", TestEnv::START_URL),
        "expired",
    );
    check(
        &token("2099-01-01T00:00:00Z", "https://other"),
        "signed out",
    );
    check("{", "unreadable");
    assert_eq!(emulator.requests().len(), 0);
}
