"""Writes OUT_DIR/endpoints.json: the endpoint of each service in each Region.

The URLs come from botocore's endpoint rule sets and partitions.json, evaluated by its
EndpointProvider. Regions that botocore rejects have "error" instead of "url".
"""

import itertools
import pathlib
import sys

from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import BotoCoreError
from botocore.loaders import create_loader
from botocore.utils import validate_region_name

from rows import write_rows

SERVICES = ("sso", "sso-oidc", "sts")

# Regions that match the pattern of a partition but are not in its list.
UNLISTED = (
    "af-west-9",
    "ap-north-9",
    "ca-east-9",
    "cn-south-9",
    "eu-isoe-north-9",
    "eu-west-99",
    "eusc-de-west-9",
    "il-north-9",
    "me-north-9",
    "mx-north-9",
    "sa-north-9",
    "us-gov-north-9",
    "us-iso-north-9",
    "us-isob-north-9",
    "us-isof-north-9",
    "us-north-9",
)

# Region names that match no pattern.
UNKNOWN = (
    "US-EAST-1",
    "cn-north",
    "cn-north-east-1",
    "eusc-fr-west-1",
    "mars-north-1",
    "us-east-1a",
    "us-gov",
    "usiso-east-1",
)

# Invalid Region names.
INVALID = (
    "-us-east-1",
    "12345",
    "a" * 64,
    "evil.example.com",
    "us east 1",
    "us-east-1-",
    "us-east-1.example.com/",
    "us-east-1/",
    "us-east-1@example.com",
    "us_east_1",
    "ümlaut-1",
)


def main(out_dir):
    loader = create_loader()
    partitions = loader.load_data("partitions")
    listed = [region for partition in partitions["partitions"] for region in partition["regions"]]
    regions = sorted({*listed, *UNLISTED, *UNKNOWN, *INVALID})

    rows = []
    for service in SERVICES:
        rules = loader.load_service_model(service, "endpoint-rule-set-1")
        provider = EndpointProvider(rules, partitions)
        for region, fips, dualstack in itertools.product(regions, (False, True), (False, True)):
            rows.append(
                {
                    "region": region,
                    "service": service,
                    "use_dualstack": dualstack,
                    "use_fips": fips,
                    **resolve(provider, region, fips, dualstack),
                }
            )
    write_rows(out_dir / "endpoints.json", rows)


def resolve(provider, region, fips, dualstack):
    try:
        validate_region_name(region)
        endpoint = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dualstack)
    except BotoCoreError as error:
        return {"error": type(error).__name__}
    return {"url": endpoint.url}


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
