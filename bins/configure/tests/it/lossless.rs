//! Every edit keeps the unrelated bytes of any config file.

use std::fs;
use std::path::Path;

use identity_center_emulator::Emulator;
use serde_json::json;
use sso_session::{Clock as _, SystemClock};
#[cfg(target_os = "linux")]
use sso_test_support::FileAttribute;
use sso_test_support::{TestEnv, tool};

use crate::listing::write_checkpoint;
use crate::wizard::run_with_input;
use crate::{SESSION, config, signed_in};

const SYNC_FILE: &str = r#"
[sso-session.my-sso]
sso_start_url = "https://my-sso-portal.awsapps.com/start"
sso_region = "us-east-1"

[[profiles]]
sso_session = "my-sso"
accounts = ["Dev*"]
roles = ["ReadOnly"]
"#;

const POPULATE: &str = "sso-configure populate --from sso-profiles.toml";

fn with_sync_file() -> (Emulator, TestEnv) {
    let (center, env) = signed_in("");
    env.write("sso-profiles.toml", SYNC_FILE);
    (center, env)
}

/// Writes a checkpoint with the roles of the account, so that a run needs only one request.
fn plant_roles(env: &TestEnv) {
    let listed_at = SystemClock.now().unix_timestamp();
    let accounts = json!({ "111122223333": { "roles": ["ReadOnly"], "listedAt": listed_at } });
    write_checkpoint(env, &accounts);
}

/// Returns whether `after` is `before` with one insertion.
fn is_insertion(before: &[u8], after: &[u8]) -> bool {
    let equal = |(left, right): &(&u8, &u8)| left == right;
    let start = before.iter().zip(after).take_while(equal).count();
    let end = before.iter().rev().zip(after.iter().rev());
    start + end.take_while(equal).count() >= before.len()
}

#[test]
fn populate_and_undo_keep_all_other_bytes_of_any_file() {
    let (_center, env) = with_sync_file();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/config");
    let (mut edited, mut rejected) = (0, 0);
    for fixture in fs::read_dir(fixtures).unwrap() {
        let path = fixture.unwrap().path().join("config");
        let Ok(before) = fs::read(&path) else {
            continue;
        };
        env.write(".aws/config", &before);
        plant_roles(&env);
        let run = env.run(POPULATE);
        let after = env.read(env.config_path());
        if run.code() == Some(0) {
            edited += 1;
            assert!(is_insertion(&before, &after), "{}", path.display());
            assert!(after.len() > before.len(), "{}", path.display());
            env.run("sso-configure undo").expect_code(0);
            assert_eq!(env.read(env.config_path()), before, "{}", path.display());
        } else {
            rejected += 1;
            let run = run.expect_code(253);
            assert_eq!(after, before, "{}: {run}", path.display());
        }
    }
    assert!(edited > 50 && rejected > 10, "{edited} {rejected}");
}

/// Runs `edit` on each file of the corpus with `tail` at its end. Checks that lines stay unless
/// they begin with one of `edited_keys`, and reverts the edit. Returns the number of edited files.
fn edit_each(tail: &str, edit: impl Fn(&TestEnv) -> Option<i32>, edited_keys: &[&str]) -> usize {
    let env = TestEnv::offline();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/config");
    let mut edited = 0;
    for fixture in fs::read_dir(fixtures).unwrap() {
        let path = fixture.unwrap().path().join("config");
        let Ok(mut before) = fs::read(&path) else {
            continue;
        };
        before.extend_from_slice(tail.as_bytes());
        env.write(".aws/config", &before);
        let code = edit(&env);
        let after = env.read(env.config_path());
        if after == before {
            assert_ne!(code, Some(0), "{}", path.display());
            continue;
        }
        edited += 1;
        assert!(
            lines_stay(without_mark(&before), &after, edited_keys),
            "{}",
            path.display()
        );
        // `check --fix` edits the file again if the first edit reveals other problems.
        while env.read(env.config_path()) != before {
            env.run("sso-configure undo").expect_code(0);
        }
    }
    edited
}

/// `check --fix` removes a byte order mark.
fn without_mark(file: &[u8]) -> &[u8] {
    file.strip_prefix("\u{feff}".as_bytes()).unwrap_or(file)
}

/// Returns whether all lines of `before` are in `after` in the same order, except those that begin
/// with one of `edited_keys`. A last line without a line ending may have one in `after`.
fn lines_stay(before: &[u8], after: &[u8], edited_keys: &[&str]) -> bool {
    let is_edited = |line: &&[u8]| {
        edited_keys
            .iter()
            .any(|key| line.starts_with(key.as_bytes()))
    };
    let lines = before.split_inclusive(|byte| *byte == b'\n');
    let mut after = after.split_inclusive(|byte| *byte == b'\n');
    let mut expected_lines = lines.filter(|line| !is_edited(line));
    let is_same = |line: &[u8], other: &[u8]| {
        line == other || !line.ends_with(b"\n") && other.starts_with(line)
    };
    expected_lines.all(|line| after.any(|other| is_same(line, other)))
}

const LEGACY: &str = "\n[profile lossless-probe]\nsso_start_url = https://probe.awsapps.com/start\n\
                      sso_region = us-east-1\n# mine\nsso_account_id = 111122223333\n\
                      sso_role_name = ReadOnly\n";

#[test]
fn the_wizard_keeps_all_other_bytes_of_any_file() {
    let answers = r#"{"ssoSession": "lossless-probe", "startUrl": "https://a.awsapps.com/start",
        "ssoRegion": "us-east-1", "scopes": "sso:account:access", "accountId": "111122223333",
        "roleName": "ReadOnly", "region": "", "outputFormat": "", "profile": "lossless-probe"}"#;
    let edit = |env: &TestEnv| {
        let before = env.read(env.config_path());
        let (code, stderr) = run_with_input(env, "--from -", answers);
        let after = env.read(env.config_path());
        assert!(is_insertion(&before, &after), "{stderr}");
        Some(code)
    };
    assert!(edit_each("", edit, &[]) > 50);
}

#[test]
fn migrate_keeps_all_other_lines_of_any_file() {
    let migrate = |env: &TestEnv| env.run("sso-configure migrate --yes").code();
    assert!(edit_each(LEGACY, migrate, &["sso_start_url", "sso_region"]) > 50);
}

#[test]
fn check_fix_keeps_all_other_lines_of_any_file() {
    let tail = "\n[sso-session lossless-probe]\nsso_start_url = https://a.awsapps.com/start\n\
                sso_region = us-east-1\n\n[profile lossless-probe]\nsso_session = lossless-probe\n\
                # mine\nregion = \"eu-west-1\"\n";
    let check = |env: &TestEnv| env.run("sso-configure check --fix --offline").code();
    let edited = [
        "region = \"eu-west-1\"",
        // A repeated line.
        "x = 1",
        // Headers with a misspelled type, an empty key, and a key of a block in upper case.
        "[",
        "region =",
        "  Addressing_Style",
    ];
    assert!(edit_each(tail, check, &edited) > 50);
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_not_replaced() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = TestEnv::offline();
    env.write_config(LEGACY);
    env.run("sso-configure migrate --yes").expect_code(0);
    let set_mode = |mode| {
        fs::set_permissions(env.config_path(), fs::Permissions::from_mode(mode)).unwrap();
    };
    set_mode(0o444);
    let before = (config(&env), env.files());
    for command in [
        "session --sso-session new --start-url https://a.awsapps.com/start --sso-region us-east-1 \
         --scopes a",
        "undo",
    ] {
        env.run(&format!("sso-configure {command}"))
            .expect_error(253, "config is read-only\nhint: chmod u+w ");
        assert_eq!((config(&env), env.files()), before);
    }
    set_mode(0o640);
    env.run("sso-configure undo").expect_code(0);
    assert_eq!(config(&env), LEGACY);
}

#[cfg(unix)]
#[test]
fn symbolic_link_mode_and_line_endings_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_center, env) = with_sync_file();
    let target = env.home().join("dotfiles").join("config");
    env.write("dotfiles/config", "[default]\r\nregion=eu-west-1\r\n");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    fs::remove_file(env.config_path()).unwrap();
    std::os::unix::fs::symlink(&target, env.config_path()).unwrap();
    env.run(POPULATE).expect_code(0);
    assert!(env.config_path().is_symlink());
    let mode = fs::metadata(&target).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let written = fs::read_to_string(&target).unwrap();
    assert!(written.starts_with("[default]\r\nregion=eu-west-1\r\n\r\n[sso-session my-sso]\r\n"));
    assert_eq!(
        written.matches('\n').count(),
        written.matches("\r\n").count()
    );
    let backup = fs::metadata(env.aws_dir().join("config.bak")).unwrap();
    assert_eq!(backup.permissions().mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn a_full_disk_or_a_read_only_file_system_loses_nothing() {
    let check = |wrapped: &str, words: &str| {
        let (_center, env) = with_sync_file();
        env.write_config(SESSION);
        let run = env.run(wrapped).expect_code(253);
        assert!(run.stderr().contains(words), "{run}");
        assert_eq!(config(&env), SESSION);
    };
    check(
        &format!("sh -c \"trap '' XFSZ; ulimit -f 0; exec {POPULATE}\""),
        "File too large",
    );
    let Some(strace) = tool("strace") else {
        return;
    };
    let strace = strace.display();
    check(
        &format!("{strace} -f -qq -o /dev/null -e inject=/access:error=EROFS {POPULATE}"),
        "Read-only file system",
    );
}

#[cfg(target_os = "linux")]
#[test]
fn an_edit_is_flushed_to_disk_after_its_backup() {
    let (_center, env) = with_sync_file();
    env.write_config(SESSION);
    let Some((edit, calls)) = env.run_traced(POPULATE) else {
        return;
    };
    let _ = edit.expect_code(0);
    let at = |call: &str| calls.iter().position(|found| found == call).unwrap();
    for name in ["config.bak", "config"] {
        let renamed = at(&format!("rename .aws/{name}"));
        assert_eq!(
            calls[renamed - 2..renamed],
            ["write T", "fsync T"],
            "{calls:#?}"
        );
        assert_eq!(calls[renamed + 1], "fsync .aws", "{calls:#?}");
    }
    assert!(at("rename .aws/config.bak") < at("rename .aws/config"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_config_file_that_is_a_mount_point_is_edited_in_place() {
    let (_center, env) = with_sync_file();
    env.write_config(SESSION);
    let path = env.config_path();
    let mount = format!("mount --bind {path} {path}", path = path.display());
    if let Some(edit) = env.run_with_mounts(&mount, POPULATE) {
        let _ = edit.expect_code(0);
        assert!(config(&env).starts_with(SESSION));
        assert_ne!(config(&env), SESSION);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_edit_works_without_locks_modes_or_a_rename() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    let check = |fault: &str, is_replaced: bool, mode: u32, warning: &str| {
        let (_center, env) = with_sync_file();
        env.write_config(SESSION);
        let path = env.config_path();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let inode = || fs::metadata(&path).unwrap().ino();
        let old = inode();
        let Some(strace) = tool("strace") else {
            return;
        };
        let (strace, at_config) = (strace.display(), path.display());
        // Only the config file cannot be renamed.
        let only = if is_replaced {
            String::new()
        } else {
            format!("-P {at_config} ")
        };
        let run = env.run(&format!(
            "{strace} -f -qq -o /dev/null {only}-e inject={fault} {POPULATE}"
        ));
        let run = run.expect_code(0);
        assert!(run.stderr().contains(warning), "{run}");
        assert_ne!(config(&env), SESSION, "{fault}");
        assert!(config(&env).starts_with(SESSION), "{fault}");
        assert_eq!(env.read(".aws/config.bak"), SESSION.as_bytes(), "{fault}");
        assert_eq!(inode() != old, is_replaced, "{fault}");
        let found = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{fault}");
        env.run("sso-configure undo").expect_code(0);
        assert_eq!(config(&env), SESSION, "{fault}");
    };
    let warning = "lock cannot be locked; other processes may write at the same time";
    for error in ["EINVAL", "EPERM", "EACCES", "EIO"] {
        check(&format!("flock:error={error}"), true, 0o640, warning);
    }
    check("fchmod:error=EPERM", true, 0o600, "");
    check("fchmod:retval=0", true, 0o600, "");
    let fault = "rename,renameat,renameat2:error=EBUSY";
    check(fault, false, 0o640, "");
}

#[cfg(target_os = "linux")]
#[test]
fn an_immutable_config_file_is_reported_with_a_hint() {
    let (_center, env) = with_sync_file();
    env.write_config(SESSION);
    let path = env.config_path();
    let Some(_set) = FileAttribute::set('i', &path) else {
        return;
    };
    let hint = format!("hint: sudo chattr -i {}", path.display());
    env.run(POPULATE).expect_error(253, &hint);
    assert_eq!(config(&env), SESSION);
}

#[test]
fn concurrent_edits_are_all_kept() {
    let (_center, env) = signed_in(SESSION);
    let selections = [
        ("Dev*", "ReadOnly"),
        ("Dev*", "FullAccess"),
        ("Prod*", "ReadOnly"),
        ("Prod*", "FullAccess"),
    ];
    let running = selections.map(|(account, role)| {
        env.start(&format!(
            "sso-configure populate --account {account} --role {role}"
        ))
    });
    for program in running {
        program.finish().expect_code(0);
    }
    let config = config(&env);
    for header in [
        "[profile DeveloperAccount.ReadOnly]\n",
        "[profile DeveloperAccount.FullAccess]\n",
        "[profile ProductionAccount.ReadOnly]\n",
        "[profile ProductionAccount.FullAccess]\n",
    ] {
        assert_eq!(config.matches(header).count(), 1, "{header} in\n{config}");
    }
}
