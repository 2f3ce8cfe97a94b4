"""Writes OUT_DIR/process-words.json: how botocore splits a credential_process line into words.

Each row has the words by the rules of Unix and of Windows, or null if botocore rejects the line.
"""

import itertools
import pathlib
import sys

from botocore.compat import compat_shell_split

from rows import write_rows

LINES = (
    "",
    "   ",
    "tool",
    "tool --profile dev",
    "  tool\targument \r\n more ",
    'tool "two words" \'two more\'',
    "tool '' \"\"",
    "tool a'b'c\"d\"e",
    "tool --x='a b' --y=\"c d\"",
    "/opt/my\\ tools/tool",
    '"/opt/my tools/tool" x',
    '"C:\\Program Files\\tool.exe" --profile dev',
    "C:\\tools\\tool.exe C:\\",
    'tool "C:\\dir\\" x',
    'tool "C:\\dir\\\\" x',
    'tool a\\"b c\\\\"d e" \\\\\\"f',
    "tool $HOME ${HOME} $(id) `id` ~ * ? [a] {a,b} ; | & > < ! # %PATH% ^",
    'tool "$HOME" "$(id)" "a\\$b" "a\\`b" "a\\nb" "a\\b"',
    "tool 'a\\b' 'a\\'",
    "tool # no comment",
    "tool a#b",
    "tool größe 会社 '🦦 otter' \u00a0x\u2003y",
    "tool \\\nnext",
    'tool "a\\\nb"',
    "tool 'unbalanced",
    'tool "unbalanced',
    "tool \\",
    "tool it's",
    "tool 'a\"b' \"a'b\"",
    "tool \"\"\"\" ''''",
    "tool a\x00b \x7f",
)

ALPHABET = "a \\\"'\t"


def main(out_dir):
    generated = ("".join(line) for n in (1, 2, 3, 4) for line in itertools.product(ALPHABET, repeat=n))
    lines = [*LINES, *(f"x{line}y" for line in generated)]
    rows = [{"line": line, "unix": words(line, "linux"), "windows": words(line, "win32")} for line in lines]
    write_rows(out_dir / "process-words.json", rows)


def words(line, platform):
    try:
        return compat_shell_split(line, platform)
    except ValueError:
        return None


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
