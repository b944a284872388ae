"""The picture: one fixed rectangle in which each stage takes the place of the one before, or is wiped over it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, QVariantAnimation, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.frames import to_image
from app.core.theme import AROUND, FADE_MS, reduced_motion

if TYPE_CHECKING:
    from app.playback.current_clip import CurrentClip
    from app.playback.monitor import Monitor

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
    """Shows the frame under the playhead. A click plays or pauses; the wipe and a large picture are dragged.

    Signals:
        opened(): it was clicked twice.
    """

    opened = Signal()

    def __init__(
        self, current: CurrentClip, monitor: Monitor, parent: QWidget | None = None, *, margin: int = AROUND
    ) -> None:
        super().__init__(parent)
        self._current = current
        self._monitor = monitor
        self._player = player = monitor.player
        self._margin = margin
        self._actual = False
        self._offset = QPointF()
        self._grip: QPointF | None = None
        self._before: QImage | None = None
        self._image: QImage | None = None
        self._former: QImage | None = None
        self._grains: list[QImage] = []
        # Keys that follow a click on the picture are its own, not those of the field that was used before.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
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
        monitor.changed.connect(self._changed)
        monitor.reset.connect(self._reset)
        current.stages_changed.connect(self._looked)

    @property
    def image(self) -> QImage | None:
        """The picture that is shown."""
        return self._image

    def frame_rect(self) -> QRectF:
        """Where the clip is shown: the same for every stage; at 100 % the size of the picture itself."""
        margin = self._margin
        room = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        if not self._actual or self._image is None:
            return letterbox(self._monitor.shape, room)
        ratio = self.devicePixelRatioF()
        size = self._image.size()
        box = QRectF(0, 0, size.width() / ratio, size.height() / ratio)
        box.moveCenter(room.center() + self._bounded(self._offset, box, room))
        return QRectF(round(box.left()), round(box.top()), box.width(), box.height())

    def _bounded(self, offset: QPointF, box: QRectF, room: QRectF) -> QPointF:
        """As far as a picture larger than the room can be dragged."""
        x, y = max(0.0, (box.width() - room.width()) / 2), max(0.0, (box.height() - room.height()) / 2)
        return QPointF(max(-x, min(x, offset.x())), max(-y, min(y, offset.y())))

    @Slot(bool)
    def set_actual(self, actual: bool) -> None:
        """Show each pixel as one, or fit the picture in."""
        self._actual = actual
        self._offset = QPointF()
        self.update()

    @Slot()
    def _looked(self) -> None:
        self.refresh()
        self.setCursor(Qt.CursorShape.SplitHCursor if self._current.comparing else Qt.CursorShape.ArrowCursor)

    @Slot(int)
    def refresh(self) -> None:
        """Show the frame under the playhead."""
        frame, before = self._current.frame, self._current.frame_before
        self._before = to_image(before) if before is not None else None
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
        waiting = self._image is None and self._monitor.total > 0 and self.isVisible() and not reduced_motion()
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
        if not self._monitor.total:
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
        painter.drawImage(box, self._image, self._source(self._image))
        if self._before is not None:
            self._paint_wipe(painter, box, self._before)

    def _source(self, image: QImage) -> QRectF:
        """The part of a picture that has the clip's shape: a film may hold clips of several."""
        width, height = self._monitor.shape
        part = letterbox((width, height), QRectF(image.rect()))
        return part if abs(image.width() * height - image.height() * width) > width else QRectF(image.rect())

    def _paint_wipe(self, painter: QPainter, box: QRectF, before: QImage) -> None:
        """The earlier stage up to the divider, and the divider."""
        painter.setOpacity(1.0)
        x = box.left() + box.width() * self._current.divider
        painter.save()
        painter.setClipRect(QRectF(box.left(), box.top(), x - box.left(), box.height()))
        painter.drawImage(box, before)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pen in (QPen(QColor(0, 0, 0, 160), 4), QPen(QColor(255, 255, 255), 2)):
            painter.setPen(pen)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setBrush(QColor(255, 255, 255))
        painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
        painter.drawEllipse(QPointF(x, box.center().y()), 7, 7)

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
        """Take the divider, or a picture that is larger than its room; else play or pause."""
        box = self.frame_rect()
        if event.button() != Qt.MouseButton.LeftButton or not box.contains(event.position()):
            return
        if self._current.comparing:
            self._current.divide((event.position().x() - box.left()) / box.width())
            self._grip = event.position()
        elif self._actual and not QRectF(self.rect()).contains(box):
            self._grip = event.position() - self._offset
        else:
            self._player.toggle()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was taken."""
        if self._grip is None:
            return
        box = self.frame_rect()
        if self._current.comparing:
            self._current.divide((event.position().x() - box.left()) / box.width())
        else:
            self._offset = event.position() - self._grip
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The first click played or paused; this takes it back and opens the picture."""
        self.mousePressEvent(event)
        if self.frame_rect().contains(event.position()):
            self.opened.emit()
