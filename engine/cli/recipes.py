"""``walt recipes``: the named model sizes and how many parameters each has, counted without memory."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Say what ``walt recipes`` understands."""
    summary = "list the named model sizes, the paper's included"
    parser = subparsers.add_parser("recipes", help=summary, description=f"{summary.capitalize()}.")
    parser.add_argument("--json", action="store_true", help="print a list of objects on stdout")


def run(args: argparse.Namespace) -> int:
    """Print the list."""
    from engine.packs.recipes import recipes_json

    listed = recipes_json()
    if args.json:
        print(json.dumps(listed, indent=1))
        return 0
    for recipe in listed:
        paper = recipe["paper_parameters"]
        beside = f"paper {paper / 1e6:,.0f} M" if paper else ""
        print(f"{recipe['name']:20}{recipe['parameters'] / 1e6:10,.1f} M  {beside}".rstrip())
    return 0
