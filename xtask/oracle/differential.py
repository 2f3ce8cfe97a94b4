#!/usr/bin/env python3
"""Compares aws-config-parse with botocore on random texts.

    differential.py PROGRAM [--cases N] [--seed N]

PROGRAM is the example `differential` of the crate aws-config-parse. Both must accept each text with
the same values, or reject it at the same line. PROGRAM also edits accepted texts: botocore must read
the new value, and all other values unchanged. Prints the seed and counts, and exits with 1 if there
is a difference.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import config

NAMES = ["a", "b", "c", '"a"', "'b'", '"a b"', "a\\ b", "default", "\u00fc", '"', "x]", "", "a b", "'a"]
KINDS = ["profile ", "profile ", "profile ", "profile", "profiles ", "profile\t", " profile "]
KINDS += ["sso-session ", "services ", "default", "DEFAULT", "default ", ""]
KEYS = ["region", "Region", "s3", "output", "k", "\u00dc", "\u00fc", "a.b", "x y", "#", "", "[k", "\u03a3\u03a3"]
VALUES = ["", "", "x", "us-east-1", "a = b", "a:b", "v # note", "#v", "[x]", '"q"', "\u65e5\u672c", "a\x0bb"]
VALUES += ["a=1\u2028b=2", "\ufeff", "=", "%(x)s", "${X}", "\\", "a\x00b", "x\x85y=z"]
INDENTS = ["", "", "", "", "", " ", "  ", "  ", "\t", "    ", "\u00a0\u3000"]
WHITE = ["", "", "", " ", " ", " ", "\t", "\x1f", "\x85", "\u2003"]
ENDS = ["\n"] * 8 + ["\r\n", "\r", "\n\n", ""]
DELIMITERS = ["=", "=", "=", "=", "=", ":", "==", ""]
EDIT_VALUES = ["v", "", "eu-west-1", "a # b", "a = b", "[x]", "=x", "\u65e5", "x\u00a0y", "\\", '"', " v", "a\nb", "x\x85y"]
EDIT_KEYS = ["region", "REGION", "new", "s3", "s3.pace", "s3.k", "\u00dc", "x y", "", "#", "a:b", "\u03a3"]
EDIT_NAMES = ["a", "b", "default", "a b", "new", "it's", "", "\u00fc", 'q"', "back\\", "x]", "a\nb", "DEFAULT", "\u00a0"]


def main():
    arguments = parse_arguments()
    print(f"seed {arguments.seed}")
    rng = random.Random(arguments.seed)
    cases = [case(rng) for _ in range(arguments.cases)]
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    run = subprocess.run([arguments.program], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    outputs = [json.loads(line) for line in run.stdout.split("\n") if line]
    assert len(outputs) == len(cases), "the program must print a line for each case"
    accepted = edited = 0
    with tempfile.TemporaryDirectory() as directory:
        for case_, output in zip(cases, outputs):
            expected, after = botocore_reads(directory, case_, output)
            compare(case_, expected, output["read"])
            accepted += "error" not in expected
            if after is not None:
                edited += 1
                compare_edited(case_, expected, after)
    print(f"{len(cases)} cases: {accepted} accepted, {len(cases) - accepted} rejected, {edited} edited")


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    return parser.parse_args()


def case(rng):
    kind = rng.choice(["config", "config", "credentials"])
    text = rng.choice([messy, tidy, tidy])(rng).encode()
    if rng.random() < 0.02:
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice([b"\xff", b"\xc3", b"\xed\xa0\x80"]) + text[at:]
    types = ["profile"] if kind == "credentials" else ["profile", "profile", "sso-session", "services"]
    edit = [rng.choice(part) for part in (types, EDIT_NAMES, EDIT_KEYS, EDIT_VALUES)]
    return {"kind": kind, "bytes": text.hex(), "edit": edit}


def messy(rng):
    """Returns random lines in random order."""
    return "".join(
        rng.choice(INDENTS) + line(rng) + rng.choice(WHITE) + rng.choice(ENDS)
        for _ in range(rng.randrange(16))
    )


def line(rng):
    draw = rng.random()
    if draw < 0.25:
        after = rng.choice(["", "", "", " # note", " [x]", "junk"])
        name = rng.choice(KINDS) + rng.choice(NAMES) + rng.choice(["", "", "", " "])
        return f"[{name}]{after}"
    if draw < 0.75:
        return property_line(rng, rng.choice(KEYS))
    if draw < 0.85:
        return rng.choice(["# note", "; k = v", "#", ""])
    return rng.choice(VALUES)


def property_line(rng, key):
    return key + rng.choice(WHITE) + rng.choice(DELIMITERS) + rng.choice(WHITE) + rng.choice(VALUES)


def tidy(rng):
    """Returns a text that botocore mostly accepts, without duplicate headers and keys."""
    end = rng.choice(["\n", "\n", "\r\n", "\r"])
    headers = [kind + name for kind in KINDS for name in NAMES]
    lines = []
    for header in dict.fromkeys(rng.sample(headers, rng.randrange(6))):
        lines.append(f"[{header}]" + rng.choice(["", "", "", "", " # note"]))
        indent = rng.choice(["", "", "", "  ", "\t"])
        keys = {key.lower(): key for key in rng.sample(KEYS[:10], rng.randrange(5))}
        for key in keys.values():
            lines += [indent + part for part in tidy_property(rng, key)]
            lines += rng.choice([[], [], [], [""], ["# note"], ["", "  ; note", ""]])
    text = end.join(lines)
    return text + rng.choice([end, end, ""]) if lines else text


def tidy_property(rng, key):
    draw = rng.random()
    if draw < 0.6:
        return [f"{key} = {rng.choice(VALUES)}"]
    if draw < 0.7:
        return [f"{key}: x", f"  {rng.choice(VALUES)}", "", "   y"]
    pairs = [f"  {rng.choice(KEYS)} = {rng.choice(VALUES)}" for _ in range(rng.randrange(1, 4))]
    return [f"{key} =", *pairs]


def botocore_reads(directory, case_, output):
    """Returns the values that botocore reads from the text, and from the edited text if there is one."""
    reader = config.read_config if case_["kind"] == "config" else config.read_credentials
    path = pathlib.Path(directory) / "file"
    path.write_bytes(bytes.fromhex(case_["bytes"]))
    expected = config.read(reader, path)
    if "edited" not in output:
        return expected, None
    path.write_bytes(bytes.fromhex(output["edited"]))
    return expected, config.read(reader, path)


def compare(case_, expected, found):
    if expected.get("error") and expected["line"] is None and found.get("error"):
        # botocore reports no line for errors inside a block.
        found = {**found, "line": None}
    if found != expected:
        differs(case_, "read", expected, found)


def compare_edited(case_, before, after):
    """Checks that the edit changed only its value."""
    if "error" in before or "error" in after:
        differs(case_, "edited", before, after)
    type_, name, key, value = case_["edit"]
    table = {"profile": "profiles", "sso-session": "sso_sessions", "services": "services"}[type_]
    table = table if case_["kind"] == "config" else "sections"
    section = dict(after[table][name])
    outer, _, inner = key.partition(".")
    found = section.get(outer.lower())
    found = found.get(inner) if inner and isinstance(found, dict) else found
    if found != value:
        differs(case_, "edited value", value, found)
    old = dict(before[table].get(name, {}))
    section.pop(outer.lower()), old.pop(outer.lower(), None)
    # A new section has the keys of [DEFAULT].
    if name in before[table] and section != old:
        differs(case_, "edited section", old, section)
    others = [{**all_[table], name: None} for all_ in (before, after)]
    if others[0] != others[1]:
        differs(case_, "other sections", *others)


def differs(case_, what, expected, found):
    text = bytes.fromhex(case_["bytes"])
    sys.exit(f"{what} differs\n{text!r}\n{case_}\nexpected {expected!r}\nfound    {found!r}")


if __name__ == "__main__":
    main()
