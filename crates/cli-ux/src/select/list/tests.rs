//! Tests of the marks and the frames.

use super::{Behaviour, Choice, Entry, Escape, Key, List, Order};

#[track_caller]
fn check(keys: &[Key], typed: &str, expected: &str) {
    check_with(Order::OfEntries, Some(0), keys, typed, Some(expected));
}

#[track_caller]
fn check_with(
    order: Order,
    marked: Option<usize>,
    keys: &[Key],
    typed: &str,
    expected: Option<&str>,
) {
    let entries = ["Acme xx Bxx Cxx", "Other", "Zulu-AqBqC"].map(Entry::new);
    let choice = Choice {
        name: "account",
        flag: "--account-id",
        entries: &entries,
        marked,
    };
    let behaviour = Behaviour {
        order,
        escape: Escape::Nothing,
        has_styles: false,
    };
    let mut list = List::new(&choice, behaviour);
    for key in keys {
        list.press(key.clone());
    }
    for character in typed.chars() {
        list.press(Key::Text(character.to_string()));
    }
    let selected = list.selected().map(|index| entries[index].to_string());
    assert_eq!(selected.as_deref(), expected, "{keys:?} {typed}");
}

#[test]
fn the_closest_entry_is_marked_unless_the_user_has_marked_another() {
    check(&[], "", "Acme xx Bxx Cxx");
    check(&[], "x", "Acme xx Bxx Cxx");
    check(&[], "abc", "Zulu-AqBqC");
    check(&[], "other", "Other");
    check(&[Key::Down, Key::Up], "abc", "Acme xx Bxx Cxx");
}

#[test]
fn the_best_entry_is_marked_unless_the_user_has_marked_another() {
    let check = |keys: &[Key], typed, expected| {
        check_with(Order::BestFirst, Some(0), keys, typed, Some(expected));
    };
    check(&[], "", "Acme xx Bxx Cxx");
    check(&[], "c", "Acme xx Bxx Cxx");
    check(&[], "b", "Acme xx Bxx Cxx");
    check(&[], "z", "Zulu-AqBqC");
    check(&[], "q", "Zulu-AqBqC");
    check(&[], "e", "Acme xx Bxx Cxx");
    check(&[], "a", "Acme xx Bxx Cxx");
    check(&[Key::Down, Key::Down], "a", "Zulu-AqBqC");
}

fn profiles<'a>(entries: &'a [Entry]) -> List<'a> {
    let choice = Choice {
        name: "profile",
        flag: "--profile",
        entries,
        marked: Some(0),
    };
    let behaviour = Behaviour {
        order: Order::BestFirst,
        escape: Escape::Cancel,
        has_styles: true,
    };
    List::new(&choice, behaviour)
}

#[test]
fn similar_profiles_have_no_mark_until_the_user_moves_it() {
    let entry = |name: &str| Entry::new(name).with_columns(["111122223333".to_owned()]);
    let entries = ["dev", "prod-data", "prod-audit"].map(entry);
    let mut list = profiles(&entries);
    list.press(Key::Text("pda".to_owned()));
    assert_eq!(list.selected(), None);
    assert!(list.status().starts_with("2 of 3 are similar"));
    list.press(Key::Down);
    assert_eq!(list.selected(), Some(2));
    list.press(Key::Down);
    assert_eq!(list.selected(), Some(1));
    list.press(Key::Text("u".to_owned()));
    assert_eq!(list.selected(), None);
    list.press(Key::DeleteToStart);
    assert!(list.selected().is_some());
}

#[test]
fn a_frame_is_never_taller_than_the_screen() {
    let entry = |name: &str| Entry::new(name).with_columns(["111122223333".to_owned()]);
    let entries = ["dev", "prod", "test", "x", "y"].map(entry);
    for typed in ["", "d", "a filter with more than a row"] {
        let mut list = profiles(&entries);
        list.press(Key::Text(typed.to_owned()));
        for (columns, rows) in [(80, 24), (20, 5), (12, 3), (5, 4), (2, 2)] {
            let frame = list.frame(columns, rows);
            assert!(frame.rows.len() <= rows, "{columns}x{rows}: {frame:?}");
            assert!(frame.cursor.0 < frame.rows.len(), "{frame:?}");
            assert!(frame.rows[0].starts_with("Filter: ") || columns < 40);
        }
    }
}

#[test]
fn without_a_mark_enter_selects_only_after_a_move_or_a_filter() {
    let check = |keys: &[Key], expected| {
        check_with(Order::OfEntries, None, keys, "", expected);
    };
    let text = |text: &str| Key::Text(text.to_owned());
    check(&[], None);
    check(&[Key::Left], None);
    check(&[Key::Down], Some("Acme xx Bxx Cxx"));
    check(&[Key::Up], Some("Acme xx Bxx Cxx"));
    check(&[Key::End], Some("Zulu-AqBqC"));
    check(&[Key::Down, Key::Down], Some("Other"));
    check(&[text("oth")], Some("Other"));
    check(&[text("?")], None);
    check(&[text("oth"), Key::DeleteToStart], None);
    check(&[text("?"), Key::Backspace], None);
    check(
        &[Key::Down, Key::Down, text("oth"), Key::DeleteToStart],
        Some("Other"),
    );
}
