//! Programs that stand for those of the pages which a test does not run.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use sso_test_support::TestEnv;

/// Stands for a program that wants credentials: in its environment, in a file, or served.
const WANTS_CREDENTIALS: &str = "#!/bin/sh
for argument; do
    case $previous in
        --env-file) grep -q ^AWS_SECRET_ACCESS_KEY= \"$argument\" && exit 0 ;;
        --volume) [ -d \"${argument%%:*}\" ] && exit 0 ;;
    esac
    previous=$argument
done
grep -qs ^aws_secret_access_key \"$AWS_SHARED_CREDENTIALS_FILE\" && exit 0
[ -n \"$AWS_SECRET_ACCESS_KEY$AWS_CONTAINER_AUTHORIZATION_TOKEN\" ]
";

/// Stands for ssh: runs the command, if there is one, without the environment of this side.
const SSH: &str = "#!/bin/sh
shift
exec env -i PATH=\"$PATH\" sh -c \"$*\"
";

/// Stands for a browser whose user approves.
const FIREFOX: &str = concat!(
    "#!/bin/sh\nfor argument; do
    case $argument in http*) exec '",
    env!("CARGO_BIN_EXE_xtask"),
    "' visit \"$argument\" ;; esac
done
"
);

/// Stands for cargo: holds that the package or the workspace's task is there.
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

/// Puts them on the `PATH`, before the real ones.
pub(crate) fn install(env: &mut TestEnv) {
    let programs = [
        ("aws", WANTS_CREDENTIALS),
        ("docker", WANTS_CREDENTIALS),
        ("firefox", FIREFOX),
        ("ssh", SSH),
        ("terraform", WANTS_CREDENTIALS),
        ("cargo", CARGO),
    ];
    for (name, script) in programs {
        let path = env.home().join("bin").join(name);
        env.write(&path, script);
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }
}
