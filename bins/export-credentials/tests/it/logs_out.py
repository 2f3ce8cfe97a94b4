"""Signs out as `aws sso logout` does, with the AWS CLI's own code.

Run by the AWS CLI's Python with the endpoint as the argument.
"""

import functools
import sys

from awscli.botocore.session import Session
from awscli.customizations.sso.logout import LogoutCommand

session = Session()
session.create_client = functools.partial(session.create_client, endpoint_url=sys.argv[1])
sys.exit(LogoutCommand(session)._run_main(None, None))
