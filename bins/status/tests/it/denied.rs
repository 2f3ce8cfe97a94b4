//! Directories of the cache that deny access.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use crate::home;

#[test]
fn the_hints_for_a_denied_cache_lead_to_the_command_that_corrects_it() {
    let (_center, env) = home();
    if !env.is_of_root() {
        return;
    }
    let home = env.home().display();
    let cache = env.sso_cache();
    std::fs::create_dir_all(&cache).unwrap();
    set_permissions(&cache, Permissions::from_mode(0o000)).unwrap();
    env.run(&format!("chown -R 65534 {home}")).expect_code(0);
    let as_user = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    let login = env
        .run(&format!("{as_user} sso-login --profile dev --no-browser"))
        .expect_code(253);
    let hint = format!("hint: chmod u+rwx {}\n", cache.display());
    assert!(login.stderr().contains(&hint), "{login}");
    env.run(&format!("chown -R 0 {home}")).expect_code(0);
}
