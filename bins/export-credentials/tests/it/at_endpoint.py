"""Runs the AWS CLI v2, and sends all requests of its services to AWS_ENDPOINT_URL.

The AWS CLI 2.9 ignores the variable.
"""

import os
import sys

from awscli.clidriver import botocore, main

Session = botocore.session.Session
create_client = Session.create_client


def create_client_at_endpoint(self, *arguments, **options):
    return create_client(self, *arguments, **{**options, "endpoint_url": os.environ["AWS_ENDPOINT_URL"]})


Session.create_client = create_client_at_endpoint
sys.exit(main())
