"""The five scenes, as sentences to begin with."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


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
