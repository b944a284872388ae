"""A pack takes the place of another: refused or killed at any point, the old one or the new one is there, whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.packs.atomic_replace import take_place
from engine.packs.install import install, remove
from engine.packs.store import PackStore
from tests.trust.faults import each_operation

ROOT = Path(__file__).parents[2]
KILLED = 9
DIES = """
import os, sys
from pathlib import Path
from engine.packs.atomic_replace import take_place
from engine.runtime.fault_injection import watched
left = int(sys.argv[3])
def watcher(operation):
    global left
    left -= 1
    if left == 0:
        os._exit(9)
with watched(watcher):
    take_place(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.fixture
def root(tmp_path: Path, packs_folder: Path) -> Path:
    """A store's folder with the pack, and a newer one beside it that waits for its place."""
    for name, card in (("tiny", "old"), (".tiny.new", "new")):
        shutil.copytree(packs_folder / "tiny", tmp_path / name)
        (tmp_path / name / "card.md").write_text(card)
    return tmp_path


def card(root: Path) -> str:
    """Of the pack that the store finds."""
    return (PackStore([root]).find("tiny").path / "card.md").read_text()


@pytest.mark.parametrize(("point", "left"), [(1, "old"), (2, "old"), (3, "new")])
def test_killed_at_each_point(root: Path, packs_folder: Path, point: int, left: str) -> None:
    arguments = [str(root / ".tiny.new"), str(root / "tiny"), str(point)]
    died = subprocess.run([sys.executable, "-c", DIES, *arguments], cwd=ROOT, check=False)
    assert died.returncode == KILLED
    assert [pack.name for pack in PackStore([root]).installed()] == ["tiny"]
    assert card(root) == left
    install(packs_folder / "tiny", root, replace=True)
    assert not (root / ".tiny.old").exists()
    remove(PackStore([root]).find("tiny"), root)
    assert PackStore([root]).installed() == [], "what was removed came back"


@pytest.mark.parametrize("lasts", [False, True], ids=["once", "lasting"])
def test_refused_at_each_point(root: Path, lasts: bool) -> None:
    new, tried = root / ".tiny.new", 0

    def attempt() -> None:
        for name, text in (("tiny", "old"), (".tiny.new", "new")):
            (root / name).mkdir(exist_ok=True)
            shutil.copytree(root / "spare", root / name, dirs_exist_ok=True)
            (root / name / "card.md").write_text(text)
        take_place(new, root / "tiny")

    shutil.copytree(new, root / "spare")
    for _fuse, raised in each_operation("EIO", attempt, lasts=lasts):
        tried += 1
        assert card(root) == ("new" if raised is None else "old")
        assert isinstance(raised, OSError | None)
    assert tried >= 2
    assert card(root) == "new"


def test_another_process_that_puts_the_old_one_back_is_no_obstacle(root: Path) -> None:
    from engine.packs.atomic_replace import recover
    from engine.runtime.fault_injection import watched

    seen: list[str] = []

    def meddle(operation: str) -> None:
        seen.append(operation)
        if len(seen) in (2, 4):
            recover(root)

    with watched(meddle):
        take_place(root / ".tiny.new", root / "tiny")
    assert card(root) == "new"
    assert not os.path.lexists(root / ".tiny.old")
