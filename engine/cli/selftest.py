"""``walt --self-test``: does this installation work? The bundle runs it on machines without a screen."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path

from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.cli.generate import make
from engine.media.clips import provenance
from engine.media.export import write_mp4
from engine.media.reading import read_clip
from engine.packs.store import PackStore

PROMPT = "a horse walking on the beach"


def run() -> int:
    """Make a tiny clip with the starter, write and read it, and load the window's toolkit.

    Raises:
        WaltError: what failed.
    """
    request = ClipRequest.parse(prompt=PROMPT, seed=7, frames=5, upto="base", steps=2)
    clip = make(request, PackStore(), "cpu")
    if clip is None:
        return 130
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        write_mp4(path, clip.frames, clip.fps, provenance(clip))
        count = len(read_clip(path).frames)
    if count != len(clip.frames):
        raise WaltError(
            "self-test", f"The clip has {len(clip.frames)} frames, but {count} came back from disk."
        )
    _window()
    print("self-test: ok", file=sys.stderr)
    return 0


def _window() -> None:
    """The window's parts can be imported and its toolkit starts, with no screen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    importlib.import_module("app.window.main")
