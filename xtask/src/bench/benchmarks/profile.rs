use std::rc::Rc;

use identity_center_emulator::Emulator;
use sso_test_support::TestEnv;

use super::{benchmark, config_of, hello};
use crate::bench::build::Built;
use crate::bench::measure::Benchmark;

/// Returns benchmarks that use one of a hundred profiles with a valid token.
pub(in crate::bench) fn profile(built: &Built) -> Vec<Benchmark> {
    let identity_center = Emulator::start();
    let env = TestEnv::offline();
    env.write_config(&config_of(100));
    env.plant_my_sso(&identity_center.sign_in(&["sso:account:access"]));
    let env = Rc::new(env);
    let run = |name: &str| {
        let words: Vec<_> = name.split(' ').collect();
        benchmark(name, &env, &built.program(words[0]), &words[1..])
    };
    vec![
        hello(&env, built),
        run("sso-use --shell bash p100"),
        run("sso-console p100 --print"),
    ]
}
