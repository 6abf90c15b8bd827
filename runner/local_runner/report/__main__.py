"""`python -m <package>.report`: the report command by itself."""

from __future__ import annotations

import argparse
import sys

from .cli import add_arguments, main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="report", description="Write the report of a local run as one HTML page."
    )
    add_arguments(parser)
    sys.exit(main(parser.parse_args()))
