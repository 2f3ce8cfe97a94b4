//! Command lines that select a session in different ways.

use identity_center_emulator::Operation;

pub(super) struct Program {
    pub(super) command_line: &'static str,
    pub(super) session: Session,
    /// Operations that must succeed, possibly among others.
    pub(super) operations: &'static [Operation],
    /// Operations that may be rejected, because the request only shows that the service can be reached.
    pub(super) probes: &'static [Operation],
    /// True if failed requests are retried. Sign-out and verification send each request once.
    pub(super) retries: bool,
}

/// Kind of reference from the profiles to the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Session {
    /// The profiles name a section of the config file.
    Named,
    /// The profiles, including the default profile, name a section of the config file.
    NamedByDefault,
    /// The profiles name a section that exists only in a sync file.
    InSyncFile,
    /// The profiles have the start URL of the session.
    Legacy,
    /// No profile uses the session.
    Unused,
}

impl Program {
    const fn new(command_line: &'static str, operations: &'static [Operation]) -> Self {
        Self {
            command_line,
            session: Session::Named,
            operations,
            probes: &[],
            retries: true,
        }
    }

    const fn with_session(self, session: Session) -> Self {
        Self { session, ..self }
    }

    const fn with_probes(self, probes: &'static [Operation]) -> Self {
        Self { probes, ..self }
    }

    const fn without_retries(self) -> Self {
        Self {
            retries: false,
            ..self
        }
    }

    pub(super) fn profile(&self) -> Option<&'static str> {
        let mut words = self.command_line.split_whitespace();
        words.find(|word| *word == "--profile")?;
        words.next()
    }
}

const REFRESH: &[Operation] = &[Operation::CreateToken];
const SIGN_IN: &[Operation] = &[
    Operation::RegisterClient,
    Operation::StartDeviceAuthorization,
    Operation::CreateToken,
];
const NEW_SESSION: &[Operation] = &[
    Operation::Logout,
    Operation::RegisterClient,
    Operation::StartDeviceAuthorization,
    Operation::CreateToken,
];
const SIGN_OUT: &[Operation] = &[Operation::CreateToken, Operation::Logout];
const VERIFY: &[Operation] = &[Operation::ListAccounts];
const CHECK: &[Operation] = &[Operation::ListAccounts, Operation::ListAccountRoles];
const LISTING: &[Operation] = &[
    Operation::CreateToken,
    Operation::ListAccounts,
    Operation::ListAccountRoles,
];
const CREDENTIALS: &[Operation] = &[Operation::CreateToken, Operation::GetRoleCredentials];
const CHAIN: &[Operation] = &[
    Operation::CreateToken,
    Operation::GetRoleCredentials,
    Operation::AssumeRole,
];
const ROLE: &[Operation] = &[Operation::AssumeRole];
const CONSOLE: &[Operation] = &[
    Operation::CreateToken,
    Operation::GetRoleCredentials,
    Operation::AssumeRole,
    Operation::GetSigninToken,
];
const ROLE_CONSOLE: &[Operation] = &[Operation::AssumeRole, Operation::GetSigninToken];
const IDENTITY: &[Operation] = &[
    Operation::CreateToken,
    Operation::GetRoleCredentials,
    Operation::GetCallerIdentity,
];
const ROLE_IDENTITY: &[Operation] = &[Operation::AssumeRole, Operation::GetCallerIdentity];

pub(super) const PROGRAMS: &[Program] = &[
    Program::new("sso-login", REFRESH).with_session(Session::NamedByDefault),
    Program::new("sso-login --profile dev", REFRESH),
    Program::new("sso-login --sso-session my-sso", REFRESH),
    Program::new("sso-login --all", REFRESH),
    Program::new("sso-login --profile dev --force --use-device-code", SIGN_IN),
    Program::new(
        "sso-login --sso-session my-sso --force --use-device-code",
        SIGN_IN,
    ),
    Program::new("sso-login --all --force --use-device-code", SIGN_IN),
    Program::new("sso-login --profile dev", SIGN_IN).with_session(Session::Legacy),
    Program::new(
        "sso-login --start-url https://my-sso-portal.awsapps.com/start --sso-region us-east-1",
        SIGN_IN,
    )
    .with_session(Session::Legacy),
    Program::new(
        "sso-login --start-url https://my-sso-portal.awsapps.com/start --sso-region us-east-1",
        SIGN_IN,
    )
    .with_session(Session::Unused),
    Program::new(
        "sso-login --profile dev --force --new-session --use-device-code",
        NEW_SESSION,
    ),
    Program::new(
        "sso-login --sso-session my-sso --force --new-session --use-device-code",
        NEW_SESSION,
    ),
    Program::new("sso-logout", SIGN_OUT).without_retries(),
    Program::new("sso-logout --profile dev", SIGN_OUT).without_retries(),
    Program::new("sso-logout --sso-session my-sso", SIGN_OUT).without_retries(),
    Program::new(
        "sso-logout --start-url https://my-sso-portal.awsapps.com/start",
        SIGN_OUT,
    )
    .without_retries(),
    Program::new("sso-status --verify", VERIFY).without_retries(),
    Program::new("sso-status --verify --profile dev", VERIFY).without_retries(),
    Program::new("sso-status --verify --sso-session my-sso", VERIFY).without_retries(),
    Program::new("sso-status --whoami", IDENTITY).with_session(Session::NamedByDefault),
    Program::new("sso-status --whoami --profile dev", IDENTITY),
    Program::new("sso-status --whoami --profile keys", ROLE_IDENTITY).with_session(Session::Unused),
    Program::new("sso-configure check", CHECK)
        .with_probes(&[Operation::CreateToken, Operation::GetCallerIdentity]),
    Program::new("sso-configure populate", LISTING),
    Program::new("sso-configure populate --profile dev", LISTING),
    Program::new("sso-configure populate --sso-session my-sso", LISTING),
    Program::new("sso-configure accounts --profile dev", LISTING),
    Program::new("sso-configure accounts --sso-session my-sso", LISTING),
    Program::new("sso-configure populate --from sso-profiles.toml", LISTING),
    Program::new("sso-configure populate --from sso-profiles.toml", LISTING)
        .with_session(Session::InSyncFile),
    Program::new(
        "sso-configure sso --sso-session my-sso --region us-east-1 --output-format json --profile dev",
        LISTING,
    ),
    Program::new("sso-configure sso --sso-session my-sso --no-input", LISTING),
    Program::new("export-credentials", CREDENTIALS).with_session(Session::NamedByDefault),
    Program::new("export-credentials --profile dev", CREDENTIALS),
    Program::new("export-credentials --profile role", CHAIN),
    Program::new("export-credentials --profile keys", ROLE).with_session(Session::Unused),
    Program::new(
        "export-credentials --sso-session my-sso --account-id 111122223333 --role-name ReadOnly",
        CREDENTIALS,
    ),
    Program::new(
        "sso-use --shell bash --credentials --profile dev",
        CREDENTIALS,
    ),
    Program::new("sso-use --shell bash --credentials --profile role", CHAIN),
    Program::new("sso-use --shell bash --credentials --profile keys", ROLE)
        .with_session(Session::Unused),
    Program::new("export-credentials --bearer-token --profile dev", REFRESH),
    Program::new(
        "export-credentials --bearer-token --sso-session my-sso",
        REFRESH,
    ),
    Program::new("sso-console --print --profile role", CONSOLE),
    Program::new("sso-console --print --profile keys", ROLE_CONSOLE).with_session(Session::Unused),
];
