"""Scenes of the dialogs beside the window."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox

from engine.media.export import write_mp4
from scenes.clip import sketch
from scenes.stage import PROMPT, Stage


def preferences(stage: Stage) -> None:
    """The preferences."""
    stage.window.dialogs.open_preferences()
    stage.shown = sheet = stage.window.dialogs.preferences
    assert sheet is not None
    sheet.folder.name("/home/walt/.local/share/walt")


def packs(stage: Stage) -> None:
    """The packs that are installed: the one that ships."""
    stage.window.dialogs.open_packs()
    stage.shown = sheet = stage.window.dialogs.packs
    assert sheet is not None
    stage.wait(lambda: sheet.list.count() > 0)


def teach(stage: Stage) -> None:
    """What a pack is to be taught."""
    folder = stage.folder / "clips"
    folder.mkdir()
    for number, caption in enumerate(("a horse running on the beach", "a horse running at sunset", "")):
        write_mp4(folder / f"horse-{number + 1}.mp4", stage.source(PROMPT, "16:9").clip("base").frames, 8)
        (folder / f"horse-{number + 1}.txt").write_text(caption, "utf-8")
    stage.shown = sheet = stage.window.dialogs.open_teach()
    sheet.gather([str(folder)])
    stage.wait(lambda: sheet.table.rowCount() > 0)


def teach_plan(stage: Stage) -> None:
    """How long it may learn."""
    teach(stage)
    sheet = stage.window.dialogs.open_teach()
    sheet.table.item(2, 1).setText("a horse in the evening")
    sheet.next.click()
    sheet.name.setText("Horses")


def shortcuts(stage: Stage) -> None:
    """The page of shortcuts."""
    stage.window.dialogs.open_shortcuts()
    stage.shown = stage.window.dialogs.help


def guide(stage: Stage) -> None:
    """The page of help."""
    stage.window.dialogs.open_help()
    stage.shown = stage.window.dialogs.help


def about(stage: Stage) -> None:
    """What walt is."""
    stage.window.dialogs.open_about()
    stage.shown = stage.window.dialogs.about


def closing(stage: Stage) -> None:
    """The window is closed while a clip is being made."""
    sketch(stage)
    stage.window.close()
    stage.shown = stage.window.findChild(QMessageBox)


SCENES = (preferences, packs, teach, teach_plan, shortcuts, guide, about, closing)
