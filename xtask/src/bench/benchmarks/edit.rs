use std::rc::Rc;

use sso_test_support::{TestEnv, aws_cli};

use super::{benchmark, config_of};
use crate::bench::build::Built;
use crate::bench::measure::Benchmark;

const EDIT: &str = "session --no-input --sso-session my-sso --sso-region eu-west-1";
const AWS_EDIT: &str = "configure set region eu-west-1 --profile dev";

/// Returns benchmarks that change the Region of a session in a config file with `profiles`
/// profiles, and a copy with one sync as their reference.
pub(in crate::bench) fn edit(built: &Built, profiles: usize) -> Vec<Benchmark> {
    let env = Rc::new(TestEnv::offline());
    let run = |name: &str, program: &str, arguments: &str| {
        let words: Vec<_> = arguments.split(' ').collect();
        let home = Rc::clone(&env);
        benchmark(name, &env, program, &words)
            .quiet()
            .with_setup(move || home.write_config(&config_of(profiles)))
    };
    let [config, copy] = [env.config_path(), env.home().join("copy")];
    let copying = format!(
        "if={} of={} bs=1M conv=fsync",
        config.display(),
        copy.display()
    );
    let copy = run("dd, for a copy", "/usr/bin/dd", &copying);
    let edit = run(
        "sso-configure session",
        &built.program("sso-configure"),
        EDIT,
    );
    let aws = aws_cli().map(|aws| run("aws configure set", &aws.to_string_lossy(), AWS_EDIT));
    let aws = aws.map(Benchmark::rare);
    [copy, edit].into_iter().chain(aws).collect()
}
