"""The tiny pack and a still, once a session."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.media.images import write_png
from engine.packs.store import PackStore
from tests.engine.conftest import packs_folder, store

__all__ = ["packs_folder", "store"]


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that is no plain colour."""
    path = tmp_path_factory.mktemp("still") / "still.png"
    write_png(path, np.random.default_rng(0).integers(0, 255, (64, 128, 3), dtype=np.uint8))
    return path


@pytest.fixture
def tiny(store: PackStore) -> str:
    """The path of the tiny pack, as ``--pack`` takes it."""
    return str(store.find("tiny").path)
