//! Commands in hints and other messages are safe to paste, whatever the names contain: each shell
//! passes the name on unchanged, or the command contains a placeholder.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use identity_center_emulator::Emulator;
use identity_center_emulator::settings::{AssumableRole, Consent};
use sso_test_support::{TestEnv, tool};

const NAMES: [&str; 11] = [
    "a'; touch pwned; 'b",
    "a';id>pwned;'b",
    "it's; touch pwned",
    "a; touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "-x",
    "{a,b}",
    "!!",
    "x:=ls",
    "two  words",
];

/// Programs in the commands. A stub of each writes its arguments to `recorded`.
const PROGRAMS: [&str; 8] = [
    "sso-login ",
    "sso-logout ",
    "sso-configure ",
    "sso-use ",
    "sso-console ",
    "export-credentials ",
    "aws ",
    "chmod ",
];

const SHELLS: [(&str, &[&str]); 6] = [
    ("bash", &["--norc"]),
    ("dash", &[]),
    ("zsh", &["-f"]),
    ("fish", &["--no-config"]),
    ("tcsh", &["-f"]),
    ("nu", &["--no-config-file"]),
];

const SESSION: &str = "\
[sso-session NAME]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

const PROFILE: &str = "[profile NAME]\nsso_session = my-sso\nsso_account_id = 111122223333\n";

const LEGACY: &str = "\
[profile legacy]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
";

const ROLE: &str = "arn:aws:iam::222222222222:role/x";

struct Home {
    name: &'static str,
    center: Emulator,
    env: TestEnv,
}

impl Home {
    /// Creates a home with a config in which `NAME` stands for the name.
    fn new(name: &'static str, config: &str) -> Self {
        let center = Emulator::start();
        let env = TestEnv::new(&center);
        env.plant_my_sso(&center.sign_in(&["sso:account:access"]));
        let header = shell_words::quote(name);
        env.write_config(&config.replace(" NAME]", &format!(" {header}]")));
        let home = Self { name, center, env };
        for program in PROGRAMS {
            let stub = "#!/bin/sh\nprintf '%s\\n' \"$@\" >>\"$HOME/recorded\"\n";
            home.write_program(&format!("stubs/{}", program.trim_end()), stub);
        }
        home
    }

    fn write_program(&self, path: &str, script: &str) {
        self.env.write(path, script);
        let path = self.env.home().join(path);
        fs::set_permissions(path, Permissions::from_mode(0o700)).unwrap();
    }

    /// Checks each command in the messages of a command line, in which `NAME` stands for the name.
    /// `expected` is the number of commands.
    fn check(&self, command_line: &str, expected: usize) {
        let mut words = command_line.split(' ');
        let mut command = self.env.command(words.next().unwrap());
        command.args(words.map(|word| word.replace("NAME", self.name)));
        let output = command.output().unwrap();
        self.check_text(&String::from_utf8(output.stderr).unwrap(), expected);
    }

    fn check_text(&self, text: &str, expected: usize) {
        let commands: Vec<_> = text.lines().filter_map(command_in).collect();
        assert_eq!(commands.len(), expected, "{}: {text}", self.name);
        for command in commands {
            self.paste(command);
        }
    }

    /// Runs a command in each shell.
    fn paste(&self, command: &str) {
        let is_plain = !["eval ", "export "]
            .iter()
            .any(|it| command.starts_with(it));
        for (shell, arguments) in SHELLS {
            let Some(path) = tool(shell) else { continue };
            let mut shell = self.env.command(path.to_str().unwrap());
            let is_path = |(name, _): &(&std::ffi::OsStr, _)| *name == "PATH";
            let programs = shell
                .get_envs()
                .find(is_path)
                .unwrap()
                .1
                .unwrap()
                .to_owned();
            let stubs = self.env.home().join("stubs");
            let programs = format!("{}:{}", stubs.display(), programs.display());
            self.env.write("recorded", "");
            let pasted = shell.args(arguments).args(["-c", command]);
            let output = pasted.env("PATH", programs).output().unwrap();
            let recorded = String::from_utf8(self.env.read("recorded")).unwrap();
            let is_unchanged = recorded.contains(self.name) || command.contains("VALUE");
            assert!(
                !self.env.home().join("pwned").exists() && (!is_plain || is_unchanged),
                "{}: {command}: {recorded}: {output:?}",
                path.display()
            );
        }
    }
}

/// Returns the command at the end of a line, without the explanation of the placeholder.
fn command_in(line: &str) -> Option<&str> {
    let is_command = |text: &&str| {
        let mut starts = PROGRAMS.iter().chain(&["eval ", "export "]);
        starts.any(|start| text.starts_with(start))
    };
    let starts = [": ", "    "]
        .iter()
        .flat_map(|start| line.match_indices(start));
    let mut ends = starts.map(|(at, start)| &line[at + start.len()..]);
    let command = ends.find(is_command)?;
    Some(command.split(", where VALUE").next().unwrap_or(command))
}

fn check_all(config: &str, command_line: &str, expected: usize) {
    for name in NAMES {
        Home::new(name, config).check(command_line, expected);
    }
}

/// Returns a config in which both the profile and its session have the name.
fn with_session(name: &str, role: &str) -> String {
    let profile = PROFILE.replace("my-sso", name);
    format!("{profile}sso_role_name = {role}\n{SESSION}")
}

#[test]
fn hints_to_sign_in_are_safe() {
    for name in NAMES {
        let home = Home::new(name, &with_session(name, "ReadOnly"));
        home.check("export-credentials --profile=NAME", 1);
        home.check(
            "export-credentials --sso-session=NAME --account-id=111122223333 --role-name=ReadOnly",
            1,
        );
        home.check("sso-status --profile=NAME", 1);
        home.check("sso-use --shell bash --profile=NAME", 1);
    }
}

#[test]
fn the_hint_of_a_failed_sign_in_of_a_switch_is_safe() {
    for name in NAMES {
        let mut home = Home::new(name, &with_session(name, "ReadOnly"));
        // Only the sign-in reads it.
        home.env.set("AWS_CA_BUNDLE", "missing");
        home.env.set("NAME", name);
        let script = "sso-use --shell bash --profile=\"$NAME\" >/dev/null";
        let command_line = format!("sh -c {}", shell_words::quote(script));
        let terminal = home.env.start_on_terminal(&command_line);
        home.check_text(terminal.finish().terminal(), 1);
    }
}

#[test]
fn hints_of_a_refused_role_are_safe() {
    for name in NAMES {
        let mut home = Home::new(name, &with_session(name, "Other"));
        home.center
            .configure(|settings| settings.consent = Consent::Approve);
        let browser = "#!/bin/sh\nexec curl --silent --location --output /dev/null \"$1\"\n";
        home.write_program("stubs/browser", browser);
        home.env
            .set("BROWSER", home.env.home().join("stubs/browser"));
        home.check("sso-login --sso-session=NAME", 0);
        home.check("export-credentials --profile=NAME", 2);
    }
}

#[test]
fn hints_of_roles_and_unsupported_profiles_are_safe() {
    let role = format!("role_arn = {ROLE}\n");
    for name in NAMES {
        let mfa = "mfa_serial = arn:aws:iam::111122223333:mfa/otter\nsource_profile = keys\n";
        let keys = "[profile keys]\naws_access_key_id = x\naws_secret_access_key = y\n";
        let home = Home::new(name, &format!("[profile NAME]\n{role}{mfa}{keys}"));
        let roles = vec![AssumableRole::new(ROLE)];
        home.center
            .configure(|settings| settings.assumable_roles = roles);
        home.check("export-credentials --profile=NAME", 1);
    }
    let source = "credential_source = Ec2InstanceMetadata\n";
    let config = format!("[profile NAME]\n{role}{source}");
    check_all(&config, "export-credentials --profile=NAME", 1);
}

#[test]
fn hints_of_the_console_are_safe() {
    let role = format!("[profile role]\nrole_arn = {ROLE}\nsource_profile = NAME\n");
    let keys = "aws_access_key_id = x\naws_secret_access_key = y\naws_session_token = z\n";
    for name in NAMES {
        // The hint names the profile or the session that needs the sign-in.
        let source = role.replace("NAME", name);
        let home = Home::new(name, &format!("{}{source}", with_session(name, "ReadOnly")));
        home.check("sso-console --print --profile=role", 1);
        let mut home = Home::new(name, &format!("[profile NAME]\n{keys}"));
        home.env.set("SSH_CONNECTION", "1 2 3 4");
        home.env.unset("BROWSER");
        home.check("sso-console --profile=NAME", 1);
    }
}

#[test]
fn hints_of_a_failed_sign_out_are_safe() {
    if tool("strace").is_none() {
        return;
    }
    let config = SESSION.replace("NAME", "my-sso") + PROFILE + "sso_role_name = ReadOnly\n";
    let refused = "--quiet=all -f -o /dev/null -e inject=unlink,unlinkat:error=EACCES:when=1";
    check_all(
        &config,
        &format!("strace {refused} sso-logout --profile=NAME"),
        1,
    );
}

#[test]
fn hints_with_the_path_of_a_file_are_safe() {
    for name in NAMES {
        let mut home = Home::new(name, "");
        let config = home.env.home().join(name);
        home.env.write(&config, "");
        fs::set_permissions(&config, Permissions::from_mode(0o400)).unwrap();
        home.env.set("AWS_CONFIG_FILE", config);
        home.check(
            "sso-configure session --no-input --sso-session=x --sso-region=us-east-1 \
             --start-url=https://my-sso-portal.awsapps.com/start",
            1,
        );
    }
}

#[test]
fn closing_messages_of_the_wizard_are_safe() {
    let session = "sso-configure session --no-input --sso-session=NAME --sso-region=us-east-1 \
                   --start-url=https://my-sso-portal.awsapps.com/start";
    let profile = "sso-configure sso --no-input --profile=NAME --sso-session=my-sso \
                   --account-id=111122223333 --role-name=ReadOnly --region=eu-west-1 \
                   --output-format=json";
    // New names contain only characters that all SDKs read.
    for name in ["-n", "%s@a:b+c/d"] {
        Home::new(name, "").check(session, 2);
        Home::new(name, LEGACY).check("sso-configure migrate --yes --sso-session=NAME", 1);
        Home::new(name, &SESSION.replace("NAME", "my-sso")).check(profile, 3);
    }
}

#[test]
fn the_hint_on_a_terminal_is_safe() {
    let config = SESSION.replace("NAME", "my-sso") + PROFILE + "sso_role_name = ReadOnly\n";
    for name in NAMES {
        let home = Home::new(name, &config);
        let profile = shell_words::quote(name).into_owned();
        let command_line = format!("export-credentials --profile={profile}");
        let terminal = home.env.start_on_terminal(&command_line);
        home.check_text(terminal.finish().terminal(), 1);
    }
}
