//! Many processes at once.

use std::fs;
use std::rc::Rc;

use sso_test_support::TestEnv;

use super::{contestant, warm_home};
use crate::bench::build::Built;
use crate::bench::measure::Contestant;
use crate::bench::service::Service;

/// Starts a program so often, and waits for all of them.
const AT_ONCE: &str = r#"
    all=
    for _ in $(seq 64); do "$@" & all="$all $!"; done
    for one in $all; do wait "$one" || exit 1; done
"#;

/// 64 programs at once: such as do nothing, with cached credentials, and with a token to renew.
pub(in crate::bench) fn crowd(built: &Built) -> Vec<Contestant> {
    let warm = warm_home(3);
    let service = Service::plain();
    let export = [&*built.program("export-credentials"), "--profile", "dev"];
    let refreshing = at_once(
        "64 × export-credentials, token expired",
        &service.env,
        &export,
    );
    let cached = service.env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV);
    let refreshing = refreshing.prepared_by(move || {
        service.sign_in_long_ago();
        // It is missing before the first run.
        let _ = fs::remove_file(&cached);
    });
    let hello = built.hello.to_string_lossy();
    vec![
        at_once("64 × hello world", &warm, &[&hello]),
        at_once("64 × export-credentials, cached", &warm, &export),
        refreshing,
    ]
}

fn at_once(name: &str, env: &Rc<TestEnv>, words: &[&str]) -> Contestant {
    let shell = ["-c", AT_ONCE, "sh"];
    contestant(name, env, "/bin/sh", &[&shell[..], words].concat()).rarely()
}
