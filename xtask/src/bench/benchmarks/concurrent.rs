use std::fs;
use std::rc::Rc;

use sso_test_support::TestEnv;

use super::{benchmark, warm_home};
use crate::bench::build::Built;
use crate::bench::measure::Benchmark;
use crate::bench::service::Service;

const SCRIPT: &str = r#"
    ids=
    for _ in $(seq 64); do "$@" & ids="$ids $!"; done
    for id in $ids; do wait "$id" || exit 1; done
"#;

/// Returns benchmarks with 64 concurrent processes: hello world, cached credentials, expired token.
pub(in crate::bench) fn concurrent(built: &Built) -> Vec<Benchmark> {
    let warm = warm_home(3);
    let service = Service::plain();
    let export = [&*built.program("export-credentials"), "--profile", "dev"];
    let refreshing = concurrent_runs(
        "64 × export-credentials, token expired",
        &service.env,
        &export,
    );
    let cached = service.env.cli_cache().join(TestEnv::CREDENTIALS_OF_DEV);
    let refreshing = refreshing.with_setup(move || {
        service.sign_in_with_expired_token();
        // The file is missing before the first run.
        let _ = fs::remove_file(&cached);
    });
    let hello = built.hello.to_string_lossy();
    vec![
        concurrent_runs("64 × hello world", &warm, &[&hello]),
        concurrent_runs("64 × export-credentials, cached", &warm, &export),
        refreshing,
    ]
}

fn concurrent_runs(name: &str, env: &Rc<TestEnv>, words: &[&str]) -> Benchmark {
    let shell = ["-c", SCRIPT, "sh"];
    benchmark(name, env, "/bin/sh", &[&shell[..], words].concat()).rare()
}
