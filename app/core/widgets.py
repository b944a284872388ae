"""Small pieces that several panels share."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QAction, QFont, QGuiApplication, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QScrollBar,
    QSizePolicy,
    QTabWidget,
    QTextBrowser,
    QToolButton,
    QWidget,
)

from app.core import icons
from app.core.theme import CAPTION_PX

ICON = 20
FIELD = 32
"""Height of one-line controls, logical pixels."""


def caption(text: str, parent: QWidget | None = None) -> QLabel:
    """A section head: small capitals in the secondary colour."""
    label = QLabel(text, parent)
    label.setProperty("role", "caption")
    font = QFont(label.font())
    font.setPixelSize(CAPTION_PX)
    font.setCapitalization(QFont.Capitalization.AllUppercase)
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
    label.setFont(font)
    return label


def note(text: str = "", role: str = "secondary", parent: QWidget | None = None) -> QLabel:
    """A line of secondary text."""
    label = QLabel(text, parent)
    label.setProperty("role", role)
    return label


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget another role in the stylesheet."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def hairline(vertical: bool = False, parent: QWidget | None = None) -> QFrame:
    """A separator of one pixel."""
    line = QFrame(parent)
    line.setProperty("role", "hairline")
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line


def button(text: str, role: str = "", parent: QWidget | None = None) -> QPushButton:
    """A push button in one of the stylesheet's roles."""
    result = QPushButton(text, parent)
    if role:
        result.setProperty("role", role)
    if role == "link":
        result.setCursor(Qt.CursorShape.PointingHandCursor)
    return result


def tip(action: QAction) -> str:
    """The tooltip of an action: its words and its shortcut."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    words = action.toolTip().rstrip(".…")
    return f"{words} ({keys})" if keys else words


def page(tabs: QTabWidget, title: str) -> QTextBrowser:
    """Add a page of rich text to the tabs; links are not opened."""
    result = QTextBrowser()
    result.setAccessibleName(title)
    result.setOpenLinks(False)
    result.document().setDefaultStyleSheet("h2, h3 { font-weight: normal; font-size: 16px; }")
    tabs.addTab(result, title)
    return result


class NameLabel(QLabel):
    """The name of a file or folder, elided in the middle; the tooltip has the whole name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def name(self, text: str) -> None:
        """Show a name."""
        self.setText(text)
        self.setToolTip(text)

    def shown(self) -> str:
        """The elided name."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """In one line."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.shown())


class QuietBar(QScrollBar):
    """A scroll bar that keeps its space but is invisible while there is nothing to scroll.

    A bar that comes and goes changes the room, by which words wrap, by which the bar comes and goes.
    """

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw nothing while there is nothing to scroll."""
        if self.maximum() > self.minimum():
            super().paintEvent(event)


class ActionButton(QPushButton):
    """A push button for an action; it follows the action's state and tooltip."""

    def __init__(self, action: QAction, text: str, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._action = action
        if role:
            self.setProperty("role", role)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._sync)
        self._sync()

    @Slot()
    def _sync(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(tip(self._action))


class IconButton(QToolButton):
    """A tool button with one of walt's icons, tinted again whenever the palette changes."""

    def __init__(self, name: icons.Name, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name: icons.Name = name
        self._action: QAction | None = None
        self.setIconSize(QSize(ICON, ICON))
        self.setFixedSize(FIELD, FIELD)
        self.set_words(words)
        self._tint()

    def set_words(self, words: str) -> None:
        """What the button does, for the tooltip and for screen readers."""
        self.setToolTip(words)
        self.setAccessibleName(words)

    def set_icon(self, name: icons.Name) -> None:
        """Show another icon."""
        if name != self._name:
            self._name = name
            self._tint()

    def set_toggle(self, toggle: bool) -> None:
        """Set whether the button can be checked."""
        self.setCheckable(toggle)
        self._tint()

    def follow(self, action: QAction) -> IconButton:
        """Trigger an action and follow its state and tooltip."""

        self._action = action
        self.set_toggle(action.isCheckable())
        self.clicked.connect(action.trigger)
        action.changed.connect(self._sync)
        self._sync()
        return self

    @Slot()
    def _sync(self) -> None:
        if self._action is not None:
            self.setEnabled(self._action.isEnabled())
            self.set_words(tip(self._action))
            if self._action.isCheckable():
                self.setChecked(self._action.isChecked())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._tint()

    def _tint(self) -> None:
        # The application's palette: a stylesheet hides the widget's own disabled colours.
        colours = QGuiApplication.palette()
        self.setIcon(icons.icon(self._name, colours, ICON, toggle=self.isCheckable()))
