"""The icon family: 20-unit grid, 1.5-unit stroke, round ends, drawn from paths and tinted by the palette."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPalette, QPen, QPixmap, QTransform

Name = Literal[
    "play",
    "pause",
    "back",
    "forward",
    "start",
    "end",
    "loop",
    "dice",
    "lock",
    "unlock",
    "close",
    "still",
    "save",
    "warning",
    "reuse",
    "right",
    "down",
    "up",
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "orbit_left",
    "orbit_right",
    "zoom_in",
    "zoom_out",
    "star",
    "starred",
    "trash",
    "folder",
    "check",
    "clock",
    "stop",
    "plus",
    "mark_in",
    "mark_out",
    "fit",
]
UNITS = 20.0
STROKE = 1.5
_RATIOS = (1, 2, 3)


def _polygon(*points: tuple[float, float], closed: bool = True) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    if closed:
        path.closeSubpath()
    return path


def _play() -> QPainterPath:
    return _polygon((6.5, 4), (16, 10), (6.5, 16))


def _pause() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(5.5, 4.5, 3, 11), 0.75, 0.75)
    path.addRoundedRect(QRectF(11.5, 4.5, 3, 11), 0.75, 0.75)
    return path


def _back() -> QPainterPath:
    path = _polygon((14.5, 5), (7, 10), (14.5, 15))
    path.addPath(_polygon((4.75, 5), (4.75, 15), closed=False))
    return path


def _mirrored(path: QPainterPath) -> QPainterPath:
    result = QPainterPath()
    for index in range(path.elementCount()):
        element = path.elementAt(index)
        x, y = UNITS - float(element.x), float(element.y)
        if element.isMoveTo():
            result.moveTo(x, y)
        else:
            result.lineTo(x, y)
    return result


def _start() -> QPainterPath:
    path = _polygon((9.75, 6), (4.25, 10), (9.75, 14))
    path.addPath(_polygon((15.75, 6), (10.25, 10), (15.75, 14)))
    return path


def _loop() -> QPainterPath:
    path = QPainterPath(QPointF(4, 9.5))
    path.cubicTo(4, 6.5, 5.5, 5.5, 8, 5.5)
    path.lineTo(15.5, 5.5)
    path.addPath(_polygon((13, 3), (15.75, 5.5), (13, 8), closed=False))
    path.moveTo(16, 10.5)
    path.cubicTo(16, 13.5, 14.5, 14.5, 12, 14.5)
    path.lineTo(4.5, 14.5)
    path.addPath(_polygon((7, 12), (4.25, 14.5), (7, 17), closed=False))
    return path


def _dice() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(3.5, 3.5, 13, 13), 3, 3)
    for x, y in ((7, 7), (13, 7), (10, 10), (7, 13), (13, 13)):
        path.addEllipse(QPointF(x, y), 0.45, 0.45)
    return path


def _body_of_lock() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(4.5, 9, 11, 7.5), 1.75, 1.75)
    return path


def _lock() -> QPainterPath:
    path = _body_of_lock()
    path.moveTo(7, 9)
    path.lineTo(7, 6.5)
    path.cubicTo(7, 2.5, 13, 2.5, 13, 6.5)
    path.lineTo(13, 9)
    return path


def _unlock() -> QPainterPath:
    path = _body_of_lock()
    path.moveTo(7, 9)
    path.lineTo(7, 6)
    path.cubicTo(7, 2.25, 12, 2, 12.75, 5)
    return path


def _close() -> QPainterPath:
    path = _polygon((5.5, 5.5), (14.5, 14.5), closed=False)
    path.addPath(_polygon((14.5, 5.5), (5.5, 14.5), closed=False))
    return path


def _still() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(3, 4, 14, 12), 2, 2)
    path.addEllipse(QPointF(7.25, 8), 1.25, 1.25)
    path.addPath(_polygon((3.5, 14.5), (8, 11), (10.5, 13), (13.25, 9.75), (16.5, 13), closed=False))
    return path


def _save() -> QPainterPath:
    path = _polygon((10, 3.5), (10, 12), closed=False)
    path.addPath(_polygon((6.5, 8.75), (10, 12.25), (13.5, 8.75), closed=False))
    path.addPath(_polygon((3.75, 12.5), (3.75, 16.25), (16.25, 16.25), (16.25, 12.5), closed=False))
    return path


def _warning() -> QPainterPath:
    path = _polygon((10, 3.5), (17.25, 16), (2.75, 16))
    path.addPath(_polygon((10, 8.25), (10, 10.75), closed=False))
    path.addEllipse(QPointF(10, 13.1), 0.2, 0.2)
    return path


def _reuse() -> QPainterPath:
    path = QPainterPath(QPointF(4.5, 10.5))
    path.cubicTo(4.5, 3.5, 15, 3.5, 15.5, 9.5)
    path.cubicTo(15.5, 15.5, 9.5, 16.5, 6.5, 14.25)
    path.addPath(_polygon((2.5, 8.25), (4.5, 10.75), (7, 8.75), closed=False))
    return path


def _chevron() -> QPainterPath:
    return _polygon((7.5, 4.75), (12.75, 10), (7.5, 15.25), closed=False)


def _turned(path: QPainterPath, degrees: float) -> QPainterPath:
    middle = UNITS / 2
    return QTransform().translate(middle, middle).rotate(degrees).translate(-middle, -middle).map(path)


def _pan_right() -> QPainterPath:
    path = _polygon((3.5, 10), (16.25, 10), closed=False)
    path.addPath(_polygon((11.5, 5.25), (16.25, 10), (11.5, 14.75), closed=False))
    return path


def _orbit_right() -> QPainterPath:
    path = QPainterPath(QPointF(3, 8.5))
    path.cubicTo(3, 12, 7, 13.25, 10, 13.25)
    path.cubicTo(12.5, 13.25, 14.5, 12.75, 15.75, 11.75)
    path.addPath(_polygon((15.75, 15.25), (16.25, 11.25), (12.5, 10.25), closed=False))
    path.addEllipse(QPointF(10, 6.75), 2.25, 2.25)
    return path


def _zoom(sign: bool) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(8.75, 8.75), 5.5, 5.5)
    path.addPath(_polygon((13, 13), (16.75, 16.75), closed=False))
    path.addPath(_polygon((6.25, 8.75), (11.25, 8.75), closed=False))
    if sign:
        path.addPath(_polygon((8.75, 6.25), (8.75, 11.25), closed=False))
    return path


def _star() -> QPainterPath:
    turns = [math.radians(36 * corner - 90) for corner in range(10)]
    radii = [7.25 if corner % 2 == 0 else 3.1 for corner in range(10)]
    corners = [
        (10 + radius * math.cos(turn), 10.5 + radius * math.sin(turn))
        for turn, radius in zip(turns, radii, strict=True)
    ]
    return _polygon(*corners)


def _trash() -> QPainterPath:
    path = _polygon((3.5, 5.5), (16.5, 5.5), closed=False)
    path.addPath(_polygon((7.75, 5.25), (8.25, 3.25), (11.75, 3.25), (12.25, 5.25), closed=False))
    path.addPath(_polygon((5, 5.75), (5.75, 16.75), (14.25, 16.75), (15, 5.75), closed=False))
    path.addPath(_polygon((8.5, 8.75), (8.75, 13.5), closed=False))
    path.addPath(_polygon((11.5, 8.75), (11.25, 13.5), closed=False))
    return path


def _folder() -> QPainterPath:
    return _polygon((3, 15.75), (3, 4.75), (8, 4.75), (9.75, 6.75), (17, 6.75), (17, 15.75))


def _check() -> QPainterPath:
    return _polygon((4, 10.5), (8.25, 14.75), (16, 6), closed=False)


def _clock() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(10, 10), 6.75, 6.75)
    path.addPath(_polygon((10, 6.25), (10, 10.25), (12.75, 11.75), closed=False))
    return path


def _stop() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(5, 5, 10, 10), 1.5, 1.5)
    return path


def _plus() -> QPainterPath:
    path = _polygon((10, 4.5), (10, 15.5), closed=False)
    path.addPath(_polygon((4.5, 10), (15.5, 10), closed=False))
    return path


def _mark_in() -> QPainterPath:
    path = _polygon((11, 4), (7, 4), (7, 16), (11, 16), closed=False)
    path.addPath(_polygon((10.5, 10), (15, 10), closed=False))
    return path


def _fit() -> QPainterPath:
    path = _polygon((3.5, 5), (3.5, 15), closed=False)
    path.addPath(_polygon((16.5, 5), (16.5, 15), closed=False))
    path.addPath(_polygon((6, 10), (14, 10), closed=False))
    path.addPath(_polygon((8.25, 7.5), (5.75, 10), (8.25, 12.5), closed=False))
    path.addPath(_polygon((11.75, 7.5), (14.25, 10), (11.75, 12.5), closed=False))
    return path


_PATHS: dict[Name, Callable[[], QPainterPath]] = {
    "play": _play,
    "pause": _pause,
    "back": _back,
    "forward": lambda: _mirrored(_back()),
    "start": _start,
    "end": lambda: _mirrored(_start()),
    "loop": _loop,
    "dice": _dice,
    "lock": _lock,
    "unlock": _unlock,
    "close": _close,
    "still": _still,
    "save": _save,
    "warning": _warning,
    "reuse": _reuse,
    "right": _chevron,
    "down": lambda: _turned(_chevron(), 90),
    "up": lambda: _turned(_chevron(), -90),
    "pan_right": _pan_right,
    "pan_left": lambda: _turned(_pan_right(), 180),
    "tilt_up": lambda: _turned(_pan_right(), -90),
    "tilt_down": lambda: _turned(_pan_right(), 90),
    "orbit_right": _orbit_right,
    "orbit_left": lambda: QTransform(-1, 0, 0, 1, UNITS, 0).map(_orbit_right()),
    "zoom_in": lambda: _zoom(True),
    "zoom_out": lambda: _zoom(False),
    "star": _star,
    "starred": _star,
    "trash": _trash,
    "folder": _folder,
    "check": _check,
    "clock": _clock,
    "stop": _stop,
    "plus": _plus,
    "mark_in": _mark_in,
    "mark_out": lambda: _mirrored(_mark_in()),
    "fit": _fit,
}
_FILLED: frozenset[Name] = frozenset({"play", "pause", "starred"})
NAMES: tuple[Name, ...] = tuple(_PATHS)


def draw(painter: QPainter, name: Name, box: QRectF, colour: QColor) -> None:
    """Draw an icon into ``box`` (logical pixels)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / UNITS, box.height() / UNITS)
    pen = QPen(colour, STROKE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(colour if name in _FILLED else Qt.BrushStyle.NoBrush)
    painter.drawPath(_PATHS[name]())
    painter.restore()


def pixmap(name: Name, size: int, colour: QColor, ratio: float = 1.0) -> QPixmap:
    """An icon of ``size`` logical pixels for a screen of the given device pixel ratio."""
    result = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    draw(painter, name, QRectF(0, 0, size, size), colour)
    painter.end()
    return result


def icon(name: Name, colours: QPalette, size: int = 20, *, toggle: bool = False) -> QIcon:
    """An icon in the colours of a palette: normal, disabled; a toggle is quiet when off, clear when on."""
    groups, roles = QPalette.ColorGroup, QPalette.ColorRole
    normal = colours.color(groups.Active, roles.ButtonText)
    faded = colours.color(groups.Disabled, roles.ButtonText)
    quiet = colours.color(groups.Active, roles.PlaceholderText)
    return _icon(name, size, toggle, normal.rgba(), faded.rgba(), quiet.rgba())


@lru_cache(maxsize=128)
def _icon(name: Name, size: int, toggle: bool, *colours: int) -> QIcon:
    """Buttons ask again whenever their style changes, which is often while a window is built."""
    result = QIcon()
    normal, faded, quiet = (QColor.fromRgba(colour) for colour in colours)
    for ratio in _RATIOS:
        result.addPixmap(
            pixmap(name, size, quiet if toggle else normal, ratio), QIcon.Mode.Normal, QIcon.State.Off
        )
        result.addPixmap(pixmap(name, size, faded, ratio), QIcon.Mode.Disabled, QIcon.State.Off)
        result.addPixmap(pixmap(name, size, normal, ratio), QIcon.Mode.Normal, QIcon.State.On)
    return result
