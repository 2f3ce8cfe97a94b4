"""Signs out like `aws sso logout`, with the AWS CLI's code.

Runs in the AWS CLI's Python, with the endpoint URL as its argument.
"""

import functools
import sys

from awscli.botocore.session import Session
from awscli.customizations.sso.logout import LogoutCommand

session = Session()
session.create_client = functools.partial(session.create_client, endpoint_url=sys.argv[1])
sys.exit(LogoutCommand(session)._run_main(None, None))
