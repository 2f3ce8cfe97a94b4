use std::path::Path;

use cli_ux::browser::{Browser, BrowserChoice, BrowserError};
use sso_config::AwsEnv;
use sso_config::sign_in::BrowserSetting;

fn env(variables: &[(&str, &str)]) -> AwsEnv {
    variables.iter().copied().collect()
}

fn find(
    option: Option<&str>,
    setting: Option<&str>,
    variables: &[(&str, &str)],
) -> Result<BrowserChoice, BrowserError> {
    let setting = setting.map(|command| BrowserSetting {
        command: command.to_owned(),
        name: "sso_browser at config:1".to_owned(),
    });
    let root = Path::new("/nonexistent");
    BrowserChoice::find(option, setting.as_ref(), &env(variables), root)
}

#[test]
fn option_precedes_setting_and_setting_precedes_variable() {
    let check = |option, setting, variable, line, is_named| {
        let choice = find(option, setting, &[("BROWSER", variable)]).unwrap();
        assert_eq!(choice.is_named(), is_named, "{line}");
        assert_eq!(
            choice.into_browser(),
            Browser::from_command_line(line, "").unwrap(),
            "{line}"
        );
    };
    check(Some("a"), Some("b"), "c", "a", true);
    check(None, Some("b"), "c", "b", true);
    check(None, None, "c", "c", true);
    check(None, None, "", "", false);
    check(None, None, "w3m", "", false);
}

#[test]
fn unselected_browser_is_not_parsed() {
    let broken = [("BROWSER", "'c")];
    assert!(find(Some("a"), Some("'b"), &broken).is_ok());
    assert!(find(None, Some("b"), &broken).is_ok());
}

#[test]
fn an_unclosed_quote_is_reported_with_its_option_key_or_variable() {
    let check = |option, setting, name: &str| {
        let error = find(option, setting, &[("BROWSER", "a:'c")]).unwrap_err();
        let expected = format!("the browser command in {name} has an unclosed quote");
        assert_eq!(error.to_string(), expected);
    };
    check(Some("'a"), Some("'b"), "--browser");
    check(None, Some("'b"), "sso_browser at config:1");
    check(None, None, "BROWSER");
}

#[test]
fn browser_is_found_if_a_program_exists() {
    let bin = tempfile::tempdir().unwrap();
    let path = bin.path().join("firefox");
    #[expect(
        clippy::disallowed_methods,
        reason = "the directory is private to the test"
    )]
    std::fs::write(&path, "").unwrap();
    let (path, bin) = (path.to_str().unwrap(), bin.path().to_str().unwrap());
    let check = |option, setting, variable, is_found| {
        let variables = [("BROWSER", variable), ("PATH", bin)];
        let choice = find(option, setting, &variables).unwrap();
        assert_eq!(
            choice.is_found(),
            is_found,
            "{option:?} {setting:?} {variable}"
        );
    };
    check(None, None, "firefox", true);
    check(None, None, path, true);
    check(None, None, "missing:firefox -P Work %s", true);
    check(None, None, "missing", false);
    check(None, None, "/nonexistent/firefox", false);
    check(None, None, "w3m", false);
    check(None, Some("firefox {url}"), "", true);
    check(None, Some("missing"), "firefox", false);
    check(Some("missing"), None, "", true);
}

#[cfg(unix)]
#[test]
fn vscode_forwards_the_redirect_if_its_helper_exists_and_its_window_is_open() {
    use std::os::unix::net::UnixListener;

    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (helper, missing) = (
        path("bin/helpers/browser.sh"),
        path("old/helpers/browser.sh"),
    );
    std::fs::create_dir_all(path("bin/helpers")).unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "the directory is private to the test"
    )]
    std::fs::write(&helper, "").unwrap();
    let _window = UnixListener::bind(path("socket")).unwrap();
    drop(UnixListener::bind(path("stale")).unwrap());
    let check = |setting, browser: &str, socket: &str, others: &[(&str, &str)], is_forwarded| {
        let variables = [("BROWSER", browser), ("VSCODE_IPC_HOOK_CLI", socket)];
        let variables = [&variables, others].concat();
        let choice = find(None, setting, &variables).unwrap();
        assert_eq!(choice.is_forwarded(), is_forwarded, "{variables:?}");
    };
    let socket = path("socket");
    check(None, &helper, &socket, &[], true);
    check(None, &format!("{missing}:{helper}"), &socket, &[], true);
    check(None, &missing, &socket, &[], false);
    check(None, "", &socket, &[], false);
    check(None, "firefox", &socket, &[], false);
    check(Some("firefox"), &helper, &socket, &[], false);
    // Of the socket, the file remains, or is another one, or nothing.
    check(None, &helper, &path("stale"), &[], false);
    check(None, &helper, &helper, &[], false);
    check(None, &helper, &path("missing"), &[], false);
    check(None, &helper, "", &[], false);
    let web = (
        "VSCODE_PROXY_URI",
        "https://code.example.com/proxy/{{port}}",
    );
    check(None, &helper, &socket, &[web], false);
    // The first command that exists is not the helper.
    let other = path("firefox");
    #[expect(
        clippy::disallowed_methods,
        reason = "the directory is private to the test"
    )]
    std::fs::write(&other, "").unwrap();
    check(None, &format!("{missing}:{other}"), &socket, &[], false);
    check(None, &format!("{other}:{helper}"), &socket, &[], false);
}

#[cfg(unix)]
#[test]
fn wsl_uses_the_first_opener_that_exists() {
    use std::fs;

    let root = tempfile::tempdir().unwrap();
    let bin = root.path().join("bin");
    let root_path = root.path().to_str().unwrap();
    let check = |existing: &[&str], display: &str, commands: &[&str]| {
        let _ = fs::remove_dir_all(root.path().join("mnt"));
        let _ = fs::remove_dir_all(root.path().join("c"));
        let _ = fs::remove_dir_all(&bin);
        for path in existing {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            #[expect(
                clippy::disallowed_methods,
                reason = "the directory is private to the test"
            )]
            fs::write(path, "").unwrap();
        }
        let variables = [
            ("WSL_INTEROP", "/run/WSL/1_interop"),
            ("PATH", bin.to_str().unwrap()),
            ("DISPLAY", display),
        ];
        let choice = BrowserChoice::find(None, None, &env(&variables), root.path()).unwrap();
        assert!(!choice.is_named());
        assert_eq!(choice.is_found(), !commands.is_empty(), "{existing:?}");
        let commands = commands.join(":").replace("ROOT", root_path);
        let expected = Browser::from_variable(Some(&commands)).unwrap();
        assert_eq!(choice.into_browser(), expected, "{existing:?}");
    };
    let on_drive = "mnt/c/Windows/System32/rundll32.exe";
    let at_root = "c/Windows/System32/rundll32.exe";
    check(&[], ":0", &[]);
    check(&["bin/wslview"], "", &["wslview"]);
    check(
        &["bin/rundll32.exe"],
        "",
        &["rundll32.exe url.dll,FileProtocolHandler"],
    );
    check(
        &[on_drive],
        "",
        &["ROOT/mnt/c/Windows/System32/rundll32.exe url.dll,FileProtocolHandler"],
    );
    check(
        &[at_root],
        "",
        &["ROOT/c/Windows/System32/rundll32.exe url.dll,FileProtocolHandler"],
    );
    check(&["bin/xdg-open"], ":0", &["xdg-open"]);
    check(&["bin/xdg-open"], "", &[]);
    check(
        &["bin/powershell.exe", "bin/cmd.exe", "bin/explorer.exe"],
        ":0",
        &[],
    );
    check(
        &["bin/xdg-open", on_drive, "bin/wslview"],
        ":0",
        &[
            "wslview",
            "ROOT/mnt/c/Windows/System32/rundll32.exe url.dll,FileProtocolHandler",
            "xdg-open",
        ],
    );
}

#[test]
fn named_browser_precedes_the_openers_of_wsl() {
    let wsl = [("WSL_DISTRO_NAME", "Debian"), ("BROWSER", "")];
    let named = find(None, Some("b"), &wsl).unwrap();
    assert_eq!(
        named.into_browser(),
        Browser::from_command_line("b", "").unwrap()
    );
}
