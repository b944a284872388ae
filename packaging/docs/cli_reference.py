"""Write docs/cli.md, the reference of all commands, from the parsers: `python packaging/docs/cli_reference.py`.

`--check` changes nothing and fails when the page is not what the parsers say.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from engine.cli.main import COMMANDS, build_parser

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
HEAD = """# Command line

All commands and options, as the parsers know them; `python packaging/docs/cli_reference.py` writes this page. Without a
command `walt` opens the window, with a file it opens that file in it.
Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
"""


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return text.replace("|", "\\\\|").replace("\n", " ")


def words(action: argparse.Action) -> str:
    """An option or argument as it is typed."""
    choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper()
    value = action.metavar or choices
    shown = value if isinstance(value, str) else " ".join(value)
    if not action.option_strings:
        return shown
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 else f"{names} {shown}"


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and those of its sub-commands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from parsers(one)


def section(parser: argparse.ArgumentParser) -> str:
    """A command with its options."""
    level = "##" if parser.prog.count(" ") == 1 else "###"
    lines = [f"{level} {parser.prog}", "", parser.description or "", ""]
    rows = [
        action
        for action in parser._actions
        if not isinstance(action, argparse._SubParsersAction | argparse._HelpAction)
        and action.help is not argparse.SUPPRESS
    ]
    if rows:
        lines += ["| | |", "| --- | --- |"]
        filled = parser._get_formatter()._expand_help  # defaults
        lines += [f"| `{cell(words(action))}` | {cell(filled(action) if action.help else '')} |" for action in rows]
        lines.append("")
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    made = [HEAD]
    for name in COMMANDS:
        command = next(one for one in parsers(build_parser(name)) if one.prog == f"walt {name}")
        made += [section(one) for one in parsers(command)]
    return "\n".join(made).rstrip() + "\n"


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    made = page()
    if not parser.parse_args().check:
        PAGE.write_text(made, "utf-8")
    elif PAGE.read_text("utf-8") != made:
        print("docs/cli.md is old: run packaging/docs/cli_reference.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
