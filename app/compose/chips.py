"""Chips that add words to the prompt: actions and camera motions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.compose.prompt_phrases import (
    CAMERAS,
    MOTIONS,
    Camera,
    Motion,
    camera_in,
    known,
    motion_in,
    with_camera,
    with_motion,
)
from app.core.i18n import window_language
from app.core.theme import GRID, INSIDE
from app.core.widgets import IconButton

if TYPE_CHECKING:
    from app.window.session import Session

CHIP = 28
"""Height of a chip, logical pixels."""
NARROWEST = 24
"""A row of eight must fit into the panel at its narrowest."""


class Chips(QWidget):
    """Two rows: motions by name, camera moves by arrow. A second click takes the words out again.

    Signals:
        written(str): the whole prompt, as it should read now.
        offered(bool): whether the pack knows words for any of them.
    """

    written = Signal(str)
    offered = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.motions: dict[Motion, QToolButton] = {}
        self.cameras: dict[Camera, IconButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(INSIDE)
        column.addLayout(self._motion_row())
        column.addLayout(self._camera_row())
        session.draft_changed.connect(self.refresh)
        session.pack_changed.connect(self.refresh)
        self.refresh()

    def _motion_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for motion, words in self._motion_words().items():
            chip = self.motions[motion] = QToolButton()
            chip.setProperty("role", "chip")
            chip.setText(words)
            chip.setToolTip(self._explanation(MOTIONS[motion][window_language()]))
            chip.setAccessibleName(words)
            chip.setCheckable(True)
            chip.setFixedHeight(CHIP)
            chip.setMinimumWidth(2 * NARROWEST)
            chip.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            chip.clicked.connect(self._motion_clicked)
            row.addWidget(chip)
        return row

    def _camera_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for move in CAMERAS:
            chip = self.cameras[move] = IconButton(move, self._explanation(CAMERAS[move][window_language()]))
            chip.set_toggle(True)
            chip.setProperty("role", "chip")
            chip.setMinimumSize(NARROWEST, 0)
            chip.setMaximumSize(16777215, CHIP)
            chip.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            chip.clicked.connect(self._camera_clicked)
            row.addWidget(chip)
        return row

    def _motion_words(self) -> dict[Motion, str]:
        return {
            "walk": self.tr("Walk"),
            "run": self.tr("Run"),
            "fly": self.tr("Fly"),
            "swim": self.tr("Swim"),
        }

    def _explanation(self, phrase: str) -> str:
        return self.tr("Adds “{0}” to the prompt").format(phrase)

    @Slot()
    def refresh(self) -> None:
        """Show what the prompt says; hide what the pack has no words for."""
        prompt, card, language = self._session.draft.prompt, self._session.card, window_language()
        motion, move = motion_in(prompt), camera_in(prompt)
        for name, chip in self.motions.items():
            chip.setChecked(name == motion)
            chip.setVisible(known(card, MOTIONS[name], language))
        for name, icon in self.cameras.items():
            icon.setChecked(name == move)
            icon.setVisible(known(card, CAMERAS[name], language))
        every = (*self.motions.values(), *self.cameras.values())
        self.offered.emit(any(not chip.isHidden() for chip in every))

    @Slot()
    def _motion_clicked(self) -> None:
        clicked = self.sender()
        session = self._session
        for motion, chip in self.motions.items():
            if chip is clicked:
                self._write(with_motion(session.draft.prompt, motion, window_language(), session.card))

    @Slot()
    def _camera_clicked(self) -> None:
        clicked = self.sender()
        for move, chip in self.cameras.items():
            if chip is clicked:
                self._write(with_camera(self._session.draft.prompt, move, window_language()))

    def _write(self, prompt: str) -> None:
        self.written.emit(prompt)
        self.refresh()
