//! Stubs of the programs on the pages that tests cannot run.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use sso_test_support::TestEnv;

/// Stub of a program that requires credentials: in its environment, in a file, from an endpoint, or
/// from the profile in `AWS_PROFILE`.
const REQUIRES_CREDENTIALS: &str = "#!/bin/sh
for argument; do
    case $previous in
        --env-file) grep -q ^AWS_SECRET_ACCESS_KEY= \"$argument\" && exit 0 ;;
        --volume) [ -d \"${argument%%:*}\" ] && exit 0 ;;
    esac
    previous=$argument
done
grep -qs ^aws_secret_access_key \"$AWS_SHARED_CREDENTIALS_FILE\" && exit 0
[ -n \"$AWS_SECRET_ACCESS_KEY$AWS_CONTAINER_AUTHORIZATION_TOKEN\" ] && exit 0
[ -n \"$AWS_PROFILE\" ] && export-credentials --format process >/dev/null
";

/// Stub of ssh: runs the command in an empty environment.
const SSH: &str = "#!/bin/sh
shift
exec env -i PATH=\"$PATH\" sh -c \"$*\"
";

/// Stub of a browser that approves sign-ins.
const FIREFOX: &str = concat!(
    "#!/bin/sh\nfor argument; do
    case $argument in http*) exec '",
    env!("CARGO_BIN_EXE_xtask"),
    "' visit \"$argument\" ;; esac
done
"
);

/// Stub of cargo: checks that the package or the task exists.
const CARGO: &str = concat!(
    "#!/bin/sh\ncd ",
    env!("CARGO_MANIFEST_DIR"),
    "/.. || exit
case \"$1 $2\" in
    'install --path') grep -q '^name' \"$3/Cargo.toml\" ;;
    'test --workspace' | 'xtask dist' | 'xtask demo' | 'xtask emulator') ;;
    *) exit 1 ;;
esac
"
);

/// Stub of fzf: selects the first line.
const FZF: &str = "#!/bin/sh\nhead -n 1\n";

/// Installs the stubs in `~/bin`.
pub(crate) fn install(env: &mut TestEnv) {
    let programs = [
        ("aws", REQUIRES_CREDENTIALS),
        ("docker", REQUIRES_CREDENTIALS),
        ("firefox", FIREFOX),
        ("fzf", FZF),
        ("ssh", SSH),
        ("terraform", REQUIRES_CREDENTIALS),
        ("cargo", CARGO),
    ];
    for (name, script) in programs {
        let path = env.home().join("bin").join(name);
        env.write(&path, script);
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }
}
