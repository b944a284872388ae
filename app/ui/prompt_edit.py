"""The prompt's text field: underlines words the pack never learned, hands pasted and dropped pictures on."""

from __future__ import annotations

import re

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.model.still import may_offer


def word_pattern(word: str) -> re.Pattern[str]:
    """Matches a whole word wherever it stands in a prompt, in any case."""
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)


class _Underliner(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument, edit: QPlainTextEdit) -> None:
        super().__init__(document)
        self._edit = edit
        self._patterns: list[re.Pattern[str]] = []

    def mark(self, words: list[str]) -> None:
        self._patterns = [word_pattern(word) for word in words]
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        style = QTextCharFormat()
        style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        style.setUnderlineColor(self._edit.palette().color(QPalette.ColorRole.Highlight))
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                self.setFormat(match.start(), match.end() - match.start(), style)


class PromptEdit(QPlainTextEdit):
    """Plain text only. Tab moves on, Escape leaves, pictures go to the still.

    Signals:
        picture_offered(QMimeData): a picture or a file was pasted or dropped here.
        left(): Escape was pressed.
    """

    picture_offered = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._underliner = _Underliner(self.document(), self)

    def mark(self, words: list[str]) -> None:
        """Underline these words."""
        self._underliner.mark(words)

    def replace_word(self, word: str, better: str) -> None:
        """Replace a word wherever it stands, as one undoable edit."""
        text = word_pattern(word).sub(lambda _match: better, self.toPlainText())
        cursor = self.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, and pictures too."""
        return may_offer(source) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Text goes in, pictures go on."""
        if may_offer(source) and not (source.hasText() and not source.hasUrls()):
            self.picture_offered.emit(source)
        else:
            super().insertFromMimeData(source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the field."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
