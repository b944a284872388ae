"""The page before the first clip: a question, and examples that answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.compose.example_card import ExampleCard
from app.compose.examples import examples
from app.core.error_page import page_column, page_title
from app.core.theme import BETWEEN
from app.core.widgets import note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class EmptyView(QWidget):
    """Before the first clip: a question, and examples that fill the prompt.

    Signals:
        chosen(str): an example was clicked.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = page_column(self)
        self.title = page_title()
        self.words = note()
        self.words.setWordWrap(True)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addSpacing(BETWEEN)
        self.cards = [ExampleCard(example) for example in examples()]
        for card in self.cards:
            card.clicked.connect(lambda _checked=False, text=card.prompt: self.chosen.emit(text))
            column.addWidget(card)
        self.greet(stopped=False)

    def show_clips(self, clips: Sequence[Path]) -> None:
        """Show a clip beside each example, or none."""
        for number, card in enumerate(self.cards):
            card.show_clip(clips[number] if number < len(clips) else None)

    def greet(self, *, stopped: bool) -> None:
        """Say hello, or that a clip was stopped before there was anything to keep."""
        self.title.setText(self.tr("Stopped") if stopped else self.tr("What should happen?"))
        self.words.setText(
            self.tr("No stage was finished yet. Generate again, or start with one of these.")
            if stopped
            else self.tr("Write a prompt on the left, or start with one of these.")
        )
