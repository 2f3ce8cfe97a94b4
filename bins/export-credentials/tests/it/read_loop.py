"""Reads the caches with botocore while another process writes them.

Reads at least 10,000 times and until it has seen more than ten tokens and credentials. Prints the
numbers of failed reads and of different tokens and credentials.
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
reads = 0
while reads < 10_000 or (min(len(tokens), len(credentials)) <= 10 and reads < 1_000_000):
    reads += 1
    try:
        tokens.add(load_token(START_URL, session_name="my-sso")["accessToken"])
        credentials.add(cli_cache[CREDENTIALS_KEY]["Credentials"]["AccessKeyId"])
    except (KeyError, SSOTokenLoadError):
        failed += 1
print(json.dumps({"failed": failed, "tokens": len(tokens), "credentials": len(credentials)}))
