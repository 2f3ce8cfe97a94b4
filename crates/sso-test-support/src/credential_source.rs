//! Credential sources of profiles, for tests of the programs that select one of them.

/// Kind of credentials that a profile can contain. The names are those of the table in
/// `docs/guide/consumers.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialSource {
    /// Name in Markdown.
    pub name: &'static str,
    /// Lines in the config file. `HOME` is the home directory.
    pub config: &'static str,
    /// Lines in the credentials file.
    pub credentials: &'static str,
}

const fn in_config(name: &'static str, config: &'static str) -> CredentialSource {
    CredentialSource {
        name,
        config,
        credentials: "",
    }
}

impl CredentialSource {
    /// All sources.
    pub const ALL: [Self; 11] = [
        Self {
            name: "access keys in `credentials`",
            config: "",
            credentials: "aws_access_key_id = AKIACREDENTIALS\naws_secret_access_key = secret\n",
        },
        in_config(
            "access keys in `config`",
            "aws_access_key_id = AKIACONFIG\naws_secret_access_key = secret\n",
        ),
        in_config(
            "`source_profile`",
            "role_arn = arn:aws:iam::222222222222:role/x\nsource_profile = base\n",
        ),
        in_config(
            "`credential_source`",
            "role_arn = arn:aws:iam::222222222222:role/x\ncredential_source = EcsContainer\n",
        ),
        in_config(
            "`web_identity_token_file`",
            "role_arn = arn:aws:iam::222222222222:role/x\nweb_identity_token_file = HOME/token\n",
        ),
        in_config(
            "`role_arn` alone",
            "role_arn = arn:aws:iam::222222222222:role/x\n",
        ),
        in_config(
            "`credential_process`",
            "credential_process = cat HOME/process.json\n",
        ),
        in_config(
            "SSO role",
            "sso_session = my-sso\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n",
        ),
        in_config("`sso_session` alone", "sso_session = my-sso\n"),
        in_config(
            "`sso_start_url`",
            "sso_start_url = https://my-sso-portal.awsapps.com/start\nsso_region = us-east-1\n",
        ),
        in_config(
            "`login_session`",
            "login_session = arn:aws:iam::111122223333:user/me\n",
        ),
    ];

    /// Returns the pairs that a profile can contain. A pair of which one source contains the keys of
    /// the other is not a pair.
    #[must_use]
    pub fn pairs() -> Vec<[Self; 2]> {
        let is_pair = |[first, second]: &[Self; 2]| match second.name {
            "`role_arn` alone" => !first.config.starts_with("role_arn"),
            "`sso_session` alone" => !first.config.starts_with("sso_session"),
            "`sso_start_url`" => first.config.starts_with("sso_session"),
            "`login_session`" => first.name != "`sso_start_url`",
            _ => true,
        };
        let all = || Self::ALL.into_iter().enumerate();
        let pairs = all().flat_map(|(index, first)| {
            let others = Self::ALL.into_iter().skip(index + 1);
            others.map(move |second| [first, second])
        });
        pairs.filter(is_pair).collect()
    }

    /// Returns the config file and the credentials file with a profile `dev` that has `sources`.
    #[must_use]
    pub fn files(sources: &[Self], home: &str) -> [String; 2] {
        let mut lines: Vec<_> = sources.iter().flat_map(|it| it.config.lines()).collect();
        // Both sources may contain `role_arn`.
        lines.sort_unstable();
        lines.dedup();
        let config = lines.join("\n").replace("HOME", home);
        let credentials: String = sources.iter().map(|it| it.credentials).collect();
        [
            format!(
                "[sso-session my-sso]\nsso_start_url = https://my-sso-portal.awsapps.com/start\n\
                 sso_region = us-east-1\n\n[profile base]\naws_access_key_id = AKIABASE\n\
                 aws_secret_access_key = secret\n\n[profile dev]\nregion = us-east-1\n{config}\n"
            ),
            if credentials.is_empty() {
                credentials
            } else {
                format!("[dev]\n{credentials}")
            },
        ]
    }
}

/// Commands for `credential_process`, each with the name of its shell syntax in Markdown. `print` is a
/// program in `HOME` that prints other credentials if its only argument is not `shell`.
pub const SHELL_COMMANDS: [(&str, &str); 19] = [
    ("`\\|`", "HOME/print shell | cat"),
    ("`;`", "HOME/print shell; true"),
    ("`&`", "HOME/print shell & wait"),
    ("`&&`", "HOME/print shell && true"),
    ("`>`", "HOME/print shell 2>/dev/null"),
    ("`<`", "HOME/print shell </dev/null"),
    ("`$NAME`", "HOME/print $WORD"),
    ("`${NAME}` in double quotes", "HOME/print \"${WORD}\""),
    ("`$(COMMAND)`", "HOME/print $(echo shell)"),
    ("backquotes", "HOME/print `echo shell`"),
    ("`\\$` in double quotes", "HOME/print \"\\$PRINTED\""),
    ("`~` at the start of a word", "HOME/print ~"),
    ("`*`", "HOME/print shel*"),
    ("`?`", "HOME/print shel?"),
    ("`[…]`", "HOME/print [s]hell"),
    ("line break", "HOME/print shell\n  true"),
    ("`NAME=VALUE` at the start", "NAME=VALUE HOME/print shell"),
    ("`(…)`", "(HOME/print shell)"),
    (
        "`exec`, `if` and similar words at the start",
        "exec HOME/print shell",
    ),
];

/// Commands without shell syntax of their own, and one with a comment, which the SDKs remove before a
/// shell reads it. With names in Markdown.
pub const EQUIVALENT_COMMANDS: [(&str, &str); 5] = [
    ("`#` at the start of a word", "HOME/print shell # comment"),
    ("none", "HOME/print shell"),
    ("any, in single quotes", "HOME/print '|;&><$`~*?[]#()'"),
    (
        "any, in `sh -c '…'`",
        "sh -c 'cd; ./print \"$WORD\" $(true) 2>&1 | cat'",
    ),
    (
        "any, in `sh -c '…'` with a space before `;`",
        "sh -c 'cd ; ./print shell'",
    ),
];
