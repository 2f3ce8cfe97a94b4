"""Writes OUT_DIR/endpoints.json: the endpoint of each service in each region.

The answers come from botocore's endpoint rule sets and partitions.json, evaluated by
botocore's own EndpointProvider. Regions that botocore refuses before it looks for an
endpoint have "error" in place of "url".
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

# Regions that no partition lists, though its pattern takes them in.
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

# Regions that no pattern takes in: other planets, and names close to a pattern.
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

# Text that is no region at all.
REFUSED = (
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
    regions = sorted({*listed, *UNLISTED, *UNKNOWN, *REFUSED})

    answers = []
    for service in SERVICES:
        rules = loader.load_service_model(service, "endpoint-rule-set-1")
        provider = EndpointProvider(rules, partitions)
        for region, fips, dualstack in itertools.product(regions, (False, True), (False, True)):
            answers.append(
                {
                    "region": region,
                    "service": service,
                    "use_dualstack": dualstack,
                    "use_fips": fips,
                    **resolve(provider, region, fips, dualstack),
                }
            )
    write_rows(out_dir / "endpoints.json", answers)


def resolve(provider, region, fips, dualstack):
    try:
        validate_region_name(region)
        endpoint = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dualstack)
    except BotoCoreError as error:
        return {"error": type(error).__name__}
    return {"url": endpoint.url}


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
