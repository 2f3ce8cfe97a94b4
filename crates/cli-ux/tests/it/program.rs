use cli_ux::Program;

use crate::run::run;

#[test]
fn program_of_another_family_uses_its_own_commands_and_log_messages() {
    run("parcel")
        .code(253)
        .stdout("post-office/7.0.0 parcel\n")
        .stderr(
            "parcel: warning: the parcel is heavy\n\
             parcel: error: the sender is unknown\n\
             hint: post-login --profile dev\n\
             hint: post-stamp --profile dev\n",
        );
}

#[cfg(feature = "completion")]
#[test]
fn program_of_another_family_uses_its_own_completion_variable() {
    let script = |variable| {
        let ended = crate::run::run_with(&[(variable, "bash")], "parcel");
        String::from_utf8(ended.get_output().stdout.clone()).unwrap()
    };
    assert!(script("POST_COMPLETE").contains("POST_COMPLETE=bash"));
    assert!(!script("COMPLETE").contains("COMPLETE=bash"));
    assert!(!script("AWS_SSO_TOOLS_COMPLETE").contains("COMPLETE=bash"));
}

#[test]
fn program_without_a_family_uses_the_commands_of_the_aws_cli() {
    let program = Program::new("deploy", "1.2.3");
    assert_eq!(program.user_agent(), "deploy/1.2.3");
    assert_eq!(program.sign_in_command(), "aws sso login");
    assert_eq!(
        program.credentials_command(),
        "aws configure export-credentials"
    );
    assert_eq!(program.completion_variable(), "COMPLETE");
}

#[test]
fn log_messages_are_shown_from_the_program_and_listed_crates() {
    let program = Program::new("acme-deploy", "1.2.3").with_log_crates(&["acme"]);
    let check = |module, is_shown| assert_eq!(program.shows_log_of(module), is_shown, "{module}");
    check("acme", true);
    check("acme::client", true);
    check("cli_ux::interrupt", true);
    check("acme_deploy", true);
    check("acme_deploy::upload", true);
    check("acme_client", false);
    check("ureq::acme", false);
    check("", false);
}
