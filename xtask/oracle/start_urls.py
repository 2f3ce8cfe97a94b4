"""Writes OUT_DIR/start-urls.json: the start URLs that AWS assigns, for all partitions and Regions.

The forms come from the user guides of IAM Identity Center, AWS GovCloud (US) and AWS China, and from
the domains in the AWS CLI v2 (customizations/sso) and the AWS SDK for .NET (SSOEndpointResolver). The
Regions and DNS suffixes come from botocore's partitions.json. AWS publishes no forms for the isolated
partitions: they have the two forms that are the same in all other partitions.
"""

import pathlib
import sys

from botocore.loaders import create_loader

from rows import write_rows

IPV4 = "https://ssoins-ID.REGION.portal.SUFFIX"
ISSUER = "https://identitycenter.SUFFIX/ssoins-ID"

# Forms other than IPV4 and ISSUER, without the isolated partitions, which have only these.
FORMS = {
    "aws": (
        "https://NAME.awsapps.com/start",
        "https://ssoins-ID.portal.REGION.app.aws",
    ),
    "aws-cn": (
        "https://NAME.awsapps.cn/start",
        "https://start.home.awsapps.cn/directory/NAME",
        "https://start.REGION.home.awsapps.cn/directory/NAME",
        "https://ssoins-ID.portal.REGION.app.amazonwebservices.com.cn",
    ),
    "aws-eusc": ("https://ssoins-ID.portal.REGION.api.amazonwebservices.eu",),
    "aws-us-gov": (
        "https://start.us-gov-home.awsapps.com/directory/NAME",
        "https://start.REGION.us-gov-home.awsapps.com/directory/NAME",
        "https://ssoins-ID.portal.REGION.app.aws",
    ),
}

# The issuer of this partition is not below its own DNS suffix, which is that of aws.
ISSUERS = {"aws-us-gov": "https://identitycenter.us-gov.amazonaws.com/ssoins-ID"}


def main(out_dir):
    partitions = create_loader().load_data("partitions")["partitions"]
    rows = [row for partition in partitions for row in rows_of(partition)]
    write_rows(out_dir / "start-urls.json", rows)


def rows_of(partition):
    name, suffix = partition["id"], partition["outputs"]["dnsSuffix"]
    regions = sorted(r for r in partition["regions"] if not r.endswith("-global"))
    for form in (*FORMS.get(name, ()), IPV4, ISSUERS.get(name, ISSUER)):
        form = form.replace("SUFFIX", suffix)
        for region in regions if "REGION" in form else (None,):
            url = form.replace("REGION", region or "").replace("NAME", "d-1234567890")
            url = url.replace("ssoins-ID", "ssoins-1234567890abcdef")
            yield {"form": form, "partition": name, "region": region, "url": url}


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
