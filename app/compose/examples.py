"""The five examples: prompts, and the clips that the starter pack made of them."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QCoreApplication

FOLDER = Path(str(files("resources"))) / "examples"
LIST = "examples.json"
"""Which pack made the pictures, and from which sentences. `packaging/docs/examples.py` writes it."""


def examples() -> tuple[str, ...]:
    """Prompts in the window's language; every word of them is the starter's own (tested)."""
    return (
        QCoreApplication.translate("Examples", "A dragon breathing fire over the sea at night"),
        QCoreApplication.translate("Examples", "A polar bear walking in the snow"),
        QCoreApplication.translate("Examples", "A horse running on the beach at sunset"),
        QCoreApplication.translate(
            "Examples", "A red robot walking through a meadow, the camera orbits left"
        ),
        QCoreApplication.translate("Examples", "An asteroid striking the Earth"),
    )


def pictures(pack: Path, folder: Path = FOLDER) -> tuple[Path, ...]:
    """A clip for each example, in order, made by just this pack; none if they are another's, or not there."""
    from engine.packs.manifest import fingerprint

    try:
        known = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    if known["pack"] != fingerprint(pack):
        return ()
    return tuple(folder / example["file"] for example in known["examples"])
