"""The prompt's text field: underlines unknown words, completes known ones, remembers old prompts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPalette,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit, QToolTip, QWidget

from app.compose.still import may_offer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.compose.prompt_history import PromptHistory

COMPLETE_FROM = 2
"""So many letters are typed before words are offered."""
MOST_OFFERED = 8
_ANSWERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
_WORD_END = re.compile(r"[^\W\d_]+$")


def word_pattern(word: str) -> re.Pattern[str]:
    """Matches a whole word wherever it stands in a prompt, in any case."""
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)


class _Underliner(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument, edit: QPlainTextEdit) -> None:
        super().__init__(document)
        self._edit = edit
        self.patterns: dict[str, re.Pattern[str]] = {}

    def mark(self, words: Sequence[str]) -> None:
        self.patterns = {word: word_pattern(word) for word in words}
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        style = QTextCharFormat()
        style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        style.setUnderlineColor(self._edit.palette().color(QPalette.ColorRole.Highlight))
        for pattern in self.patterns.values():
            for match in pattern.finditer(text):
                self.setFormat(match.start(), match.end() - match.start(), style)


class PromptEdit(QPlainTextEdit):
    """Plain text only. Tab moves on, Escape leaves, pictures go to the still.

    Signals:
        picture_offered(QMimeData): a picture or a file was pasted or dropped here.
        left(): Escape was pressed.
        decided(): words are no longer offered.
    """

    picture_offered = Signal(object)
    left = Signal()
    decided = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._underliner = _Underliner(self.document(), self)
        self._explain: Callable[[str], str] | None = None
        self._prompt_history: PromptHistory | None = None
        self._words = QStringListModel(self)
        self.completer = QCompleter(self._words, self)
        self.completer.setWidget(self)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.setModelSorting(QCompleter.ModelSorting.CaseInsensitivelySortedModel)
        self.completer.setMaxVisibleItems(MOST_OFFERED)
        self.popup = QListView()
        self.popup.setObjectName("completions")
        self.popup.setAccessibleName(self.tr("Words the model knows"))
        self.completer.setPopup(self.popup)
        self.completer.activated.connect(self._complete)
        self.popup.installEventFilter(self)

    # Words.

    @property
    def beginning(self) -> str:
        """The word being typed, as long as words are offered that begin like it."""
        return self._started_word().lower() if self.popup.isVisible() else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The popup goes: a word was chosen, or none."""
        if watched is self.popup and event.type() == QEvent.Type.Hide:
            self.decided.emit()
        return super().eventFilter(watched, event)

    def mark(self, words: Sequence[str]) -> None:
        """Underline these words."""
        self._underliner.mark(words)

    def explain_with(self, explain: Callable[[str], str]) -> None:
        """What the tooltip of an underlined word says."""
        self._explain = explain

    def offer(self, words: Sequence[str]) -> None:
        """Complete to these words while someone types."""
        self._words.setStringList(sorted(words, key=str.lower))

    def remember_with(self, prompt_history: PromptHistory) -> None:
        """Where Up and Down find old prompts."""
        self._prompt_history = prompt_history

    def replace_word(self, word: str, better: str) -> None:
        """Replace a word wherever it stands, as one undoable edit."""
        self.replace_all(word_pattern(word).sub(lambda _match: better, self.toPlainText()))

    def replace_all(self, text: str) -> None:
        """Put another prompt in place of this one, as one undoable edit."""
        if text != self.toPlainText():
            cursor = self.textCursor()
            cursor.select(cursor.SelectionType.Document)
            cursor.insertText(text)
            self.moveCursor(QTextCursor.MoveOperation.End)

    # Pictures.

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, and pictures too."""
        return may_offer(source) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Text goes in, pictures go on."""
        if may_offer(source) and not (source.hasText() and not source.hasUrls()):
            self.picture_offered.emit(source)
        else:
            super().insertFromMimeData(source)

    # Keys.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves; Up in the first line and Down in the last walk through old prompts."""
        offering = self.popup.isVisible()
        if offering and self._ran_shortcut(event):
            return
        if offering and event.key() in _ANSWERS:
            self._answer_popup(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers():
            if not self._turn_page(event.key() == Qt.Key.Key_Up):
                super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)
            if event.text() or event.key() == Qt.Key.Key_Backspace:
                self._offer_words(typed=bool(event.text().strip()))

    def _ran_shortcut(self, event: QKeyEvent) -> bool:
        """Qt looks for no shortcuts while a popup is open; whoever types on means them all the same."""
        pressed = QKeySequence(event.keyCombination())
        for action in self.window().actions() if event.modifiers() else ():
            if action.isEnabled() and pressed in action.shortcuts():
                self.popup.hide()
                action.trigger()
                return True
        return False

    def _answer_popup(self, event: QKeyEvent) -> None:
        chosen = self.popup.currentIndex()
        if event.key() == Qt.Key.Key_Escape:
            self.popup.hide()
        elif chosen.isValid():
            self.popup.hide()
            self._complete(str(chosen.data()))
        else:
            self.popup.hide()
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab takes the first word that is offered; otherwise it moves on."""
        if not self.popup.isVisible():
            return super().focusNextPrevChild(next)
        chosen = self.popup.currentIndex()
        first = chosen if chosen.isValid() else self.completer.completionModel().index(0, 0)
        self.popup.hide()
        if next:
            self._complete(str(first.data()))
        return True

    def _turn_page(self, back: bool) -> bool:
        """Show the prompt before or after; False if the caret has lines to walk through first, or at the end."""
        cursor = self.textCursor()
        move = QTextCursor.MoveOperation.Up if back else QTextCursor.MoveOperation.Down
        if self._prompt_history is None or cursor.movePosition(move):
            return False
        text = self._prompt_history.older(self.toPlainText()) if back else self._prompt_history.newer()
        if text is None:
            return False
        self.replace_all(text)
        return True

    # Completion.

    def _started_word(self) -> str:
        cursor = self.textCursor()
        line = cursor.block().text()
        place = cursor.positionInBlock()
        if line[place : place + 1].isalnum():
            return ""  # in the middle of a word nothing is to be completed
        found = _WORD_END.search(line[:place])
        return found.group() if found else ""

    def _offer_words(self, *, typed: bool) -> None:
        start = self._started_word()
        self.completer.setCompletionPrefix(start)
        found = self.completer.completionCount()
        first = str(self.completer.completionModel().index(0, 0).data())
        only_itself = found == 1 and first.lower() == start.lower()
        if not typed or len(start) < COMPLETE_FROM or not found or only_itself:
            self.popup.hide()
            return
        self.popup.setCurrentIndex(self.completer.completionModel().index(-1, 0))
        box = self.cursorRect()
        width = self.popup.sizeHintForColumn(0) + self.popup.verticalScrollBar().sizeHint().width() + 24
        box.setWidth(width)
        self.completer.complete(box)

    @Slot(str)
    def _complete(self, word: str) -> None:
        start = self._started_word()
        if not start:
            return
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(start))
        cursor.insertText((word[0].upper() if start[0].isupper() else word[0]) + word[1:])
        self.setTextCursor(cursor)

    # Tooltips of marked words.

    def viewportEvent(self, event: QEvent) -> bool:
        """Explain the marked word under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            word = self.marked_at(event)
            if word is not None and self._explain is not None:
                QToolTip.showText(event.globalPos(), self._explain(word), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def marked_at(self, event: QHelpEvent) -> str | None:
        """The marked word under the pointer, if there is one."""
        cursor = self.cursorForPosition(event.pos())
        place, text = cursor.positionInBlock(), cursor.block().text()
        for word, pattern in self._underliner.patterns.items():
            if any(match.start() <= place <= match.end() for match in pattern.finditer(text)):
                return word
        return None
