//! Keys from the events of the console.

use std::io;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, poll, read};

use crate::terminal::key::{Key, of_paste};

/// Returns the keys that were typed before.
pub(super) fn earlier() -> io::Result<Vec<Key>> {
    let mut keys = Vec::new();
    while has_next()? {
        keys.extend(next()?);
    }
    Ok(keys)
}

/// Waits for the next event; `None` if it has no meaning.
pub(super) fn next() -> io::Result<Option<Key>> {
    Ok(of_event(read()?))
}

pub(super) fn has_next() -> io::Result<bool> {
    poll(Duration::ZERO)
}

fn of_event(event: Event) -> Option<Key> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => of_key(key),
        Event::Paste(text) => Some(of_paste(&text)),
        Event::Resize(..) => Some(Key::Resized),
        _ => None,
    }
}

fn of_key(key: KeyEvent) -> Option<Key> {
    if let KeyCode::Char(c) = key.code {
        return of_char(c, key.modifiers);
    }
    Some(match key.code {
        KeyCode::Enter => Key::Enter,
        KeyCode::Tab => Key::Tab,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        _ => return None,
    })
}

fn of_char(c: char, modifiers: KeyModifiers) -> Option<Key> {
    // Some keyboards report AltGr, which types characters such as @, as Ctrl and Alt.
    if !modifiers.contains(KeyModifiers::CONTROL) || modifiers.contains(KeyModifiers::ALT) {
        return Some(Key::Text(c.to_string()));
    }
    Key::of_control(c.to_ascii_lowercase())
}
