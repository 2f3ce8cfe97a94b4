#!/usr/bin/env python3
"""Writes what botocore reads in the config fixtures.

    config.py FIXTURES_DIR

Every folder FIXTURES_DIR/config/CASE holds a file `config`, a file `credentials`, or both. Beside
them this writes `expected.json`:

    {"config":      {"profiles": ..., "sso_sessions": ..., "services": ..., "sections": ...},
     "credentials": {"sections": ...},
     "profiles":    both files merged, where there are both and botocore accepts both}

"sections" is what `raw_config_parse` returns, the rest of "config" what `build_profile_map` makes
of it. A file that botocore rejects is {"error": true, "line": N}; N is null where botocore does
not say.
"""

import json
import os
import pathlib
import sys

from botocore import configloader
from botocore.exceptions import ConfigParseError
from botocore.session import Session


def main():
    fixtures = pathlib.Path(sys.argv[1])
    for case in sorted((fixtures / "config").iterdir()):
        if case.is_dir():
            text = json.dumps(expected(case), indent=2, sort_keys=True) + "\n"
            (case / "expected.json").write_text(text, encoding="utf-8", newline="\n")


def expected(case):
    readers = {"config": read_config, "credentials": read_credentials}
    found = {
        name: read(reader, case / name)
        for name, reader in readers.items()
        if (case / name).exists()
    }
    if len(found) == len(readers) and not any("error" in part for part in found.values()):
        found["profiles"] = merged_profiles(case)
    return found


def read(reader, path):
    try:
        return reader(path)
    except ConfigParseError as error:
        return {"error": True, "line": line_of(error.kwargs["error"], path)}


def read_config(path):
    sections = configloader.raw_config_parse(str(path))
    profile_map = configloader.build_profile_map(sections)
    kept = {name: profile_map[name] for name in ("profiles", "sso_sessions", "services")}
    return {**kept, "sections": sections}


def read_credentials(path):
    return {"sections": configloader.raw_config_parse(str(path))}


def merged_profiles(case):
    os.environ["AWS_CONFIG_FILE"] = str(case / "config")
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = str(case / "credentials")
    return Session().full_config["profiles"]


def line_of(error, path):
    """Returns the line that botocore's error names."""
    bad_bytes = line_of_bad_bytes(path)
    if bad_bytes is not None:
        return bad_bytes
    if hasattr(error, "lineno"):
        return error.lineno
    if hasattr(error, "errors"):
        return error.errors[0][0]
    return None


def line_of_bad_bytes(path):
    """Returns the line that is not UTF-8, None where all are.

    Python reads in chunks: it counts from the last one, and where the bad bytes are in a later one
    or at the end of the file, it may meet another error first. That depends on the size of its
    chunks, so the position is looked up anew, and counts before all others.
    """
    data = path.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        return before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    return None


if __name__ == "__main__":
    main()
