"""The list of jobs: drawn, never a widget a job. Two small places in a row can be clicked: try again, remove."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip, QWidget

from app.core import icons
from app.core.error_messages import sentence
from app.core.theme import BETWEEN, GRID, INSIDE, RADIUS
from app.jobs.queue import Queue
from app.library.records import Job, State

ROW = 52
ICON = 16
HIT = 24
BAR = 2

_ICONS: dict[State, icons.Name] = {
    "running": "play",
    "queued": "clock",
    "interrupted": "warning",
    "failed": "warning",
    "cancelled": "stop",
    "done": "check",
}
Index = QModelIndex | QPersistentModelIndex
Place = Literal["retry", "remove"]


def places(row: QRect, job: Job) -> dict[Place, QRect]:
    """Where in a row can be clicked."""
    right = row.right() - INSIDE - HIT
    top = row.top() + (row.height() - HIT) // 2
    found: dict[Place, QRect] = {}
    if job.state != "running":
        found["remove"] = QRect(right, top, HIT, HIT)
        right -= HIT
    if job.can_retry:
        found["retry"] = QRect(right, top, HIT, HIT)
    return found


class JobDelegate(QStyledItemDelegate):
    """Draws a job: a sign for its state, its prompt, and a sentence."""

    def __init__(self, queue: Queue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self.progress = 0.0

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All the same."""
        return QSize(ROW, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one job."""
        job: object = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(job, Job):
            return
        row: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue]
        palette: QPalette = option.palette  # pyright: ignore[reportAttributeAccessIssue]
        metrics: QFontMetrics = option.fontMetrics  # pyright: ignore[reportAttributeAccessIssue]
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        active = chosen or bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if active:
            painter.setPen(Qt.PenStyle.NoPen)
            role = QPalette.ColorRole.Midlight if chosen else QPalette.ColorRole.Base
            painter.setBrush(palette.color(role))
            painter.drawRoundedRect(row.adjusted(GRID, 1, -GRID, -1), RADIUS, RADIUS)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(palette.color(QPalette.ColorRole.Highlight))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(row.adjusted(GRID, 1, -GRID, -1)), RADIUS, RADIUS)
        self._sign(painter, row, job, palette)
        shown = places(row, job) if active or job.can_retry else {}
        right = min((place.left() for place in shown.values()), default=row.right() - BETWEEN)
        left = row.left() + BETWEEN + ICON + INSIDE
        self._words(painter, QRect(left, row.top(), right - left - GRID, ROW), job, palette, metrics)
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        for name, place in shown.items():
            if name == "retry" or active:
                icon: icons.Name = "reuse" if name == "retry" else "close"
                icons.draw(painter, icon, QRectF(place).adjusted(4, 4, -4, -4), quiet)
        painter.restore()

    def _sign(self, painter: QPainter, row: QRect, job: Job, palette: QPalette) -> None:
        roles = {"running": QPalette.ColorRole.Highlight, "failed": QPalette.ColorRole.BrightText}
        colour = palette.color(roles.get(job.state, QPalette.ColorRole.PlaceholderText))
        box = QRectF(row.left() + BETWEEN, row.top() + (ROW - ICON) / 2, ICON, ICON)
        icons.draw(painter, _ICONS[job.state], box, colour)

    def _words(
        self, painter: QPainter, box: QRect, job: Job, palette: QPalette, metrics: QFontMetrics
    ) -> None:
        elide, align = Qt.TextElideMode.ElideRight, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        half = box.height() // 2 - GRID
        quiet = job.state in ("done", "cancelled")
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText if quiet else QPalette.ColorRole.Text))
        prompt = metrics.elidedText(job.prompt, elide, box.width())
        painter.drawText(QRect(box.left(), box.top() + GRID, box.width(), half), align, prompt)
        error = job.state == "failed"
        role = QPalette.ColorRole.BrightText if error else QPalette.ColorRole.PlaceholderText
        painter.setPen(palette.color(role))
        below = QRect(box.left(), box.top() + GRID + half, box.width(), half)
        painter.drawText(below, align, metrics.elidedText(self._queue.sentence(job), elide, box.width()))
        if job.state == "running":
            painter.setPen(Qt.PenStyle.NoPen)
            track = QRectF(box.left(), box.bottom() - BAR, box.width(), BAR)
            painter.fillRect(track, palette.color(QPalette.ColorRole.Mid))
            track.setWidth(track.width() * self.progress)
            painter.fillRect(track, palette.color(QPalette.ColorRole.Highlight))


class QueueList(QListView):
    """The jobs of a queue.

    Signals:
        retry(str), remove(str): the small sign in a job's row was clicked.
    """

    retry = Signal(str)
    remove = Signal(str)

    def __init__(self, queue: Queue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queue_list")
        self.queue = queue
        self.delegate = JobDelegate(queue, self)
        self.setModel(queue)
        self.setItemDelegate(self.delegate)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QListView.DragDropMode.InternalMove)
        self.setDragEnabled(True)
        self.setDropIndicatorShown(True)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def selected(self) -> list[Job]:
        """The selected jobs, in order."""
        indexes = sorted(self.selectionModel().selectedIndexes(), key=QModelIndex.row)
        return [job for index in indexes if (job := self.queue.row_at(index)) is not None]

    def set_progress(self, fraction: float) -> None:
        """How much of the running job is done, 0 to 1."""
        self.delegate.progress = fraction
        running = self.queue.running
        if running is not None:
            self.update(self.queue.index_of(running.id))

    def _hit(self, event: QMouseEvent | QHelpEvent) -> tuple[Place, Job] | None:
        point = event.position().toPoint() if isinstance(event, QMouseEvent) else event.pos()
        index = self.indexAt(point)
        job = self.queue.row_at(index)
        if job is None:
            return None
        found = places(self.visualRect(index), job)
        return next(((name, job) for name, place in found.items() if place.contains(point)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The small signs act at once; elsewhere a press selects."""
        hit = self._hit(event) if event.button() == Qt.MouseButton.LeftButton else None
        if hit is None:
            super().mousePressEvent(event)
            return
        name, job = hit
        (self.retry if name == "retry" else self.remove).emit(job.id)

    def viewportEvent(self, event: QEvent) -> bool:
        """The tooltip: what a sign does, or all of a job's words."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self._hit(event)
            job = self.queue.row_at(self.indexAt(event.pos()))
            if hit is not None:
                words = self.tr("Try Again") if hit[0] == "retry" else self.tr("Remove")
            else:
                words = f"{job.prompt}\n{self.queue.sentence(job)}\n{sentence(job.error).hint}".strip() if job else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().viewportEvent(event)
