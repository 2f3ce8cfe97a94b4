"""Assumes roles with botocore at AWS_ENDPOINT_URL, and prints the results as JSON."""

import json

from botocore.exceptions import ClientError
from botocore.session import Session

KEY = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None)
ROLE = "arn:aws:iam::222222222222:role/"
DEVICE = "arn:aws:iam::111122223333:mfa/otter"


def sts(key):
    access_key, secret_key, token = key
    return Session().create_client(
        "sts",
        region_name="eu-central-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        aws_session_token=token,
    )


def assume(key, role, **more):
    parameters = {"RoleArn": ROLE + role, "RoleSessionName": "otter", **more}
    try:
        return sts(key).assume_role(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]


first = assume(KEY, "x")
issued = first["Credentials"]
chained = (issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])
code = {"SerialNumber": DEVICE, "TokenCode": "123456"}

report = {
    "user": first["AssumedRoleUser"],
    "fields": sorted(issued),
    "chained": assume(chained, "y")["AssumedRoleUser"]["Arn"],
    "chained for over an hour": assume(chained, "y", DurationSeconds=3601),
    "no session token": assume((chained[0], chained[1], None), "y"),
    "wrong session token": assume((chained[0], chained[1], chained[2] + "x"), "y"),
    "unknown key": assume(("AKIAUNKNOWN", KEY[1], None), "x"),
    "wrong secret": assume((KEY[0], KEY[1] + "x", None), "x"),
    "unknown role": assume(KEY, "unknown"),
    "invalid session name": assume(KEY, "x", RoleSessionName="not a name"),
    "above the STS maximum": assume(KEY, "x", DurationSeconds=43201),
    "above the role maximum": assume(KEY, "short", DurationSeconds=3601),
    "no external ID": assume(KEY, "external"),
    "wrong external ID": assume(KEY, "external", ExternalId="wrong"),
    "external ID": assume(KEY, "external", ExternalId="a:b/c=d")["AssumedRoleUser"]["Arn"],
    "no MFA code": assume(KEY, "mfa"),
    "wrong MFA code": assume(KEY, "mfa", **{**code, "TokenCode": "000000"}),
    "MFA code": assume(KEY, "mfa", **code)["AssumedRoleUser"]["Arn"],
    "used MFA code": assume(KEY, "mfa", **code),
}
print(json.dumps(report))
