"""The composer's small fields: shape, length, variations, quality, seed."""

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
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.compose.draft import VARIATIONS, Quality, lengths_of
from app.core.formatting import tenths
from app.core.option_widgets import DropDown, Segments
from app.core.theme import INSIDE, figures
from app.core.widgets import IconButton
from app.window.session import Session
from engine.api.types import MAX_SEED

if TYPE_CHECKING:
    from app.packs.pack_card import PackCard
    from engine.api.types import Aspect, Strength

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


class ShapePicker(Segments):
    """16:9, 9:16 or 1:1."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        words: dict[Aspect, str] = {
            "16:9": self.tr("Wide, 16:9"),
            "9:16": self.tr("Upright, 9:16"),
            "1:1": self.tr("Square, 1:1"),
        }
        for aspect, _size in SHAPES:
            shape = self.add(aspect, aspect, words[aspect])
            shape.setIconSize(QSize(20, 20))
            shape.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.picked.connect(self._picked)
        session.draft_changed.connect(self.refresh)
        session.pack_changed.connect(self.refresh)
        self._tint()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the draft's shape; shapes that the pack does not make can't be chosen."""
        card = self._session.card
        for aspect, _size in SHAPES:
            self.button(aspect).setEnabled(card is None or aspect in card.aspects)
        self.choose(self._session.draft.aspect)

    @Slot(object)
    def _picked(self, aspect: Aspect) -> None:
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
            self.button(aspect).setIcon(icon)


class StrengthPicker(Segments):
    """How strongly the camera moves over a still."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.add("gentle", self.tr("Gentle"), self.tr("Half the camera's move"))
        self.add("normal", self.tr("Normal"), self.tr("The camera moves as the model moves it"))
        self.add("strong", self.tr("Strong"), self.tr("More than the model's own move"))
        self.picked.connect(self._picked)
        session.draft_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the draft's strength."""
        self.choose(self._session.draft.strength)

    @Slot(object)
    def _picked(self, strength: Strength) -> None:
        self._session.edit(strength=strength)


class QualityPicker(Segments):
    """Draft, Standard or Best; none of them is down when steps were chosen by number."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.add("draft", self.tr("Draft"), self.tr("A quick look: half the steps"))
        self.add("standard", self.tr("Standard"), self.tr("As recommended by the model's authors"))
        self.add("best", self.tr("Best"), self.tr("Takes its time: twice the steps"))
        self.picked.connect(self._picked)
        session.draft_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the draft's preset."""
        draft = self._session.draft
        self.choose(draft.quality if draft.steps is None else None)

    @Slot(object)
    def _picked(self, quality: Quality) -> None:
        self._session.edit(quality=quality, steps=None)


class LengthField(DropDown):
    """How long the clip plays. Beyond the first window, walt continues it by itself."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._session = session
        self._card: PackCard | None = None
        self.setAccessibleName(self.tr("Length"))
        self.setToolTip(
            self.tr("Longer clips are made in parts; each part continues the one before")
        )
        self.picked.connect(self._picked)
        session.draft_changed.connect(self.refresh)
        session.pack_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the draft's length, one that a recalled clip brought along too."""
        frames, card = self._session.draft.frames, self._session.card
        offered = {*lengths_of(card.capabilities), frames} if card else {frames}
        if offered != {self.itemData(row) for row in range(self.count())} or card is not self._card:
            self._card = card
            self.fill([(n, self._words(n)) for n in sorted(offered)])
        self.choose(frames)

    def _words(self, frames: int) -> str:
        if self._card is None:
            return self.tr("{0} frames").format(frames)
        seconds = tenths(frames / self._card.capabilities.fps)
        return self.tr("{0} s · {1} frames").format(seconds, frames)

    @Slot(object)
    def _picked(self, frames: int) -> None:
        self._session.edit(frames=frames)


class VariationsField(DropDown):
    """How many clips are made of the same words, each with a seed of its own."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._session = session
        self.setAccessibleName(self.tr("Variations"))
        self.fill([(n, str(n)) for n in VARIATIONS])
        self.setToolTip(self.tr("How many clips to make, each with a seed of its own"))
        self.picked.connect(self._picked)
        session.draft_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the draft's number."""
        self.choose(self._session.draft.variations)

    @Slot(object)
    def _picked(self, variations: int) -> None:
        self._session.edit(variations=variations)


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
        self.reuse = IconButton("reuse", self.tr("Seed of the clip shown"))
        self.reuse.clicked.connect(self._reuse)
        self.lock = IconButton("unlock", "")
        self.lock.set_toggle(True)
        self.lock.toggled.connect(self._locked)
        for tool in (self.dice, self.reuse, self.lock):
            tool.setProperty("role", "field")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(INSIDE)
        row.addWidget(self.number, 1)
        row.addWidget(self.dice)
        row.addWidget(self.reuse)
        row.addWidget(self.lock)
        session.draft_changed.connect(self.refresh)
        session.state_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the draft's seed."""
        draft = self._session.draft
        if not (self.number.hasFocus() and self.number.text() == ""):
            self.number.setText(str(draft.seed))
        self.reuse.setEnabled(self._session.current_clip.clip is not None)
        self.lock.setChecked(draft.seed_fixed)
        self.lock.set_icon("lock" if draft.seed_fixed else "unlock")
        self.lock.set_words(
            self.tr("Locked: the same prompt gives the same clip")
            if draft.seed_fixed
            else self.tr("A new seed for every clip; click to keep this one")
        )

    @Slot(str)
    def _typed(self, text: str) -> None:
        if text:
            self._session.edit(seed=min(int(text), MAX_SEED), seed_fixed=True)

    @Slot()
    def _reuse(self) -> None:
        clip = self._session.current_clip.clip
        if clip is not None:
            self._session.edit(seed=clip.request.seed, seed_fixed=True)

    @Slot(bool)
    def _locked(self, locked: bool) -> None:
        self._session.edit(seed_fixed=locked)
