#!/usr/bin/env python3
"""Writes the values that botocore reads from the config fixtures.

    config.py FIXTURES_DIR

Each directory FIXTURES_DIR/config/CASE contains a file `config`, a file `credentials`, or both. The
script writes `expected.json` to the same directory:

    {"config":      {"profiles": ..., "sso_sessions": ..., "services": ..., "sections": ...},
     "credentials": {"sections": ...},
     "profiles":    both files merged, if both exist and botocore accepts them}

"sections" is the result of `raw_config_parse`, the rest of "config" that of `build_profile_map`. A
rejected file is {"error": true, "line": N}; N is null if botocore reports no line.
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
    """Returns the line number in botocore's error."""
    invalid_line = line_of_invalid_utf8(path)
    if invalid_line is not None:
        return invalid_line
    if hasattr(error, "lineno"):
        return error.lineno
    if hasattr(error, "errors"):
        return error.errors[0][0]
    return None


def line_of_invalid_utf8(path):
    """Returns the first line with invalid UTF-8, or None.

    Python reads files in chunks and reports a position relative to the last one. If the invalid
    bytes are in a later chunk, it may report another error first. To be independent of the chunk
    size, the position is determined here, and this error takes precedence.
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
