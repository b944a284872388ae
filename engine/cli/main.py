"""The ``walt`` command: opens the window, or runs a sub-command, whose module is imported only then.

Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from engine import __version__
from engine.api.errors import UsageError, WaltError, out_of_memory
from engine.cli.streams import settle_streams, silence_stdout

COMMANDS: dict[str, tuple[str, str]] = {
    "generate": ("engine.cli.generate", "make a clip from a prompt, without the window"),
    "plan": ("engine.cli.plan", "say what memory a clip takes, and how the networks would be kept"),
    "packs": ("engine.cli.packs", "list the installed models"),
    "doctor": ("engine.cli.doctor", "check this installation, and say how to mend it"),
    "bench": ("engine.cli.bench", "measure this machine: the window at work, the windows of table 3b"),
    "recipes": ("engine.cli.recipes", "list the named model sizes, the paper's included"),
    "worlds": ("engine.cli.worlds", "draw captioned training clips"),
    "train": ("engine.cli.train", "train a tokenizer, a base or a super-resolution stage"),
    "evaluate": ("engine.cli.evaluate", "measure how good a pack is"),
}
"""Sub-commands: modules with ``add_parser(subparsers)`` and ``run(args) -> int``, imported when asked for."""

LIGHT = ("packs", "recipes")
"""Commands that load no large library."""

LEAST_MB = 1150
"""Address space that torch and the other libraries take when they are loaded, little of it memory."""

WINDOW_OPTIONS = ("--pack", "--device", "--theme", "--prompt")
"""Options of the window, which reads them itself."""


class Parser(argparse.ArgumentParser):
    """argparse with one-line errors and no abbreviations."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})
        self._commands: Any = None

    def add_subparsers(self, **kwargs: Any) -> Any:
        """Remember the sub-commands, to find the one that was meant."""
        self._commands = super().add_subparsers(**kwargs)
        return self._commands

    def chosen(self, args: argparse.Namespace) -> Parser:
        """The parser of the innermost sub-command that ``args`` names."""
        name = getattr(args, self._commands.dest) if self._commands else None
        return self._commands.choices[name].chosen(args) if name else self

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of printing the whole usage."""
        raise UsageError("usage", f"{message[:1].upper()}{message[1:]}.", f"See `{self.prog} --help`.")

    def options(self) -> Iterable[str]:
        """All option strings, for a suggestion."""
        return self._option_string_actions


def build_parser(command: str | None = None) -> Parser:
    """The whole parser; only the module of ``command`` is imported, the other commands have just a name."""
    parser = Parser(
        prog="walt",
        description="Short video clips from a prompt or a still image. Without a command, the window opens.",
        epilog=f"The window takes {', '.join(WINDOW_OPTIONS)} and files to open.",
    )
    parser.add_argument("--version", action="version", version=f"walt {__version__}")
    parser.add_argument("--self-test", action="store_true", help="make a tiny clip with no screen, and exit")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, (module, summary) in COMMANDS.items():
        if name == command:
            importlib.import_module(module).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=summary)
    return parser


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line.

    Raises:
        UsageError: ``usage`` for what is not possible, with a suggestion for a misspelt option.
    """
    command = next((word for word in argv if not word.startswith("-")), None)
    parser = build_parser(command)
    args, extra = parser.parse_known_args(argv)
    if extra:
        import difflib  # not loaded for what is spelt well

        chosen = parser.chosen(args)
        close = difflib.get_close_matches(extra[0].split("=")[0], list(chosen.options()), n=1)
        hint = f"Did you mean {close[0]}?" if close else f"See `{chosen.prog} --help`."
        kind = "option" if extra[0].startswith("-") else "argument"
        raise UsageError("usage", f"There is no {kind} {extra[0]!r}.", hint)
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    if argv is None:
        settle_streams()
    try:
        try:
            status = _dispatch(sys.argv[1:] if argv is None else argv)
        except SystemExit as done:  # argparse, after --help and --version
            status = int(done.code or 0)
        sys.stdout.flush()
        return status
    except WaltError as error:
        print(error.line(), file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output is gone (`walt recipes | head -1`); nothing more may be flushed at exit.
        silence_stdout()
        return 1
    except Exception as error:
        if not importlib.import_module("engine.runtime.memory").is_out_of_memory(error):
            raise
        print(out_of_memory().line(), file=sys.stderr)
        return 1


def _dispatch(argv: Sequence[str]) -> int:
    if argv and (argv[0].split("=")[0] in WINDOW_OPTIONS or _is_file(argv[0])):
        return _open_window(argv)
    args = parse(argv)
    if args.self_test:
        return int(importlib.import_module("engine.cli.selftest").run())
    if args.command is None:
        return _open_window([])
    if args.command not in LIGHT:
        _require_address_space()
    return int(importlib.import_module(COMMANDS[args.command][0]).run(args) or 0)


def _require_address_space() -> None:
    """Refuse a limit (`ulimit -v`) in which libraries could not even be loaded: some of them crash there.

    Raises:
        WaltError: ``out-of-memory``.
    """
    if sys.platform == "win32":
        return
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_MB * 2**20:
        message = f"This process may use {limit / 2**20:,.0f} MB of addresses, and walt's libraries take {LEAST_MB:,}."
        raise WaltError("out-of-memory", message, "Raise the limit: ulimit -v unlimited.")


def _open_window(argv: Sequence[str]) -> int:
    _require_address_space()
    # By name, when asked for: the engine itself knows nothing of the window.
    return int(importlib.import_module("app.window.main").main(argv))


def _is_file(word: str) -> bool:
    """Whether the first word is a file to open rather than a command: `walt holiday.jpg`."""
    return word not in COMMANDS and not word.startswith("-") and os.path.exists(word)


if __name__ == "__main__":
    sys.exit(main())
