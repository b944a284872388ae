"""The icon family: SVG files in resources/icons (20-unit grid, 1.5-unit stroke, round ends), tinted by the palette."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

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
NAMES: tuple[Name, ...] = get_args(Name)
_RATIOS = (1, 2, 3)


def draw(painter: QPainter, name: Name, box: QRectF, colour: QColor) -> None:
    """Draw an icon into the square ``box`` (logical pixels)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(painter.opacity() * colour.alphaF())
    _renderer(name, colour.name()).render(painter, box)
    painter.restore()


@lru_cache(maxsize=128)
def _renderer(name: Name, colour: str) -> QSvgRenderer:
    """An icon in an opaque colour (``#RRGGBB``)."""
    svg = (files("resources") / "icons" / f"{name}.svg").read_bytes()
    return QSvgRenderer(svg.replace(b"currentColor", colour.encode()))


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
