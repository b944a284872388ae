"""The picture: one fixed rectangle in which each stage takes the place of the one before."""

from __future__ import annotations

import random

from PySide6.QtCore import QEvent, QRectF, Qt, QTimer, QVariantAnimation, Slot
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.frames import to_image
from app.model.monitor import Monitor
from app.model.player import Player
from app.theme import AROUND, FADE_MS, reduced_motion

GRAINS = 4
GRAIN_SIZE = (56, 32)


def letterbox(shape: tuple[int, int], room: QRectF) -> QRectF:
    """The largest rectangle of a shape in the middle of a room, on whole pixels."""
    width, height = shape
    scale = min(room.width() / width, room.height() / height)
    wide, high = round(width * scale), round(height * scale)
    left = round(room.left() + (room.width() - wide) / 2)
    top = round(room.top() + (room.height() - high) / 2)
    return QRectF(left, top, wide, high)


def grain(seed: int, low: QColor, high: QColor) -> QImage:
    """A frame of quiet film grain between two colours: the noise that a clip begins as."""
    noise = random.Random(seed)
    width, height = GRAIN_SIZE
    values = bytes(max(0, min(255, round(noise.gauss(128, 56)))) for _ in range(width * height))
    image = QImage(values, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable([_mix(low, high, level / 255).rgb() for level in range(256)])
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _mix(low: QColor, high: QColor, share: float) -> QColor:
    ends = ((low.red(), high.red()), (low.green(), high.green()), (low.blue(), high.blue()))
    return QColor(*(round(a + (b - a) * share) for a, b in ends))


class Preview(QWidget):
    """Shows the frame under the playhead. A click plays or pauses."""

    def __init__(self, reel: Monitor, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reel = reel
        self._player = player
        self._image: QImage | None = None
        self._former: QImage | None = None
        self._grains: list[QImage] = []
        self._stir = QTimer(self)
        self._stir.setInterval(round(1000 / player.fps))
        self._stir.timeout.connect(self._stir_grain)
        self._turn = 0
        self._fade = QVariantAnimation(self)
        self._fade.setDuration(FADE_MS)
        self._fade.setStartValue(0.0)
        self._fade.setEndValue(1.0)
        self._fade.valueChanged.connect(self._repaint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self.setAccessibleName(self.tr("Preview"))
        player.moved.connect(self.refresh)
        reel.changed.connect(self._changed)
        reel.reset.connect(self._reset)

    @property
    def image(self) -> QImage | None:
        """The picture that is shown."""
        return self._image

    def frame_rect(self) -> QRectF:
        """Where the clip is shown: the same for every stage."""
        room = QRectF(self.rect()).adjusted(AROUND, AROUND, -AROUND, -AROUND)
        return letterbox(self._reel.shape, room)

    @Slot(int)
    def refresh(self) -> None:
        """Show the frame under the playhead."""
        frame = self._reel.frame(self._player.position)
        image = to_image(frame) if frame is not None else None
        sharper = image is not None and self._image is not None and image.size() != self._image.size()
        if sharper and self.isVisible() and not reduced_motion():
            self._former = self._image
            self._fade.start()
        self._image = image
        self._keep_stirring()
        self.update()

    @Slot(int, int)
    def _changed(self, first: int, last: int) -> None:
        if first <= self._player.position <= last:
            self.refresh()

    @Slot()
    def _reset(self) -> None:
        self._fade.stop()
        self._former = None
        self._image = None
        self.refresh()

    def _keep_stirring(self) -> None:
        """Let the grain live as long as there is nothing else to see."""
        waiting = self._image is None and self._reel.total > 0 and self.isVisible() and not reduced_motion()
        if waiting and not self._stir.isActive():
            self._stir.start()
        elif not waiting:
            self._stir.stop()

    @Slot()
    def _stir_grain(self) -> None:
        self._turn += 1
        self.update(self.frame_rect().toAlignedRect())

    def showEvent(self, event: QShowEvent) -> None:
        """Stir the grain while it is seen."""
        self._keep_stirring()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        self._keep_stirring()

    @Slot()
    def _repaint(self) -> None:
        self.update(self.frame_rect().toAlignedRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame, or grain as long as there is none."""
        if not self._reel.total:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = self.frame_rect()
        if self._image is None:
            painter.drawImage(box, self._grain())
            return
        fading = self._former is not None and self._fade.state() == QVariantAnimation.State.Running
        if fading and self._former is not None:
            painter.drawImage(box, self._former)
            painter.setOpacity(float(self._fade.currentValue()))
        painter.drawImage(box, self._image)

    def _grain(self) -> QImage:
        if not self._grains:
            low = self.palette().color(QPalette.ColorRole.Window)
            high = self.palette().color(QPalette.ColorRole.Midlight)
            self._grains = [grain(seed, low, high) for seed in range(GRAINS)]
        return self._grains[self._turn % GRAINS]

    def changeEvent(self, event: QEvent) -> None:
        """Grain in the colours of the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._grains.clear()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Click to play or pause."""
        if event.button() == Qt.MouseButton.LeftButton and self.frame_rect().contains(event.position()):
            self._player.toggle()
