use std::cell::Cell;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use aws_config_parse::{Document, EditError, Outcome, SectionName};
use sso_config::{AwsEnv, ConfigEdit, Error};
use sso_test_support::TestEnv;
use time::OffsetDateTime;

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn set_region(home: &TestEnv, name: &str, region: &str) -> Result<Outcome, Error> {
    let env: AwsEnv = home.environment(&[]);
    let description = format!("set region to {region}");
    let set = |edit: &mut ConfigEdit| edit.change(|document| set(document, name, region));
    let applied = ConfigEdit::apply(&env, NOW, &description, set);
    applied.map(|((), outcome)| outcome)
}

fn set(document: &mut Document, name: &str, region: &str) -> Result<(), EditError> {
    let mut section = document.add_section(&SectionName::profile(name))?;
    section.set("region", region).map(drop)
}

fn config(home: &TestEnv) -> String {
    String::from_utf8(home.read(home.config_path())).unwrap()
}

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn an_edit_changes_only_its_bytes_and_saves_the_previous_state() {
    let home = TestEnv::offline();
    let text = "# mine\r\n[profile dev]\r\n\tRegion=a \r\n\r\n[other]\r\nx = 1";
    home.write_config(text);
    assert_eq!(set_region(&home, "dev", "b").unwrap(), Outcome::Changed);
    assert_eq!(config(&home), text.replace("Region=a", "Region=b"));
    assert_eq!(home.read(".aws/config.bak"), text.as_bytes());
    assert_eq!(
        home.files(),
        [
            ".aws/config",
            ".aws/config.bak",
            ".aws/config.history/000001.before",
            ".aws/config.history/000001.json",
            ".aws/config.history/backups",
            ".aws/config.history/lock"
        ]
    );
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\nregion = a\n");
    assert_eq!(set_region(&home, "dev", "a").unwrap(), Outcome::Unchanged);
    assert_eq!(home.files(), [".aws/config"], "a lock file was created");
    let edit = ConfigEdit::begin(&home.environment(&[])).unwrap();
    assert!(edit.is_unchanged() && edit.diff().is_empty());
    assert_eq!(edit.commit(NOW, "nothing").unwrap(), Outcome::Unchanged);
}

#[test]
fn a_missing_file_is_created_private() {
    let home = TestEnv::offline();
    set_region(&home, "default", "a").unwrap();
    assert_eq!(config(&home), "[default]\nregion = a\n");
    #[cfg(unix)]
    assert_eq!(mode(&home.config_path()), 0o600);
}

#[cfg(unix)]
#[test]
fn the_mode_is_preserved_and_backups_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    fs::set_permissions(home.config_path(), fs::Permissions::from_mode(0o640)).unwrap();
    set_region(&home, "dev", "a").unwrap();
    assert_eq!(mode(&home.config_path()), 0o640);
    assert_eq!(mode(&home.aws_dir().join("config.bak")), 0o600);
    let history = home.aws_dir().join("config.history");
    assert_eq!(mode(&history), 0o700);
    assert_eq!(mode(&history.join("000001.json")), 0o600);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_preserved() {
    let home = TestEnv::offline();
    home.write("dotfiles/config", "[profile dev]\n");
    std::os::unix::fs::symlink(home.home().join("dotfiles/config"), home.config_path()).unwrap();
    set_region(&home, "dev", "a").unwrap();
    assert!(
        fs::symlink_metadata(home.config_path())
            .unwrap()
            .is_symlink()
    );
    assert_eq!(home.read("dotfiles/config"), b"[profile dev]\nregion = a\n");
    let files = home.files();
    let in_dotfiles = files.iter().filter(|file| file.starts_with("dotfiles/"));
    assert_eq!(
        in_dotfiles.count(),
        1,
        "the history must be next to the link"
    );
}

#[test]
fn a_file_that_the_aws_cli_rejects_is_not_changed() {
    let home = TestEnv::offline();
    let text = "[profile dev]\nregion = a\nregion = b\n";
    home.write_config(text);
    match set_region(&home, "dev", "c") {
        Err(Error::ConfigSyntax { location, .. }) => assert_eq!(location.line, 3),
        other => panic!("{other:?}"),
    }
    assert_eq!(config(&home), text);
}

#[test]
fn a_commit_fails_if_another_process_has_changed_the_file() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    let mut edit = ConfigEdit::begin(&home.environment(&[])).unwrap();
    edit.change(|document| set(document, "dev", "a")).unwrap();
    home.write_config("[profile dev]\n# by another\n");
    let error = edit.commit(NOW, "set region").unwrap_err();
    assert!(matches!(error, Error::ConfigChanged { .. }), "{error}");
    assert_eq!(config(&home), "[profile dev]\n# by another\n");
    assert!(!home.aws_dir().join("config.bak").exists());
}

#[test]
fn an_edit_is_retried_after_changes_by_another_process() {
    let check = |change_count: usize, succeeds: bool| {
        let home = TestEnv::offline();
        home.write_config("[profile dev]\n");
        let attempts = Cell::new(0);
        let applied = ConfigEdit::apply(&home.environment(&[]), NOW, "set", |edit| {
            edit.change(|document| set(document, "dev", "a"))?;
            attempts.set(attempts.get() + 1);
            if attempts.get() <= change_count {
                home.write_config(&format!("{}# {}\n", config(&home), attempts.get()));
            }
            Ok::<_, Error>(attempts.get())
        });
        let comments = "# 1\n# 2\n# 3\n";
        let comments = &comments[..change_count * "# 1\n".len()];
        if succeeds {
            assert_eq!(applied.unwrap(), (change_count + 1, Outcome::Changed));
            let expected = format!("[profile dev]\nregion = a\n{comments}");
            assert_eq!(config(&home), expected);
            assert_eq!(undo(&home).unwrap(), "set");
        } else {
            assert!(
                matches!(applied, Err(Error::ConfigChanged { .. })),
                "{applied:?}"
            );
        }
        assert_eq!(config(&home), format!("[profile dev]\n{comments}"));
    };
    check(0, true);
    check(1, true);
    check(2, true);
    check(3, false);
}

#[test]
fn concurrent_edits_are_all_applied() {
    let home = TestEnv::offline();
    let barrier = Barrier::new(8);
    thread::scope(|scope| {
        for number in 0..8 {
            let (home, barrier) = (&home, &barrier);
            scope.spawn(move || {
                barrier.wait();
                set_region(home, &format!("p{number}"), "a").unwrap();
            });
        }
    });
    let text = config(&home);
    for number in 0..8 {
        assert!(text.contains(&format!("[profile p{number}]\n")), "{text}");
    }
}

#[test]
fn a_failed_edit_leaves_no_history_entry() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    for path in [
        ".aws/config.bak/file",
        ".aws/config.history/config.bak/file",
    ] {
        home.write(path, "a directory in place of the backup");
    }
    let error = set_region(&home, "dev", "a").unwrap_err();
    assert!(matches!(error, Error::WriteConfig(_)), "{error}");
    assert_eq!(config(&home), "[profile dev]\n");
    assert_eq!(
        home.files().len(),
        4,
        "only the config file, two files in config.bak and the lock"
    );
}

fn undo(home: &TestEnv) -> Result<String, Error> {
    let undo = ConfigEdit::undo(&home.environment(&[]))?;
    let description = undo.entry.description.clone();
    undo.commit()?;
    Ok(description)
}

fn history_entries(home: &TestEnv) -> Vec<String> {
    files_with_extension(home, "json")
}

fn saved_states(home: &TestEnv) -> Vec<String> {
    files_with_extension(home, "before")
}

fn files_with_extension(home: &TestEnv, extension: &str) -> Vec<String> {
    let mut files = home.files();
    files.retain(|path| {
        Path::new(path)
            .extension()
            .is_some_and(|end| end == extension)
    });
    files
}

#[test]
fn edits_are_undone_one_after_the_other() {
    let home = TestEnv::offline();
    let states = ["[profile dev]\n", "[profile dev]\nregion = b\n"];
    home.write_config(states[0]);
    set_region(&home, "dev", "b").unwrap();
    set_region(&home, "größe", "c").unwrap();
    let last = config(&home);
    assert_eq!(undo(&home).unwrap(), "set region to c");
    assert_eq!(config(&home), states[1]);
    assert_eq!(home.read(".aws/config.bak"), last.as_bytes());
    assert_eq!(undo(&home).unwrap(), "set region to b");
    assert_eq!(config(&home), states[0]);
    let error = undo(&home).unwrap_err();
    assert!(matches!(error, Error::NothingToUndo { .. }), "{error}");
}

#[test]
fn an_edit_after_the_last_number_of_the_history_is_undone() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    home.write(".aws/config.history/4294967295.json", "by another tool");
    set_region(&home, "dev", "a").unwrap();
    set_region(&home, "dev", "b").unwrap();
    assert_eq!(undo(&home).unwrap(), "set region to b");
    assert_eq!(config(&home), "[profile dev]\nregion = a\n");
}

#[test]
fn the_history_contains_the_differences_of_ten_edits() {
    let home = TestEnv::offline();
    home.write_config(&"# a long file\n".repeat(10_000));
    for number in 0..12 {
        set_region(&home, "dev", &number.to_string()).unwrap();
    }
    let entries = history_entries(&home);
    assert_eq!(entries.len(), 10);
    for entry in entries {
        let length = home.read(&entry).len();
        assert!(length < 1_000, "{entry}: {length}");
    }
    assert_eq!(saved_states(&home), [".aws/config.history/000012.before"]);
    for number in (2..12).rev() {
        assert_eq!(undo(&home).unwrap(), format!("set region to {number}"));
    }
    assert!(undo(&home).is_err());
    assert!(config(&home).ends_with("region = 1\n"));
}

#[test]
fn changes_by_another_process_are_undone_only_by_force() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    home.write_config("[profile dev]\nregion = of another\n");
    let error = undo(&home).unwrap_err();
    assert!(matches!(error, Error::ConfigChanged { .. }), "{error}");
    let undo = ConfigEdit::force_undo(&home.environment(&[])).unwrap();
    undo.commit().unwrap();
    assert_eq!(config(&home), "[profile dev]\n");
    assert_eq!(
        home.read(".aws/config.bak"),
        b"[profile dev]\nregion = of another\n"
    );
}

#[test]
fn a_forced_undo_after_an_undo_reverts_the_edit_before() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    for region in ["a", "b", "c"] {
        set_region(&home, "dev", region).unwrap();
    }
    undo(&home).unwrap();
    home.write_config("[profile dev]\nregion = of another\n");
    assert!(matches!(
        undo(&home).unwrap_err(),
        Error::ConfigChanged { .. }
    ));
    let forced = ConfigEdit::force_undo(&home.environment(&[])).unwrap();
    forced.commit().unwrap();
    assert_eq!(config(&home), "[profile dev]\nregion = a\n");
    home.write_config("[profile dev]\nregion = of another\n");
    let forced = ConfigEdit::force_undo(&home.environment(&[])).unwrap();
    forced.commit().unwrap();
    assert_eq!(config(&home), "[profile dev]\n");
}

#[test]
fn an_edit_of_the_encoding_is_undone_byte_for_byte() {
    let home = TestEnv::offline();
    let units = "\u{feff}[default]\r\naws_secret_access_key = hunter2\r\n".encode_utf16();
    let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    home.write(".aws/config", &bytes);
    home.write(".aws/credentials", &bytes);
    let env: AwsEnv = home.environment(&[]);
    for edit in [ConfigEdit::begin(&env), ConfigEdit::begin_credentials(&env)] {
        let mut edit = edit.unwrap();
        edit.change(|document| {
            *document = document.to_utf8().unwrap();
            Ok(())
        })
        .unwrap();
        assert_eq!(edit.diff(), "");
        edit.commit(NOW, "convert").unwrap();
    }
    let converted = "[default]\r\naws_secret_access_key = hunter2\r\n";
    assert_eq!(home.read(".aws/credentials"), converted.as_bytes());
    undo(&home).unwrap();
    assert_eq!(home.read(".aws/credentials"), bytes);
    assert_eq!(config(&home), converted);
    undo(&home).unwrap();
    assert_eq!(home.read(".aws/config"), bytes);
    assert!(matches!(
        undo(&home).unwrap_err(),
        Error::NothingToUndo { .. }
    ));
}

#[test]
fn undo_skips_an_entry_whose_edit_was_not_written() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    let before = config(&home);
    set_region(&home, "dev", "b").unwrap();
    home.write_config(&before);
    assert_eq!(undo(&home).unwrap(), "set region to a");
    assert_eq!(config(&home), "[profile dev]\n");
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_in_place_of_the_backup_is_kept() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    home.write("elsewhere", "of the user");
    let backup = home.aws_dir().join("config.bak");
    std::os::unix::fs::symlink(home.home().join("elsewhere"), &backup).unwrap();
    set_region(&home, "dev", "a").unwrap();
    assert_eq!(home.read("elsewhere"), b"of the user");
    assert!(backup.is_symlink());
    assert_eq!(
        home.read(".aws/config.history/config.bak"),
        b"[profile dev]\n"
    );
}

#[test]
fn a_backup_of_the_user_is_kept() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    home.write(".aws/config.bak", "of the user");
    set_region(&home, "dev", "a").unwrap();
    set_region(&home, "dev", "b").unwrap();
    assert_eq!(home.read(".aws/config.bak"), b"of the user");
    let saved = home.read(".aws/config.history/config.bak");
    assert_eq!(saved, b"[profile dev]\nregion = a\n");
    home.write_config("[profile dev]\nregion = of another\n");
    let undo = ConfigEdit::force_undo(&home.environment(&[])).unwrap();
    undo.commit().unwrap();
    assert_eq!(config(&home), "[profile dev]\nregion = a\n");

    fs::remove_file(home.aws_dir().join("config.bak")).unwrap();
    set_region(&home, "dev", "c").unwrap();
    set_region(&home, "dev", "d").unwrap();
    let saved = home.read(".aws/config.bak");
    assert_eq!(saved, b"[profile dev]\nregion = c\n");
}

#[test]
fn a_backup_that_the_user_has_changed_is_kept() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    home.write(".aws/config.bak", "[profile dev]\n# a note\n");
    set_region(&home, "dev", "b").unwrap();
    assert_eq!(home.read(".aws/config.bak"), b"[profile dev]\n# a note\n");
    assert_eq!(undo(&home).unwrap(), "set region to b");
}

#[test]
fn an_undo_keeps_later_changes_of_other_lines() {
    for (changed, undone) in [
        ("# a\n[profile dev]\nregion = a\n", "# a\n[profile dev]\n"),
        ("[profile dev]\nregion = a\n# b\n", "[profile dev]\n# b\n"),
        (
            "[profile dev]\nregion = a\noutput = json\n",
            "[profile dev]\noutput = json\n",
        ),
        (
            "[profile x]\n[profile dev]\nregion = a\n[profile y]\n",
            "[profile x]\n[profile dev]\n[profile y]\n",
        ),
    ] {
        let home = TestEnv::offline();
        home.write_config("[profile dev]\n");
        set_region(&home, "dev", "a").unwrap();
        home.write_config(changed);
        let undo = ConfigEdit::undo(&home.environment(&[])).unwrap();
        assert!(undo.keeps_changes);
        undo.commit().unwrap();
        assert_eq!(config(&home), undone);
    }
}

#[test]
fn several_edits_are_undone_despite_later_changes() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    set_region(&home, "other", "b").unwrap();
    let changed = config(&home).replace("region = a\n", "region = a\noutput = json\n");
    home.write_config(&changed);
    assert_eq!(undo(&home).unwrap(), "set region to b");
    assert_eq!(config(&home), "[profile dev]\nregion = a\noutput = json\n");
    assert_eq!(undo(&home).unwrap(), "set region to a");
    assert_eq!(config(&home), "[profile dev]\noutput = json\n");
    assert!(undo(&home).is_err());
}

#[test]
fn an_undo_moves_no_property_to_another_section() {
    for changed in [
        "[profile dev]\n\n[profile other]\nregion = b\noutput = json\n",
        "[profile dev]\n\n[profile other]\noutput = json\nregion = b\n",
        "[profile dev]\n\n[profile other]\nregion = b\n\n# x\noutput = json\n",
        "[profile dev]\n\n[profile other]\nregion = c\n",
    ] {
        let home = TestEnv::offline();
        home.write_config("[profile dev]\n");
        set_region(&home, "other", "b").unwrap();
        home.write_config(changed);
        let error = undo(&home).unwrap_err();
        assert!(
            matches!(error, Error::ConfigChanged { .. }),
            "{changed}: {error}"
        );
        assert_eq!(config(&home), changed);
    }
}

#[test]
fn an_undo_during_an_edit_keeps_its_entry() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\nregion = a\n");
    let env: AwsEnv = home.environment(&[]);
    crate::logger::on_message(move |message| {
        if message.starts_with("replacing ") {
            let too_early = ConfigEdit::undo(&env);
            assert!(
                matches!(too_early, Err(Error::NothingToUndo { .. })),
                "{too_early:?}"
            );
        }
    });
    set_region(&home, "dev", "b").unwrap();
    crate::logger::on_message(|_| {});
    assert_eq!(undo(&home).unwrap(), "set region to b");
    assert_eq!(config(&home), "[profile dev]\nregion = a\n");
}

#[test]
fn an_undo_keeps_the_entry_of_a_later_edit_of_the_other_file() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\nregion = a\n");
    home.write_credentials("[dev]\nregion = a\n");
    set_region(&home, "dev", "b").unwrap();
    let env: AwsEnv = home.environment(&[]);
    let prepared = ConfigEdit::undo(&env).unwrap();
    let mut edit = ConfigEdit::begin_credentials(&env).unwrap();
    let rename = |document: &mut Document| {
        *document = Document::parse(document.kind(), "[dev]\nregion = of credentials\n");
        Ok(())
    };
    edit.change(rename).unwrap();
    edit.commit(NOW, "edit the credentials").unwrap();
    prepared.commit().unwrap();
    assert_eq!(config(&home), "[profile dev]\nregion = a\n");
    assert_eq!(undo(&home).unwrap(), "edit the credentials");
    let credentials = home.read(home.credentials_path());
    assert_eq!(credentials, b"[dev]\nregion = a\n");
    assert!(matches!(
        undo(&home).unwrap_err(),
        Error::NothingToUndo { .. }
    ));
}

#[test]
fn an_undo_removes_entries_of_edits_that_were_not_written() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    let before = config(&home);
    set_region(&home, "dev", "b").unwrap();
    home.write_config(&before);
    undo(&home).unwrap();
    assert_eq!(history_entries(&home), [""; 0]);
}

#[test]
fn an_undo_whose_previous_state_cannot_be_saved_succeeds() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    set_region(&home, "dev", "b").unwrap();
    home.write(".aws/config.history/000001.before/file", "a directory");
    undo(&home).unwrap();
    assert_eq!(config(&home), "[profile dev]\nregion = a\n");
    undo(&home).unwrap();
    assert_eq!(config(&home), "[profile dev]\n");
}

#[test]
fn a_refused_edit_or_undo_does_not_prevent_a_forced_undo() {
    let refused_edit = |env: &AwsEnv| {
        let mut edit = ConfigEdit::begin(env)?;
        edit.change(|document| set(document, "dev", "c"))?;
        edit.commit(NOW, "set region").map(drop)
    };
    let refused_undo = |env: &AwsEnv| ConfigEdit::undo(env)?.commit();
    let check = |refused: &dyn Fn(&AwsEnv) -> Result<(), Error>| {
        let home = TestEnv::offline();
        home.write_config("[profile dev]\nregion = original\n");
        set_region(&home, "dev", "b").unwrap();
        let env: AwsEnv = home.environment(&[]);
        write_before_rename(&home, "other", 1);
        let error = refused(&env).unwrap_err();
        assert!(matches!(error, Error::ConfigChanged { .. }), "{error:?}");
        ConfigEdit::force_undo(&env).unwrap().commit().unwrap();
        assert_eq!(config(&home), "[profile dev]\nregion = original\n");
    };
    check(&refused_edit);
    check(&refused_undo);
}

#[test]
fn a_corrupt_history_entry_is_an_error_that_does_not_quote_it() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    home.write(".aws/config.history/000001.json", "\"hunter2\"");
    let error = undo(&home).unwrap_err();
    assert!(matches!(error, Error::CorruptHistory { .. }), "{error}");
    assert!(!format!("{error:?} {error}").contains("hunter2"));
}

#[test]
fn a_history_entry_with_the_former_field_name_is_read() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    let entry = ".aws/config.history/000001.json";
    let text = String::from_utf8(home.read(entry)).unwrap();
    let former = text.replace("\"description\":", "\"did\":");
    assert_ne!(former, text);
    home.write(entry, &former);
    assert_eq!(undo(&home).unwrap(), "set region to a");
    assert_eq!(config(&home), "[profile dev]\n");
}

#[test]
fn a_diff_shows_settings_but_no_secrets() {
    let home = TestEnv::offline();
    home.write_config(
        "[profile dev]\ncredential_process = get hunter2\n# \u{1b}[31mred\nmy_key = hunter2\n\
         aws_secret_access_key = hunter2\nsso_role_name = x\n",
    );
    let mut edit = ConfigEdit::begin(&home.environment(&[])).unwrap();
    edit.change(|document| {
        set(document, "dev", "eu-west-1")?;
        let mut dev = document.section_mut(&SectionName::profile("dev")).unwrap();
        dev.set("aws_secret_access_key", "hunter2!").map(drop)
    })
    .unwrap();
    let diff = edit.diff();
    assert_eq!(
        diff.lines().skip(2).collect::<Vec<_>>(),
        [
            "@@ -2,5 +2,6 @@",
            " credential_process = ****",
            r" # \u{1b}[31mred",
            " my_key = ****",
            "-aws_secret_access_key = **** (old value)",
            "+aws_secret_access_key = **** (new value)",
            " sso_role_name = x",
            "+region = eu-west-1",
        ]
    );
}

#[test]
fn a_diff_shows_long_lines_completely() {
    let home = TestEnv::offline();
    let long = "x".repeat(3000);
    home.write_config(&format!(
        "[profile dev]\n# {long}\nsso_role_name = {long}a\n"
    ));
    let mut edit = ConfigEdit::begin(&home.environment(&[])).unwrap();
    edit.change(|document| {
        let mut dev = document.section_mut(&SectionName::profile("dev")).unwrap();
        dev.set("sso_role_name", &format!("{long}b")).map(drop)
    })
    .unwrap();
    let diff = edit.diff();
    assert_eq!(
        diff.lines().skip(4).collect::<Vec<_>>(),
        [
            format!(" # {long}"),
            format!("-sso_role_name = {long}a"),
            format!("+sso_role_name = {long}b"),
        ]
    );
}

/// Lets a tool without locks write the config file `times` times, each time when it is about to be
/// replaced.
fn write_before_rename(home: &TestEnv, name: &'static str, times: usize) {
    let (path, history) = (home.config_path(), home.aws_dir().join("config.history"));
    let mut written = 0;
    crate::logger::on_message(move |message| {
        if written == times || !message.starts_with("replacing ") {
            return;
        }
        let temporary = locked_file::temporary_files(&history);
        assert!(
            !fs::read(&temporary[0]).unwrap().is_empty(),
            "the new content is complete"
        );
        written += 1;
        let text = format!("[profile dev]\nregion = a\n[profile {name}{written}]\n");
        let mut file = fs::File::create(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    });
}

#[test]
fn an_edit_is_repeated_if_a_tool_without_locks_writes_right_before_the_rename() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\nregion = a\n");
    write_before_rename(&home, "other", 2);
    assert_eq!(set_region(&home, "dev", "b").unwrap(), Outcome::Changed);
    let expected = "[profile dev]\nregion = b\n[profile other2]\n";
    assert_eq!(config(&home), expected);
}

#[test]
fn an_edit_or_undo_is_refused_if_a_tool_without_locks_writes_right_before_the_rename() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\nregion = a\n");
    set_region(&home, "dev", "b").unwrap();
    let env: AwsEnv = home.environment(&[]);
    let before = history_entries(&home);

    let undo = ConfigEdit::undo(&env).unwrap();
    write_before_rename(&home, "first", 1);
    let error = undo.commit().unwrap_err();
    assert!(matches!(error, Error::ConfigChanged { .. }), "{error:?}");

    let mut edit = ConfigEdit::begin(&env).unwrap();
    edit.change(|document| set(document, "dev", "c")).unwrap();
    write_before_rename(&home, "second", 1);
    let error = edit.commit(NOW, "set region").unwrap_err();
    assert!(matches!(error, Error::ConfigChanged { .. }), "{error:?}");
    assert_eq!(
        config(&home),
        "[profile dev]\nregion = a\n[profile second1]\n"
    );
    assert_eq!(
        history_entries(&home),
        before,
        "the history has no entry of the refused edit"
    );
}

#[cfg(unix)]
#[test]
fn a_device_can_be_inspected_but_not_edited() {
    let home = TestEnv::offline();
    let env: AwsEnv = home.environment(&[("AWS_CONFIG_FILE", "/dev/null")]);
    let edit = ConfigEdit::inspect(&env).unwrap();
    assert!(edit.before().as_bytes().is_empty());
    let error = ConfigEdit::begin(&env).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot edit /dev/null: it is not a regular file"
    );
}

#[test]
fn a_copy_of_the_config_file_as_backup_is_kept() {
    let text = "[profile dev]\n";
    let home = TestEnv::offline();
    home.write_config(text);
    home.write(".aws/config.bak", text);
    for region in ["a", "b", "c"] {
        set_region(&home, "dev", region).unwrap();
        assert_eq!(home.read(".aws/config.bak"), text.as_bytes());
    }

    let home = TestEnv::offline();
    home.write_config(text);
    set_region(&home, "dev", "a").unwrap();
    let copy = config(&home);
    home.write(".aws/config.bak", &copy);
    for region in ["b", "c", "d"] {
        set_region(&home, "dev", region).unwrap();
        assert_eq!(home.read(".aws/config.bak"), copy.as_bytes());
    }
}

#[test]
fn edits_before_and_after_a_change_by_another_tool_are_undone() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    set_region(&home, "x", "b").unwrap();
    let own = "# mine\n";
    home.write_config(&(own.to_owned() + &config(&home)));
    set_region(&home, "y", "c").unwrap();
    set_region(&home, "z", "d").unwrap();
    for region in ["d", "c", "b", "a"] {
        assert_eq!(undo(&home).unwrap(), format!("set region to {region}"));
    }
    assert_eq!(config(&home), "# mine\n[profile dev]\n");
    assert!(undo(&home).is_err());
}

#[test]
fn a_file_that_is_no_longer_utf8_is_undone_only_by_force() {
    for added in [&b"# \xe9t\xe9\n"[..], b"# \xe9abcdef\n"] {
        let home = TestEnv::offline();
        home.write_config("[profile dev]\n");
        set_region(&home, "dev", "a").unwrap();
        let changed = [config(&home).as_bytes(), added].concat();
        home.write(home.config_path(), &changed);
        let error = undo(&home).unwrap_err();
        assert!(matches!(error, Error::ConfigChanged { .. }), "{error}");
        assert_eq!(home.read(home.config_path()), changed);
        let undo = ConfigEdit::force_undo(&home.environment(&[])).unwrap();
        undo.commit().unwrap();
        assert_eq!(config(&home), "[profile dev]\n");
    }
}

#[test]
fn an_undo_by_force_without_a_saved_state_is_an_error() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    home.write_config("[profile dev]\nregion = b\n");
    for file in [".aws/config.bak", ".aws/config.history/000001.before"] {
        home.write(file, "");
    }
    let error = ConfigEdit::force_undo(&home.environment(&[])).unwrap_err();
    assert!(matches!(error, Error::StateNotSaved { .. }), "{error}");
}

/// Rewrites the config file in place, with `bytes` first and with `text` when it is read again.
fn rewrite_slowly(home: &TestEnv, bytes: &str, text: &'static str) {
    let write_in_place = |path: &Path, text: &str| {
        let mut file = fs::File::create(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    };
    let path = home.config_path();
    write_in_place(&path, bytes);
    crate::logger::on_message(move |message| {
        if message.ends_with("reading it again") {
            write_in_place(&path, text);
        }
    });
}

#[test]
fn a_config_file_that_is_being_rewritten_is_read_again() {
    let text = "[profile dev]\nregion = a\n[profile other]\noutput = json\n";
    for part in ["", "[profile dev]\nregion = a\n[prof"] {
        let home = TestEnv::offline();
        rewrite_slowly(&home, part, text);
        set_region(&home, "dev", "b").unwrap();
        assert_eq!(config(&home), text.replace("= a", "= b"));
        assert_eq!(home.read(".aws/config.bak"), text.as_bytes());

        let home = TestEnv::offline();
        rewrite_slowly(&home, part, text);
        let files = sso_config::ConfigFiles::load(&home.environment(&[])).unwrap();
        assert!(files.profile(&"other".into()).is_some());
    }
    crate::logger::on_message(|_| {});
}

#[test]
fn an_undo_reads_a_file_that_is_being_rewritten_again() {
    let home = TestEnv::offline();
    home.write_config("[profile dev]\n");
    set_region(&home, "dev", "a").unwrap();
    rewrite_slowly(&home, "", "[profile dev]\nregion = a\n# x\n");
    undo(&home).unwrap();
    crate::logger::on_message(|_| {});
    assert_eq!(config(&home), "[profile dev]\n# x\n");
}

#[test]
fn a_file_that_stays_empty_or_without_a_line_end_is_edited() {
    for text in ["", "[profile dev]"] {
        let home = TestEnv::offline();
        home.write_config(text);
        set_region(&home, "dev", "a").unwrap();
        assert!(
            config(&home).ends_with("[profile dev]\nregion = a")
                || config(&home).ends_with("region = a\n")
        );
    }
}
