"""The grid of clips: drawn, never a widget a clip; the one under the pointer moves."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip, QWidget

from app.core import icons
from app.core.theme import GRID, INSIDE, RADIUS, reduced_motion
from app.core.widgets import QuietBar
from app.library.files import STRIP_BOX, fitted, strip_places
from app.library.library_list import LibraryList
from app.library.records import ClipRecord
from app.library.thumbnails import Thumbs

CELL = 116
"""A clip is never narrower than this; the rest of the row is shared out."""
LINE = 20
BADGE = 16
FRAME_MS = 125
_SCRIM = QColor(0, 0, 0, 150)
_ON_SCRIM = QColor("#FFFFFF")

Index = QModelIndex | QPersistentModelIndex


class ClipDelegate(QStyledItemDelegate):
    """Draws a clip: a picture of its own shape in a box of one shape, and the first words of its prompt."""

    def __init__(self, thumbs: Thumbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbs = thumbs
        self.playing: str | None = None
        """The clip that moves now."""
        self.turn = 0
        self.cell = CELL

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All the same."""
        return QSize(self.cell, box_height(self.cell - INSIDE) + LINE + INSIDE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one clip."""
        clip: object = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(clip, ClipRecord):
            return
        cell: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue]
        palette: QPalette = option.palette  # pyright: ignore[reportAttributeAccessIssue]
        metrics: QFontMetrics = option.fontMetrics  # pyright: ignore[reportAttributeAccessIssue]
        width = cell.width() - INSIDE
        box = QRectF(cell.left() + GRID, cell.top() + GRID, width, box_height(width))
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        self._picture(painter, box, clip, palette)
        if clip.favourite:
            self._star(painter, box)
        if not clip.complete:
            self._size(painter, box, clip, metrics)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        if selected or focused:
            pen = QPen(palette.color(QPalette.ColorRole.Highlight), 2)
            pen.setStyle(Qt.PenStyle.SolidLine if selected else Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), RADIUS, RADIUS)
        role = QPalette.ColorRole.Text if selected else QPalette.ColorRole.PlaceholderText
        painter.setPen(palette.color(role))
        line = QRect(int(box.left()), int(box.bottom()) + 2, int(box.width()), LINE)
        text = metrics.elidedText(clip.prompt, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()

    def _picture(self, painter: QPainter, box: QRectF, clip: ClipRecord, palette: QPalette) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(box, RADIUS, RADIUS)
        painter.fillPath(outline, palette.color(QPalette.ColorRole.Dark))
        strip = self._thumbs.strip(clip)
        if strip is None or strip.isNull():
            if strip is not None:
                colour = palette.color(QPalette.ColorRole.PlaceholderText)
                side = 20.0
                middle = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
                icons.draw(painter, "warning", middle, colour)
            return
        wide, high = fitted(clip.width, clip.height)
        count = len(strip_places(clip.frames))
        place = self.turn % count if clip.id == self.playing else count // 2
        scale = min(box.width() / wide, box.height() / high)
        target = QRectF(0, 0, wide * scale, high * scale)
        target.moveCenter(box.center())
        painter.setClipPath(outline)
        painter.drawImage(target, strip, QRectF(place * wide, 0, wide, high))
        painter.setClipping(False)

    def _star(self, painter: QPainter, box: QRectF) -> None:
        spot = QRectF(box.right() - BADGE - GRID - 4, box.top() + GRID, BADGE + 4, BADGE + 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_SCRIM)
        painter.drawEllipse(spot)
        icons.draw(painter, "starred", spot.adjusted(3, 3, -3, -3), _ON_SCRIM)

    def _size(self, painter: QPainter, box: QRectF, clip: ClipRecord, metrics: QFontMetrics) -> None:
        """A clip that was stopped says how far it came."""
        text = f"{clip.width} × {clip.height}"
        width = metrics.horizontalAdvance(text) + INSIDE
        spot = QRectF(box.left() + GRID, box.bottom() - BADGE - GRID, width, BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_SCRIM)
        painter.drawRoundedRect(spot, GRID, GRID)
        painter.setPen(_ON_SCRIM)
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)


def box_height(width: int) -> int:
    """The height of a picture's box: the model's 16:9."""
    return round(width * STRIP_BOX[1] / STRIP_BOX[0])


class ClipGrid(QListView):
    """The clips of a `LibraryList`. They can be dragged out as files.

    Signals:
        play(ClipRecord): one was double-clicked, or Enter was pressed on it.
        menu_wanted(QPoint): at this place of the screen.
        picked(): others are selected now.
    """

    play = Signal(object)
    menu_wanted = Signal(QPoint)
    picked = Signal()

    def __init__(self, clips: LibraryList, thumbs: Thumbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("clip_grid")
        self.clips = clips
        self.delegate = ClipDelegate(thumbs, self)
        self.setModel(clips)
        self.setItemDelegate(self.delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(QuietBar())
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setDragEnabled(True)
        self.setDragDropMode(QListView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.activated.connect(self._activated)
        self.clicked.connect(self._clicked)
        self.selectionModel().selectionChanged.connect(self.picked)
        thumbs.ready.connect(self._ready)
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._tick)

    def selected(self) -> list[ClipRecord]:
        """The selected clips, in the order in which they are shown."""
        indexes = sorted(self.selectionModel().selectedIndexes(), key=QModelIndex.row)
        return [clip for index in indexes if (clip := self.clips.row_at(index)) is not None]

    def choose(self, clip: str | None) -> bool:
        """Select one clip, or none; whether it is shown here."""
        index = self.clips.index_of(clip) if clip is not None else QModelIndex()
        if index.isValid():
            self.setCurrentIndex(index)
        else:
            self.clearSelection()
        return index.isValid()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out evenly."""
        width = self.viewport().width()
        self.delegate.cell = max(CELL, width // max(1, width // CELL) - 1)
        super().resizeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the clip under the pointer move."""
        super().mouseMoveEvent(event)
        clip = self.clips.row_at(self.indexAt(event.position().toPoint()))
        self._animate(clip.id if clip and not event.buttons() else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing moves when nobody points."""
        super().leaveEvent(event)
        self._animate(None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing moves when nobody looks."""
        super().hideEvent(event)
        self._animate(None)

    def _animate(self, clip: str | None) -> None:
        if clip == self.delegate.playing:
            return
        former, self.delegate.playing = self.delegate.playing, clip
        self.delegate.turn = 0
        if former is not None:
            self.update(self.clips.index_of(former))
        if clip is not None and not reduced_motion():
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        self.delegate.turn += 1
        if self.delegate.playing is not None:
            self.update(self.clips.index_of(self.delegate.playing))

    @Slot(str)
    def _ready(self, clip: str) -> None:
        self.update(self.clips.index_of(clip))

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        """A plain click shows the clip; with Shift or Ctrl it only selects."""
        if QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self._activated(index)

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        clip = self.clips.row_at(index)
        if clip is not None:
            self.play.emit(clip)

    @Slot(QPoint)
    def _menu(self, place: QPoint) -> None:
        if self.selected():
            self.menu_wanted.emit(self.viewport().mapToGlobal(place))

    def viewportEvent(self, event: QEvent) -> bool:
        """The tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            clip = self.clips.row_at(self.indexAt(event.pos()))
            words = f"{clip.prompt}\n{self.clips.facts(clip)}" if clip else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().viewportEvent(event)
