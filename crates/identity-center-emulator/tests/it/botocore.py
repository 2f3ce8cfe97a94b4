"""Signs in and lists accounts and roles with botocore, and prints the results as JSON."""

import json
import sys

import botocore.session
from botocore.exceptions import ClientError

with open(sys.argv[1]) as file:
    signed_in = json.load(file)

session = botocore.session.Session()
oidc = session.create_client("sso-oidc", region_name="us-east-1")
portal = session.create_client("sso", region_name="us-east-1")
report = {}


def error_code(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


registered = oidc.register_client(
    clientName="botocore-client", clientType="public", scopes=["sso:account:access"]
)
credentials = {key: registered[key] for key in ("clientId", "clientSecret")}
started = oidc.start_device_authorization(
    startUrl="https://my-sso-portal.awsapps.com/start", **credentials
)
grant = {
    "grantType": "urn:ietf:params:oauth:grant-type:device_code",
    "deviceCode": started["deviceCode"],
}
report["first poll"] = error_code(oidc.create_token, **credentials, **grant)
report["early poll"] = error_code(oidc.create_token, **credentials, **grant)
report["wrong secret"] = error_code(
    oidc.create_token, clientId=registered["clientId"], clientSecret="x", **grant
)
report["unknown grant type"] = error_code(oidc.create_token, **credentials, grantType="x")

owner = {key: signed_in[key] for key in ("clientId", "clientSecret")}
refreshed = oidc.create_token(
    grantType="refresh_token", refreshToken=signed_in["refreshToken"], **owner
)
report["used refresh token"] = error_code(
    oidc.create_token,
    grantType="refresh_token",
    refreshToken=signed_in["refreshToken"],
    **owner,
)

token = refreshed["accessToken"]
pages = portal.get_paginator("list_accounts").paginate(accessToken=token)
report["accounts"] = [
    account["accountName"] for page in pages for account in page["accountList"]
]
pages = portal.get_paginator("list_account_roles").paginate(
    accessToken=token, accountId="111122223333"
)
report["roles"] = [role["roleName"] for page in pages for role in page["roleList"]]
role = {"accountId": "111122223333", "roleName": "ReadOnly"}
role_credentials = portal.get_role_credentials(accessToken=token, **role)["roleCredentials"]
report["role credentials"] = sorted(role_credentials)
report["wrong token"] = error_code(
    portal.get_role_credentials, accessToken="x", **role
)
report["wrong role"] = error_code(
    portal.get_role_credentials,
    accessToken=token,
    accountId="111122223333",
    roleName="x",
)
portal.logout(accessToken=token)
report["signed out"] = error_code(portal.list_accounts, accessToken=token)
print(json.dumps(report))
