"""Signs in and gets role credentials like the AWS CLI v2, with its copy of botocore.

Runs in the AWS CLI's Python, with the endpoint URL as its argument. Prints the credentials.
"""

import functools
import json
import os
import sys

from awscli.botocore.credentials import SSOCredentialFetcher
from awscli.botocore.session import Session
from awscli.botocore.utils import JSONFileCache, SSOTokenFetcher

START_URL = "https://my-sso-portal.awsapps.com/start"


def cache(directory):
    return JSONFileCache(os.path.expanduser(directory), dumps_func=functools.partial(json.dumps, default=format_time))


def format_time(value):
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


create_client = functools.partial(Session().create_client, endpoint_url=sys.argv[1])
fetcher = SSOTokenFetcher("us-east-1", create_client, cache=cache("~/.aws/sso/cache"))
token = fetcher.fetch_token(START_URL, registration_scopes=["sso:account:access"], session_name="my-sso")
credentials = SSOCredentialFetcher(
    START_URL,
    "us-east-1",
    "ReadOnly",
    "111122223333",
    create_client,
    token_loader=lambda start_url: token,
    cache=cache("~/.aws/cli/cache"),
    sso_session_name="my-sso",
)
print(json.dumps(credentials.fetch_credentials(), default=format_time))
