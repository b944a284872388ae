"""The timeline: a ruler of seconds, a lane of segments, every frame in its place, and the playhead to drag."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QAccessibleValueChangeEvent,
    QAction,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.core.formatting import time_code
from app.core.theme import CAPTION_PX, figures
from app.film import timeline_paint as paint
from app.film.timeline_access import access_of
from app.film.timeline_drag import TRIM, Drag, grab
from app.film.timeline_lane import Lane
from app.film.timeline_scale import Scale

if TYPE_CHECKING:
    from app.window.session import Session

STEP = 1.25
"""How much closer one notch of the wheel is."""
_installed: list[bool] = []


class Timeline(QWidget):
    """Scrub, trim, move; everything also by keys. Long clips share thumbnails.

    Signals:
        dropped(Path, int): a file was let go before that segment.
        menu_wanted(QPoint): the menu of the segment there, in global coordinates.
        scale_changed(): it was zoomed or scrolled, or fits another number of frames.
    """

    dropped = Signal(object, int)
    menu_wanted = Signal(QPoint)
    scale_changed = Signal()

    def __init__(
        self, session: Session, verbs: Sequence[QAction] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        if not _installed:
            QAccessible.installFactory(access_of)
            _installed.append(True)
        self._session = session
        self._monitor = session.monitor
        self.player = session.player
        self._verbs = verbs
        self.lane = Lane(session, self)
        self.kept_access: object = None
        self._told: tuple[int, int | None] = (0, None)
        self._scale = Scale()
        self._drag: Drag | None = None
        self._gap: int | None = None
        self._cache: dict[int, QPixmap] = {}
        font = QFont(self.font())
        font.setPixelSize(CAPTION_PX)
        self.setFont(figures(font))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(paint.HEIGHT)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Timeline"))
        self.player.moved.connect(self._moved)
        self.player.marks_changed.connect(self.update)
        self.lane.changed.connect(self._lane_changed)
        self._monitor.changed.connect(self._changed)
        self._monitor.reset.connect(self._reset)
        self._reset()

    # Where things are.

    @property
    def scale(self) -> Scale:
        """Zoom and scroll; while an edge is dragged they stay as they were."""
        return self._drag.scale if self._drag is not None else self._scale

    def set_scale(self, scale: Scale) -> None:
        """Zoom or scroll."""
        if scale != self._scale:
            pitch = self._scale.pitch
            self._scale = scale
            if scale.pitch != pitch:
                self._cache.clear()
            self.scale_changed.emit()
            self._need_thumbs()
            self.update()

    def zoom(self, factor: float, about: float | None = None) -> None:
        """Closer or farther, about a place or the playhead; 0 fits everything in."""
        if factor == 0:
            self.set_scale(Scale(self._scale.width, self._scale.total))
            return
        middle = self.cell(self.player.position).center().x() if about is None else about
        self.set_scale(self._scale.zoomed(factor, max(0.0, min(middle, float(self.width())))))

    def cell(self, index: int, span: int = 1) -> QRectF:
        """Where a frame is in the strip."""
        return QRectF(self.scale.x(index), paint.TOP, span * self.scale.pitch, paint.STRIP)

    @property
    def span(self) -> int:
        """How many frames share one thumbnail."""
        return paint.cell_span(self.scale.pitch, self._monitor.shape)

    def box_of(self, segment: str) -> QRectF:
        """Where a segment is in the lane."""
        block = next(block for block in self.lane.blocks() if block.id == segment)
        return paint.block_box(self.scale, block)

    # For screen readers.

    def verbs(self) -> Sequence[QAction]:
        """What can be done here besides moving the playhead."""
        return self._verbs

    def spoken(self) -> str:
        """Where the playhead is, in words."""
        if not self._monitor.total:
            return self.tr("Nothing to play")
        code = time_code(self.player.position, self.player.fps)
        words = self.tr("Frame {0} of {1}, {2}").format(self.player.position + 1, self._monitor.total, code)
        here = self.lane.spoken(self.player.position)
        return f"{words}, {here}" if here else words

    @Slot()
    def _lane_changed(self) -> None:
        """Tell of segments that came or went, and of another one that is selected."""
        self.update()
        if not QAccessible.isActive():
            return
        count, selected = len(self.lane.blocks()), self.lane.selected
        before, self._told = self._told, (count, selected)
        if count != before[0]:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.ObjectReorder))
        if selected is not None and selected != before[1] and self.hasFocus():
            focus = QAccessibleEvent(self, QAccessible.Event.Focus)
            focus.setChild(selected)
            QAccessible.updateAccessibility(focus)

    @Slot(int)
    def _moved(self, index: int) -> None:
        self.setAccessibleDescription(self.spoken())
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleValueChangeEvent(self, index))
        if self._drag is None and self._scale.zoom > 1:
            self.set_scale(self._scale.following(index))
        self.update()

    @Slot(int, int)
    def _changed(self, first: int, last: int) -> None:
        for index in range(first, last + 1):
            self._cache.pop(index, None)
        self._need_thumbs()
        self.update()

    @Slot()
    def _reset(self) -> None:
        self._cache.clear()
        self.setEnabled(self._monitor.total > 0)
        self._fit()
        self._need_thumbs()
        self.update()

    def _need_thumbs(self) -> None:
        """See to it that what is in sight is read; painting only paints."""
        scale = self.scale
        if scale.total:
            self._monitor.need_thumbs(scale.frame_at(0), scale.frame_at(scale.width))

    def _fit(self) -> None:
        self.set_scale(self._scale.fitted(float(self.width()), self._monitor.total))

    # How it looks.

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ruler, segments, cells, playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, scale = self.palette(), self.scale
        if not self._monitor.total:
            paint.paint_empty(painter, colours, self.width())
            self._paint_focus(painter)
            return
        marks = self.player.marks
        paint.paint_ruler(painter, colours, scale, self.player.fps)
        paint.paint_marks(painter, colours, scale, marks)
        blocks = self.lane.blocks()
        for block in blocks:
            paint.paint_block(painter, colours, scale, block)
        paint.paint_strip(painter, colours, scale, self.lane.parts(), self.span, self._pixmap)
        paint.paint_outside(painter, colours, scale, marks)
        if not self._monitor.empty:
            paint.paint_playhead(painter, colours, self.cell(self.player.position))
        if self._gap is not None:
            paint.paint_gap(painter, colours, scale.x(self.lane.start_of(self._gap)))
        self._paint_focus(painter)

    def _paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 1))
            box = QRectF(0.5, paint.TOP - 1.5, self.width() - 1, paint.STRIP + 3)
            painter.drawRoundedRect(box, 3, 3)

    def _pixmap(self, index: int, box: QRectF) -> QPixmap | None:
        """The middle of a frame's thumbnail, cut to a cell."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(box.width() * ratio), round(box.height() * ratio))
        cached = self._cache.get(index)
        if cached is not None and cached.size() == size:
            return cached
        thumb = self._monitor.thumb(index)
        if thumb is None or size.isEmpty():
            return None
        fill = thumb.scaled(
            size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
        )
        left, top = (fill.width() - size.width()) // 2, (fill.height() - size.height()) // 2
        pixmap = QPixmap.fromImage(fill.copy(left, top, size.width(), size.height()))
        self._cache[index] = pixmap
        return pixmap

    # The mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the playhead, a mark, a segment or its edge."""
        if event.button() == Qt.MouseButton.LeftButton and self._monitor.total:
            self._drag = grab(self._session, self.lane, self._scale, event.position())
            self._drag.begin()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was taken; or show what could be."""
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag.move(event.position())
            self._gap = self._drag.gap
            self.update()
        elif self._monitor.total:
            self.setCursor(grab(self._session, self.lane, self._scale, event.position()).cursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self._drag is not None:
            drag, self._drag, self._gap = self._drag, None, None
            drag.end()
            self._fit()
            self._cache.clear()
            self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, scroll when zoomed, else frame by frame."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if not turned or not self._monitor.total:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(STEP if turned > 0 else 1 / STEP, event.position().x())
        elif self._scale.overflow:
            self.set_scale(self._scale.scrolled(self._scale.scroll - turned))
        else:
            self.player.step(-1 if turned > 0 else 1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """All verbs of the segment."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.lane.select_at(self._scale.frame_at(event.pos().x()))
        self.menu_wanted.emit(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """What a segment is, when the mouse rests on it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self._tip(QPointF(event.pos())) if self._monitor.total else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _tip(self, at: QPointF) -> str:
        if grab(self._session, self.lane, self._scale, at).cursor == TRIM:
            return self.tr("Drag to trim")
        return self.lane.tip(self._scale.frame_at(at.x()))

    # The keys. What is not handled here belongs to the window, whose actions know the film's verbs.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A second at a time with Page Up and Page Down; closer and farther with + and -, all with 0."""
        key = Qt.Key(event.key())
        seconds = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(key)
        zoom = {Qt.Key.Key_Plus: STEP, Qt.Key.Key_Minus: 1 / STEP, Qt.Key.Key_0: 0}.get(key)
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if seconds is not None:
            self.player.step(seconds * self.player.fps)
        elif zoom is not None and plain:
            self.zoom(zoom)
        else:
            event.ignore()

    # Files that are dropped.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A clip or a still may come in."""
        if _file_of(event) is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where it would go."""
        self._gap = self.lane.gap_at(self._scale, event.position().x())
        self.update()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went away again."""
        self._gap = None
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it."""
        file, self._gap = _file_of(event), None
        self.update()
        if file is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(file, self.lane.gap_at(self._scale, event.position().x()))

    # What changes around it.

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in the new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def resizeEvent(self, event: QEvent) -> None:
        """Cells have another size."""
        self._cache.clear()
        self._fit()


def _file_of(event: QDropEvent) -> Path | None:
    urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
    return Path(urls[0].toLocalFile()) if len(urls) == 1 else None
