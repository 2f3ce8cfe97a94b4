//! One edit of a config file.

use std::rc::Rc;

use sso_test_support::{TestEnv, aws_cli};

use super::{config_of, contestant};
use crate::bench::build::Built;
use crate::bench::measure::Contestant;

const EDIT: &str = "session --no-input --sso-session my-sso --sso-region eu-west-1";
const AWS_EDIT: &str = "configure set region eu-west-1 --profile dev";

/// The Region of a session in a config of so many profiles, against a copy that is as safe on the
/// disk.
pub(in crate::bench) fn edit(built: &Built, profiles: usize) -> Vec<Contestant> {
    let env = Rc::new(TestEnv::offline());
    let run = |name: &str, program: &str, arguments: &str| {
        let words: Vec<_> = arguments.split(' ').collect();
        let home = Rc::clone(&env);
        contestant(name, &env, program, &words)
            .quiet()
            .prepared_by(move || home.write_config(&config_of(profiles)))
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
    let aws = aws.map(Contestant::rarely);
    [copy, edit].into_iter().chain(aws).collect()
}
