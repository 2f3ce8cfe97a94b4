//! An edit by the program changes only what it is about, whatever the file looks like.

use std::fs;
use std::path::Path;

use serde_json::json;
use sso_credentials::{Clock as _, SystemClock};
use sso_test_support::{FakeIdentityCenter, TestEnv, tool};

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

/// Signed in, with the roles of the account listed already, so that a run takes one request.
fn ready() -> (FakeIdentityCenter, TestEnv) {
    let (center, env) = signed_in("");
    env.write("sso-profiles.toml", SYNC_FILE);
    (center, env)
}

fn plant_roles(env: &TestEnv) {
    let listed_at = SystemClock.now().unix_timestamp();
    let kept = json!({ "111122223333": { "roles": ["ReadOnly"], "listedAt": listed_at } });
    env.write(
        ".aws/sso/cache/aws-sso-tools/0ad374308c5a4e22f723adf10145eafad7c4031c.accounts",
        kept.to_string(),
    );
}

/// Whether `after` is `before` with something put in at one place.
fn is_insertion(before: &[u8], after: &[u8]) -> bool {
    let equal = |(one, other): &(&u8, &u8)| one == other;
    let start = before.iter().zip(after).take_while(equal).count();
    let end = before.iter().rev().zip(after.iter().rev());
    start + end.take_while(equal).count() >= before.len()
}

#[test]
fn to_any_file_profiles_are_added_and_taken_back_without_touching_another_byte() {
    let (_center, env) = ready();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/config");
    let (mut edited, mut refused) = (0, 0);
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
            refused += 1;
            let run = run.expect_code(253);
            assert_eq!(after, before, "{}: {run}", path.display());
        }
    }
    assert!(edited > 50 && refused > 10, "{edited} {refused}");
}

#[cfg(unix)]
#[test]
fn a_link_a_mode_and_the_line_ends_stay() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_center, env) = ready();
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
fn on_a_full_disk_and_in_a_read_only_folder_it_is_an_error_and_nothing_is_lost() {
    let check = |wrapped: &str, words: &str| {
        let (_center, env) = ready();
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

#[test]
fn of_programs_that_edit_at_once_none_loses_what_another_wrote() {
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
