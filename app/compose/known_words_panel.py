"""The panel of what the model knows: words by kind; a click writes one into the prompt, another takes it out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.compose.known_words import Kind, KnownWord, known_words, toggled
from app.core.i18n import window_language
from app.core.roving import Roving
from app.core.theme import AROUND, BETWEEN, GRID, INSIDE
from app.core.widgets import caption, note

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from app.window.session import Session

WIDTH = 440
WORD = 28
"""Height of a word."""


class KnownWordsPanel(QFrame):
    """Stands beside the prompt until something else is clicked, or Escape is pressed.

    Signals:
        written(str): the whole prompt, as it should read now.
    """

    written = Signal(str)

    def __init__(self, session: Session, generate: QAction, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._session = session
        self._generate = generate
        self._words: dict[Kind, tuple[KnownWord, ...]] = {}
        self._buttons: list[tuple[KnownWord, QToolButton]] = []
        self.setObjectName("known_words")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self._title = note(role="title")
        self._rows = QWidget()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(AROUND, BETWEEN, AROUND, AROUND)
        column.setSpacing(INSIDE)
        column.addWidget(self._title)
        explanation = note(
            self.tr("A click writes a word into the prompt, another takes it out. Other words have no effect.")
        )
        explanation.setWordWrap(True)
        column.addWidget(explanation)
        column.addWidget(self._rows)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        session.draft_changed.connect(self.refresh)
        session.pack_changed.connect(self._fill)

    @property
    def offered(self) -> bool:
        """Whether the pack says what it knows."""
        return bool(self._words)

    def button(self, listed: str) -> QToolButton:
        """The button of a word."""
        return next(button for word, button in self._buttons if word.listed == listed)

    def open_beside(self, prompt: QWidget) -> None:
        """Open to the right of the prompt, so that it is seen what is written, within the screen."""
        self.refresh()
        for piece in self.findChildren(QWidget):
            piece.ensurePolished()  # before the first time they do not know their heights
            piece.updateGeometry()
        self._column.activate()
        self.resize(WIDTH, self._column.totalHeightForWidth(WIDTH))
        screen = prompt.screen().availableGeometry()
        place = prompt.mapToGlobal(QPoint(prompt.width() + AROUND, -AROUND))
        room = screen.bottomRight() - QPoint(self.width(), self.height())
        self.move(min(place.x(), room.x()), max(screen.top(), min(place.y(), room.y())))
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes. The keys of Generate mean Generate here too: a popup has no shortcuts."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif QKeySequence(event.keyCombination()) in self._generate.shortcuts():
            self.hide()
            self._generate.trigger()
        else:
            super().keyPressEvent(event)

    @Slot()
    def refresh(self) -> None:
        """Show which words the prompt has."""
        for word, button in self._buttons:
            button.setChecked(word.said(self._session.draft.prompt))

    @Slot()
    def _fill(self) -> None:
        card = self._session.card
        self._words, self._buttons = known_words(card, window_language()), []
        self._title.setText(self.tr("What {0} knows").format(card.title if card else ""))
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for kind, words in self._words.items():
            column.addSpacing(GRID)
            column.addWidget(caption(self._titles()[kind]))
            self._add(column, words)
        self._column.replaceWidget(self._rows, rows)
        self._rows.deleteLater()
        self._rows = rows

    def _add(self, column: QVBoxLayout, words: tuple[KnownWord, ...]) -> None:
        """Words in as many rows as they need."""
        row, left, buttons = QHBoxLayout(), 0, list[QToolButton]()
        for word in words:
            button = self._button(word)
            width = button.sizeHint().width() + GRID
            if width > left:
                row, left = QHBoxLayout(), WIDTH - 2 * AROUND
                row.setSpacing(GRID)
                row.setAlignment(Qt.AlignmentFlag.AlignLeft)
                column.addLayout(row)
            left -= width
            row.addWidget(button)
            buttons.append(button)
        Roving(buttons[0].parentWidget() or self, buttons)

    def _button(self, word: KnownWord) -> QToolButton:
        result = QToolButton(self)
        result.setProperty("role", "word")
        result.setText(word.listed)
        result.setToolTip(word.phrase if word.phrase != word.listed else "")
        result.setAccessibleName(word.listed)
        result.setCheckable(True)
        result.setFixedHeight(WORD)
        result.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        result.ensurePolished()
        result.clicked.connect(partial(self._clicked, word))
        self._buttons.append((word, result))
        return result

    def _clicked(self, word: KnownWord, _checked: bool = False) -> None:
        prompt = toggled(self._session.draft.prompt, word, self._words, window_language())
        self.written.emit(prompt)
        self.refresh()

    def _titles(self) -> dict[Kind, str]:
        return {
            "subjects": self.tr("Subjects"),
            "actions": self.tr("Actions"),
            "places": self.tr("Places"),
            "lights": self.tr("Light"),
            "colours": self.tr("Colours"),
            "cameras": self.tr("Camera"),
        }
