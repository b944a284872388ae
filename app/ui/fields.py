"""The composer's two small fields: the shape of the picture, and the seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QRegularExpression, QSize, Qt, Slot
from PySide6.QtGui import (
    QAction,
    QColor,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QRegularExpressionValidator,
)
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QWidget

from app.model.session import Session
from app.theme import INSIDE, figures
from app.ui.parts import FIELD, IconButton

if TYPE_CHECKING:
    from engine.request import Aspect

SHAPES: tuple[tuple[Aspect, tuple[float, float]], ...] = (
    ("16:9", (16, 9)),
    ("9:16", (9, 16)),
    ("1:1", (12, 12)),
)


def _shape_pixmap(size: tuple[float, float], colour: QColor, ratio: float) -> QPixmap:
    pixmap = QPixmap(QSize(round(20 * ratio), round(20 * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.5))
    width, height = size
    painter.drawRoundedRect(QRectF(10 - width / 2, 10 - height / 2, width, height), 1.5, 1.5)
    painter.end()
    return pixmap


class ShapePicker(QWidget):
    """16:9, 9:16 or 1:1."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._group = QButtonGroup(self)
        self._buttons: dict[Aspect, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(INSIDE)
        for aspect, _size in SHAPES:
            shape = self._buttons[aspect] = self._button(aspect)
            self._group.addButton(shape)
            row.addWidget(shape)
        self._group.buttonClicked.connect(self._picked)
        session.draft_changed.connect(self.refresh)
        session.pack_changed.connect(self.refresh)
        self._tint()
        self.refresh()

    def _button(self, aspect: Aspect) -> QToolButton:
        result = QToolButton()
        words = {
            "16:9": self.tr("Wide, 16:9"),
            "9:16": self.tr("Upright, 9:16"),
            "1:1": self.tr("Square, 1:1"),
        }[aspect]
        result.setProperty("role", "field")
        result.setText(aspect)
        result.setToolTip(words)
        result.setAccessibleName(words)
        result.setCheckable(True)
        result.setIconSize(QSize(20, 20))
        result.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        result.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        result.setFixedHeight(FIELD)
        return result

    @Slot()
    def refresh(self) -> None:
        """Show the draft's shape; shapes that the pack does not make can't be chosen."""
        card = self._session.card
        for aspect, shape in self._buttons.items():
            shape.setEnabled(card is None or aspect in card.aspects)
        self._buttons[self._session.draft.aspect].setChecked(True)

    @Slot(QToolButton)
    def _picked(self, picked: QToolButton) -> None:
        for aspect, shape in self._buttons.items():
            if shape is picked:
                self._session.edit(aspect=aspect)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        colours, ratio = QGuiApplication.palette(), self.devicePixelRatioF()
        for aspect, size in SHAPES:
            icon = QIcon()
            for state, role in (
                (QIcon.State.Off, QPalette.ColorRole.PlaceholderText),
                (QIcon.State.On, QPalette.ColorRole.WindowText),
            ):
                icon.addPixmap(_shape_pixmap(size, colours.color(role), ratio), QIcon.Mode.Normal, state)
            self._buttons[aspect].setIcon(icon)


class SeedField(QWidget):
    """A number; the dice draws another, the lock keeps it for the next clip."""

    def __init__(self, session: Session, new_seed: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.number = QLineEdit()
        self.number.setAccessibleName(self.tr("Seed"))
        self.number.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,10}"), self))
        self.number.setFont(figures(self.number.font()))
        self.number.textEdited.connect(self._typed)
        self.number.editingFinished.connect(self.refresh)
        self.dice = IconButton("dice", "").follow(new_seed)
        self.lock = IconButton("unlock", "")
        self.lock.set_toggle(True)
        self.lock.toggled.connect(self._locked)
        for tool in (self.dice, self.lock):
            tool.setProperty("role", "field")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(INSIDE)
        row.addWidget(self.number, 1)
        row.addWidget(self.dice)
        row.addWidget(self.lock)
        session.draft_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the draft's seed."""
        draft = self._session.draft
        if not (self.number.hasFocus() and self.number.text() == ""):
            self.number.setText(str(draft.seed))
        self.lock.setChecked(draft.seed_fixed)
        self.lock.set_icon("lock" if draft.seed_fixed else "unlock")
        self.lock.set_words(
            self.tr("The seed stays: the same words give the same clip")
            if draft.seed_fixed
            else self.tr("A new seed for every clip; click to keep this one")
        )

    @Slot(str)
    def _typed(self, text: str) -> None:
        if text:
            from engine.request import MAX_SEED

            self._session.edit(seed=min(int(text), MAX_SEED), seed_fixed=True)

    @Slot(bool)
    def _locked(self, locked: bool) -> None:
        self._session.edit(seed_fixed=locked)
