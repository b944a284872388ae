"""How the timeline looks: ruler with marks, a lane of segments, the filmstrip, the playhead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPixmap, QPolygonF

from app.core.formatting import tenths

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.film.timeline_scale import Scale

RULER = 20
LANE = 22
STRIP = 48
TOP = RULER + LANE
"""Where the filmstrip begins."""
HEIGHT = TOP + STRIP + 4
GAP = 2
HANDLE = 3
SLIM = 24
"""A cell narrower than this shows no picture of its own; neighbours share one."""
LABEL_ROOM = 48
FRAME_ROOM = 28
"""A frame at least this wide has its number on the ruler."""
GRIP = 6
"""How near to its edge a segment is trimmed rather than moved."""


@dataclass(frozen=True, slots=True)
class Block:
    """A segment in the lane, or with an empty ``id`` the clip on show, from its in to its out point.

    ``fraction`` is how much of it is made, None when all of it is there.
    """

    id: str
    first: int
    length: int
    label: str
    selected: bool = False
    fraction: float | None = None
    trouble: bool = False
    grips: bool = True


def cell_span(pitch: float, shape: tuple[int, int]) -> int:
    """How many frames share one thumbnail."""
    if pitch >= SLIM:
        return 1
    return max(1, round(STRIP * shape[0] / shape[1] / max(pitch, 1e-6)))


def block_box(scale: Scale, block: Block) -> QRectF:
    """Where a segment is in the lane."""
    left, right = scale.x(block.first), scale.x(block.first + block.length)
    return QRectF(left, RULER + 1, max(2.0, right - left - GAP), LANE - 4)


def paint_ruler(painter: QPainter, colours: QPalette, scale: Scale, fps: int) -> None:
    """Seconds, and the numbers of the frames between them where there is room."""
    faint = colours.color(QPalette.ColorRole.PlaceholderText)
    line = QPen(colours.color(QPalette.ColorRole.Light), 1)
    half = scale.pitch * fps / 2
    every = next((n for n in (1, 2, 4, 10, 20, 60, 120) if n * half >= LABEL_ROOM), 240)
    last = 2 * scale.total // fps
    for mark in range(0, last + 1, every):
        x = scale.x(mark * fps / 2)
        if not -LABEL_ROOM <= x <= scale.width:
            continue
        painter.setPen(colours.color(QPalette.ColorRole.WindowText))
        text = f"{mark // 2} s" if mark % 2 == 0 else f"{tenths(mark / 2)} s"
        if x + 4 + painter.fontMetrics().horizontalAdvance(text) <= scale.width:
            painter.drawText(QRectF(x + 4, 0, LABEL_ROOM, RULER - 4), Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(line)
        painter.drawLine(QPointF(round(x) + 0.5, 4), QPointF(round(x) + 0.5, RULER - 4))
    if scale.pitch >= 8:
        for frame in range(max(0, scale.frame_at(0)), min(scale.total, scale.frame_at(scale.width) + 1)):
            x = round(scale.x(frame)) + 0.5
            if frame % (fps // 2) == 0:
                continue
            painter.setPen(line)
            painter.drawLine(QPointF(x, RULER - 7), QPointF(x, RULER - 4))
            if scale.pitch >= FRAME_ROOM:
                painter.setPen(faint)
                box = QRectF(x + 4, 0, FRAME_ROOM, RULER - 4)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, f"{frame + 1}")


def paint_marks(
    painter: QPainter, colours: QPalette, scale: Scale, marks: tuple[int | None, int | None]
) -> None:
    """The in and the out point, and the part between them."""
    first, last = marks
    if first is None and last is None:
        return
    accent = colours.color(QPalette.ColorRole.Highlight)
    left = scale.x(0 if first is None else first)
    right = scale.x(scale.total if last is None else last + 1) - GAP
    veil = QColor(accent)
    veil.setAlphaF(0.16)
    painter.fillRect(QRectF(left, 2, right - left, RULER - 5), veil)
    painter.setPen(QPen(accent, 2))
    for x, turn in ((left + 1, 4), (right - 1, -4)):
        if (turn > 0 and first is None) or (turn < 0 and last is None):
            continue
        corners = [QPointF(x + turn, 3), QPointF(x, 3), QPointF(x, RULER - 4), QPointF(x + turn, RULER - 4)]
        painter.drawPolyline(QPolygonF(corners))


def paint_block(painter: QPainter, colours: QPalette, scale: Scale, block: Block) -> None:
    """One segment: its words, how far it is made, and grips when it is selected."""
    box = block_box(scale, block)
    if box.right() < 0 or box.left() > scale.width:
        return
    roles = QPalette.ColorRole
    accent = colours.color(roles.Highlight)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.color(roles.Midlight if block.selected else roles.Base))
    painter.drawRoundedRect(box, 4, 4)
    if block.fraction is not None:
        made = QColor(accent)
        made.setAlphaF(0.28)
        painter.setBrush(made)
        painter.drawRoundedRect(
            QRectF(box.left(), box.top(), box.width() * block.fraction, box.height()), 4, 4
        )
    edge = accent if block.selected else colours.color(roles.BrightText if block.trouble else roles.Mid)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(edge, 1.5 if block.selected else 1))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    if block.grips and (block.selected or not block.id) and box.width() > 4 * GRIP:
        painter.setPen(QPen(accent if block.selected else colours.color(roles.PlaceholderText), 2))
        for x in (box.left() + 4, box.right() - 4):
            painter.drawLine(QPointF(x, box.top() + 5), QPointF(x, box.bottom() - 5))
    words = box.adjusted(10, 0, -10, 0)
    # A block that begins to the left of what is seen keeps its words in sight.
    words.setLeft(max(words.left(), min(8.0, words.right() - 24)))
    role = (
        roles.BrightText if block.trouble else roles.WindowText if block.selected else roles.PlaceholderText
    )
    painter.setPen(colours.color(role))
    text = painter.fontMetrics().elidedText(block.label, Qt.TextElideMode.ElideRight, int(words.width()))
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def paint_strip(
    painter: QPainter,
    colours: QPalette,
    scale: Scale,
    parts: list[tuple[int, int]],
    span: int,
    pixmap: Callable[[int, QRectF], QPixmap | None],
) -> None:
    """The cells of each part (first, length) of the strip, with thumbnails as far as they are there."""
    for first, length in parts:
        for at in range(first, first + length, span):
            end = min(at + span, first + length)
            box = QRectF(scale.x(at), TOP, scale.x(end) - scale.x(at) - GAP, STRIP)
            if box.right() < 0 or box.left() > scale.width:
                continue
            picture = pixmap(at, box)
            if picture is None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours.color(QPalette.ColorRole.Dark))
                painter.drawRoundedRect(box, 2, 2)
            else:
                painter.drawPixmap(box, picture, QRectF(picture.rect()))


def paint_outside(
    painter: QPainter, colours: QPalette, scale: Scale, marks: tuple[int | None, int | None]
) -> None:
    """A veil over the frames that are not played."""
    veil = QColor(colours.color(QPalette.ColorRole.Window))
    veil.setAlphaF(0.6)
    first, last = marks
    if first is not None:
        painter.fillRect(QRectF(0, TOP, scale.x(first), STRIP), veil)
    if last is not None:
        left = scale.x(last + 1)
        painter.fillRect(QRectF(left, TOP, max(0.0, scale.x(scale.total) - left), STRIP), veil)


def paint_playhead(painter: QPainter, colours: QPalette, cell: QRectF) -> None:
    """A mark on the ruler, and a frame around the cell, or a line where cells are slim."""
    accent = colours.color(QPalette.ColorRole.Highlight)
    box = cell.adjusted(0, 0, -GAP, 0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.fillRect(QRectF(box.left(), RULER - HANDLE - 1, max(box.width(), 2), HANDLE), accent)
    if box.width() < 8:
        painter.fillRect(QRectF(box.left(), RULER - 1, 2, LANE + STRIP + 1), accent)
        return
    inner = box.adjusted(1, 1, -1, -1)
    # The surface below keeps the accent apart from any picture.
    for pen in (QPen(colours.color(QPalette.ColorRole.Window), 4), QPen(accent, 2)):
        painter.setPen(pen)
        painter.drawRoundedRect(inner, 2, 2)


def paint_gap(painter: QPainter, colours: QPalette, x: float) -> None:
    """Where a segment would go if it were let go now."""
    painter.fillRect(QRectF(x - 2, RULER, 2, LANE + STRIP), colours.color(QPalette.ColorRole.Highlight))


def paint_empty(painter: QPainter, colours: QPalette, width: float) -> None:
    """The strip's place while there is nothing in it."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.color(QPalette.ColorRole.Dark))
    painter.drawRoundedRect(QRectF(0, TOP, width, STRIP), 3, 3)
