use identity_center_emulator::settings::ACCESS_KEY;
use sso_test_support::{CLOSED_PORT_URL, TestEnv};

use super::program::{Program, Session};
use super::services::Services;
use super::setting::Setting;
use super::source::Source;

const SESSION: &str = "\
[sso-session my-sso]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

const LEGACY: &str = "\
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
";
const ASSIGNMENT: &str = "sso_account_id = 111122223333\nsso_role_name = ReadOnly\n";
const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/x\n";
const REGION: &str = "region = us-east-1\n";

const SYNC_FILE: &str = r#"
[sso-session.my-sso]
sso_start_url = "https://my-sso-portal.awsapps.com/start"
sso_region = "us-east-1"
sso_registration_scopes = ["sso:account:access"]

[[profiles]]
sso_session = "my-sso"
"#;

/// Returns a home directory with a token that must be refreshed, and with a value of the setting in
/// `source`.
pub(super) fn home(
    setting: &Setting,
    program: &Program,
    source: Source,
    services: &Services,
) -> TestEnv {
    let mut env = TestEnv::new(&services.center);
    env.unset("AWS_ENDPOINT_URL");
    env.set("HTTPS_PROXY", services.proxy.url());
    env.set("AWS_REGION", "us-east-1");
    for (variable, value) in (setting.environment)(services) {
        env.set(variable, value);
    }
    let values = (setting.values)(services);
    let variables = setting.variables.iter();
    for variable in variables.filter(|_| source == Source::Variable) {
        env.set(variable, &values[0]);
    }
    if let Some(profile) = source.aws_profile() {
        env.set("AWS_PROFILE", profile);
    }
    let profiles = profiles(program.session).map(|(name, lines)| {
        let value = source.value_in(name, program, &values);
        let line = value.map(|value| format!("{} = {value}\n", setting.key));
        format!("[profile {name}]\n{lines}{}\n", line.unwrap_or_default())
    });
    let sections = sections(program.session, &services.center.url());
    env.write_config(&format!("{sections}\n{}", profiles.concat()));
    env.write("sso-profiles.toml", SYNC_FILE);
    env.plant_my_sso(&services.expiring_tokens());
    env
}

fn sections(session: Session, url: &str) -> String {
    let session = match session {
        Session::Named | Session::NamedByDefault => SESSION,
        Session::InSyncFile | Session::Legacy | Session::Unused => "",
    };
    let services = [url, CLOSED_PORT_URL].map(|url| {
        let of_service = |service| format!("{service} =\n  endpoint_url = {url}\n");
        let blocks = ["sso_oidc", "sso", "sts", "signin"].map(of_service);
        format!("[services {url}]\n{}\n", blocks.concat())
    });
    format!("{session}\n{}", services.concat())
}

/// Returns the profiles in file order with their lines. The first profile does not use the session.
/// The profiles in effect are after the first one that uses the session. Therefore no profile takes
/// precedence only by its position.
fn profiles(session: Session) -> [(&'static str, String); 7] {
    let of_session = match session {
        Session::Named | Session::NamedByDefault | Session::InSyncFile => {
            format!("sso_session = my-sso\n{ASSIGNMENT}")
        }
        Session::Legacy => format!("{LEGACY}{ASSIGNMENT}"),
        Session::Unused => REGION.to_owned(),
    };
    let default = match session {
        Session::NamedByDefault => of_session.clone(),
        _ => REGION.to_owned(),
    };
    let role = format!("{ROLE}source_profile = dev\n");
    let [id, secret] = ACCESS_KEY;
    let keys = format!(
        "aws_access_key_id = {id}\naws_secret_access_key = {secret}\n{ROLE}source_profile = keys\n"
    );
    [
        ("unrelated", REGION.to_owned()),
        ("first", of_session.clone()),
        ("dev", of_session),
        ("role", role),
        ("keys", keys),
        ("default", default.clone()),
        ("named", default),
    ]
}
