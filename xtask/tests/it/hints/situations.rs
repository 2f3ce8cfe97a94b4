//! The table of errors with hints.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use identity_center_emulator::settings::{ACCESS_KEY, Account, AssumableRole, Consent};
use identity_center_emulator::{Fault, Operation};
use sso_test_support::{Key, TestEnv};

use super::situation::{OTHER, Situation};

const EXPORT: &str = "export-credentials --profile dev";
const LOGIN: &str = "sso-login --profile dev";
const SWITCH: &str = "sso-use --shell bash dev";
const SESSION: &str = "\
[sso-session my-sso]
sso_start_url = https://my-sso-portal.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";
const SET_UP_SESSION: &str = "\
sso-configure session --sso-session my-sso --sso-region us-east-1 \
--start-url https://my-sso-portal.awsapps.com/start";
const KEYS: &str = "\
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
";
const ROLE: &str = "arn:aws:iam::222222222222:role/x";

const NO_QUESTIONS: &str = " --sso-session my-sso --account-id 111122223333 --role-name ReadOnly \
                            --region eu-west-1 --output-format json";

/// Message on the page, and the situation in which it occurs.
type Row = (&'static str, fn() -> Situation);

pub(super) const ROWS: &[Row] = &[
    ("not signed in to SESSION", || Situation::new(EXPORT)),
    ("not signed in to start URL START-URL", || {
        Situation::new("export-credentials --profile legacy")
    }),
    ("the token for SESSION has expired", || {
        Situation::new(EXPORT).after(|it| {
            it.center
                .configure(|settings| settings.legacy_token_lifetime = Duration::ZERO);
            it.env.plant_my_sso(&it.center.sign_in(&[]));
        })
    }),
    ("the access portal session for SESSION has ended", || {
        Situation::signed_in(EXPORT).after(|it| it.center.end_session())
    }),
    (
        "the access portal no longer accepts the token for SESSION",
        || {
            Situation::new(EXPORT).after(|it| {
                it.env.plant_my_sso(&it.center.sign_in(&[]));
                it.center.revoke_access_tokens();
            })
        },
    ),
    (
        "the token for SESSION is valid for less than --min-validity and cannot be refreshed",
        || {
            Situation::new("sso-status --profile legacy --min-validity 2h").after(|it| {
                let set_lifetime = |hours: u64| {
                    let lifetime = Duration::from_secs(hours * 3600);
                    it.center
                        .configure(|settings| settings.legacy_token_lifetime = lifetime);
                };
                set_lifetime(1);
                let tokens = it.center.sign_in(&[]);
                set_lifetime(8);
                let file = tokens.token_file(TestEnv::START_URL, "us-east-1");
                it.env.plant_sso_file(TestEnv::TOKEN_OF_LEGACY, &file);
            })
        },
    ),
    ("the sign-in was denied", || {
        Situation::new(LOGIN)
            .after(|it| {
                it.center.fail_always(
                    Operation::RegisterClient,
                    Fault::kms("KMS_DisabledException"),
                );
            })
            .act(|it| it.center.clear_faults())
    }),
    ("a registration scope is not valid", || {
        Situation::new(LOGIN)
            .after(|it| {
                it.center
                    .fail_always(Operation::RegisterClient, Fault::oidc("invalid_scope"));
            })
            .act(|it| it.center.clear_faults())
    }),
    (
        "no SSO sessions or legacy start URLs found in CONFIG",
        || {
            Situation::new("sso-login --all")
                .with_config("")
                .act(set_up_session)
        },
    ),
    ("profile NAME not found in CONFIG", || {
        Situation::new("export-credentials --profile dve")
            .hint("did you mean dev?")
            .act(|it| it.set_command(EXPORT))
    }),
    ("no profile or SSO session NAME found in CONFIG", || {
        Situation::new("export-credentials --bearer-token my-so")
            .hint("did you mean my-sso?")
            .act(|it| it.set_command("export-credentials --bearer-token my-sso"))
    }),
    (
        "no profile is selected, and CONFIG has no [default]",
        || Situation::new("export-credentials").act(|it| it.set_command(EXPORT)),
    ),
    ("no profile is selected", || {
        Situation::new("sso-use --current").paste_after(|it| it.env.set("AWS_PROFILE", "dev"))
    }),
    ("no previous profile: VARIABLE is not set", || {
        Situation::new("sso-use --shell bash -").paste_after(|it| it.set_command(SWITCH))
    }),
    ("NAME is an SSO session, not a profile", || {
        Situation::new("sso-use --shell bash my-sso").paste_after(|it| it.set_command(SWITCH))
    }),
    (
        "no SSO session is selected, and CONFIG has no [default] that uses one",
        || {
            Situation::new("sso-login")
                .with_config("")
                .act(set_up_session)
        },
    ),
    ("LOCATION: profile NAME not found", || {
        Situation::new(EXPORT)
            .with_config(&format!(
                "[profile dev]\nrole_arn = {ROLE}\nsource_profile = base\n[profile other]\n"
            ))
            .hint("set source_profile in line 3 of")
            .act(|it| it.edit("source_profile = base", "source_profile = other"))
    }),
    ("section [sso-session NAME] not found in CONFIG", || {
        Situation::new(LOGIN)
            .with_config("[profile dev]\nsso_session = my-sso\n")
            .act(|it| it.append(SESSION))
    }),
    ("no [sso-session] section in CONFIG", || {
        Situation::new("sso-configure populate")
            .with_config("")
            .act(set_up_session)
    }),
    ("[SECTION] at LOCATION lacks KEYS", || {
        Situation::signed_in(EXPORT)
            .after(|it| it.edit("sso_role_name = ReadOnly\n", ""))
            .act(|it| {
                it.edit(
                    "[profile dev]\n",
                    "[profile dev]\nsso_role_name = ReadOnly\n",
                );
            })
    }),
    (
        "profile NAME at LOCATION does not use IAM Identity Center: REASON",
        || {
            let [id, secret] = ACCESS_KEY;
            Situation::new(LOGIN)
                .with_config(&format!(
                    "[profile dev]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
                ))
                .act(|it| it.set_command(EXPORT))
        },
    ),
    ("cannot follow the chain of profiles A → B", || {
        Situation::new("sso-login --use-device-code --profile A")
            .with_config(&format!(
                "{SESSION}[profile A]\nrole_arn = {ROLE}\nsource_profile = B\n\
                     [profile B]\nsso_session = my-sso\n"
            ))
            .act(|it| it.append("sso_account_id = 111122223333\nsso_role_name = ReadOnly\n"))
    }),
    ("KEY at LOCATION differs from the value at LOCATION", || {
        Situation::new(LOGIN)
            .with_config(&format!(
                "{SESSION}[profile dev]\nsso_session = my-sso\nsso_region = eu-west-1\n"
            ))
            .act(|it| it.edit("sso_region = eu-west-1\n", ""))
    }),
    ("LOCATION: sso_region is not valid", || {
        Situation::new(LOGIN)
            .after(|it| it.edit("us-east-1", "US East"))
            .act(|it| it.edit("US East", "us-east-1"))
    }),
    ("the file begins with a byte order mark", || {
        Situation::new(EXPORT).with_config(&format!("\u{feff}{}", TestEnv::SAMPLE_CONFIG))
    }),
    ("the file is in UTF-16 instead of UTF-8", || {
        Situation::new(EXPORT).after(|it| {
            let config = TestEnv::SAMPLE_CONFIG.encode_utf16();
            let bytes: Vec<u8> = config.flat_map(u16::to_le_bytes).collect();
            it.env.write(".aws/config", bytes);
        })
    }),
    ("duplicate key in the section", || {
        Situation::new(EXPORT)
            .after(|it| it.edit("region = us-west-2\n", "region = us-west-2\nregion = a\n"))
            .act(|it| it.edit("region = a\n", ""))
    }),
    ("no access to role ROLE in account ACCOUNT", || {
        Situation::signed_in(EXPORT)
            .after(|it| it.edit("ReadOnly", "Assigned-later"))
            .hint("after a new assignment")
            .paste_after(|it| {
                it.center.configure(|settings| {
                    settings.accounts[0].roles.push("Assigned-later".to_owned());
                });
            })
    }),
    ("profile NAME at LOCATION has no credentials", || {
        Situation::new(EXPORT)
            .with_config(&format!("{SESSION}[profile dev]\nregion = eu-west-1\n"))
            .act(|it| it.append("sso_session = my-sso\nsso_account_id = 1\nsso_role_name = x\n"))
    }),
    ("LOCATION: the profiles form a cycle: A → B → A", || {
        Situation::new("export-credentials --profile A")
            .with_config(&format!(
                "[profile A]\nrole_arn = {ROLE}\nsource_profile = B\n[profile B]\nrole_arn = {ROLE}\nsource_profile = A\n"
            ))
            .act(|it| it.edit("source_profile = A", "source_profile = C"))
    }),
    ("access is denied", || {
        assumed_role()
            .after(|it| {
                it.center
                    .fail_always(Operation::AssumeRole, Fault::sts("AccessDenied"));
            })
            .act(|it| it.center.clear_faults())
    }),
    ("the credentials are invalid or have expired", || {
        assumed_role()
            .after(|it| it.edit(ACCESS_KEY[1], "wrong"))
            .act(|it| it.edit("wrong", ACCESS_KEY[1]))
    }),
    (
        "SESSION has no identity without an account and a role",
        || {
            Situation::signed_in("sso-status --whoami --sso-session my-sso")
                .hint("use one of --profile dev, ")
                .act(|it| it.set_command("sso-status --whoami --profile dev"))
        },
    ),
    ("STS is not active in this Region", || {
        assumed_role()
            .after(|it| {
                it.center
                    .fail_always(Operation::AssumeRole, Fault::sts("RegionDisabledException"));
            })
            .act(|it| it.center.clear_faults())
    }),
    ("STS is throttling requests", || {
        assumed_role()
            .after(|it| {
                it.center
                    .fail_always(Operation::AssumeRole, Fault::sts("Throttling"));
                it.env.set("AWS_MAX_ATTEMPTS", "1");
            })
            .hint("try again in a minute")
            .act(|it| it.center.clear_faults())
    }),
    ("STS rejected the request", || {
        Situation::signed_in("export-credentials --profile chained")
            .after(|it| {
                it.append(&format!(
                    "[profile chained]\nrole_arn = {ROLE}\nsource_profile = dev\nduration_seconds = 7200\n"
                ));
            })
            .hint("use at most 1h")
            .act(|it| it.edit("7200", "3600"))
    }),
    (
        "the role of profile NAME requires an MFA code for DEVICE, but there is no terminal to prompt for it",
        || {
            let device = "arn:aws:iam::111122223333:mfa/otter";
            assumed_role()
                .after(|it| {
                    let role = AssumableRole::new("arn:aws:iam::222222222222:role/mfa");
                    let role = role.with_mfa_serial(device);
                    it.center
                        .configure(|settings| settings.assumable_roles.push(role));
                    it.edit(ROLE, "arn:aws:iam::222222222222:role/mfa");
                    it.edit(
                        "[profile dev]\n",
                        &format!("[profile dev]\nmfa_serial = {device}\n"),
                    );
                })
                .act(|it| {
                    let mut terminal = it.env.start_on_terminal(EXPORT);
                    terminal.wait_for("Enter MFA code for");
                    terminal.type_text("123456");
                    terminal.press(Key::Enter);
                    assert_eq!(terminal.finish().code(), Some(0));
                })
        },
    ),
    ("--duration requires a profile with role_arn", || {
        Situation::signed_in("export-credentials --profile dev --duration 1h")
            .act(|it| it.set_command(EXPORT))
    }),
    (
        "LOCATION: credential_process has an argument that export-credentials does not have",
        || {
            let line = "export-credentials --start-url https://example.com prod --format process";
            let profile = format!("[profile via]\ncredential_process = {line}\n");
            Situation::signed_in("sso-login --profile via")
                .with_config(&(TestEnv::SAMPLE_CONFIG.to_owned() + &profile))
                .act(|it| it.edit("--start-url https://example.com ", ""))
        },
    ),
    (
        "LOCATION: the credential_process of profile NAME is not a valid command line",
        || {
            Situation::new(EXPORT)
                .with_config("[profile dev]\ncredential_process = echo \"{}\n")
                .act(|it| it.edit("\"{}", "\"{}\""))
        },
    ),
    ("cannot run PROGRAM", || {
        Situation::new(EXPORT)
            .with_config("[profile dev]\ncredential_process = not-on-the-path\n")
            .act(|it| it.edit("not-on-the-path", "/bin/false"))
    }),
    ("the process ended with STATUS", || {
        Situation::new(EXPORT)
            .with_config("[profile dev]\ncredential_process = cat credentials | cat\n")
            .after(|it| {
                let printed = r#"{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"s"}"#;
                it.env.write("credentials", printed);
            })
            .act(|it| it.edit("cat credentials | cat", "sh -c 'cat credentials | cat'"))
    }),
    (
        "LOCATION: KEY in [default] takes precedence over the credentials endpoint",
        || {
            Situation::signed_in("export-credentials --profile dev --serve -- true")
                .after(|it| {
                    let [id, secret] = ACCESS_KEY;
                    it.append(&format!(
                        "[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
                    ));
                })
                .act(|it| it.set_command("export-credentials --profile dev -- true"))
        },
    ),
    (
        "cannot serve credentials: FILE is a pipe, a device or a descriptor, which the credentials endpoint cannot read again",
        || {
            let command = "export-credentials --profile dev --serve -- true 7< .aws/config";
            Situation::signed_in(&format!("sh -c '{command}'"))
                .after(|it| it.env.set("AWS_CONFIG_FILE", "/dev/fd/7"))
                .act(|it| it.env.set("AWS_CONFIG_FILE", it.env.config_path()))
        },
    ),
    ("HOST refused the connection", || {
        Situation::signed_in(EXPORT)
            .after(|it| it.env.set("AWS_ENDPOINT_URL", "http://127.0.0.1:1"))
            .act(|it| it.env.set("AWS_ENDPOINT_URL", it.center.url()))
    }),
    (
        "cannot listen on 127.0.0.1PORT for the sign-in redirect",
        || {
            Situation::new(LOGIN)
                .after(|it| {
                    let port = it.center.address().port();
                    it.set_command(&format!("{LOGIN} --redirect-port {port}"));
                })
                .act(|it| it.set_command(LOGIN))
        },
    ),
    ("the response PROBLEM", || {
        Situation::signed_in(EXPORT)
            .after(|it| {
                it.center
                    .fail_always(Operation::GetRoleCredentials, Fault::CaptivePortal);
            })
            .act(|it| it.center.clear_faults())
    }),
    ("the service requests a pause of DURATION", || {
        Situation::signed_in(EXPORT)
            .after(|it| {
                let hour = Duration::from_secs(3600);
                it.center
                    .fail_always(Operation::GetRoleCredentials, Fault::Throttle(Some(hour)));
            })
            .hint("try again in 60m")
            .act(|it| it.center.clear_faults())
    }),
    ("the access portal is throttling requests", || {
        Situation::signed_in(EXPORT)
            .after(|it| {
                it.center
                    .fail_always(Operation::GetRoleCredentials, Fault::Throttle(None));
                // Otherwise the program repeats the request for a minute.
                it.env.set("AWS_MAX_ATTEMPTS", "1");
            })
            .act(|it| it.center.clear_faults())
    }),
    (
        "FILE was changed by another process in the meantime",
        || {
            Situation::signed_in("sso-configure undo").after(|it| {
                it.run("sso-configure populate").expect_code(0);
                it.run("sso-configure populate --set output=json")
                    .expect_code(0);
                it.run("sso-configure undo").expect_code(0);
                it.append("region = eu-west-1\n");
            })
        },
    ),
    ("FILE is read-only", || {
        Situation::signed_in("sso-configure populate").after(|it| {
            it.env.write("it's {mine}/config", TestEnv::SAMPLE_CONFIG);
            let path = it.env.home().join("it's {mine}/config");
            it.env.set("AWS_CONFIG_FILE", &path);
            let mut permissions = path.metadata().unwrap().permissions();
            permissions.set_readonly(true);
            std::fs::set_permissions(path, permissions).unwrap();
        })
    }),
    ("VARIABLE is not valid Unicode", || {
        Situation::signed_in("export-credentials")
            .after(|it| it.env.set("AWS_PROFILE", OsStr::from_bytes(b"d\xe9v")))
            .act(|it| it.env.set("AWS_PROFILE", "dev"))
    }),
    ("cannot edit FILE: it is not a regular file", || {
        Situation::new(&format!("{SET_UP_SESSION} --scopes sso:account:access"))
            .after(|it| it.env.set("AWS_CONFIG_FILE", "/dev/null"))
            .act(|it| {
                it.env.write("config", "");
                it.env.set("AWS_CONFIG_FILE", it.env.home().join("config"));
            })
    }),
    ("PATH is owned by OWNER", || {
        Situation::new(LOGIN).after(|it| {
            let own = it.env.sso_cache().join("aws-sso-tools");
            it.env.write(own.join("a file"), "");
            it.give(&own, OTHER);
        })
    }),
    ("PATH is immutable", || {
        with_expired_token().after(|it| {
            let own = it.env.sso_cache().join("aws-sso-tools");
            it.env.write(own.join("a file"), "");
            it.set_attribute('i', &own);
        })
    }),
    ("cannot replace FILE", || {
        Situation::signed_in("sso-configure populate")
            .after(|it| it.set_attribute('i', &it.env.config_path()))
    }),
    ("its directory is append-only", || {
        with_expired_token().after(|it| {
            // Otherwise the token is replaced by a file from the second directory.
            let (cache, own) = (it.env.sso_cache(), it.env.sso_cache().join("aws-sso-tools"));
            it.env.write(own.join("a file"), "");
            it.set_attribute('a', &own);
            it.set_attribute('a', &cache);
        })
    }),
    ("the file is immutable", || {
        with_expired_token().after(|it| it.set_attribute('i', &token_of_my_sso(it)))
    }),
    ("the file is append-only", || {
        with_expired_token().after(|it| it.set_attribute('a', &token_of_my_sso(it)))
    }),
    ("the file belongs to another user (ID OWNER)", || {
        with_expired_token().after(|it| {
            it.run_as_other();
            it.give(&it.env.sso_cache(), 0);
            fs::set_permissions(it.env.sso_cache(), Permissions::from_mode(0o1777)).unwrap();
            it.give(&token_of_my_sso(it), OTHER + 1);
        })
    }),
    ("cannot prompt for \"NAME\": no terminal", || {
        Situation::signed_in("sso-configure sso --profile new").act(|it| it.command += NO_QUESTIONS)
    }),
    ("no AWS accounts are available to you", || {
        Situation::signed_in(
            "sso-configure --profile new --sso-session my-sso --role-name ReadOnly",
        )
        .after(|it| it.center.configure(|settings| settings.accounts.clear()))
        .act(|it| {
            it.center
                .configure(|settings| settings.accounts = Account::examples());
        })
    }),
    ("no roles are available to you in account ACCOUNT", || {
        Situation::signed_in(
            "sso-configure --profile new --sso-session my-sso --account-id 111122223333",
        )
        .after(|it| {
            it.center
                .configure(|settings| settings.accounts[0].roles.clear());
        })
        .act(|it| {
            it.center
                .configure(|settings| settings.accounts = Account::examples());
        })
    }),
    (
        "--sso-session is required: there are several SSO sessions",
        || {
            Situation::signed_in("sso-configure populate")
                .after(|it| it.append(&SESSION.replace("my-sso]", "other]")))
                .act(|it| it.command += " --sso-session my-sso")
        },
    ),
    (
        "--sso-session requires a single start URL to migrate, but there are COUNT",
        || {
            Situation::new("sso-configure migrate --yes --sso-session new")
            .after(|it| {
                it.append("[profile old]\nsso_start_url = https://old.awsapps.com/start\nsso_region = us-east-1\n");
            })
            .act(|it| it.command += " --start-url https://old.awsapps.com/start")
        },
    ),
    (
        "--sso-session requires a single Region to migrate, but the profiles have REGIONS",
        || {
            const MIGRATE: &str =
                "sso-configure migrate --yes --start-url https://my-sso-portal.awsapps.com/start";
            Situation::new(&format!("{MIGRATE} --sso-session new"))
                .after(|it| {
                    it.append("[profile old]\nsso_start_url = https://my-sso-portal.awsapps.com/start\nsso_region = eu-west-1\n");
                })
                .act(|it| it.set_command(MIGRATE))
        },
    ),
    ("profile NAME has no sso_session", || {
        Situation::new("sso-configure populate --profile legacy").act(|it| {
            let migrate =
                "sso-configure migrate --yes --start-url https://my-sso-portal.awsapps.com/start";
            it.run(migrate).expect_code(0);
        })
    }),
    ("COUNT profile names conflict; nothing was written", || {
        Situation::signed_in("sso-configure populate --name-template {role_name}").act(|it| {
            it.set_command("sso-configure populate --name-template {account_id}-{role_name}");
        })
    }),
    (
        "the access portal refused to list the roles in ACCOUNTS",
        || {
            Situation::signed_in("sso-configure populate")
                .after(|it| {
                    it.center.configure(|settings| {
                        settings.accounts[0].refusal = Some("ForbiddenException".to_owned());
                    });
                })
                .act(|it| it.command += " --exclude-account 111122223333")
        },
    ),
    (
        "KEY of profile NAME would contain characters that cannot be quoted",
        || {
            Situation::signed_in(
                "sso-configure populate --set 'credential_process=x {account_name}'",
            )
            .after(|it| {
                it.center.configure(|settings| {
                    settings.accounts[0].name = Some("Team #1".to_owned());
                });
            })
            .act(|it| it.command = it.command.replace("name}", "name|slug}"))
        },
    ),
    ("COUNT problems found", || {
        Situation::new("sso-configure check --offline")
            .with_config(&format!(
                "{SESSION}[profile a]\nsso_session = my-sso\nregion = \"eu-west-1\"\n[profile b]\nsso_session = my-sso\nregion = \"eu-west-1\"\n"
            ))
    }),
    ("--remote requires a terminal to paste the URL into", || {
        Situation::new("sso-login --profile dev --remote")
            .act(|it| it.set_command("sso-login --profile dev --use-device-code"))
    }),
    (
        "OPTION requires an SSO session, but sso_start_url at LOCATION belongs to a legacy profile",
        || {
            Situation::new("sso-login --profile legacy --redirect-port 1")
                .act(|it| it.set_command("sso-login --profile legacy"))
        },
    ),
    (
        "the AWS console cannot be opened with the long-term access keys of profile NAME",
        || {
            Situation::new("sso-console keys --print")
                .with_config(&format!("[profile keys]\n{KEYS}"))
                .act(|it| {
                    it.append(&format!(
                        "[profile r]\nrole_arn = {ROLE}\nsource_profile = keys\n"
                    ));
                    it.set_command("sso-console r --print");
                })
        },
    ),
    (
        "the federation endpoint rejected the credentials or the duration",
        || {
            Situation::new("sso-console r --print --duration 2h")
                .with_config(&format!(
                    "[profile keys]\n{KEYS}\n[profile r]\nrole_arn = {ROLE}\nsource_profile = keys\n"
                ))
                .after(|it| {
                    let fault = Fault::Status(400, serde_json::json!({}));
                    it.center.fail_next(Operation::GetSigninToken, fault);
                })
                .act(|it| it.set_command("sso-console r --print"))
        },
    ),
    ("the federation endpoint is throttling requests", || {
        Situation::signed_in("sso-console r --print")
            .after(|it| {
                it.append(&format!(
                    "\n[profile r]\nrole_arn = {ROLE}\nsource_profile = dev\n"
                ));
                it.center
                    .fail_always(Operation::GetSigninToken, Fault::Throttle(None));
            })
            .act(|it| it.center.clear_faults())
    }),
    (
        "--duration does not apply to the credentials of profile NAME",
        || {
            Situation::new("sso-console dev --print --duration 1h")
                .act(|it| it.set_command("sso-console dev --print"))
        },
    ),
    ("invalid destination URL: REASON", || {
        Situation::new("sso-console dev --print --destination https://evil.example/").act(|it| {
            it.set_command("sso-console dev --print --destination https://console.aws.amazon.com/");
        })
    }),
    (
        "the Region REGION in SETTING is not in the partition PARTITION of the role",
        || {
            Situation::new("sso-console dev --print --region cn-north-1")
                .act(|it| it.set_command("sso-console dev --print --region us-east-1"))
        },
    ),
    (
        "cannot create the link to the console for profile NAME",
        || {
            Situation::new("sso-console dev --print")
                .after(|it| it.edit("https://my-sso-portal", "http://my-sso-portal"))
                .act(|it| it.edit("http://my-sso-portal", "https://my-sso-portal"))
        },
    ),
    (
        "--logout-first requires a start URL of AWS, not START-URL",
        || {
            Situation::new("sso-console dev --print --logout-first")
                .after(|it| it.edit("my-sso-portal.awsapps.com", "aws.example.com"))
                .act(|it| it.set_command("sso-console dev --print"))
        },
    ),
    (
        "ENVIRONMENT detected; a URL with a sign-in token is shown only if --print requests it",
        || {
            Situation::signed_in("sso-console r")
                .after(|it| {
                    it.append(&format!(
                        "\n[profile r]\nrole_arn = {ROLE}\nsource_profile = dev\n"
                    ));
                    it.env.unset("BROWSER");
                    it.env.set("SSH_TTY", "/dev/pts/0");
                })
                .act(|it| it.set_command("sso-console r --print"))
        },
    ),
];

fn with_expired_token() -> Situation {
    Situation::new(LOGIN).after(|it| {
        let token = serde_json::json!({
            "accessToken": "aoaEXPIRED", "expiresAt": "2020-01-01T00:00:00Z",
        });
        it.env.plant_sso_file(TestEnv::TOKEN_OF_MY_SSO, &token);
    })
}

fn token_of_my_sso(it: &Situation) -> PathBuf {
    it.env.sso_cache().join(TestEnv::TOKEN_OF_MY_SSO)
}

fn assumed_role() -> Situation {
    let [id, secret] = ACCESS_KEY;
    Situation::new(EXPORT).with_config(&format!(
        "[profile dev]\nrole_arn = {ROLE}\nsource_profile = base\n\
         [profile base]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
    ))
}

/// Answers the questions of `sso-configure session`.
fn set_up_session(it: &mut Situation) {
    it.center
        .configure(|settings| settings.consent = Consent::Approve);
    crate::user::answer_all(&it.env, SET_UP_SESSION, "sso-configure session");
}
