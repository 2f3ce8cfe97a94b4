"""Prints the access key ID that boto3 resolves for the profile in effect."""

import boto3

print(boto3.Session().get_credentials().get_frozen_credentials().access_key)
