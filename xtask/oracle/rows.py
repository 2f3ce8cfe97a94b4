"""Writes a fixture that is a list of small objects."""

import json


def write_rows(path, rows):
    """Writes `rows` as a JSON array, one row a line, so that a change shows as its line."""
    lines = ",\n".join(json.dumps(row, sort_keys=True) for row in rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
