"""A full-size run by its name, by its file, or by the folder where it trains."""

from __future__ import annotations

import difflib
from pathlib import Path

from engine.api.errors import UsageError
from engine.training.runs.full_size import FullRun, run_from_json
from engine.training.runs.paper import PAPER_RUNS


def read_full_run(name: str | Path) -> FullRun:
    """A named run of the paper, a JSON file, or the folder of a run.

    Raises:
        UsageError: ``no-such-run`` or ``bad-run``.
    """
    if str(name) in PAPER_RUNS:
        return PAPER_RUNS[str(name)]
    path = Path(name) / "run.json" if Path(name).is_dir() else Path(name)
    if not path.is_file():
        close = difflib.get_close_matches(str(name), PAPER_RUNS, n=1)
        hint = f"Did you mean {close[0]}?" if close else "`walt train runs` lists the named ones."
        raise UsageError("no-such-run", f"There is no run {str(name)!r}.", hint)
    return run_from_json(path.read_bytes(), str(path))
