//! Browsers under WSL.

use std::path::Path;

use sso_config::AwsEnv;

/// Programs that open a URL in the browser of Windows, in order of preference, with their arguments
/// before the URL. `wslview` belongs to wslu. `rundll32.exe` is part of Windows. It has an absolute
/// path for `appendWindowsPath = false`, below the usual mount points of the drive C.
const OPENERS: [(&str, &[&str]); 4] = [
    ("wslview", &[]),
    ("rundll32.exe", RUNDLL32),
    ("/mnt/c/Windows/System32/rundll32.exe", RUNDLL32),
    ("/c/Windows/System32/rundll32.exe", RUNDLL32),
];

const RUNDLL32: &[&str] = &["url.dll,FileProtocolHandler"];

/// Opener of a browser that runs under Linux, for WSL with a display.
const LINUX_OPENER: &str = "xdg-open";

/// Returns the command lines of the openers that exist, in order of preference. `root` is the root
/// directory.
pub(super) fn openers(env: &AwsEnv, has_display: bool, root: &Path) -> Vec<Vec<String>> {
    let of_windows = OPENERS.iter().filter_map(|(program, arguments)| {
        let program = existing(env, program, root)?;
        let arguments = arguments.iter().map(|&argument| argument.to_owned());
        Some([program].into_iter().chain(arguments).collect())
    });
    let of_linux = has_display.then(|| existing(env, LINUX_OPENER, root));
    let of_linux = of_linux.flatten().map(|program| vec![program]);
    of_windows.chain(of_linux).collect()
}

/// Returns `program`, below `root` if it is an absolute path, if it exists.
fn existing(env: &AwsEnv, program: &str, root: &Path) -> Option<String> {
    let program = match program.strip_prefix('/') {
        Some(path) => root.join(path).to_str()?.to_owned(),
        None => program.to_owned(),
    };
    env.has_program(&program).then_some(program)
}
