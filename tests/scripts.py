"""Scripts outside the packages, as modules for a test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


def importable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fixture's body: the folder's scripts can be imported by plain names, and are forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(folder))
    yield
    for name in (set(sys.modules) - before) & {path.stem for path in folder.glob("*.py")}:
        del sys.modules[name]
