"""The crop of the still: drag to move it, wheel to zoom, keys for both."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
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

from app.compose.crop import Crop
from app.compose.still import Ready
from app.core.frames import to_image

HIGH, LOW = 128, 68
"""Its height where there is room, and where there is little."""
MOST_BESIDE = 120
"""Its width at most where words stand beside it."""
QWIDGETSIZE_MAX = 16777215
STEP = 0.02
"""How far an arrow key moves, as a share of the picture's longer side."""
CLOSER = 1.1
"""One notch of the wheel."""
SHADE = 150


class CropView(QWidget):
    """A picture with the part that the clip begins with.

    Signals:
        cropped(Crop): another part was chosen.
    """

    cropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ready: Ready | None = None
        self._shape = (16, 9)
        self._pixmap = QPixmap()
        self._grabbed: QPointF | None = None
        self._compact = False
        self.setFixedHeight(HIGH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Part of the picture that is used"))
        self.setAccessibleDescription(self.tr("Arrow keys move it, plus and minus resize it, 0 resets it"))

    def set_compact(self, compact: bool) -> None:
        """Be low, and as wide as the picture, to leave room for words beside it; or high, across the panel."""
        self._compact = compact
        self.setFixedHeight(LOW if compact else HIGH)
        self._fit()

    def _fit(self) -> None:
        size = self._pixmap.size().scaled(MOST_BESIDE, LOW, Qt.AspectRatioMode.KeepAspectRatio)
        if self._compact and not size.isEmpty():
            self.setFixedWidth(size.width())
        else:
            self.setMinimumWidth(0)
            self.setMaximumWidth(QWIDGETSIZE_MAX)

    @property
    def whole(self) -> bool:
        """Whether all of the picture is used."""
        return self._ready is None or self._ready.crop.takes_all(self._ready.opened.size, self._shape)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(240, HIGH)

    def show_still(self, ready: Ready, shape: tuple[int, int]) -> None:
        """Show a still and the part of it that is used."""
        if self._ready is None or self._ready.opened.look is not ready.opened.look:
            self._pixmap = QPixmap.fromImage(to_image(ready.opened.look))
            self._fit()
        self._ready, self._shape = ready, shape
        self._explain()
        self.update()

    def _explain(self) -> None:
        """Nothing can be moved where all of it is used."""
        if self._grabbed is None:
            self.setCursor(Qt.CursorShape.ArrowCursor if self.whole else Qt.CursorShape.OpenHandCursor)
        self.setToolTip(
            self.tr("Scroll to zoom in")
            if self.whole
            else self.tr("Drag to move, scroll to zoom, double-click to reset")
        )

    def picture_rect(self) -> QRectF:
        """Where the whole picture is drawn."""
        size = self._pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(
            (self.width() - size.width()) / 2,
            (self.height() - size.height()) / 2,
            size.width(),
            size.height(),
        )

    def crop_rect(self) -> QRectF:
        """Where the part that is used is drawn."""
        if self._ready is None:
            return QRectF()
        whole, size = self.picture_rect(), self._ready.opened.size
        scale = whole.width() / size[0]
        left, top, wide, high = self._ready.crop.box(size, self._shape)
        return QRectF(whole.left() + left * scale, whole.top() + top * scale, wide * scale, high * scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, dimmed where it is not used."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole, used = self.picture_rect(), self.crop_rect()
        painter.drawPixmap(whole, self._pixmap, QRectF(self._pixmap.rect()))
        painter.save()
        painter.setClipRect(whole)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, SHADE))
        for part in () if self.whole else _around(whole, used):
            painter.drawRect(part)
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(used.adjusted(1, 1, -1, -1))
        elif not self.whole:
            painter.setPen(QPen(QColor(255, 255, 255, 220), 1))
            painter.drawRect(used.adjusted(1, 1, -1, -1))

    # By hand.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        if event.button() == Qt.MouseButton.LeftButton and not self.whole:
            self._grabbed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it."""
        if self._grabbed is not None and self._ready is not None:
            scale = self._ready.opened.size[0] / max(1.0, self.picture_rect().width())
            way = (event.position() - self._grabbed) * scale
            self._grabbed = event.position()
            self._move(way.x(), way.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = None
        self._explain()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Put it back."""
        self._choose(Crop())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Come closer or go back."""
        event.accept()
        self._scale(CLOSER ** (event.angleDelta().y() / 120))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, plus, minus, 0."""
        step = STEP * max(self._ready.opened.size) if self._ready else 0.0
        ways = {
            Qt.Key.Key_Left: (-step, 0.0),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, -step),
            Qt.Key.Key_Down: (0.0, step),
        }
        key = Qt.Key(event.key())
        if key in ways:
            self._move(*ways[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._scale(CLOSER)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self._scale(1 / CLOSER)
        elif key == Qt.Key.Key_0:
            self._choose(Crop())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys come here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that they no longer do."""
        super().focusOutEvent(event)
        self.update()

    def _move(self, dx: float, dy: float) -> None:
        if self._ready is not None:
            self._choose(self._ready.crop.moved(dx, dy, self._ready.opened.size, self._shape))

    def _scale(self, factor: float) -> None:
        if self._ready is not None:
            self._choose(self._ready.crop.scaled(factor, self._ready.opened.size, self._shape))

    def _choose(self, crop: Crop) -> None:
        if self._ready is not None and crop != self._ready.crop:
            self.cropped.emit(crop)


def _around(whole: QRectF, used: QRectF) -> tuple[QRectF, ...]:
    """What of ``whole`` lies outside ``used``."""
    return (
        QRectF(whole.left(), whole.top(), whole.width(), used.top() - whole.top()),
        QRectF(whole.left(), used.bottom(), whole.width(), whole.bottom() - used.bottom()),
        QRectF(whole.left(), used.top(), used.left() - whole.left(), used.height()),
        QRectF(used.right(), used.top(), whole.right() - used.right(), used.height()),
    )
