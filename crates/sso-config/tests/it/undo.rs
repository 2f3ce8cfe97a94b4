//! Undo of edits after the file, the backup or the process of the edit met with changes.

use std::fs;

use aws_config_parse::{Document, SectionName};
use sso_config::{AwsEnv, ConfigEdit, Error};
use sso_test_support::TestEnv;
use time::OffsetDateTime;

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
const BACKUP: &str = ".aws/config.bak";

fn edit(home: &TestEnv, text: &str) {
    let mut edit = ConfigEdit::begin(&home.environment(&[])).unwrap();
    write(&mut edit, text);
    edit.commit(NOW, text).unwrap();
}

fn edit_credentials(home: &TestEnv, text: &str) {
    let mut edit = ConfigEdit::begin_credentials(&home.environment(&[])).unwrap();
    write(&mut edit, text);
    edit.commit(NOW, text).unwrap();
}

fn write(edit: &mut ConfigEdit, text: &str) {
    let replace = |document: &mut Document| {
        *document = Document::parse(document.kind(), text);
        Ok(())
    };
    edit.change(replace).unwrap();
}

fn set_region(home: &TestEnv, name: &str) {
    let set = |document: &mut Document| {
        let mut section = document.add_section(&SectionName::profile(name))?;
        section.set("region", "a").map(drop)
    };
    let set = |edit: &mut ConfigEdit| edit.change(set);
    ConfigEdit::apply::<_, Error>(&home.environment(&[]), NOW, name, set).unwrap();
}

fn config(home: &TestEnv) -> String {
    String::from_utf8(home.read(home.config_path())).unwrap()
}

fn append(home: &TestEnv, text: &str) {
    home.write_config(&(config(home) + text));
}

/// Returns the description of the edit that is undone.
fn undo(home: &TestEnv) -> Result<String, Error> {
    let undo = ConfigEdit::undo(&home.environment(&[]))?;
    let description = undo.entry.description.clone();
    undo.commit()?;
    Ok(description)
}

/// Ends the process of an edit when it is about to replace the file, and releases its lock.
fn stop_before_rename(home: &TestEnv, name: &str) {
    stop_at_rename(|| set_region(home, name));
}

fn stop_at_rename(edit: impl FnOnce()) {
    crate::logger::on_message(|message| {
        if message.starts_with("replacing ") {
            std::panic::resume_unwind(Box::new("stopped"));
        }
    });
    let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(edit));
    crate::logger::on_message(|_| {});
    assert!(stopped.is_err());
}

#[test]
fn an_undo_after_later_changes_needs_no_backup() {
    type Change = fn(&TestEnv);
    let changes: [Change; 3] = [
        |home| home.write(BACKUP, config(home)),
        |home| fs::remove_file(home.aws_dir().join("config.bak")).unwrap(),
        |home| home.write(BACKUP, ""),
    ];
    for change in changes {
        let home = TestEnv::offline();
        home.write_config("[profile x]\n");
        for name in ["dev", "other"] {
            set_region(&home, name);
            change(&home);
            append(&home, &format!("# after {name}\n"));
        }
        for name in ["other", "dev"] {
            assert_eq!(undo(&home).unwrap(), name);
            change(&home);
        }
        assert_eq!(config(&home), "[profile x]\n# after dev\n# after other\n");
    }
}

#[test]
fn an_undo_after_an_undo_and_later_changes_needs_no_backup() {
    let home = TestEnv::offline();
    home.write_config("[profile x]\n");
    for name in ["dev", "other"] {
        set_region(&home, name);
    }
    edit_credentials(&home, "[dev]\naws_access_key_id = A\n");
    set_region(&home, "last");
    undo(&home).unwrap();
    undo(&home).unwrap();
    fs::remove_file(home.aws_dir().join("config.bak")).unwrap();
    append(&home, "# mine\n");
    for name in ["other", "dev"] {
        assert_eq!(undo(&home).unwrap(), name);
    }
    assert_eq!(config(&home), "[profile x]\n# mine\n");
}

#[test]
fn an_undo_of_the_credentials_file_after_later_changes_needs_no_backup() {
    let home = TestEnv::offline();
    home.write_credentials("[x]\n");
    edit_credentials(&home, "[x]\n[dev]\n");
    fs::remove_file(home.aws_dir().join("config.history/credentials.bak")).unwrap();
    home.write_credentials("# mine\n[x]\n[dev]\n");
    undo(&home).unwrap();
    assert_eq!(home.read(home.credentials_path()), b"# mine\n[x]\n");
}

/// Leaves the state before the last edit only in the backup, as earlier versions did.
fn remove_saved_states(home: &TestEnv) {
    let files = fs::read_dir(home.aws_dir().join("config.history")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let saved: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|it| it == "before"))
        .collect();
    assert!(!saved.is_empty());
    for path in saved {
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn edits_of_an_earlier_version_are_undone_after_later_edits() {
    let home = TestEnv::offline();
    home.write_config("[profile x]\n");
    for name in ["first", "second"] {
        set_region(&home, name);
    }
    remove_saved_states(&home);
    append(&home, "[profile mine]\n");
    set_region(&home, "third");
    append(&home, "# mine\n");
    for name in ["third", "second", "first"] {
        assert_eq!(undo(&home).unwrap(), name);
    }
    assert_eq!(config(&home), "[profile x]\n[profile mine]\n# mine\n");
}

#[test]
fn an_edit_of_an_earlier_version_is_undone_after_an_edit_of_another_credentials_file() {
    let home = TestEnv::offline();
    home.write_credentials("[x]\n");
    edit_credentials(&home, "[x]\n[dev]\n");
    remove_saved_states(&home);
    let other = home.aws_dir().join("other");
    let variable = [("AWS_SHARED_CREDENTIALS_FILE", other.to_str().unwrap())];
    let env = home.environment(&variable);
    for text in ["[a]\n", "[b]\n"] {
        let mut edit = ConfigEdit::begin_credentials(&env).unwrap();
        write(&mut edit, text);
        edit.commit(NOW, "other").unwrap();
        ConfigEdit::undo(&env).unwrap().commit().unwrap();
    }
    home.write_credentials("# mine\n[x]\n[dev]\n");
    undo(&home).unwrap();
    assert_eq!(home.read(home.credentials_path()), b"# mine\n[x]\n");
}

#[test]
fn an_edit_whose_undo_ended_before_it_was_written_is_undone_without_a_saved_state() {
    let home = TestEnv::offline();
    home.write_config("[profile x]\n");
    set_region(&home, "dev");
    remove_saved_states(&home);
    append(&home, "# mine\n");
    stop_at_rename(|| drop(undo(&home)));
    assert_eq!(undo(&home).unwrap(), "dev");
    assert_eq!(config(&home), "[profile x]\n# mine\n");
}

#[test]
fn an_edit_whose_section_was_moved_is_undone() {
    let home = TestEnv::offline();
    home.write_config("[profile x]\nregion = b\noutput = json\n");
    set_region(&home, "dev");
    let moved = "[profile dev]\nregion = a\n[profile x]\nregion = b\noutput = json\n";
    let added = config(&home).replace("[profile x]\nregion = b\noutput = json\n", "");
    home.write_config(&(added + "[profile x]\nregion = b\noutput = json\n"));
    assert_eq!(config(&home).trim_start(), moved);
    undo(&home).unwrap();
    assert_eq!(config(&home), "[profile x]\nregion = b\noutput = json\n");
}

#[test]
fn an_undo_changes_no_other_section_with_the_same_line() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\nregion = b\n[profile x]\noutput = json\n");
    set_region(&home, "dev");
    let changed = "[profile x]\noutput = json\nregion = a\n[profile dev]\n";
    home.write_config(changed);
    let error = undo(&home).unwrap_err();
    assert!(matches!(error, Error::ConfigChanged { .. }), "{error}");
    assert_eq!(config(&home), changed);
}

#[test]
fn an_edit_that_was_not_written_is_not_undone_after_later_changes() {
    for later in ["", "# mine\n", "[profile y]\nregion = a\n"] {
        let home = TestEnv::offline();
        home.write_config("[profile x]\n");
        set_region(&home, "dev");
        stop_before_rename(&home, "other");
        append(&home, later);
        let forced = ConfigEdit::force_undo(&home.environment(&[])).unwrap();
        assert_eq!(forced.entry.description, "dev");
        assert_eq!(undo(&home).unwrap(), "dev");
        assert_eq!(config(&home), format!("[profile x]\n{later}"));
        let error = undo(&home).unwrap_err();
        assert!(matches!(error, Error::NothingToUndo { .. }), "{error}");
        assert_eq!(home.files().len(), 4, "{:?}", home.files());
    }
}

#[test]
fn a_value_that_was_changed_after_an_edit_was_not_written_is_kept() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\nregion = b\n");
    stop_before_rename(&home, "dev");
    let changed = "[profile dev]\nregion = c\n";
    for changed in [changed, "# mine\n", ""] {
        home.write_config(changed);
        let env: AwsEnv = home.environment(&[]);
        for undo in [ConfigEdit::undo(&env), ConfigEdit::force_undo(&env)] {
            assert!(matches!(undo, Err(Error::NothingToUndo { .. })), "{undo:?}");
        }
    }
}

/// Returns to the history at the time when the file is about to be replaced, as if the process of the
/// undo ended right after it.
fn undo_and_stop_after_rename(home: &TestEnv) {
    let saved = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let history = home.aws_dir().join("config.history");
    let states = saved.clone();
    crate::logger::on_message(move |message| {
        if message.starts_with("replacing ") {
            let files = fs::read_dir(&history)
                .unwrap()
                .map(|file| file.unwrap().path());
            let files = files.filter(|path| path.extension().is_some());
            *states.borrow_mut() = files.map(|path| (fs::read(&path).unwrap(), path)).collect();
        }
    });
    undo(home).unwrap();
    crate::logger::on_message(|_| {});
    for (bytes, path) in saved.take() {
        home.write(path, bytes);
    }
}

#[test]
fn an_edit_that_was_undone_is_not_undone_again_after_later_changes() {
    for later in ["", "# mine\n"] {
        let home = TestEnv::offline();
        home.write_config("[profile x]\n");
        for name in ["dev", "other"] {
            set_region(&home, name);
        }
        undo_and_stop_after_rename(&home);
        append(&home, later);
        let forced = ConfigEdit::force_undo(&home.environment(&[])).unwrap();
        assert_eq!(forced.entry.description, "dev");
        assert_eq!(undo(&home).unwrap(), "dev");
        assert_eq!(config(&home), format!("[profile x]\n{later}"));
        assert!(undo(&home).is_err());
    }
}

#[test]
fn an_edit_that_was_not_written_does_not_hide_a_later_edit() {
    let home = TestEnv::offline();
    home.write_config("[profile x]\n");
    set_region(&home, "dev");
    stop_before_rename(&home, "other");
    append(&home, "# mine\n");
    set_region(&home, "last");
    append(&home, "# after\n");
    for name in ["last", "dev"] {
        assert_eq!(undo(&home).unwrap(), name);
    }
    assert_eq!(config(&home), "[profile x]\n# mine\n# after\n");
}

#[test]
fn a_written_edit_whose_process_ended_at_once_is_undone() {
    for later in ["", "# mine\n"] {
        let home = TestEnv::offline();
        home.write_config("[profile x]\n");
        set_region(&home, "dev");
        home.write(".aws/config.history/000001.unwritten", "");
        append(&home, later);
        assert_eq!(undo(&home).unwrap(), "dev");
        assert_eq!(config(&home), format!("[profile x]\n{later}"));
    }
}

#[test]
fn a_deleted_file_is_restored_only_by_force() {
    let home = TestEnv::offline();
    home.write_config("[profile x]\n");
    set_region(&home, "dev");
    fs::remove_file(home.config_path()).unwrap();
    let env: AwsEnv = home.environment(&[]);
    let error = undo(&home).unwrap_err();
    assert!(matches!(error, Error::ConfigChanged { .. }), "{error}");
    ConfigEdit::force_undo(&env).unwrap().commit().unwrap();
    assert_eq!(config(&home), "[profile x]\n");
}

#[test]
fn a_backup_of_the_user_that_equals_an_earlier_backup_is_kept() {
    let home = TestEnv::offline();
    let text = "[profile x]\n";
    home.write_config(text);
    set_region(&home, "dev");
    undo(&home).unwrap();
    home.write(BACKUP, text);
    for name in ["b", "c"] {
        set_region(&home, name);
        assert_eq!(home.read(BACKUP), text.as_bytes());
    }
}

#[test]
fn a_backup_of_the_user_that_equals_the_last_backup_is_kept() {
    let home = TestEnv::offline();
    let text = "[profile x]\n";
    home.write_config(text);
    edit(&home, "[profile x]\nregion = a\n");
    home.write_config(text);
    let written = fs::metadata(home.aws_dir().join("config.bak")).unwrap();
    home.write(BACKUP, text);
    let backup = fs::File::options()
        .write(true)
        .open(home.aws_dir().join("config.bak"));
    let later = written.modified().unwrap() + std::time::Duration::from_secs(1);
    backup.unwrap().set_modified(later).unwrap();
    for name in ["b", "c"] {
        set_region(&home, name);
        assert_eq!(home.read(BACKUP), text.as_bytes());
    }
}

#[test]
fn a_backup_is_replaced_after_a_crash_before_or_after_it_was_written() {
    let home = TestEnv::offline();
    home.write_config("[profile x]\n");
    set_region(&home, "dev");
    let list = ".aws/config.history/backups";
    let known = String::from_utf8(home.read(list)).unwrap();
    let (digest, _) = known.split_once(' ').unwrap();
    let former = [digest, "of a backup that was not written"].join("\n");
    for remembered in [&known, digest, &former] {
        home.write(list, remembered);
        let before = config(&home);
        set_region(&home, &format!("p{}", before.len()));
        assert_eq!(home.read(BACKUP), before.as_bytes());
        home.write(BACKUP, "[profile x]\n");
    }
}
