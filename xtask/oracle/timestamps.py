"""Writes OUT_DIR/timestamps.json: how botocore reads the Expiration that a credential_process prints.

Each row has the time in UTC without fractions of a second, or null if botocore rejects the text or
finds no offset in it: it cannot compare such a time with the current time.
"""

import datetime
import pathlib
import sys
import warnings

from botocore.credentials import _parse_if_needed

from rows import write_rows

DATES = ("2099-11-22", "20991122")
CLOCKS = ("19:46:33", "194633", "19:46", "19:46:33.5", "19:46:33,987654", "19:46:33.123456789")
OFFSETS = ("", "Z", "z", "+00:00", "+0000", "+00", "-0730", "+05:45", "+09", " Z", " UTC", "UTC", " GMT", " +0000", " -07:00")

OTHERS = (
    "",
    " ",
    "never",
    "UTC",
    "+0000",
    "4098887193000000000000",
    "2099-11-22",
    "2099-11-22Z",
    "2099-13-22T19:46:33Z",
    "2099-11-31T19:46:33Z",
    "2099-11-22T24:46:33Z",
    "2099-11-22T19:60:33Z",
    "2099-11-22t19:46:33Z",
    " 2099-11-22T19:46:33Z ",
    "Sun, 22 Nov 2099 19:46:33 GMT",
    "Sun, 22 Nov 2099 19:46:33 +0000",
    "22 Nov 2099 19:46:33 +0100",
    "22 Nov 2099 19:46 GMT",
    "9999-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z",
)


def main(out_dir):
    warnings.simplefilter("ignore")
    generated = (
        f"{date}{separator}{clock}{offset}"
        for date in DATES
        for separator in ("T", " ")
        for clock in CLOCKS
        for offset in OFFSETS
    )
    rows = [{"text": text, "utc": in_utc(text)} for text in (*generated, *OTHERS)]
    write_rows(out_dir / "timestamps.json", rows)


def in_utc(text):
    try:
        parsed = _parse_if_needed(text)
    except (ValueError, OverflowError):
        return None
    if parsed.tzinfo is None:
        return None
    return parsed.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
