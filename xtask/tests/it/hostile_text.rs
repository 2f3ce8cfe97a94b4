//! No text from arguments, files, variables or servers reaches the terminal with control characters
//! or with characters that reorder text.

use std::os::unix::process::CommandExt as _;
use std::time::Duration;

use identity_center_emulator::settings::{ACCESS_KEY, Account};
use identity_center_emulator::{Emulator, Fault, Operation};
use serde_json::json;
use sso_test_support::{Key, Terminal, TestEnv};

/// Escape sequences, control characters, bidirectional controls and line breaks, with the visible
/// text [`MARK`]. [`BREAK`] would begin a line.
const HOSTILE: &str = "x\u{1b}[35m\u{1b}]0;t\u{7}\u{8}\u{7f}\u{9b}MARK\u{85}\u{202a}\u{202e}\u{2066}\u{2069}\
                       \u{200e}\u{61c}\u{2028}BREAK\u{2029}BREAK\rBREAK\nBREAK";

const MARK: &str = "MARK";

const BREAK: &str = "BREAK";

/// Returns [`HOSTILE`] without the characters that would end a line of a config file.
fn hostile_in_line() -> String {
    HOSTILE.replace(['\r', '\n'], "")
}

const OWN_STYLES: [&str; 5] = [
    "\u{1b}[0m",
    "\u{1b}[1m",
    "\u{1b}[31m",
    "\u{1b}[33m",
    "\u{1b}[36m",
];

const START_URL: &str = TestEnv::START_URL;

fn home() -> (Emulator, TestEnv) {
    let center = Emulator::start();
    let mut env = TestEnv::new(&center);
    env.write_config(TestEnv::SAMPLE_CONFIG);
    env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
    env.set("AWS_MAX_ATTEMPTS", "1");
    // A sign-in ends without an approval.
    center.fail_always(Operation::CreateToken, Fault::oidc("expired_token"));
    (center, env)
}

/// Runs a command line with and without colour. In its words, `HOSTILE` stands for [`HOSTILE`].
/// Checks its output, and returns whether the output contains the visible part of the hostile text.
fn check(env: &TestEnv, command_line: &str) -> bool {
    let words: Vec<_> = command_line.split(' ').collect();
    let (program, words) = words.split_first().unwrap();
    let (arguments, command) = match words.iter().position(|word| *word == "--") {
        Some(at) => words.split_at(at),
        None => (words, &[][..]),
    };
    let with_hostile = |word: &&str| word.replace("HOSTILE", HOSTILE);
    let mut is_shown = false;
    for more in [
        &["-vv", "--color", "never"][..],
        &["-v", "--color", "always"],
    ] {
        let mut command_with_color = env.command(program);
        command_with_color.args(arguments.iter().map(with_hostile));
        command_with_color
            .args(more)
            .args(command.iter().map(with_hostile));
        let output = command_with_color.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let mut stderr = String::from_utf8(output.stderr).unwrap();
        is_shown |= stderr.contains(MARK) || stdout.contains(MARK);
        if more.contains(&"always") {
            stderr = OWN_STYLES
                .iter()
                .fold(stderr, |text, style| text.replace(style, ""));
        }
        for text in [stdout, stderr] {
            let raw: Vec<_> = text
                .chars()
                .filter(|character| is_raw(*character))
                .collect();
            assert!(raw.is_empty(), "{command_line}: {raw:?} in {text:?}");
            let mut lines = text.lines();
            let has_break = lines.any(|line| line.trim_start().starts_with(BREAK));
            assert!(!has_break, "{command_line}: a line break in {text:?}");
        }
    }
    is_shown
}

fn is_raw(character: char) -> bool {
    let is_bidi = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    let is_break = matches!(character, '\u{2028}' | '\u{2029}');
    is_bidi || is_break || character.is_control() && character != '\n'
}

fn check_shown(env: &TestEnv, command_line: &str) {
    assert!(check(env, command_line), "{command_line}");
}

#[test]
fn errors_about_arguments_have_no_raw_control_characters() {
    let (_center, env) = home();
    for program in [
        "sso-login",
        "sso-logout",
        "sso-status",
        "sso-use --shell bash",
        "export-credentials",
        "sso-console --print",
    ] {
        for arguments in [
            "--profile HOSTILE",
            "--HOSTILE",
            "--color HOSTILE",
            "--connect-timeout HOSTILE",
            "--output HOSTILE",
        ] {
            check_shown(&env, &format!("{program} {arguments}"));
        }
    }
    for command_line in [
        "sso-login --sso-session HOSTILE",
        "sso-logout --sso-session HOSTILE",
        "sso-status --sso-session HOSTILE",
        "sso-configure HOSTILE",
        "sso-configure list --HOSTILE",
        "sso-configure undo HOSTILE",
        "sso-configure populate --sso-session HOSTILE",
        "sso-configure accounts --sso-session HOSTILE",
        "sso-configure populate --from HOSTILE",
        "sso-configure check --rule HOSTILE",
        "sso-configure sso --no-input --profile HOSTILE",
        "sso-configure session --no-input --sso-session HOSTILE",
        "sso-login --start-url HOSTILE",
        "sso-login --start-url https://HOSTILE.awsapps.com/start",
        "sso-login --sso-region HOSTILE",
        "sso-login --min-validity HOSTILE",
        "sso-login --profile dev --force --use-device-code --ca-bundle HOSTILE",
        "sso-logout --start-url HOSTILE",
        "sso-status --format HOSTILE",
        "sso-status --whoami --profile HOSTILE",
        "sso-status --whoami --sso-session HOSTILE",
        "sso-status --whoami --start-url HOSTILE",
        "export-credentials --profile dev -- HOSTILE",
        "export-credentials --profile dev --format HOSTILE",
        "export-credentials --sso-session my-sso --account-id HOSTILE --role-name HOSTILE",
        "sso-console --print --profile dev --service HOSTILE",
        "sso-console --print --profile dev --region HOSTILE",
        "sso-console --print --profile dev --destination HOSTILE",
        "sso-console --print --profile dev --destination https://HOSTILE/",
        "sso-console --print --profile dev --destination https://console.aws.amazon.com/HOSTILE",
        "sso-console --print --profile dev --duration HOSTILE",
        "sso-console --profile dev --browser HOSTILE",
    ] {
        check(&env, command_line);
    }
}

#[test]
fn the_name_of_the_process_is_not_in_messages() {
    let (_center, env) = home();
    for arguments in [&["--gone"][..], &["--help"], &["--profile"]] {
        for program in ["sso-login", "sso-configure", "export-credentials"] {
            let mut command = env.command(program);
            let output = command.arg0(HOSTILE).args(arguments).output().unwrap();
            let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert!(!text.contains(MARK), "{text:?}");
        }
    }
}

#[test]
fn a_line_break_in_a_name_is_shown_as_an_escape() {
    let (_center, env) = home();
    let mut command = env.command("sso-login");
    let section = "dev\nsso-login: error: fake";
    let output = command.args(["--sso-session", section]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr.lines().count(), 2, "{stderr}");
    assert!(stderr.contains(r"dev\nsso-login: error: fake"), "{stderr}");
}

/// Commands that read the profile `dev`.
const COMMANDS: [&str; 21] = [
    "sso-login --profile dev --use-device-code",
    "sso-login --all --use-device-code",
    "sso-logout --profile dev",
    "sso-status",
    "sso-status --profile dev --verify",
    "sso-status --profile dev --whoami",
    "sso-status --sso-session s --whoami",
    "sso-configure list",
    "sso-configure list --names",
    "sso-configure check",
    "sso-use --list",
    "sso-use --shell bash dev",
    "sso-console --profile dev --print",
    "sso-console --profile dev --print --logout-first --json",
    "export-credentials --profile dev",
    "sso-status --format prompt --profile dev",
    "sso-configure populate --sso-session s --dry-run",
    "sso-configure migrate --dry-run",
    "sso-configure migrate --yes",
    "sso-configure check --fix",
    "sso-configure undo --dry-run",
];

#[test]
fn messages_about_config_values_have_no_raw_control_characters() {
    let session = format!("[sso-session s]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n");
    let dev =
        format!("{session}[profile dev]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n");
    let configs = [
        "[profile dev]\nsso_session = HOSTILE\n".to_owned(),
        "[sso-session HOSTILE]\n[profile dev]\nsso_session = HOSTILE\n".to_owned(),
        format!("{dev}[profile HOSTILE]\nsso_session = HOSTILE\n"),
        format!("{dev}[HOSTILE]\nHOSTILE = HOSTILE\n[profile"),
        format!("{dev}services = HOSTILE\n"),
        format!("{dev}max_attempts = HOSTILE\nca_bundle = HOSTILE\n"),
        format!("{dev}endpoint_url = HOSTILE\nregion = HOSTILE\n"),
        format!("{dev}source_profile = HOSTILE\nrole_arn = HOSTILE\n"),
        format!("{dev}HOSTILE = HOSTILE\n"),
        "[profile dev]\nrole_arn = HOSTILE\nsource_profile = HOSTILE\n".to_owned(),
        "[profile dev]\nrole_arn = HOSTILE\nsource_profile = keys\nmfa_serial = HOSTILE\n\
         [profile keys]\naws_access_key_id = HOSTILE\naws_secret_access_key = s\n"
            .to_owned(),
        "[profile dev]\nrole_arn = a\nsource_profile = HOSTILE\n\
         [profile HOSTILE]\nrole_arn = b\nsource_profile = dev\n"
            .to_owned(),
        "[profile dev]\ncredential_process = HOSTILE HOSTILE\n".to_owned(),
        "[profile dev]\ncredential_process = 'HOSTILE\n".to_owned(),
        "[profile dev]\nsso_start_url = HOSTILE\nsso_region = us-east-1\n\
         sso_account_id = HOSTILE\nsso_role_name = HOSTILE\n"
            .to_owned(),
        "[profile dev]\nsso_start_url = https://HOSTILE/start\nsso_region = HOSTILE\n".to_owned(),
        "[sso-session HOSTILE]\nsso_start_url = https://a.example\nsso_region = us-east-1\n\
         [profile dev]\nsso_session = HOSTILE\nsso_account_id = HOSTILE\nsso_role_name = HOSTILE\n"
            .to_owned(),
    ];
    let mut shown_configs = 0;
    let count = configs.len();
    for config in configs {
        let (_center, env) = home();
        env.write_config(&config.replace("HOSTILE", &hostile_in_line()));
        let shown = COMMANDS.map(|command_line| check(&env, command_line));
        shown_configs += usize::from(shown.contains(&true));
    }
    // The others are rejected without a quotation.
    assert!(shown_configs > count / 2, "{shown_configs} of {count}");
}

#[test]
fn messages_about_variables_have_no_raw_control_characters() {
    let variables = [
        ("AWS_PROFILE", true),
        ("AWS_CONFIG_FILE", true),
        ("AWS_SHARED_CREDENTIALS_FILE", false),
        ("AWS_ENDPOINT_URL", false),
        ("AWS_ENDPOINT_URL_SIGNIN", false),
        ("AWS_REGION", false),
        ("AWS_MAX_ATTEMPTS", false),
        ("AWS_CA_BUNDLE", false),
        ("AWS_SSO_TOOLS_PROFILE_CHAIN", false),
        ("AWS_SSO_TOOLS_COMPLETE", true),
        ("HTTP_PROXY", false),
        ("NO_PROXY", false),
        ("BROWSER", false),
        ("SSH_CONNECTION", false),
        ("GITHUB_ENV", true),
        ("HOME", true),
    ];
    let commands = [
        "sso-login --sso-session my-sso --force --use-device-code",
        "sso-login --profile gone",
        "sso-status",
        "sso-configure check",
        "export-credentials",
        "export-credentials --profile dev --format github-actions",
        "sso-console --print",
        "sso-console --profile dev",
        "sso-logout",
    ];
    for (variable, is_shown) in variables {
        let (_center, mut env) = home();
        env.set(variable, format!("1 2 {HOSTILE}/{HOSTILE} {HOSTILE}"));
        if variable.starts_with("HTTP_") {
            env.set("NO_PROXY", "<-loopback>");
        }
        let shown = commands.map(|command_line| check(&env, command_line));
        assert!(shown.contains(&true) || !is_shown, "{variable}");
    }
}

#[test]
fn texts_of_servers_have_no_raw_control_characters() {
    let keys = "\n[profile keys]\naws_access_key_id = x\naws_secret_access_key = y\n\
                aws_session_token = z\n";
    let refusal = || {
        Fault::Status(
            400,
            json!({
                "__type": HOSTILE,
                "message": HOSTILE,
                "error": HOSTILE,
                "error_description": HOSTILE,
            }),
        )
    };
    let faults: [&dyn Fn() -> Fault; 4] = [
        &refusal,
        &|| Fault::Redirect(format!("https://{HOSTILE}/{HOSTILE}").replace(char::is_control, "")),
        &|| Fault::Amend(json!({ "roleCredentials": { "expiration": HOSTILE } })),
        &|| Fault::CaptivePortal,
    ];
    for fault in faults {
        let (center, env) = home();
        env.write_config(&format!("{}{keys}", TestEnv::SAMPLE_CONFIG));
        for operation in [
            Operation::RegisterClient,
            Operation::GetRoleCredentials,
            Operation::ListAccounts,
            Operation::Logout,
            Operation::GetSigninToken,
        ] {
            center.fail_always(operation, fault());
        }
        check(&env, "export-credentials --profile dev");
        check(&env, "sso-console --print --profile keys");
        check(&env, "sso-login --profile dev --force --use-device-code");
        check(
            &env,
            "sso-configure populate --sso-session my-sso --dry-run",
        );
        check(&env, "sso-configure accounts --sso-session my-sso");
        check(&env, "sso-status --sso-session my-sso --verify");
        check(&env, "sso-logout");
    }
}

#[test]
fn the_user_code_of_a_hostile_service_has_no_raw_control_characters() {
    let (center, env) = home();
    let device = json!({ "userCode": HOSTILE });
    center.fail_always(Operation::StartDeviceAuthorization, Fault::Amend(device));
    check_shown(
        &env,
        "sso-login --profile dev --force --use-device-code --no-browser",
    );
}

#[test]
fn the_url_of_a_hostile_service_has_no_raw_control_characters() {
    let (center, env) = home();
    let hostile_url = format!("https://example.com/{HOSTILE}");
    let device = json!({
        "userCode": HOSTILE,
        "verificationUri": hostile_url,
        "verificationUriComplete": hostile_url,
    });
    center.fail_always(Operation::StartDeviceAuthorization, Fault::Amend(device));
    check(
        &env,
        "sso-login --profile dev --force --use-device-code --no-browser",
    );
}

#[test]
fn account_names_and_roles_have_no_raw_control_characters() {
    let (center, env) = home();
    let account = Account::new("111122223333", HOSTILE, HOSTILE, &[HOSTILE, "ReadOnly"]);
    center.configure(|settings| settings.accounts = vec![account]);
    let populate = "sso-configure populate --sso-session my-sso";
    check_shown(&env, &format!("{populate} --dry-run"));
    check(&env, populate);
    for command_line in ["sso-configure list", "sso-status", "sso-configure check"] {
        check(&env, command_line);
    }
}

/// Checks everything that a program wrote to the terminal. Sequences of its own, such as those for
/// colours and the cursor, are allowed.
fn check_terminal(terminal: &mut Terminal, until: &str) {
    terminal.wait_for(until);
    let written = String::from_utf8_lossy(&terminal.written()).into_owned();
    assert!(written.contains(MARK), "{written:?}");
    let is_raw = |character: &char| is_raw(*character) && !"\r\u{1b}\u{7}".contains(*character);
    let raw: Vec<_> = written.chars().filter(is_raw).collect();
    assert!(raw.is_empty(), "{raw:?} in {written:?}");
    for sequence in ["\u{1b}[35m", "\u{1b}]0;"] {
        assert!(!written.contains(sequence), "{written:?}");
    }
}

#[test]
fn a_sign_in_on_a_terminal_has_no_control_characters_of_its_values() {
    let center = Emulator::start();
    let mut env = TestEnv::new(&center);
    let name = hostile_in_line();
    env.write_config(&format!(
        "[sso-session {name}]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n"
    ));
    env.set("FORCE_HYPERLINK", "1");
    let device = json!({ "userCode": HOSTILE });
    center.fail_always(Operation::StartDeviceAuthorization, Fault::Amend(device));
    let command_line = "sso-login --all --force --use-device-code --no-browser";
    let mut login = env.start_on_terminal(command_line);
    check_terminal(&mut login, "Waiting for approval");
}

#[test]
fn lists_and_prompts_on_a_terminal_have_no_control_characters_of_their_values() {
    let (center, env) = home();
    let account = |id| Account::new(id, HOSTILE, HOSTILE, &["Admin", "ReadOnly"]);
    let accounts = vec![account("111122223333"), account("222222222222")];
    center.configure(|settings| settings.accounts = accounts);
    let config = format!(
        "{}[profile new]\nregion = HOSTILE\n",
        TestEnv::SAMPLE_CONFIG
    );
    env.write_config(&config.replace("HOSTILE", &hostile_in_line()));
    let command_line = "sso-configure sso --sso-session my-sso --profile new";
    let mut wizard = env.start_on_terminal(command_line);
    check_terminal(
        &mut wizard,
        "There are 2 AWS accounts available to you.\nFilter:",
    );
    wizard.press(Key::Enter);
    check_terminal(&mut wizard, "There are 2 roles available to you.\nFilter:");
    wizard.type_text("ReadOnly");
    wizard.press(Key::Enter);
    check_terminal(&mut wizard, "Default client Region");
}

#[test]
fn the_mfa_prompt_has_no_control_characters_of_its_values() {
    let (_center, env) = home();
    let [id, secret] = ACCESS_KEY;
    env.write_config(&format!(
        "[profile mfa]\nrole_arn = arn:aws:iam::222222222222:role/x\nsource_profile = mfa\n\
         mfa_serial = {}\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n",
        hostile_in_line()
    ));
    let mut export = env.start_on_terminal("export-credentials --profile mfa");
    check_terminal(&mut export, "Enter MFA code");
}

#[test]
fn the_secrets_of_a_request_are_removed_from_the_texts_of_services() {
    let (center, env) = home();
    center.configure(|settings| settings.access_token_lifetime = Duration::from_secs(60));
    let tokens = center.sign_in(&["sso:account:access"]);
    env.plant_my_sso(&tokens);
    let in_token_request = [tokens.client_secret, tokens.refresh_token.unwrap()];
    let in_portal_request = [tokens.access_token];
    // The second text would be shortened within a secret.
    for start in ["", &"x".repeat(480)] {
        let quote = |secrets: &[String]| {
            let text = format!("{start}{}", secrets.join(" "));
            Fault::Status(
                400,
                json!({ "__type": text, "error": text, "error_description": text }),
            )
        };
        center.fail_always(Operation::CreateToken, quote(&in_token_request));
        for operation in [
            Operation::GetRoleCredentials,
            Operation::ListAccounts,
            Operation::Logout,
        ] {
            center.fail_always(operation, quote(&in_portal_request));
        }
        for command_line in [
            "export-credentials --profile dev -vv",
            "sso-status --sso-session my-sso --verify -vv",
            "sso-configure populate --sso-session my-sso -vv",
            "sso-logout -vv",
        ] {
            let run = env.run(command_line);
            let shown = [run.stdout(), run.stderr()].concat();
            for secret in in_token_request.iter().chain(&in_portal_request) {
                let start = &secret[..secret.len().min(12)];
                assert!(!shown.contains(start), "{secret} in {shown}");
            }
        }
    }
}
