"""Writes OUT_DIR/regions.json: the names of all Regions in botocore's partitions.json."""

import pathlib
import sys

from botocore.loaders import create_loader

from rows import write_rows


def main(out_dir):
    partitions = create_loader().load_data("partitions")["partitions"]
    listed = (region for partition in partitions for region in partition["regions"])
    write_rows(out_dir / "regions.json", sorted(r for r in listed if not r.endswith("-global")))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
