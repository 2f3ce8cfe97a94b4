"""Reads the caches 10,000 times as botocore does, while somebody else writes them.

Prints how many reads failed, and how many different tokens and credentials were read.
"""

import json
import os
import sys

from botocore.exceptions import SSOTokenLoadError
from botocore.utils import JSONFileCache, SSOTokenLoader

START_URL, CREDENTIALS_KEY = sys.argv[1:]

sso_cache = JSONFileCache(os.path.expanduser("~/.aws/sso/cache"))
cli_cache = JSONFileCache(os.path.expanduser("~/.aws/cli/cache"))
load_token = SSOTokenLoader(cache=sso_cache)

failed = 0
tokens = set()
credentials = set()
for _ in range(10_000):
    try:
        tokens.add(load_token(START_URL, session_name="my-sso")["accessToken"])
        credentials.add(cli_cache[CREDENTIALS_KEY]["Credentials"]["AccessKeyId"])
    except (KeyError, SSOTokenLoadError):
        failed += 1
print(json.dumps({"failed": failed, "tokens": len(tokens), "credentials": len(credentials)}))
