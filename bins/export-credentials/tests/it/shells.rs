//! `eval` in real shells.

use std::path::Path;

use sso_test_support::tool;

use crate::{home_without_session_token, signed_in};

fn eval(shell: &str, eval: &str) {
    let Some(shell) = tool(shell) else { return };
    let (_center, env) = signed_in();
    let expected = env
        .run("export-credentials --profile dev --format process")
        .expect_code(0);
    let expected: serde_json::Value = serde_json::from_str(expected.stdout()).unwrap();
    let script = format!(
        "{eval}\nprintf '%s\\n' \"$AWS_ACCESS_KEY_ID\" \"$AWS_SECRET_ACCESS_KEY\" \"$AWS_SESSION_TOKEN\" \
         \"$AWS_CREDENTIAL_EXPIRATION\" \"${{AWS_SECURITY_TOKEN-unset}}\"; sh -c 'echo \"$AWS_SESSION_TOKEN\"'"
    );
    let output = env
        .command(shell.to_str().unwrap())
        .args(["-c", &script])
        .env("AWS_SESSION_TOKEN", "stale")
        .env("AWS_SECURITY_TOKEN", "stale")
        .output()
        .unwrap();
    let text = |key: &str| expected[key].as_str().unwrap().to_owned();
    let lines = [
        text("AccessKeyId"),
        text("SecretAccessKey"),
        text("SessionToken"),
        text("Expiration"),
        "unset".to_owned(),
        text("SessionToken"),
    ];
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        lines.join("\n") + "\n",
        "{}: {output:?}",
        shell.display()
    );
}

/// Defines a module per shell, so that only the tests of missing shells are skipped.
macro_rules! shells {
    ($($name:ident)*) => {$(
        mod $name {
            #[test]
            fn loads_the_credentials_with_an_unquoted_eval() {
                super::eval(stringify!($name), "eval $(export-credentials --profile dev)");
            }

            #[test]
            fn loads_the_credentials_with_a_quoted_eval() {
                super::eval(stringify!($name), "eval \"$(export-credentials --profile dev)\"");
            }

            #[test]
            fn unsets_a_stale_session_token() {
                super::unset_stale_token(stringify!($name));
            }
        }
    )*};
}

shells!(sh dash bash zsh ksh);

fn unset_stale_token(shell: &str) {
    let Some(shell) = tool(shell) else { return };
    let env = home_without_session_token();
    for eval in [
        "eval $(export-credentials --profile dev)",
        "eval \"$(export-credentials --profile dev)\"",
        "eval \"$(export-credentials --profile dev --format env)\" || exit",
    ] {
        let output = env
            .command(shell.to_str().unwrap())
            .args([
                "-c",
                &format!("{eval}\nprintf '%s' \"$AWS_ACCESS_KEY_ID ${{AWS_SESSION_TOKEN-unset}}\""),
            ])
            .env("AWS_SESSION_TOKEN", "stale")
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "AKIA unset",
            "{output:?}"
        );
    }
}

/// Returns what fish prints, with a stale variable in every scope.
fn fish_with_stale_variables(fish: &Path, load: &str) -> String {
    let env = home_without_session_token();
    let names = "AWS_ACCESS_KEY_ID AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION AWS_SECURITY_TOKEN";
    let script = format!(
        "for name in {names}\nset -Ux $name universal\nset -gx $name global\nend\n\
         function load\n\
         set -fx AWS_SESSION_TOKEN function\n\
         begin\nset -lx AWS_SESSION_TOKEN block\nset -lx AWS_SECURITY_TOKEN block\n\
         {load}\nprintf '%s ' $status\n\
         env | grep -E '^AWS_.*=(universal|global|function|block)$'\n\
         env | string match -r '^AWS_ACCESS_KEY_ID=.*'\n\
         end\nend\nload\n\
         for name in {names}\nset -eg $name\nend\nprintf '%s ' $AWS_SESSION_TOKEN $AWS_ACCESS_KEY_ID"
    );
    let mut command = env.command(fish.to_str().unwrap());
    // Without `--no-config`, which disables universal variables. The home is empty.
    let output = command.args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn fish_hides_stale_variables_of_every_scope() {
    let Some(fish) = tool("fish") else { return };
    let export = "export-credentials --format fish --profile";
    let shown = fish_with_stale_variables(&fish, &format!("{export} dev | source"));
    assert_eq!(shown, "0 AWS_ACCESS_KEY_ID=AKIA\nuniversal universal ");
    for load in [
        format!("{export} nope 2>/dev/null | source"),
        format!("eval ({export} nope 2>/dev/null)"),
    ] {
        let shown = fish_with_stale_variables(&fish, &load);
        assert_eq!(
            shown, "1 AWS_ACCESS_KEY_ID=\nuniversal universal ",
            "{load}"
        );
    }
}

#[test]
fn fish_unsets_a_stale_session_token_and_succeeds() {
    let Some(fish) = tool("fish") else { return };
    let env = home_without_session_token();
    let script = "export-credentials --profile dev --format fish | source; and printf '%s' \
                  \"$AWS_ACCESS_KEY_ID $AWS_SESSION_TOKEN$AWS_CREDENTIAL_EXPIRATION\"";
    for stale in [true, false] {
        let mut command = env.command(fish.to_str().unwrap());
        command.args(["--no-config", "-c", script]);
        if stale {
            command.env("AWS_SESSION_TOKEN", "stale");
            command.env("AWS_CREDENTIAL_EXPIRATION", "2020-01-02T03:04:05+00:00");
        }
        let output = command.output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "AKIA ",
            "{output:?}"
        );
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}
