"""Writes fixtures that are lists of small objects."""

import json


def write_rows(path, rows):
    """Writes `rows` as a JSON array with one row per line, for readable diffs."""
    lines = ",\n".join(json.dumps(row, sort_keys=True) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
