"""The still's drop zone: drop, paste, browse, remove."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.compose.crop_view import CropView
from app.compose.frame_chooser import FrameChooser
from app.compose.still import (
    Checking,
    NoStill,
    Ready,
    Recalled,
    Refused,
    StillSlot,
    StillState,
    may_offer,
    offer_of,
)
from app.core import icons
from app.core.error_messages import sentence
from app.core.theme import INSIDE, RADIUS
from app.core.widgets import IconButton, NameLabel, button, note, set_role

ICON, SMALL = 40, 20
MARGIN = 12


def accept_still(event: QDragEnterEvent) -> bool:
    """Whether a drag may hold a still; if so it is accepted as a copy."""
    if not may_offer(event.mimeData()):
        return False
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
    return True


class DropZone(QWidget):
    """Shows what is in the still slot.

    Signals:
        browse(): a file is to be chosen.
    """

    browse = Signal()

    def __init__(self, slot: StillSlot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slot = slot
        self._hot = False
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Picture for the first frame"))
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.crop = CropView()
        self.crop.cropped.connect(slot.set_crop)
        self.frames = FrameChooser()
        self.frames.chosen.connect(slot.choose_frame)
        self._name = NameLabel()
        self._title = note(role="")
        self._title.setWordWrap(True)
        self._detail = note()
        self._detail.setWordWrap(True)
        self._wrong = note(role="error")
        self._wrong.setWordWrap(True)
        self._browse = button(self.tr("Browse…"), "link")
        self._browse.clicked.connect(self.browse)
        self.begin = button(self.tr("Start from its last frame"), "link")
        self.begin.clicked.connect(slot.take_last_frame)
        self._remove = IconButton("close", self.tr("Remove the picture"))
        self._remove.clicked.connect(slot.clear)
        self._more = QWidget()
        self._beside, self._below = QVBoxLayout(), QVBoxLayout()
        self._compact = False
        self._whole = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._side = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._lay_out()
        slot.changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(0)
        more.addWidget(self._detail)
        for link in (self._browse, self.begin):
            more.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self._name)
        words.addWidget(self._title)
        words.addLayout(self._beside)
        words.addStretch()
        row = QHBoxLayout()
        row.setSpacing(MARGIN)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignTop)
        self._side.setSpacing(INSIDE)
        self._side.addWidget(self.frames)
        self._side.addLayout(row)
        self._whole.setSpacing(INSIDE)
        self._whole.addWidget(self.crop)
        self._whole.addLayout(self._side, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, INSIDE, INSIDE, INSIDE)
        column.setSpacing(INSIDE)
        column.addLayout(self._whole)
        column.addLayout(self._below)
        column.addWidget(self._wrong)

    def set_compact(self, compact: bool) -> None:
        """Words beside a small picture, or below a large one: in a low window the panel has more to show than this."""
        if compact == self._compact:
            return
        self._compact = compact
        ways = QBoxLayout.Direction
        self._whole.setDirection(ways.LeftToRight if compact else ways.TopToBottom)
        self._whole.setSpacing(MARGIN if compact else INSIDE)
        self._side.setDirection(ways.BottomToTop if compact else ways.TopToBottom)
        self._side.setSpacing(0 if compact else INSIDE)
        self.crop.set_compact(compact)
        self.frames.set_compact(compact)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the slot's state."""
        state = self._shown()
        self._remove.setVisible(not isinstance(state, NoStill))
        self._browse.setVisible(isinstance(state, NoStill | Refused))
        self.begin.setVisible(isinstance(state, Recalled))
        self.crop.setVisible(isinstance(state, Ready))
        self._show_frames(state)
        self._icon.setVisible(not isinstance(state, Ready | Recalled))
        refused = isinstance(state, Refused)
        (self._below if refused else self._beside).addWidget(
            self._more
        )  # a reason needs all the width there is
        set_role(self._title, "error" if refused else "")
        self.setToolTip(state.error.message if refused else "")
        match state:
            case NoStill():
                self._say(self.tr("Drop a picture, or paste it"), "")
            case Checking():
                self._say(self.tr("Reading the picture…"), state.name)
            case Ready():
                self.crop.show_still(state, self._slot.shape)
                self._name.name(state.name)
                self._say(state.name, self._use(state))
            case Recalled():
                self._say(self.tr("Made by walt"), self.tr("Its prompt, settings and seed were loaded"))
            case Refused():
                self._say(*sentence(state.error))
        self._show_wrong(state)
        self._name.setVisible(isinstance(state, Ready))
        self._title.setVisible(not isinstance(state, Ready))
        self._show_icon()
        self.update()

    def _shown(self) -> StillState:
        """An empty slot has room to say what was refused."""
        state, refusal = self._slot.state, self._slot.refusal
        return refusal if refusal is not None and isinstance(state, NoStill) else state

    def _show_wrong(self, state: StillState) -> None:
        """Say below what is in the slot why something else is not."""
        refusal = self._slot.refusal if not isinstance(state, Refused) else None
        self._wrong.setVisible(refusal is not None)
        if refusal is not None:
            words = sentence(refusal.error).line
            self._wrong.setText(words)
            self._wrong.setToolTip(refusal.error.message)
            self.setAccessibleDescription(f"{self.accessibleDescription()} {words}")

    def _use(self, state: Ready) -> str:
        """What of the picture, or of the video, the clip begins with."""
        if not self.crop.whole:
            return self.tr("Only the bright part is used")
        if state.opened.video is None:
            return self.tr("The whole picture is used")
        return "" if self._compact else self.tr("The clip starts with this frame")

    def _show_frames(self, state: StillState) -> None:
        video = state.opened.video if isinstance(state, Ready) else None
        self.frames.setVisible(video is not None)
        if video is not None:
            self.frames.show_video(video, self._slot.frame)

    def _say(self, title: str, detail: str) -> None:
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.setAccessibleDescription(f"{title} {detail}".strip())

    def _show_icon(self) -> None:
        refused = isinstance(self._shown(), Refused)
        role = QPalette.ColorRole.BrightText if refused else QPalette.ColorRole.PlaceholderText
        name: icons.Name = "warning" if refused else "still"
        colour = self.palette().color(role)
        self._icon.setFixedSize(*((SMALL, SMALL) if refused else (ICON, ICON)))
        self._icon.setPixmap(icons.pixmap(name, SMALL if refused else 28, colour, self.devicePixelRatioF()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed outline while it waits for something, none around a picture; accent while one hovers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        colours = self.palette()
        waiting = isinstance(self._shown(), NoStill)
        role = QPalette.ColorRole.Highlight if self._hot else QPalette.ColorRole.Light
        pen = QPen(colours.color(role), 1)
        if waiting and not self._hot:
            pen.setDashPattern([4, 4])
        fill = QColor(colours.color(QPalette.ColorRole.Base))
        painter.setBrush(Qt.BrushStyle.NoBrush if waiting and not self._hot else fill)
        painter.setPen(pen)
        painter.drawRoundedRect(box, RADIUS, RADIUS)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Light up for a picture."""
        self.set_hot(accept_still(event))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Calm down."""
        self.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self.set_hot(False)
        event.acceptProposedAction()
        self._slot.take(offer_of(event.mimeData()))

    def set_hot(self, hot: bool) -> None:
        """Light up, or calm down."""
        if hot != self._hot:
            self._hot = hot
            self.update()
