"""Writes OUT_DIR/sts-signatures.json: AssumeRole requests signed by botocore.

Each row has the input of a client, and the request that botocore's client would send at that time:
the URL, the body, the signed headers, and the signature. No request is sent.
"""

import datetime
import os
import pathlib
import sys
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSResponse
from botocore.session import Session

from rows import write_rows

KEYS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None)
TEMPORARY_KEYS = ("ASIAIOSFODNN7EXAMPLE", "a/+=" * 10, "IQoJb3JpZ2luX2Vj//" + "Ab+/" * 100 + "==")

AT = "2026-11-22T19:46:33+00:00"

ROLE = {"RoleArn": "arn:aws:iam::222222222222:role/x", "RoleSessionName": "otter"}

REGIONS = (
    "us-east-1",
    "us-east-2",
    "eu-central-1",
    "ap-southeast-3",
    "cn-north-1",
    "us-gov-west-1",
    "eusc-de-east-1",
    "us-iso-east-1",
    "mx-central-1",
)

ENDPOINTS = (
    "http://localhost:4566",
    "http://127.0.0.1:49152/",
    "http://localhost:80",
    "https://sts.example.com",
    "https://sts.example.com:443/",
    "https://sts.example.com:80",
    "https://STS.Example.com:8443",
    "https://gateway.example.com/aws/sts",
    "https://gateway.example.com:8443/aws//sts/./x/../y",
    "https://gateway.example.com/a%20b/c~d/e+f/g:h@i",
    "http://[::1]:4566",
)

TIMES = (
    "1970-01-01T00:00:00+00:00",
    "2000-02-29T23:59:59+00:00",
    "2026-01-01T00:00:00+00:00",
    "2038-01-19T03:14:08+00:00",
    "9999-12-31T23:59:59+00:00",
)

OTHER_PARAMETERS = (
    {"RoleArn": "arn:aws-cn:iam::222222222222:role/path/to/x"},
    {"RoleArn": "arn:aws:iam::222222222222:role/größe"},
    {"RoleSessionName": "otter=1,a.b@c-d_e"},
    {"RoleSessionName": "x" * 64},
    {"ExternalId": "external"},
    {"ExternalId": "a:b/c=d,e@f.g-h_i"},
    {"ExternalId": "with space  and\ttab"},
    {"ExternalId": "+&=%*~!'()[]{}<>\"\\|^`;?#$"},
    {"ExternalId": "größe 会社 🦦"},
    {"ExternalId": "line\nbreak\r\nand \x7f"},
    {"SerialNumber": "arn:aws:iam::111122223333:mfa/otter", "TokenCode": "012345"},
    {"SerialNumber": "GAHT12345678", "TokenCode": "987654"},
    {"DurationSeconds": 900},
    {"DurationSeconds": 43200},
    {
        "ExternalId": "external",
        "SerialNumber": "arn:aws:iam::111122223333:mfa/otter",
        "TokenCode": "000000",
        "DurationSeconds": 3600,
    },
)


def main(out_dir):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_STS_REGIONAL_ENDPOINTS"] = "regional"
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    write_rows(out_dir / "sts-signatures.json", [row(*case) for case in cases()])


def cases():
    """Yields every value of each input together with ordinary values of the others."""
    for keys in (KEYS, TEMPORARY_KEYS):
        for region in REGIONS:
            yield keys, region, None, AT, ROLE
        for endpoint in ENDPOINTS:
            yield keys, "eu-central-1", endpoint, AT, ROLE
    for at in TIMES:
        yield KEYS, "us-east-1", None, at, ROLE
    for parameters in OTHER_PARAMETERS:
        yield TEMPORARY_KEYS, "us-east-1", None, AT, ROLE | parameters


def row(keys, region, endpoint, at, parameters):
    access_key, secret_key, token = keys
    request = sent(keys, region, endpoint, at, parameters)
    inputs = {
        "access_key_id": access_key,
        "at": at.replace("+00:00", "Z"),
        "parameters": parameters,
        "region": region,
        "secret_access_key": secret_key,
        "session_token": token,
        "endpoint": endpoint,
    }
    headers = {name.lower(): text(value) for name, value in request.headers.items()}
    included = ("authorization", "content-type", "x-amz-date", "x-amz-security-token")
    return {
        "input": inputs,
        "url": request.url,
        "body": text(request.body),
        "headers": {name: headers[name] for name in included if name in headers},
    }


def sent(keys, region, endpoint, at, parameters):
    """Returns the request of botocore's client, which is not sent."""
    access_key, secret_key, token = keys
    client = Session().create_client(
        "sts",
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        aws_session_token=token,
    )
    requests = []

    def respond(request, **_):
        requests.append(request)
        return AWSResponse(request.url, 200, {}, EmptyResponse())

    client.meta.events.register("before-send.sts.AssumeRole", respond)
    now = datetime.datetime.fromisoformat(at)
    with mock.patch.object(botocore.auth, "get_current_datetime", lambda: now):
        client.assume_role(**parameters)
    [request] = requests
    return request


class EmptyResponse:
    """Body of a response without a result."""

    def stream(self, **_):
        yield b"<AssumeRoleResponse><AssumeRoleResult/><ResponseMetadata/></AssumeRoleResponse>"


def text(value):
    return value.decode() if isinstance(value, bytes) else value


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
