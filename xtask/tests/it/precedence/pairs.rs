//! The pairs of options and settings.

use super::Expected::{Fails, Opens, Prints, Shows, Waits, Writes};
use super::Place::{Dev, End, Session, Variables};
use super::{Case, Expected, Pair, Place};

const fn case(
    command: &'static str,
    place: Place,
    setting: &'static str,
    expected: Expected,
) -> Case {
    Case {
        command,
        place,
        setting,
        expected,
    }
}

pub(super) const PAIRS: &[Pair] = &[
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--qr`",
        setting: "`sso_redirect_port`",
        result: "device code",
        cases: &[
            case(
                "sso-login --profile dev --qr",
                Session,
                "sso_redirect_port = PORT",
                Waits("/device"),
            ),
            case(
                "sso-login --sso-session my-sso --qr",
                Session,
                "sso_redirect_port = PORT",
                Waits("/device"),
            ),
            case(
                "sso-login --all --qr",
                Session,
                "sso_redirect_port = PORT",
                Waits("/device"),
            ),
            case(
                "sso-configure --profile new --sso-session my-sso --start-url https://other.awsapps.com/start --sso-region us-east-1 --qr",
                Session,
                "sso_redirect_port = PORT",
                Shows("Approve the request only"),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--qr`",
        setting: "`sso_use_device_code = false`",
        result: "device code",
        cases: &[case(
            "sso-login --profile dev --qr",
            Session,
            "sso_use_device_code = false",
            Waits("/device"),
        )],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--qr`",
        setting: "`sso_browser`, `BROWSER`",
        result: "no browser is opened",
        cases: &[
            case(
                "sso-login --profile dev --qr",
                Session,
                "sso_browser = sh browser setting",
                Waits("Using a browser, open the following URL"),
            ),
            case(
                "sso-login --profile dev --qr",
                Variables,
                "BROWSER=sh browser variable",
                Waits("Using a browser, open the following URL"),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--use-device-code`",
        setting: "`sso_use_device_code = false`",
        result: "device code",
        cases: &[case(
            "sso-login --profile dev --use-device-code",
            Session,
            "sso_use_device_code = false",
            Waits("/device"),
        )],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--use-device-code`",
        setting: "`sso_redirect_port`",
        result: "device code",
        cases: &[case(
            "sso-login --profile dev --use-device-code",
            Session,
            "sso_redirect_port = PORT",
            Waits("/device"),
        )],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--remote`",
        setting: "`sso_use_device_code = true`",
        result: "pasted URL",
        cases: &[case(
            "sso-login --profile dev --remote",
            Session,
            "sso_use_device_code = true",
            Shows("paste it here and press Enter"),
        )],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--remote`",
        setting: "`sso_redirect_port`",
        result: "pasted URL, with any free port",
        cases: &[case(
            "sso-login --profile dev --remote",
            Session,
            "sso_redirect_port = USED",
            Shows("Using a browser, open the following URL:\n\nhttp"),
        )],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--remote`",
        setting: "`sso_browser`, `BROWSER`",
        result: "no browser is opened",
        cases: &[
            case(
                "sso-login --profile dev --remote",
                Session,
                "sso_browser = sh browser setting",
                Shows("Using a browser, open the following URL"),
            ),
            case(
                "sso-login --profile dev --remote",
                Variables,
                "BROWSER=sh browser variable",
                Shows("Using a browser, open the following URL"),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--remote`",
        setting: "`sso_start_url` of a legacy profile",
        result: "error",
        cases: &[
            case(
                "sso-login --profile legacy --remote",
                End,
                "",
                Fails(
                    252,
                    &[
                        "--remote requires an SSO session, but sso_start_url at HOME/.aws/config:18 ",
                    ],
                ),
            ),
            case(
                "sso-login --all --remote",
                End,
                "",
                Fails(
                    252,
                    &[
                        "--remote requires an SSO session, but sso_start_url at HOME/.aws/config:18 ",
                    ],
                ),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--redirect-port`",
        setting: "`sso_use_device_code = true`",
        result: "browser, with the port of the option",
        cases: &[case(
            "sso-login --profile dev --redirect-port PORT",
            Session,
            "sso_use_device_code = true",
            Waits("redirect_uri=http%3A%2F%2F127.0.0.1%3APORT%2F"),
        )],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--redirect-port`",
        setting: "`sso_redirect_port`",
        result: "browser, with the port of the option",
        cases: &[case(
            "sso-login --profile dev --redirect-port PORT",
            Session,
            "sso_redirect_port = PORT",
            Waits("redirect_uri=http%3A%2F%2F127.0.0.1%3APORT%2F"),
        )],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--redirect-port`",
        setting: "`sso_start_url` of a legacy profile",
        result: "error",
        cases: &[case(
            "sso-login --profile legacy --redirect-port PORT",
            End,
            "",
            Fails(
                252,
                &[
                    "--redirect-port requires an SSO session, but sso_start_url at HOME/.aws/config:18 ",
                ],
            ),
        )],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--browser`",
        setting: "`sso_browser`, `BROWSER`",
        result: "command of the option",
        cases: &[
            case(
                "sso-login --profile dev --browser 'sh browser option'",
                Session,
                "sso_browser = sh browser setting",
                Opens("option"),
            ),
            case(
                "sso-login --profile dev --browser 'sh browser option'",
                Variables,
                "BROWSER=sh browser variable",
                Opens("option"),
            ),
            case(
                "sso-login --profile dev --browser 'sh browser option'",
                Variables,
                "BROWSER='unclosed",
                Opens("option"),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--browser`",
        setting: "`sso_use_device_code = true`",
        result: "device code, in the browser of the option",
        cases: &[
            case(
                "sso-login --profile dev --browser 'sh browser'",
                Session,
                "sso_use_device_code = true",
                Waits("/device"),
            ),
            case(
                "sso-login --profile dev --browser 'sh browser option'",
                Session,
                "sso_use_device_code = true",
                Opens("option"),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--no-browser`",
        setting: "`sso_browser`, `BROWSER`",
        result: "no browser is opened",
        cases: &[
            case(
                "sso-login --profile dev --no-browser",
                Session,
                "sso_browser = sh browser setting",
                Waits("Using a browser on this machine"),
            ),
            case(
                "sso-login --profile dev --no-browser",
                Variables,
                "BROWSER=sh browser variable",
                Waits("Using a browser on this machine"),
            ),
            case(
                "sso-login --profile dev --no-browser",
                Variables,
                "BROWSER='unclosed",
                Waits("Using a browser on this machine"),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-configure`",
        option: "`--remote`, `--redirect-port`, `--browser`",
        setting: "variables of a [detected environment](signing-in.md#sign-in-on-a-remote-machine), such as `SSH_CONNECTION`",
        result: "browser",
        cases: &[
            case(
                "sso-login --profile dev --browser 'sh browser option'",
                Variables,
                "CODESPACES=true",
                Opens("option"),
            ),
            case(
                "sso-login --profile dev --redirect-port PORT",
                Variables,
                "SSH_CONNECTION=192.0.2.1 5 192.0.2.2 22",
                Waits("redirect_uri=http%3A%2F%2F127.0.0.1%3APORT%2F"),
            ),
            case(
                "sso-login --profile dev --remote",
                Variables,
                "CI=true",
                Shows("paste it here and press Enter"),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-status`, `sso-configure`, `export-credentials`",
        option: "`--profile`",
        setting: "`AWS_PROFILE`, `AWS_DEFAULT_PROFILE`",
        result: "profile of the option",
        cases: &[
            case(
                "sso-login --profile dev --no-browser",
                Variables,
                "AWS_PROFILE=missing",
                Waits("/authorize"),
            ),
            case(
                "sso-status --profile dev",
                Variables,
                "AWS_PROFILE=missing",
                Prints("dev", "prod"),
            ),
            case(
                "sso-status --profile dev --format prompt",
                Variables,
                "AWS_PROFILE=prod",
                Prints("dev", "prod"),
            ),
            case(
                "sso-status --profile dev",
                Variables,
                "AWS_DEFAULT_PROFILE=missing",
                Prints("dev", "prod"),
            ),
            case(
                "export-credentials --profile dev --format json",
                Variables,
                "AWS_PROFILE=prod",
                Prints("111122223333", "123456789011"),
            ),
            case(
                "export-credentials --profile dev --format json",
                Variables,
                "AWS_PROFILE=missing",
                Prints("111122223333", ""),
            ),
            case(
                "sso-configure populate --profile dev --account 111122223333 --name-template x-{role_name}",
                Variables,
                "AWS_PROFILE=missing",
                Writes("[profile x-ReadOnly]"),
            ),
            case(
                "sso-configure --profile dev --region eu-west-3 --no-input",
                Variables,
                "AWS_PROFILE=prod",
                Writes("sso_role_name = ReadOnly\nregion = eu-west-3\n"),
            ),
        ],
    },
    Pair {
        programs: "`sso-logout`",
        option: "`--profile`, `--sso-session`, `--start-url`",
        setting: "`AWS_PROFILE`, `AWS_DEFAULT_PROFILE`",
        result: "sessions of the options",
        cases: &[
            case(
                "sso-logout --profile dev --dry-run",
                Variables,
                "AWS_PROFILE=legacy",
                Prints("my-sso", "legacy"),
            ),
            case(
                "sso-logout --sso-session my-sso --dry-run",
                Variables,
                "AWS_PROFILE=missing",
                Prints("my-sso", "missing"),
            ),
            case(
                "sso-logout --start-url https://my-sso-portal.awsapps.com/start --dry-run",
                Variables,
                "AWS_PROFILE=missing",
                Prints("my-sso", "missing"),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-status`, `sso-configure populate`, `export-credentials`",
        option: "`--sso-session`",
        setting: "`AWS_PROFILE`, `AWS_DEFAULT_PROFILE`",
        result: "session of the option; the profile provides only [network settings](behind-a-proxy.md)",
        cases: &[
            case(
                "sso-login --sso-session my-sso --no-browser",
                Variables,
                "AWS_PROFILE=legacy",
                Waits("/authorize"),
            ),
            case(
                "sso-status --sso-session my-sso",
                Variables,
                "AWS_PROFILE=legacy",
                Prints("my-sso", "legacy"),
            ),
            case(
                "sso-configure populate --sso-session my-sso --account 111122223333 --name-template x-{role_name}",
                Variables,
                "AWS_PROFILE=legacy",
                Writes("[profile x-ReadOnly]"),
            ),
            case(
                "export-credentials --sso-session my-sso --account-id 123456789011 --role-name FullAccess --format json",
                Variables,
                "AWS_PROFILE=dev",
                Prints("123456789011", "111122223333"),
            ),
            case(
                "export-credentials --sso-session my-sso --bearer-token",
                Variables,
                "AWS_PROFILE=legacy",
                Prints("", ""),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`",
        option: "`--start-url`, `--all`",
        setting: "`AWS_PROFILE`, `AWS_DEFAULT_PROFILE`",
        result: "sessions of the option; the profile provides only [network settings](behind-a-proxy.md)",
        cases: &[
            case(
                "sso-login --start-url https://my-sso-portal.awsapps.com/start --sso-region us-east-1 --no-browser",
                Variables,
                "AWS_PROFILE=dev",
                Waits("/device"),
            ),
            case(
                "sso-login --all --no-browser",
                Variables,
                "AWS_PROFILE=legacy",
                Waits("/authorize"),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`",
        option: "`--sso-region`",
        setting: "`sso_region` of a session with the start URL",
        result: "Region of the option",
        cases: &[case(
            "sso-login --start-url https://nowhere.awsapps.com/start --sso-region eu-west-1 --no-browser --output json",
            End,
            "[sso-session other]\nsso_start_url = https://nowhere.awsapps.com/start\nsso_region = us-east-1\n",
            Prints("\"region\": \"eu-west-1\"", "us-east-1"),
        )],
    },
    Pair {
        programs: "`sso-login`",
        option: "`--start-url`",
        setting: "`sso_use_device_code = false` and `sso_redirect_port` of a session with the start URL",
        result: "device code",
        cases: &[case(
            "sso-login --start-url https://my-sso-portal.awsapps.com/start --sso-region us-east-1 --no-browser",
            Session,
            "sso_use_device_code = false\nsso_redirect_port = PORT",
            Waits("/device"),
        )],
    },
    Pair {
        programs: "`export-credentials`",
        option: "`--profile`",
        setting: "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`",
        result: "profile of the option",
        cases: &[case(
            "export-credentials --profile dev --format json",
            Variables,
            "AWS_ACCESS_KEY_ID=AKIAVARIABLE\nAWS_SECRET_ACCESS_KEY=x",
            Prints("111122223333", "AKIAVARIABLE"),
        )],
    },
    Pair {
        programs: "`export-credentials`",
        option: "`--account-id`, `--role-name`",
        setting: "`sso_account_id`, `sso_role_name`",
        result: "account and role of the options",
        cases: &[case(
            "export-credentials --sso-session my-sso --account-id 123456789011 --role-name FullAccess --format json",
            Dev,
            "",
            Prints("123456789011", "111122223333"),
        )],
    },
    Pair {
        programs: "`export-credentials`",
        option: "`--duration`",
        setting: "`duration_seconds`",
        result: "duration of the option",
        // See bins/export-credentials/tests/it/roles.rs.
        cases: &[],
    },
    Pair {
        programs: "`export-credentials`",
        option: "`--duration`",
        setting: "profile without `role_arn`",
        result: "error",
        cases: &[case(
            "export-credentials --profile dev --duration 1h",
            Dev,
            "",
            Fails(252, &["--duration requires a profile with role_arn"]),
        )],
    },
    Pair {
        programs: "`export-credentials`",
        option: "`--with-region`",
        setting: "`AWS_REGION`, `AWS_DEFAULT_REGION`",
        result: "`region` of the profile",
        cases: &[case(
            "export-credentials --profile dev --with-region --format env",
            Variables,
            "AWS_REGION=eu-west-3\nAWS_DEFAULT_REGION=eu-west-3",
            Prints("AWS_REGION=us-west-2", "eu-west-3"),
        )],
    },
    Pair {
        programs: "`export-credentials`",
        option: "`--format`, `--output`",
        setting: "`output`, `AWS_DEFAULT_OUTPUT`",
        result: "format of the option; the settings are not used",
        cases: &[
            case(
                "export-credentials --profile dev --format env",
                Variables,
                "AWS_DEFAULT_OUTPUT=json",
                Prints("export AWS_ACCESS_KEY_ID=", "{"),
            ),
            case(
                "export-credentials --profile dev --format env",
                Dev,
                "output = json",
                Prints("export AWS_ACCESS_KEY_ID=", "{"),
            ),
            case(
                "export-credentials --profile dev --output json",
                Dev,
                "output = text",
                Prints("{", ""),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-logout`, `sso-status`, `sso-configure`, `export-credentials`",
        option: "`--ca-bundle`",
        setting: "`AWS_CA_BUNDLE`, `ca_bundle`",
        result: "file of the option; the setting is not checked",
        cases: &[
            case(
                "sso-login --profile dev --ca-bundle /nonexistent/option",
                Variables,
                "AWS_CA_BUNDLE=/nonexistent/variable",
                Fails(253, &["/nonexistent/option"]),
            ),
            case(
                "sso-login --profile dev --ca-bundle /nonexistent/option",
                Variables,
                "AWS_CA_BUNDLE=~other/x",
                Fails(253, &["/nonexistent/option"]),
            ),
            case(
                "sso-login --profile dev --ca-bundle /nonexistent/option",
                Dev,
                "ca_bundle = ~other/x",
                Fails(253, &["/nonexistent/option"]),
            ),
            case(
                "sso-logout --ca-bundle /nonexistent/option",
                Variables,
                "AWS_CA_BUNDLE=~other/x",
                Prints("/nonexistent/option", "AWS_CA_BUNDLE"),
            ),
            case(
                "sso-status --verify --ca-bundle /nonexistent/option",
                Variables,
                "AWS_CA_BUNDLE=~other/x",
                Fails(253, &["/nonexistent/option"]),
            ),
            case(
                "sso-configure populate --sso-session my-sso --ca-bundle /nonexistent/option",
                Variables,
                "AWS_CA_BUNDLE=~other/x",
                Fails(253, &["/nonexistent/option"]),
            ),
            case(
                "export-credentials --profile dev --ca-bundle /nonexistent/option",
                Variables,
                "AWS_CA_BUNDLE=~other/x",
                Fails(253, &["/nonexistent/option"]),
            ),
        ],
    },
    Pair {
        programs: "`sso-login`, `sso-logout`, `sso-status`, `sso-configure`, `export-credentials`",
        option: "`--color`",
        setting: "`NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`",
        result: "the option",
        cases: &[
            case(
                "sso-login --profile missing --color always",
                Variables,
                "NO_COLOR=1\nCLICOLOR=0",
                Fails(253, &["\u{1b}["]),
            ),
            case(
                "sso-logout --profile missing --color always",
                Variables,
                "NO_COLOR=1",
                Fails(253, &["\u{1b}["]),
            ),
            case(
                "sso-status --profile missing --color always",
                Variables,
                "NO_COLOR=1",
                Fails(253, &["\u{1b}["]),
            ),
            case(
                "sso-configure populate --profile missing --color always",
                Variables,
                "NO_COLOR=1",
                Fails(253, &["\u{1b}["]),
            ),
            case(
                "export-credentials --profile missing --color always",
                Variables,
                "NO_COLOR=1",
                Fails(253, &["\u{1b}["]),
            ),
            case(
                "sso-status --sso-session my-sso --color never",
                Variables,
                "CLICOLOR_FORCE=1",
                Prints("my-sso", "\u{1b}"),
            ),
        ],
    },
    Pair {
        programs: "`sso-configure`, `sso-configure session`",
        option: "`--start-url`",
        setting: "`sso_start_url` of the session",
        result: "value of the option, which is written",
        cases: &[
            case(
                "sso-configure session --sso-session my-sso --start-url https://other.awsapps.com/start --no-input",
                Session,
                "",
                Writes("[sso-session my-sso]\nsso_start_url = https://other.awsapps.com/start\n"),
            ),
            case(
                "sso-configure --profile dev --start-url https://other.awsapps.com/start --no-input",
                Session,
                "",
                Writes("[sso-session my-sso]\nsso_start_url = https://other.awsapps.com/start\n"),
            ),
        ],
    },
    Pair {
        programs: "`sso-configure`, `sso-configure session`",
        option: "`--sso-region`",
        setting: "`sso_region` of the session",
        result: "value of the option, which is written",
        cases: &[
            case(
                "sso-configure session --sso-session my-sso --sso-region eu-west-1 --no-input",
                Session,
                "",
                Writes("sso_region = eu-west-1\n"),
            ),
            case(
                "sso-configure --profile dev --sso-region eu-west-1 --no-input",
                Session,
                "",
                Writes("sso_region = eu-west-1\n"),
            ),
        ],
    },
    Pair {
        programs: "`sso-configure`, `sso-configure session`",
        option: "`--scopes`",
        setting: "`sso_registration_scopes` of the session",
        result: "value of the option, which is written",
        cases: &[
            case(
                "sso-configure session --sso-session my-sso --scopes sso:account:access,codewhisperer:completions --no-input",
                Session,
                "",
                Writes("sso_registration_scopes = sso:account:access,codewhisperer:completions\n"),
            ),
            case(
                "sso-configure --profile dev --scopes sso:account:access,codewhisperer:completions --no-input",
                Session,
                "",
                Writes("sso_registration_scopes = sso:account:access,codewhisperer:completions\n"),
            ),
        ],
    },
    Pair {
        programs: "`sso-configure`",
        option: "`--scopes`",
        setting: "`sso_start_url` of a legacy profile",
        result: "error",
        cases: &[
            case(
                "sso-configure --profile legacy --scopes sso:account:access --no-input",
                End,
                "",
                Fails(
                    252,
                    &[
                        "--scopes requires an SSO session, but sso_start_url at HOME/.aws/config:18 ",
                    ],
                ),
            ),
            case(
                "sso-configure --sso-session= --start-url https://my-sso-portal.awsapps.com/start --sso-region us-east-1 --scopes sso:account:access --account-id 111122223333 --role-name ReadOnly --profile new --no-input",
                End,
                "",
                Fails(252, &["--scopes requires an SSO session"]),
            ),
        ],
    },
    Pair {
        programs: "`sso-configure`",
        option: "`--sso-session`",
        setting: "`sso_session` of the profile",
        result: "session of the option, which is written",
        cases: &[case(
            "sso-configure --profile dev --sso-session other --no-input",
            End,
            "\n[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n",
            Writes("[profile dev]\nsso_session = other\n"),
        )],
    },
    Pair {
        programs: "`sso-configure`",
        option: "`--sso-session`",
        setting: "`sso_start_url` of a legacy profile",
        result: "session of the option, which is written",
        cases: &[case(
            "sso-configure --profile legacy --sso-session my-sso --no-input",
            End,
            "",
            Writes("sso_role_name = ReadOnly\nsso_session = my-sso\n"),
        )],
    },
    Pair {
        programs: "`sso-configure`",
        option: "`--account-id`, `--role-name`",
        setting: "`sso_account_id`, `sso_role_name`",
        result: "values of the options, which are written",
        cases: &[case(
            "sso-configure --profile dev --account-id 123456789011 --role-name FullAccess --no-input",
            Dev,
            "",
            Writes("sso_account_id = 123456789011\nsso_role_name = FullAccess\nregion"),
        )],
    },
    Pair {
        programs: "`sso-configure`",
        option: "`--region`",
        setting: "`region`, `AWS_REGION`, `AWS_DEFAULT_REGION`",
        result: "value of the option, which is written",
        cases: &[case(
            "sso-configure --profile dev --region eu-west-3 --no-input",
            Variables,
            "AWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=eu-west-1",
            Writes("region = eu-west-3\n"),
        )],
    },
    Pair {
        programs: "`sso-configure`",
        option: "`--output-format`",
        setting: "`output`, `AWS_DEFAULT_OUTPUT`",
        result: "value of the option, which is written",
        cases: &[
            case(
                "sso-configure --profile dev --output-format yaml --no-input",
                Dev,
                "output = json",
                Writes("output = yaml\n"),
            ),
            case(
                "sso-configure --profile dev --output-format yaml --no-input",
                Variables,
                "AWS_DEFAULT_OUTPUT=json",
                Writes("output = yaml\n"),
            ),
        ],
    },
    Pair {
        programs: "`sso-configure populate`",
        option: "`--region`, `--set`",
        setting: "keys of a profile with `sso_auto_populated`",
        result: "values of the options, which are written",
        cases: &[case(
            "sso-configure populate --sso-session my-sso --account 111122223333 --name-template x-{role_name} --region eu-west-3 --set output=yaml",
            End,
            "\n[profile x-ReadOnly]\nsso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion = eu-west-1\noutput = json\nsso_auto_populated = true\n",
            Writes("region = eu-west-3\noutput = yaml\n"),
        )],
    },
    Pair {
        programs: "`sso-configure populate`",
        option: "`--region`",
        setting: "`AWS_REGION`, `AWS_DEFAULT_REGION`",
        result: "value of the option, which is written",
        cases: &[case(
            "sso-configure populate --sso-session my-sso --account 111122223333 --name-template x-{role_name} --region eu-west-3",
            Variables,
            "AWS_REGION=eu-west-1",
            Writes("region = eu-west-3\n"),
        )],
    },
    Pair {
        programs: "`sso-configure migrate`",
        option: "`--sso-session`",
        setting: "`[sso-session]` section with the name, but another start URL or Region",
        result: "error",
        cases: &[case(
            "sso-configure migrate --start-url https://old.awsapps.com/start --sso-session other --yes",
            End,
            "\n[profile old]\nsso_start_url = https://old.awsapps.com/start\nsso_region = us-east-1\n[sso-session other]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n",
            Fails(
                253,
                &[
                    "--sso-session other contradicts the session at HOME/.aws/config:26, which has a different start URL or Region",
                ],
            ),
        )],
    },
    Pair {
        programs: "`sso-configure migrate`",
        option: "`--sso-session`",
        setting: "`[sso-session]` section with the start URL and Region of the profiles, but another name",
        result: "session of the option, which is written",
        cases: &[case(
            "sso-configure migrate --sso-session new --yes",
            End,
            "",
            Writes("sso_session = new\n"),
        )],
    },
];
