use sso_test_support::TestEnv;

use crate::program;

#[test]
fn hint_names_the_option_and_some_profiles() {
    let env = TestEnv::offline();
    let names: Vec<_> = (1..=7).map(|n| format!("[profile p{n}]\n")).collect();
    let names = names.concat();
    env.write_config(&format!("[default]\n{names}[profile 'x\u{1b}y']\n"));
    let transcript = env.run(&program()).expect_code(252);
    assert_eq!(transcript.stdout(), "");
    assert_eq!(
        transcript.stderr(),
        "pick: error: cannot prompt for \"profile\": no terminal\n\
         hint: use --profile with a profile: default, p1, p2, p3, p4 and 4 more\n"
    );
}

#[test]
fn without_profiles_the_hint_creates_one() {
    let env = TestEnv::offline();
    env.write_config("");
    let transcript = env.run(&program()).expect_code(253);
    assert_eq!(transcript.stdout(), "");
    assert!(transcript.stderr().contains("no profile is selected"));
}

#[test]
fn section_without_the_word_profile_is_not_a_profile() {
    let env = TestEnv::offline();
    env.write_config("[dev]\nregion = us-east-1\n");
    env.run(&program()).expect_code(253);
}
