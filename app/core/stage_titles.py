"""What a stage is for, in the window's language. Which stages there are, the pack's record says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from engine.packs.capabilities import StageTitle


def stage_title(title: StageTitle) -> str:
    """A title of `engine.packs.capabilities.Stage` for people."""
    translate = QCoreApplication.translate
    match title:
        case "sketch":
            return translate("Stages", "Sketch")
        case "detail":
            return translate("Stages", "Detail")
        case "finish":
            return translate("Stages", "Finish")
