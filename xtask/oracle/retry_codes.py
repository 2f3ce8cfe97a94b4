"""Writes OUT_DIR/retry-codes.json: error codes after which botocore retries a request.

The codes come from the standard retry mode, and from the legacy mode's policies for all services and
for STS.
"""

import pathlib
import sys

from botocore.loaders import create_loader
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

from rows import write_rows


def main(out_dir):
    throttling = set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES)
    transient = TransientRetryableChecker._TRANSIENT_ERROR_CODES
    codes = throttling.union(transient, legacy_codes())
    rows = [{"code": code, "throttling": code in throttling} for code in sorted(codes)]
    write_rows(out_dir / "retry-codes.json", rows)


def legacy_codes():
    data = create_loader().load_data("_retry")
    for operations in (data["retry"], data["retry"]["sts"]):
        for policy in operations["__default__"]["policies"].values():
            definition = data["definitions"].get(policy.get("$ref"), policy)
            code = definition["applies_when"].get("response", {}).get("service_error_code")
            if code:
                yield code


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
