//! Other tools' files, corrupt files, and files that cannot be removed.

#[cfg(unix)]
use std::fs;

#[cfg(target_os = "linux")]
use identity_center_emulator::{Fault, Operation};
use insta::assert_snapshot;
use serde_json::json;
use sso_test_support::TestEnv;
#[cfg(target_os = "linux")]
use sso_test_support::tool;

use crate::{cached, signed_in};

#[test]
fn files_other_than_sso_tokens_and_role_credentials_are_kept() {
    let (_center, env) = signed_in();
    let sso = |name: &str| format!(".aws/sso/cache/{name}");
    let cli = |name: &str| format!(".aws/cli/cache/{name}");
    let token = r#"{"startUrl": "https://x", "accessToken": "aoa"}"#;
    let others = [
        (sso("kiro-auth-token.json"), r#"{"accessToken": "aoa"}"#),
        (sso("start-url-alone.json"), r#"{"startUrl": "https://x"}"#),
        (
            sso("number.json"),
            r#"{"startUrl": "https://x", "accessToken": 1}"#,
        ),
        (sso("list.json"), "[]"),
        (
            sso("broken.json"),
            r#"{"startUrl": "https://x", "accessToken": "aoa"#,
        ),
        (sso("text.json"), "hello"),
        (sso("empty.json"), ""),
        (sso("backup.json~"), token),
        (sso("backup.json.bak"), token),
        (sso(".backup.json.swp"), token),
        (sso("directory.json/inside.json"), token),
        (
            cli("assumed.json"),
            r#"{"Credentials": {}, "AssumedRoleUser": {}}"#,
        ),
        (
            cli("other.json"),
            r#"{"Credentials": {}, "ProviderType": "login"}"#,
        ),
        (cli("completions.db"), "x"),
    ];
    for (path, text) in &others {
        env.write(path, text);
    }
    let logout = env.run("sso-logout").expect_code(0);
    assert!(!logout.stderr().contains("warning"), "{logout}");
    for (path, text) in &others {
        assert_eq!(env.read(path), text.as_bytes(), "{path}");
    }
    assert_eq!(cached(&env).len(), others.len());
}

#[test]
fn a_corrupt_token_file_is_kept_and_reported() {
    let (_center, env) = signed_in();
    env.write(
        format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO),
        r#"{"startUrl": "https://x", "accessToken": "aoa"#,
    );
    assert_snapshot!(env.run("sso-logout --sso-session my-sso"), @"
    $ sso-logout --sso-session my-sso
    --- stderr
    sso-logout: warning: the cache file [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json is corrupt: invalid JSON at line 1, column 45; it may contain a token and is not removed
    Not signed in to any selected session.
    --- exit: 0
    ");
    let legacy = env.run("sso-logout --profile legacy").expect_code(0);
    assert!(!legacy.stderr().contains("warning"), "{legacy}");
}

/// A sign-out empties a token file that it cannot remove.
#[test]
fn an_empty_token_file_is_not_reported() {
    let (_center, env) = signed_in();
    let path = format!(".aws/sso/cache/{}", TestEnv::TOKEN_OF_MY_SSO);
    env.write(path, "");
    for selection in ["", " --sso-session my-sso"] {
        let logout = env.run(&format!("sso-logout{selection}")).expect_code(0);
        assert!(!logout.stderr().contains("warning"), "{logout}");
    }
}

#[cfg(unix)]
#[test]
fn the_target_of_a_symlink_is_removed_and_the_symlink_kept() {
    let (_center, env) = signed_in();
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    env.write("elsewhere/token.json", env.read(&path));
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(env.home().join("elsewhere/token.json"), &path).unwrap();
    env.run("sso-logout").expect_code(0);
    assert!(!env.home().join("elsewhere/token.json").exists());
    assert!(path.is_symlink());
}

#[cfg(unix)]
#[test]
fn the_other_hard_links_of_a_token_are_reported() {
    let (_center, env) = signed_in();
    let path = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    fs::hard_link(&path, env.home().join("other.json")).unwrap();
    assert_snapshot!(env.run("sso-logout"), @"
    $ sso-logout
    --- stderr
    sso-logout: warning: [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json had other hard links, which keep its content; remove them too
    Successfully signed out of all SSO profiles.
    --- exit: 0
    ");
}

/// Gives the token of `my-sso` the name of the legacy token, too, and checks the warnings of a sign-out.
#[cfg(unix)]
fn check_hard_link_warnings(command_line: &str, has_foreign_link: bool, expected: usize) {
    let (_center, env) = signed_in();
    let [token, legacy] = [TestEnv::TOKEN_OF_MY_SSO, TestEnv::TOKEN_OF_LEGACY];
    let [token, legacy] = [token, legacy].map(|name| env.sso_cache().join(name));
    let _ = fs::remove_file(&legacy);
    fs::hard_link(&token, &legacy).unwrap();
    if has_foreign_link {
        fs::hard_link(&token, env.home().join("other.json")).unwrap();
    }
    let logout = env.run(command_line).expect_code(0);
    let warnings = logout.stderr().matches("had other hard links").count();
    assert_eq!(warnings, expected, "{logout}");
    assert!(!token.exists(), "{logout}");
}

#[cfg(unix)]
#[test]
fn hard_links_that_a_sign_out_removes_are_not_reported() {
    check_hard_link_warnings("sso-logout", false, 0);
    check_hard_link_warnings("sso-logout", true, 1);
    // The other session keeps its name of the file.
    check_hard_link_warnings("sso-logout --sso-session my-sso", false, 1);
    check_hard_link_warnings("sso-logout --sso-session my-sso", true, 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_removed_is_an_error_and_the_others_are_removed() {
    if tool("strace").is_none() {
        return;
    }
    let (_center, env) = signed_in();
    let refused = "--quiet=all -f -o /dev/null -e inject=unlink,unlinkat:error=EACCES:when=1";
    assert_snapshot!(env.run(&format!("strace {refused} sso-logout")), @"
    $ strace --quiet=all -f -o /dev/null -e inject=unlink,unlinkat:error=EACCES:when=1 sso-logout
    --- stderr
    sso-logout: error: cannot remove [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json: Permission denied (os error 13)
    hint: fix the cause, then run the command again: sso-logout
    --- exit: 253
    ");
    assert_eq!(cached(&env), [TestEnv::TOKEN_OF_MY_SSO]);
}

/// The session continues, whether or not the file can be removed.
#[cfg(target_os = "linux")]
#[test]
fn a_failed_logout_is_reported_although_the_file_cannot_be_removed() {
    let (center, env) = signed_in();
    let token = env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO);
    let Some(_immutable) = sso_test_support::FileAttribute::set('i', &token) else {
        return;
    };
    center.fail_always(Operation::Logout, Fault::Status(500, json!({})));
    assert_snapshot!(env.run("sso-logout --profile dev"), @"
    $ sso-logout --profile dev
    --- stderr
    sso-logout: warning: Logout failed: the access portal returned an error: status 500 without an error message from the endpoint URL in AWS_ENDPOINT_URL; the access portal session for SSO session my-sso continues until it expires
    sso-logout: error: cannot remove [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json: it is immutable
    hint: sudo chattr -i [HOME]/.aws/sso/cache/0ad374308c5a4e22f723adf10145eafad7c4031c.json
    hint: fix the cause, then run the command again: sso-logout --profile dev
    --- exit: 253
    ");
    let json = env.run("sso-logout --profile dev --output json");
    let json: serde_json::Value = serde_json::from_str(json.stdout()).unwrap();
    assert_eq!(json["keptTokens"][0]["server"], "notTold");
    assert_eq!(json["tokens"], json!([]));
}

/// Without locks, it is unknown whether a process is writing the file.
#[cfg(target_os = "linux")]
#[test]
fn temporary_files_that_are_kept_are_named() {
    let Some(strace) = tool("strace") else {
        return;
    };
    let (_center, env) = signed_in();
    let own = ".aws/sso/cache/aws-sso-tools";
    let lock = TestEnv::TOKEN_OF_MY_SSO.replace("json", "lock");
    env.write(format!("{own}/{lock}"), "");
    env.write(format!("{own}/.locked-file-used.tmp"), "aoa");
    let stale = env.home().join(own).join(".locked-file-stale.tmp");
    env.write(&stale, "aoa");
    let file = fs::File::options().write(true).open(&stale).unwrap();
    let now = file.metadata().unwrap().modified().unwrap();
    let age = std::time::Duration::from_secs(3660);
    file.set_modified(now - age).unwrap();
    let line = |options: &str| {
        let strace = strace.display();
        env.run(&format!(
            "{strace} --quiet=all -f -o /dev/null -e inject=flock:error=ENOLCK sso-logout{options}"
        ))
    };
    let logout = line("").expect_code(0);
    let warning = "aws-sso-tools/.locked-file-used.tmp may contain a token and is not removed, because \
                   another process may still write it\n";
    assert!(logout.stderr().contains(warning), "{logout}");
    assert!(!stale.exists());
    let result: serde_json::Value =
        serde_json::from_str(line(" --output json").expect_code(0).stdout()).unwrap();
    let kept = env.sso_cache().join("aws-sso-tools/.locked-file-used.tmp");
    assert_eq!(result["temporaryFiles"][0], kept.to_str().unwrap());
    // No lock is held.
    fs::remove_file(env.home().join(format!("{own}/{lock}"))).unwrap();
    let legacy = TestEnv::TOKEN_OF_LEGACY.replace("json", "lock");
    let _ = fs::remove_file(env.home().join(format!("{own}/{legacy}")));
    let logout = line("").expect_code(0);
    assert!(!logout.stderr().contains("may contain"), "{logout}");
    assert!(!kept.exists());
}

#[test]
fn control_characters_in_file_names_and_start_urls_are_not_printed() {
    let (_center, env) = signed_in();
    let token = json!({"startUrl": "https://x/\u{1b}[2J\n\u{202e}", "accessToken": "aoa"});
    env.plant_sso_file("\u{1b}[31m.json", &token);
    let logout = env.run("sso-logout -v --dry-run").expect_code(0);
    let output = format!("{}{}", logout.stdout(), logout.stderr());
    assert!(output.contains(r"https://x/\u{1b}[2J"), "{output:?}");
    assert!(
        !output.contains('\u{1b}') && !output.contains('\u{202e}'),
        "{output:?}"
    );
}

#[cfg(unix)]
#[test]
fn quarantined_oddities_are_removed_by_name() {
    let (_center, env) = signed_in();
    let own = env.sso_cache().join("aws-sso-tools");
    let name =
        |number: usize| TestEnv::TOKEN_OF_MY_SSO.replace("json", &format!("corrupt.{number}"));
    env.write("elsewhere", "kept");
    fs::create_dir_all(&own).unwrap();
    let mut mkfifo = std::process::Command::new("mkfifo");
    assert!(mkfifo.arg(own.join(name(2))).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(own.join(name(3))).unwrap();
    let link = |target: &str, number| {
        std::os::unix::fs::symlink(env.home().join(target), own.join(name(number))).unwrap();
    };
    link("/dev/null", 4);
    link("elsewhere", 5);
    link(".aws", 6);
    link("missing", 7);
    std::os::unix::fs::symlink(env.config_path(), own.join(".locked-file-dead.tmp")).unwrap();
    env.run("sso-logout --profile dev").expect_code(0);
    let left: Vec<_> = cached(&env);
    assert!(
        !left.iter().any(|name| name.contains("corrupt")),
        "{left:?}"
    );
    assert!(!left.contains(&".locked-file-dead.tmp".to_owned()));
    assert_eq!(env.read("elsewhere"), b"kept");
    assert_eq!(env.read(".aws/config"), TestEnv::SAMPLE_CONFIG.as_bytes());
}

#[cfg(unix)]
#[test]
fn a_lock_that_cannot_be_opened_is_reported_once() {
    let (_center, env) = signed_in();
    let lock = TestEnv::TOKEN_OF_MY_SSO.replace("json", "lock");
    let lock = env.sso_cache().join("aws-sso-tools").join(lock);
    fs::create_dir_all(&lock).unwrap();
    let logout = env.run("sso-logout --sso-session my-sso").expect_code(253);
    let count = logout.stderr().matches("cannot open the lock file").count();
    assert_eq!(count, 1, "{logout}");
}
