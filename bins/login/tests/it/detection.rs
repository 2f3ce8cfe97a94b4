//! Environments in the table of the guide, and the sign-in method that each selects.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

use identity_center_emulator::grant_type::{AUTHORIZATION_CODE, DEVICE_CODE};
use sso_test_support::{Browser, TestEnv};

use crate::{approve_code, home};

const PAGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/guide/signing-in.md"
);

/// Row of the table, identified by its environment.
struct Row {
    environment: &'static str,
    /// Last cell, and the method in the cases.
    sign_in: &'static str,
    cases: &'static [Case],
}

struct Case {
    /// Variables. `HOME/` in a value is the home directory.
    variables: &'static [(&'static str, &'static str)],
    /// Files in the home directory. Those in `bin` are the only programs in `PATH`, and record their
    /// arguments, except the stub of tmux. On `.sock` files, a process listens, unless they are
    /// followed by `stale`.
    files: &'static [&'static str],
    expected: Expected,
}

enum Expected {
    /// Device code, with the reason.
    Code(&'static str),
    /// Authorization code in a browser, with the arguments before the URL.
    Opened(&'static [&'static str]),
}

use Expected::{Code, Opened};

const fn case(
    variables: &'static [(&'static str, &'static str)],
    files: &'static [&'static str],
    expected: Expected,
) -> Case {
    Case {
        variables,
        files,
        expected,
    }
}

const fn code(variables: &'static [(&'static str, &'static str)], reason: &'static str) -> Case {
    case(variables, &[], Code(reason))
}

const DISPLAY: (&str, &str) = ("DISPLAY", ":0");
const CONNECTION: (&str, &str) = ("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
const IN_TMUX: (&str, &str) = ("TMUX", "/tmp/tmux-1000/default,1,0");
const VSCODE: (&str, &str) = ("BROWSER", "HOME/server/bin/helpers/browser.sh");
const VSCODE_SOCKET: (&str, &str) = ("VSCODE_IPC_HOOK_CLI", "HOME/vscode-ipc.sock");
const VSCODE_FILES: &[&str] = &["server/bin/helpers/browser.sh", "vscode-ipc.sock"];
const RUNDLL32: &[&str] = &["url.dll,FileProtocolHandler"];

const DEVICE: &str = "device code";

const ROWS: &[Row] = &[
    Row {
        environment: "AWS CloudShell",
        sign_in: DEVICE,
        cases: &[code(
            &[("AWS_EXECUTION_ENV", "CloudShell"), DISPLAY],
            "AWS CloudShell",
        )],
    },
    Row {
        environment: "GitHub Codespaces",
        sign_in: DEVICE,
        cases: &[
            code(&[("CODESPACES", "true"), CONNECTION], "GitHub Codespaces"),
            // Its terminal may be in a browser, to which no port is forwarded.
            case(
                &[("CODESPACES", "true"), VSCODE, VSCODE_SOCKET],
                VSCODE_FILES,
                Code("GitHub Codespaces"),
            ),
        ],
    },
    Row {
        environment: "AWS Cloud9",
        sign_in: DEVICE,
        cases: &[
            code(&[("C9_PROJECT", "x"), DISPLAY], "AWS Cloud9"),
            code(&[("C9_USER", "x")], "AWS Cloud9"),
        ],
    },
    Row {
        environment: "VS Code with a remote machine, a container or WSL",
        sign_in: "local browser; VS Code forwards the port",
        cases: &[
            case(
                &[VSCODE, VSCODE_SOCKET, CONNECTION],
                VSCODE_FILES,
                Opened(&[]),
            ),
            case(
                &[VSCODE, VSCODE_SOCKET, ("REMOTE_CONTAINERS", "true")],
                VSCODE_FILES,
                Opened(&[]),
            ),
            case(
                &[VSCODE, VSCODE_SOCKET, ("WSL_DISTRO_NAME", "Debian")],
                VSCODE_FILES,
                Opened(&[]),
            ),
        ],
    },
    Row {
        environment: "Dev container",
        sign_in: DEVICE,
        cases: &[
            code(&[("REMOTE_CONTAINERS", "true"), DISPLAY], "Dev container"),
            code(&[("DEVCONTAINER", "1")], "Dev container"),
            case(
                &[VSCODE, VSCODE_SOCKET, ("REMOTE_CONTAINERS", "true")],
                &["server/bin/helpers/browser.sh", "vscode-ipc.sock stale"],
                Code("Dev container"),
            ),
        ],
    },
    Row {
        environment: "Kubernetes pod",
        sign_in: DEVICE,
        cases: &[code(
            &[("KUBERNETES_SERVICE_HOST", "10.0.0.1")],
            "Kubernetes pod",
        )],
    },
    Row {
        environment: "tmux, attached through SSH",
        sign_in: DEVICE,
        cases: &[
            // The session started on the desktop.
            case(&[IN_TMUX, DISPLAY], &["bin/tmux SSH"], Code("SSH session")),
        ],
    },
    Row {
        environment: "SSH, also for JetBrains Gateway",
        sign_in: DEVICE,
        cases: &[
            code(&[CONNECTION, DISPLAY], "SSH session"),
            code(&[("SSH_CLIENT", "192.0.2.1 50000 22")], "SSH session"),
            code(&[("SSH_TTY", "/dev/pts/0")], "SSH session"),
            code(
                &[CONNECTION, ("TERMINAL_EMULATOR", "JetBrains-JediTerm")],
                "SSH session",
            ),
            // tmux does not know, for example because its option update-environment is empty.
            case(
                &[IN_TMUX, CONNECTION],
                &["bin/tmux unknown"],
                Code("SSH session"),
            ),
            // The server of tmux is stopped.
            case(
                &[IN_TMUX, CONNECTION],
                &["bin/tmux stopped"],
                Code("SSH session"),
            ),
            // tmux is not installed, for example in a container.
            code(&[IN_TMUX, CONNECTION], "SSH session"),
            // The window of VS Code is closed.
            case(
                &[VSCODE, VSCODE_SOCKET, CONNECTION],
                &["server/bin/helpers/browser.sh"],
                Code("SSH session"),
            ),
            // The window has crashed, and its socket remains.
            case(
                &[VSCODE, VSCODE_SOCKET, CONNECTION],
                &["server/bin/helpers/browser.sh", "vscode-ipc.sock stale"],
                Code("SSH session"),
            ),
            // This version of VS Code has been removed.
            case(
                &[VSCODE, VSCODE_SOCKET, CONNECTION],
                &["vscode-ipc.sock"],
                Code("SSH session"),
            ),
            // VS Code runs in a browser.
            case(
                &[
                    VSCODE,
                    VSCODE_SOCKET,
                    CONNECTION,
                    ("VSCODE_PROXY_URI", "https://code.example.com/{{port}}"),
                ],
                VSCODE_FILES,
                Code("SSH session"),
            ),
        ],
    },
    Row {
        environment: "CI job",
        sign_in: DEVICE,
        cases: &[
            code(&[("CI", "true"), DISPLAY], "CI job"),
            code(&[("TF_BUILD", "True")], "CI job"),
        ],
    },
    Row {
        environment: "sudo, doas or pkexec",
        sign_in: DEVICE,
        cases: &[
            code(
                &[("SUDO_USER", "me"), DISPLAY],
                "Change of user (such as sudo)",
            ),
            code(
                &[("DOAS_USER", "me"), DISPLAY],
                "Change of user (such as sudo)",
            ),
            code(
                &[("PKEXEC_UID", "1000"), DISPLAY],
                "Change of user (such as sudo)",
            ),
        ],
    },
    Row {
        environment: "Configured browser",
        sign_in: "configured browser",
        cases: &[
            case(&[("BROWSER", "firefox")], &["bin/firefox"], Opened(&[])),
            case(
                &[("BROWSER", "missing:w3m:firefox -P me %s"), DISPLAY],
                &["bin/firefox", "bin/w3m", "bin/xdg-open"],
                Opened(&["-P", "me"]),
            ),
            case(
                &[("BROWSER", "HOME/Program Files/chrome")],
                &["Program Files/chrome"],
                Opened(&[]),
            ),
            case(
                &[("BROWSER", "firefox"), ("WSL_INTEROP", "x")],
                &["bin/firefox", "bin/wslview"],
                Opened(&[]),
            ),
        ],
    },
    Row {
        environment: "WSL 1 or 2",
        sign_in: "first of these programs",
        cases: &[
            case(
                &[("WSL_DISTRO_NAME", "Debian")],
                &["bin/wslview", "bin/rundll32.exe"],
                Opened(&[]),
            ),
            case(
                &[("WSL_INTEROP", "/run/WSL/1_interop")],
                &["bin/rundll32.exe"],
                Opened(RUNDLL32),
            ),
            case(
                &[("WSL_INTEROP", "x"), DISPLAY],
                &["bin/xdg-open"],
                Opened(&[]),
            ),
            case(
                &[("WSL_INTEROP", "x"), ("BROWSER", "w3m")],
                &["bin/w3m", "bin/wslview"],
                Opened(&[]),
            ),
        ],
    },
    Row {
        environment: "WSL without a browser",
        sign_in: DEVICE,
        cases: &[
            code(
                &[("WSL_DISTRO_NAME", "Debian"), DISPLAY],
                "WSL without a browser",
            ),
            case(
                &[("WSL_INTEROP", "x")],
                &["bin/xdg-open"],
                Code("WSL without a browser"),
            ),
            case(
                &[("WSL_INTEROP", "x"), ("BROWSER", "missing")],
                &[],
                Code("WSL without a browser"),
            ),
        ],
    },
    Row {
        environment: "Desktop with X11 or Wayland",
        sign_in: "default browser",
        cases: &[
            case(&[DISPLAY], &["bin/xdg-open"], Opened(&[])),
            case(
                &[("WAYLAND_DISPLAY", "wayland-0")],
                &["bin/xdg-open"],
                Opened(&[]),
            ),
            case(
                &[DISPLAY, ("BROWSER", "w3m")],
                &["bin/xdg-open", "bin/w3m"],
                Opened(&[]),
            ),
            case(
                &[DISPLAY, ("CI", "false"), ("SUDO_USER", "")],
                &["bin/xdg-open"],
                Opened(&[]),
            ),
            // The session started through SSH, and the user attached on the desktop.
            case(
                &[
                    DISPLAY,
                    IN_TMUX,
                    CONNECTION,
                    ("SSH_TTY", "x"),
                    ("SSH_CLIENT", "x"),
                ],
                &["bin/tmux removed", "bin/xdg-open"],
                Opened(&[]),
            ),
        ],
    },
    Row {
        environment: "Container",
        sign_in: DEVICE,
        // See a_container_is_detected_by_its_containerenv_file.
        cases: &[],
    },
    Row {
        environment: "No display, for example after `su -`",
        sign_in: DEVICE,
        cases: &[
            code(&[], NO_DISPLAY),
            code(&[("BROWSER", "missing")], NO_DISPLAY),
            case(
                &[("BROWSER", "w3m:/usr/bin/lynx %s")],
                &["bin/w3m"],
                Code(NO_DISPLAY),
            ),
            case(
                &[IN_TMUX, CONNECTION],
                &["bin/tmux removed"],
                Code(NO_DISPLAY),
            ),
        ],
    },
    Row {
        environment: "macOS or Windows",
        sign_in: "default browser",
        cases: &[],
    },
];

/// Reason without a display, which is another one if the test runs in a container.
const NO_DISPLAY: &str = "No display";

#[test]
fn the_guide_lists_the_environments_in_their_order() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let lines = page.lines();
    let table = lines.skip_while(|line| !line.starts_with("| environment |"));
    let rows = table.skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        (cells[0], cells[2])
    });
    let listed: Vec<_> = cells.collect();
    let tested: Vec<_> = ROWS
        .iter()
        .map(|row| (row.environment, row.sign_in))
        .collect();
    assert_eq!(listed, tested);
}

#[test]
fn each_variable_of_a_case_is_in_its_row_of_the_guide() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    for row in ROWS.iter().filter(|row| row.sign_in == DEVICE) {
        let start = format!("| {} |", row.environment);
        let line = page.lines().find(|line| line.starts_with(&start));
        for case in row.cases {
            let mut variables = case.variables.iter();
            let is_listed = variables.any(|(name, _)| line.is_some_and(|line| line.contains(name)));
            let is_last = row.environment.starts_with("No display");
            assert!(is_listed || is_last, "{}", row.environment);
        }
    }
}

#[test]
fn each_environment_selects_its_sign_in_method() {
    std::thread::scope(|scope| {
        for row in ROWS {
            scope.spawn(move || row.cases.iter().for_each(|case| check(row, case)));
        }
    });
}

fn check(row: &Row, case: &Case) {
    let (center, mut env) = home();
    let _windows = prepare(&mut env, case);
    let mut login = env.start("sso-login --profile dev");
    let shown = format!("{} {:?}", row.environment, case.variables);
    let grant = match case.expected {
        Code(reason) => {
            let line = login.wait_for_line(|line| line.contains("; signing in with a device"));
            let runs_in_container = std::path::Path::new("/.dockerenv").exists();
            let reason = match reason {
                NO_DISPLAY if runs_in_container => "Container",
                reason => reason,
            };
            let expected = format!("{reason} detected");
            assert!(line.starts_with(&expected), "{shown}: {line}");
            approve_code(&mut login);
            DEVICE_CODE
        }
        Opened(before) => {
            let url = login.wait_for_url();
            assert!(url.contains("/authorize?"), "{shown}: {url}");
            let opened = std::fs::read_to_string(env.home().join("opened")).unwrap();
            let mut arguments: Vec<_> = opened.lines().collect();
            assert_eq!(arguments.pop(), Some(url.as_str()), "{shown}");
            assert_eq!(arguments, before, "{shown}");
            Browser::new().approve(&url);
            AUTHORIZATION_CODE
        }
    };
    let login = login.finish().expect_code(0);
    assert_eq!(login.stdout(), "", "{shown}");
    assert!(!login.stderr().contains("chatter"), "{shown}: {login}");
    assert!(center.count_grants(grant) > 0, "{shown}: {login}");
}

#[test]
fn tmux_is_not_called_if_its_result_is_not_used() {
    let check = |options: &str, is_called| {
        let (_center, mut env) = home();
        let files = &["bin/tmux stopped"];
        prepare(&mut env, &case(&[IN_TMUX, CONNECTION], files, Opened(&[])));
        let mut login = env.start(&format!("sso-login --profile dev {options}"));
        login.wait_for_url();
        login.kill();
        let called = env.home().join("called").exists();
        assert_eq!(called, is_called, "{options}");
    };
    check("--use-device-code --no-browser", false);
    check("--qr", false);
    check("--browser missing", false);
    check("--use-device-code --browser missing", false);
    check("--no-browser", true);
}

/// Creates the files and the pipe to which openers write their arguments. Returns the listeners.
fn prepare(env: &mut TestEnv, case: &Case) -> Vec<UnixListener> {
    let pipe = env.home().join("opened");
    let made = std::process::Command::new("mkfifo").arg(pipe).status();
    assert!(made.unwrap().success());
    env.unset("BROWSER");
    env.unset("DISPLAY");
    env.set("PATH", env.home().join("bin"));
    for (name, value) in case.variables {
        let home = format!("{}/", env.home().display());
        env.set(name, value.replace("HOME/", &home));
    }
    let is_socket = |file: &&&str| file.contains(".sock");
    for file in case.files.iter().filter(|file| !is_socket(file)) {
        let (path, script) = match file.split_once(' ') {
            Some(("bin/tmux", shown)) => ("bin/tmux", stub_of_tmux(shown)),
            _ => (*file, OPENER.to_owned()),
        };
        env.write(path, script);
        let executable = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(env.home().join(path), executable).unwrap();
    }
    let sockets = case.files.iter().filter(is_socket);
    sockets.filter_map(|file| listener(env, file)).collect()
}

fn listener(env: &TestEnv, file: &str) -> Option<UnixListener> {
    let bind = |path| UnixListener::bind(env.home().join(path)).unwrap();
    match file.strip_suffix(" stale") {
        Some(path) => {
            drop(bind(path));
            None
        }
        None => Some(bind(file)),
    }
}

/// Opener that prints text, and records its arguments.
const OPENER: &str =
    "#!/bin/sh\necho chatter; echo chatter >&2\nprintf '%s\\n' \"$@\" >\"$HOME/opened\"\n";

fn stub_of_tmux(shown: &str) -> String {
    let answer = match shown {
        "SSH" => "echo 'SSH_CONNECTION=192.0.2.1 50000 192.0.2.2 22'",
        "removed" => "echo -SSH_CONNECTION",
        // Opens a pipe without a writer.
        "stopped" => ": >\"$HOME/called\"; read line <\"$HOME/opened\"",
        _ => "echo 'unknown variable: SSH_CONNECTION' >&2; exit 1",
    };
    format!("#!/bin/sh\n[ \"$*\" = 'show-environment SSH_CONNECTION' ] || exit 2\n{answer}\n")
}
