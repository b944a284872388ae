"""The filmstrip: every frame in its place under a ruler of seconds, and the playhead to drag."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.model.player import Player
from app.model.reel import Reel
from app.model.words import time_code
from app.theme import CAPTION_PX, figures

RULER = 20
STRIP = 48
CELL_GAP = 2
HANDLE = 3
"""Height of the playhead's mark on the ruler."""
SLIM_CELL = 24
"""A cell narrower than this shows no picture of its own; neighbours share one."""
LABEL_ROOM = 44


class Timeline(QWidget):
    """Scrub with the mouse or the arrow keys. One cell a frame; long clips share thumbnails."""

    def __init__(self, reel: Reel, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reel = reel
        self._player = player
        self._resume = False
        self._cache: dict[int, QPixmap] = {}
        font = QFont(self.font())
        font.setPixelSize(CAPTION_PX)
        self.setFont(figures(font))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(RULER + STRIP + 4)
        self.setAccessibleName(self.tr("Timeline"))
        player.moved.connect(self._moved)
        reel.changed.connect(self._changed)
        reel.reset.connect(self._reset)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(640, RULER + STRIP + 4)

    def cell(self, index: int, span: int = 1) -> QRectF:
        """Where frame ``index`` (and the ``span`` - 1 after it) lies on the strip."""
        pitch = self.width() / max(self._reel.total, 1)
        return QRectF(index * pitch, RULER, span * pitch, STRIP)

    def frame_at(self, x: float) -> int:
        """The frame under a horizontal position."""
        total = self._reel.total
        return max(0, min(total - 1, int(x * total / max(self.width(), 1))))

    @property
    def span(self) -> int:
        """How many frames share one thumbnail."""
        pitch = self.width() / max(self._reel.total, 1)
        if pitch >= SLIM_CELL:
            return 1
        width, height = self._reel.shape
        return max(1, round(STRIP * width / height / pitch))

    @Slot(int)
    def _moved(self, index: int) -> None:
        words = self.tr("Frame {0} of {1}, {2}")
        code = time_code(index, self._player.fps)
        self.setAccessibleDescription(words.format(index + 1, self._reel.total, code))
        self.update()

    @Slot(int, int)
    def _changed(self, first: int, last: int) -> None:
        for index in range(first, last + 1):
            self._cache.pop(index, None)
        self.update()

    @Slot()
    def _reset(self) -> None:
        self._cache.clear()
        self.setEnabled(self._reel.total > 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ruler, cells, playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._reel.total:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().color(QPalette.ColorRole.Dark))
            painter.drawRoundedRect(QRectF(0, RULER, self.width(), STRIP), 3, 3)
            return
        self._paint_ruler(painter)
        span = self.span
        for first in range(0, self._reel.total, span):
            self._paint_cell(painter, first, min(span, self._reel.total - first))
        self._paint_playhead(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 1))
            painter.drawRoundedRect(QRectF(0.5, RULER - 1.5, self.width() - 1, STRIP + 3), 3, 3)

    def _paint_ruler(self, painter: QPainter) -> None:
        colours, fps = self.palette(), self._player.fps
        faint = colours.color(QPalette.ColorRole.PlaceholderText)
        half_seconds = 2 * self._reel.total // fps
        every = next((n for n in (1, 2, 4, 10, 20) if n * self.cell(0).width() * fps / 2 >= LABEL_ROOM), 60)
        for half in range(0, half_seconds + 1, every):
            x = self.cell(half * fps // 2).left()
            painter.setPen(faint)
            text = f"{half // 2}" if half % 2 == 0 else f"{half / 2:.1f}"
            painter.drawText(QRectF(x + 4, 0, LABEL_ROOM, RULER - 4), Qt.AlignmentFlag.AlignVCenter, text)
            painter.setPen(QPen(colours.color(QPalette.ColorRole.Light), 1))
            painter.drawLine(int(x), 4, int(x), RULER - 4)

    def _paint_cell(self, painter: QPainter, first: int, span: int) -> None:
        box = self.cell(first, span).adjusted(0, 0, -CELL_GAP, 0)
        thumb = self._pixmap(first, box)
        if thumb is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().color(QPalette.ColorRole.Dark))
            painter.drawRoundedRect(box, 2, 2)
        else:
            painter.drawPixmap(box, thumb, QRectF(thumb.rect()))

    def _pixmap(self, index: int, box: QRectF) -> QPixmap | None:
        """The middle of a frame's thumbnail, cut to a cell."""
        cached = self._cache.get(index)
        thumb = self._reel.thumb(index)
        if cached is not None or thumb is None:
            return cached
        ratio = self.devicePixelRatioF()
        size = QSize(round(box.width() * ratio), round(box.height() * ratio))
        if size.isEmpty():
            return None
        fill = thumb.scaled(
            size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
        )
        left, top = (fill.width() - size.width()) // 2, (fill.height() - size.height()) // 2
        pixmap = QPixmap.fromImage(fill.copy(left, top, size.width(), size.height()))
        self._cache[index] = pixmap
        return pixmap

    def _paint_playhead(self, painter: QPainter) -> None:
        if self._reel.empty:
            return
        accent = self.palette().color(QPalette.ColorRole.Highlight)
        box = self.cell(self._player.position).adjusted(0, 0, -CELL_GAP, 0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        under = QPen(self.palette().color(QPalette.ColorRole.Window), 4)
        painter.fillRect(QRectF(box.left(), RULER - HANDLE - 1, max(box.width(), 2), HANDLE), accent)
        if box.width() >= 8:
            inner = box.adjusted(1, 1, -1, -1)
            for pen in (under, QPen(accent, 2)):  # the surface below keeps the accent apart from any picture
                painter.setPen(pen)
                painter.drawRoundedRect(inner, 2, 2)
        else:
            painter.fillRect(QRectF(box.left(), RULER, 2, STRIP), accent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the playhead."""
        if event.button() == Qt.MouseButton.LeftButton and self._reel.total:
            self._resume = self._player.playing
            self._player.pause()
            self._player.seek(self.frame_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._reel.total:
            self._player.seek(self.frame_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; it goes on playing if it did before."""
        if event.button() == Qt.MouseButton.LeftButton and self._resume:
            self._resume = False
            self._player.play()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Frame by frame with the wheel."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned and self._reel.total:
            self._player.step(-1 if turned > 0 else 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A second at a time with Page Up and Page Down; the rest belongs to the window."""
        seconds = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        if seconds is None:
            event.ignore()
        else:
            self._player.step(seconds * self._player.fps)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in the new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def resizeEvent(self, event: QEvent) -> None:
        """Cells have another size."""
        self._cache.clear()
