"""Gets identities with botocore at AWS_ENDPOINT_URL, and prints them as JSON.

The argument is an access token of the access portal.
"""

import json
import sys

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

KEY = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None)


def sts(key, region):
    access_key, secret_key, token = key
    return Session().create_client(
        "sts",
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        aws_session_token=token,
    )


def identity(key, region="eu-central-1"):
    try:
        response = sts(key, region).get_caller_identity()
    except ClientError as error:
        return error.response["Error"]["Code"]
    del response["ResponseMetadata"]
    return response


def assume(role_arn):
    sent = {"RoleArn": role_arn, "RoleSessionName": "otter"}
    issued = sts(KEY, "eu-central-1").assume_role(**sent)["Credentials"]
    return issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"]


def role_credentials(token):
    config = Config(signature_version=UNSIGNED)
    portal = Session().create_client("sso", region_name="us-east-1", config=config)
    sent = {"accountId": "111122223333", "roleName": "ReadOnly", "accessToken": token}
    issued = portal.get_role_credentials(**sent)["roleCredentials"]
    return issued["accessKeyId"], issued["secretAccessKey"], issued["sessionToken"]


portal = role_credentials(sys.argv[1])
report = {
    "user": identity(KEY),
    "user in cn-north-1": identity(KEY, "cn-north-1"),
    "assumed role": identity(assume("arn:aws:iam::222222222222:role/x")),
    "assumed role in China": identity(
        assume("arn:aws-cn:iam::222222222222:role/path/to/z"), "cn-north-1"
    ),
    "permission set": identity(portal),
    "permission set in us-gov-west-1": identity(portal, "us-gov-west-1"),
    "permission set in eusc-de-east-1": identity(portal, "eusc-de-east-1"),
    "no session token": identity((portal[0], portal[1], None)),
    "unknown key": identity(("AKIAUNKNOWN", KEY[1], None)),
    "wrong secret": identity((KEY[0], KEY[1] + "x", None)),
}
print(json.dumps(report))
