"""Colours, type and spacing of the window: two sets of tokens, one palette, one stylesheet.

A darkroom: neutral surfaces, so that the clip holds the only colours, and one warm accent for the one thing
to do next. Every pair that carries text reaches a contrast of 4.5 : 1, a control's border 3 : 1 (tested).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.preferences.preferences import ThemeChoice as Choice

CHOICES: tuple[Choice, ...] = ("system", "dark", "light")

GRID = 4
INSIDE, BETWEEN, AROUND = 8, 12, 16
RADIUS = 6
BODY_PX, CAPTION_PX = 13, 11
FADE_MS = 140


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, as ``#rrggbb``."""

    canvas: str
    """Behind the clip: the darkest (dark) or greyest (light) surface."""
    surface: str
    raised: str
    hover: str
    text: str
    secondary: str
    hairline: str
    """Separators; decoration only."""
    control: str
    """Borders that make a control visible: 3 : 1 on surface and raised."""
    accent: str
    accent_hover: str
    on_accent: str
    error: str
    good: str


DARK = Tokens(
    canvas="#111214",
    surface="#1A1C1F",
    raised="#24272B",
    hover="#2C3035",
    text="#E8E6E3",
    secondary="#A6A29B",
    hairline="#33363B",
    control="#70747C",
    accent="#F2A65A",
    accent_hover="#F7B876",
    on_accent="#1A1206",
    error="#F26D6D",
    good="#7CC49A",
)
LIGHT = Tokens(
    canvas="#E9E7E3",
    surface="#F6F4F1",
    raised="#FFFFFF",
    hover="#EFECE7",
    text="#1C1B19",
    secondary="#5E5A53",
    hairline="#D5D1CA",
    control="#7F7A71",
    accent="#9A5415",
    accent_hover="#864710",
    on_accent="#FFFFFF",
    error="#B3261E",
    good="#27704D",
)


def palette(tokens: Tokens) -> QPalette:
    """The tokens as palette roles, so that painted widgets and Qt's own dialogs agree with the stylesheet."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.surface,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Base: tokens.raised,
        QPalette.ColorRole.AlternateBase: tokens.surface,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.PlaceholderText: tokens.secondary,
        QPalette.ColorRole.Button: tokens.raised,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.BrightText: tokens.error,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.LinkVisited: tokens.accent,
        QPalette.ColorRole.ToolTipBase: tokens.raised,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.Dark: tokens.canvas,
        QPalette.ColorRole.Mid: tokens.hairline,
        QPalette.ColorRole.Midlight: tokens.hover,
        QPalette.ColorRole.Light: tokens.control,
        QPalette.ColorRole.Shadow: tokens.canvas,
        QPalette.ColorRole.Accent: tokens.accent,
    }
    for role, value in roles.items():
        result.setColor(role, QColor(value))
    faded = QColor(tokens.secondary)
    faded.setAlphaF(0.55)
    text_roles = (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText)
    for role in text_roles:
        result.setColor(QPalette.ColorGroup.Disabled, role, faded)
    return result


def stylesheet(tokens: Tokens) -> str:
    """The one stylesheet (``resources/themes/walt.qss``) with the tokens and sizes filled in."""
    text = (files("resources") / "themes" / "walt.qss").read_text(encoding="utf-8")
    sizes = {"radius": RADIUS, "inside": INSIDE, "between": BETWEEN, "around": AROUND, "body": BODY_PX}
    numbers = {name: str(value) for name, value in sizes.items()} | {"caption": str(CAPTION_PX)}
    check = files("resources") / "icons" / ("check-dark.svg" if tokens is DARK else "check-light.svg")
    return Template(text).substitute(asdict(tokens), **numbers, check=Path(str(check)).as_posix())


def body_font(app: QApplication) -> QFont:
    """The system's own font at the body size."""
    font = QFont(app.font())
    font.setPixelSize(BODY_PX)
    return font


def figures(font: QFont) -> QFont:
    """``font`` with figures of one width, for times and counts that change in place."""
    result = QFont(font)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


class Theme(QObject):
    """The theme in use: the chosen one, or the system's."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: Choice = "system", parent: QObject | None = None) -> None:
        super().__init__(parent or app)
        self._app = app
        self._choice: Choice = choice
        app.setStyle("Fusion")
        app.setFont(body_font(app))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)
        self._apply()

    @property
    def choice(self) -> Choice:
        """What the person chose."""
        return self._choice

    @property
    def tokens(self) -> Tokens:
        """The tokens in use."""
        if self._choice != "system":
            return DARK if self._choice == "dark" else LIGHT
        light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
        return LIGHT if light else DARK  # a system that does not say gets the darkroom

    def choose(self, choice: Choice) -> None:
        """Force a theme, or follow the system again."""
        if choice != self._choice:
            self._choice = choice
            self._apply()

    @Slot(Qt.ColorScheme)
    def _follow(self, _scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        tokens = self.tokens
        self._app.setPalette(palette(tokens))
        self._app.setStyleSheet(stylesheet(tokens))
        self.changed.emit()


def reduced_motion() -> bool:
    """Whether the desktop asks for no animation."""
    style = QApplication.style()
    return style.styleHint(style.StyleHint.SH_Widget_Animation_Duration) == 0
