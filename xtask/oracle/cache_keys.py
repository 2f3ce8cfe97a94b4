"""Writes OUT_DIR/cache-keys.json: keys of the files in the shared caches.

The keys come from the code that names the files: botocore's SSOTokenLoader, SSOCredentialFetcher
and AssumeRoleCredentialFetcher, and, for client registrations, SSOTokenFetcher, which only the AWS
CLI v2's copy of botocore has.
"""

import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys

from botocore.credentials import AssumeRoleCredentialFetcher, SSOCredentialFetcher
from botocore.utils import SSOTokenLoader

from rows import write_rows

NAMES = (
    "my-sso",
    "My SSO",
    " padded ",
    "a/b\\c:d",
    'say "hello"',
    "it's",
    "größe",
    "e\u0301",
    "会社のセッション",
    "🦦 otter",
    "\x01\t\n\x1f\x7f\x85\u2028",
    "<&>%+=",
    "n" * 300,
)

START_URLS = (
    "https://my-sso-portal.awsapps.com/start",
    "https://my-sso-portal.awsapps.com/start/",
    "https://my-sso-portal.awsapps.com/start#",
    "https://my-sso-portal.awsapps.com/start#/",
    "https://My-SSO-Portal.awsapps.com/start",
    "https://ssoins-1234567890abcdef.portal.us-east-1.app.aws",
    "https://ssoins-1234567890abcdef.us-east-1.portal.amazonaws.com",
    "https://identitycenter.amazonaws.com/ssoins-1234567890abcdef",
    "https://start.us-gov-home.awsapps.com/directory/otters",
    "https://my-sso-portal.awsapps.cn/start",
    "https://sso.example.com/größe?a=b&c=%20d",
    '"https://quoted.awsapps.com/start"',
)

REGIONS = ("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1")

SCOPES = (
    None,
    [],
    ["sso:account:access"],
    ["sso:account:access", "codewhisperer:completions"],
    ["codewhisperer:completions", "sso:account:access"],
    ["größe", 'say "hello"', "🦦"],
)

ROLES = (
    ("111122223333", "ReadOnly"),
    ("000000000001", "AWSAdministratorAccess"),
    ("123456789011", "Rôle+=,.@-_"),
    ("123456789011", 'a"b\\c/d'),
    ("not an account", "🦦"),
)

ROLE_ARN = "arn:aws:iam::222222222222:role/x"

ASSUMED_ROLES = (
    {"RoleArn": ROLE_ARN},
    {"RoleArn": "arn:aws-cn:iam::222222222222:role/path/to/größe"},
    {"RoleArn": ROLE_ARN, "RoleSessionName": "otter"},
    {"RoleArn": ROLE_ARN, "DurationSeconds": 3600},
    {"RoleArn": ROLE_ARN, "ExternalId": "a:b/c=d,e@f"},
    {"RoleArn": ROLE_ARN, "ExternalId": 'say "hello" \\ 🦦'},
    {"RoleArn": ROLE_ARN, "SerialNumber": "arn:aws:iam::111122223333:mfa/otter"},
    {
        "RoleArn": ROLE_ARN,
        "RoleSessionName": "otter",
        "DurationSeconds": 43200,
        "ExternalId": "external",
        "SerialNumber": "GAHT12345678",
    },
)

# Runs in the AWS CLI's Python, which can import its packages.
REGISTRATION_KEYS = """
import json, sys
from awscli.botocore.utils import SSOTokenFetcher

keys = []
for inputs in json.load(sys.stdin):
    fetcher = SSOTokenFetcher(inputs["region"], client_creator=None)
    keys.append(
        fetcher._registration_cache_key(
            inputs["startUrl"], inputs["session_name"], inputs["scopes"]
        )
    )
json.dump(keys, sys.stdout)
"""


def main(out_dir):
    rows = [
        *session_tokens(),
        *legacy_tokens(),
        *registrations(),
        *role_credentials(),
        *assumed_roles(),
    ]
    write_rows(out_dir / "cache-keys.json", rows)


def row(kind, inputs, key):
    return {"kind": kind, "input": inputs, "key": key}


def session_tokens():
    for name in NAMES:
        key = SSOTokenLoader()._generate_cache_key("https://unused.example.com", name)
        yield row("session-token", {"session_name": name}, key)


def legacy_tokens():
    for url in START_URLS:
        key = SSOTokenLoader()._generate_cache_key(url, None)
        yield row("legacy-token", {"start_url": url}, key)


def registrations():
    rows = list(registration_inputs())
    output = subprocess.run(
        [cli_python(), "-c", REGISTRATION_KEYS],
        input=json.dumps(rows),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    for inputs, key in zip(rows, json.loads(output.stdout), strict=True):
        yield row("registration", inputs, key)


def registration_inputs():
    """Yields every value of each field together with ordinary values of the others."""
    sessions = [(name, START_URLS[0], "us-east-1") for name in (None, *NAMES)]
    urls = [(name, url, "us-east-1") for name in (None, "my-sso") for url in START_URLS[1:]]
    regions = [(name, START_URLS[0], region) for name in (None, "my-sso") for region in REGIONS[1:]]
    for (name, url, region), scopes in itertools.chain(
        itertools.product(sessions, SCOPES), itertools.product(urls + regions, SCOPES[:3])
    ):
        yield {"region": region, "scopes": scopes, "session_name": name, "startUrl": url}


def cli_python():
    """Returns the Python of the `aws` script, which can import the AWS CLI v2."""
    for directory in os.get_exec_path():
        aws = shutil.which("aws", path=directory)
        python = aws and interpreter(aws)
        if python and imports_cli(python):
            return python
    sys.exit("no AWS CLI v2 with Python packages found on PATH (Debian: apt-get install awscli)")


def interpreter(script):
    """Returns the program after `#!` in `script`, or None if it is not a Python."""
    with open(script, "rb") as file:
        first = file.readline(200)
    program = first.removeprefix(b"#!").decode(errors="replace").split()
    if first.startswith(b"#!") and program and "python" in pathlib.Path(program[0]).name:
        return program[0]
    return None


def imports_cli(python):
    check = [python, "-c", "from awscli.botocore.utils import SSOTokenFetcher"]
    return subprocess.run(check, stderr=subprocess.DEVNULL).returncode == 0


def role_credentials():
    by_session = itertools.product([{"sessionName": name} for name in NAMES], ROLES[:1])
    by_url = itertools.product([{"startUrl": url} for url in START_URLS], ROLES[:1])
    by_role = itertools.product([{"sessionName": NAMES[0]}, {"startUrl": START_URLS[0]}], ROLES[1:])
    for source, (account, role) in itertools.chain(by_session, by_url, by_role):
        fetcher = SSOCredentialFetcher(
            start_url=source.get("startUrl", "https://unused.example.com"),
            sso_region="us-east-1",
            role_name=role,
            account_id=account,
            client_creator=None,
            sso_session_name=source.get("sessionName"),
        )
        inputs = {"accountId": account, "roleName": role, **source}
        yield row("role-credentials", inputs, fetcher._create_cache_key())


def assumed_roles():
    for arguments in ASSUMED_ROLES:
        extra = {name: value for name, value in arguments.items() if name != "RoleArn"}
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=None,
            source_credentials=None,
            role_arn=arguments["RoleArn"],
            extra_args=extra,
        )
        yield row("assumed-role", arguments, fetcher._create_cache_key())


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
