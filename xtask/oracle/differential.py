#!/usr/bin/env python3
"""Compares aws-config-parse with botocore on texts that are made up.

    differential.py PROGRAM [--cases N] [--seed N]

PROGRAM is the example `differential` of the crate aws-config-parse. Each text is read by both, and
must be accepted or rejected by both, with the same values or on the same line. A text that is
accepted is edited by PROGRAM as well: what it writes must read, by botocore, as it was asked for,
and everything else as before. Prints the seed and the numbers, and exits with 1 at a difference.
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
    make = random.Random(arguments.seed)
    cases = [case(make) for _ in range(arguments.cases)]
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    run = subprocess.run([arguments.program], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    answers = [json.loads(line) for line in run.stdout.split("\n") if line]
    assert len(answers) == len(cases), "an answer to every case"
    accepted = edited = 0
    with tempfile.TemporaryDirectory() as folder:
        for case_, answer in zip(cases, answers):
            expected, after = botocore_reads(folder, case_, answer)
            compare(case_, expected, answer["read"])
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


def case(make):
    kind = make.choice(["config", "config", "credentials"])
    text = make.choice([messy, tidy, tidy])(make).encode()
    if make.random() < 0.02:
        at = make.randrange(len(text) + 1)
        text = text[:at] + make.choice([b"\xff", b"\xc3", b"\xed\xa0\x80"]) + text[at:]
    types = ["profile"] if kind == "credentials" else ["profile", "profile", "sso-session", "services"]
    edit = [make.choice(part) for part in (types, EDIT_NAMES, EDIT_KEYS, EDIT_VALUES)]
    return {"kind": kind, "bytes": text.hex(), "edit": edit}


def messy(make):
    """Lines of all kinds in any order."""
    return "".join(
        make.choice(INDENTS) + line(make) + make.choice(WHITE) + make.choice(ENDS)
        for _ in range(make.randrange(16))
    )


def line(make):
    draw = make.random()
    if draw < 0.25:
        after = make.choice(["", "", "", " # note", " [x]", "junk"])
        name = make.choice(KINDS) + make.choice(NAMES) + make.choice(["", "", "", " "])
        return f"[{name}]{after}"
    if draw < 0.75:
        return property_line(make, make.choice(KEYS))
    if draw < 0.85:
        return make.choice(["# note", "; k = v", "#", ""])
    return make.choice(VALUES)


def property_line(make, key):
    return key + make.choice(WHITE) + make.choice(DELIMITERS) + make.choice(WHITE) + make.choice(VALUES)


def tidy(make):
    """Mostly what botocore accepts: no header and no key twice, indents that make sense."""
    end = make.choice(["\n", "\n", "\r\n", "\r"])
    headers = [kind + name for kind in KINDS for name in NAMES]
    lines = []
    for header in dict.fromkeys(make.sample(headers, make.randrange(6))):
        lines.append(f"[{header}]" + make.choice(["", "", "", "", " # note"]))
        indent = make.choice(["", "", "", "  ", "\t"])
        keys = {key.lower(): key for key in make.sample(KEYS[:10], make.randrange(5))}
        for key in keys.values():
            lines += [indent + part for part in tidy_property(make, key)]
            lines += make.choice([[], [], [], [""], ["# note"], ["", "  ; note", ""]])
    text = end.join(lines)
    return text + make.choice([end, end, ""]) if lines else text


def tidy_property(make, key):
    draw = make.random()
    if draw < 0.6:
        return [f"{key} = {make.choice(VALUES)}"]
    if draw < 0.7:
        return [f"{key}: x", f"  {make.choice(VALUES)}", "", "   y"]
    pairs = [f"  {make.choice(KEYS)} = {make.choice(VALUES)}" for _ in range(make.randrange(1, 4))]
    return [f"{key} =", *pairs]


def botocore_reads(folder, case_, answer):
    """Returns what botocore reads in the text, and in the edited one if there is one."""
    reader = config.read_config if case_["kind"] == "config" else config.read_credentials
    path = pathlib.Path(folder) / "file"
    path.write_bytes(bytes.fromhex(case_["bytes"]))
    expected = config.read(reader, path)
    if "edited" not in answer:
        return expected, None
    path.write_bytes(bytes.fromhex(answer["edited"]))
    return expected, config.read(reader, path)


def compare(case_, expected, found):
    if expected.get("error") and expected["line"] is None and found.get("error"):
        # botocore names no line for what is wrong inside a block.
        found = {**found, "line": None}
    if found != expected:
        differs(case_, "read", expected, found)


def compare_edited(case_, before, after):
    """Looks that the edit did what it says, and nothing else."""
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
    # A section that is new has the keys of [DEFAULT].
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
