"""The line under the prompt: words that the pack does not know, with suggestions; and whether it knows any at all."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl, Signal, Slot
from PySide6.QtWidgets import QLabel, QWidget

from app.compose.known_words import known_words
from app.core.i18n import window_language
from app.core.widgets import set_role
from app.window.session import Session

if TYPE_CHECKING:
    from app.packs.pack_card import PackCard

PAUSE_MS = 350
"""A word is judged once the fingers rest, not letter by letter."""
MOST = 6
KNOWN = "known"
"""The link to what the model knows; others are a word and a better one."""


class UnknownLine(QLabel):
    """Names unknown words.

    Signals:
        found(list[str]): the unknown words, for underlining.
        replace(str, str): a suggestion was clicked: the word, and the better one.
        asked(): what the model knows is to be shown.
    """

    found = Signal(object)
    replace = Signal(str, str)
    asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setProperty("role", "secondary")
        self.setWordWrap(True)
        self.setMinimumHeight(16)
        self.linkActivated.connect(self._replace)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.judge)
        self._prompt = ""
        self._beginning: Callable[[], str] = str
        session.draft_changed.connect(self._wait)
        session.pack_changed.connect(self.judge)
        session.still.changed.connect(self.judge)

    def spare(self, beginning: Callable[[], str]) -> None:
        """A word that is still being typed is not judged: ``beginning`` says which, or nothing."""
        self._beginning = beginning

    @Slot()
    def _wait(self) -> None:
        if self._session.draft.prompt != self._prompt:
            self._prompt = self._session.draft.prompt
            self._timer.start()

    @Slot()
    def judge(self) -> None:
        """Look at the prompt now."""
        self._prompt = self._session.draft.prompt
        card = self._session.card
        words = card.unknown(self._prompt) if card else []
        words = [word for word in words if word.lower() != self._beginning()]
        self.found.emit(words)
        warns = False
        if self._session.surplus:
            text = self.tr("Too long: a prompt can have {0} characters; this one has {1} too many.")
            self.setText(escape(text.format(self._session.longest_prompt, self._session.surplus)))
        elif card and words:
            free = self._session.has_still or bool(self._beginning())
            warns = not free and not card.understood(self._prompt)
            self.setText(self._warning(card, words) if warns else self._sentence(card.title, words))
        else:
            self.setText("")
        set_role(self, "warning" if warns else "secondary")

    def _sentence(self, title: str, words: list[str]) -> str:
        named = ", ".join(self._word(word) for word in words[:MOST])
        more = ", …" if len(words) > MOST else ""
        return escape(self.tr("Unknown to {0}:").format(title)) + f" {named}{more}"

    def _warning(self, card: PackCard, words: list[str]) -> str:
        """What becomes of a prompt that says nothing the model knows, before anyone waits for the clip."""
        some = any(card.vocabulary.knows(word) for word in card.vocabulary.split(self._prompt))
        told = (
            self.tr("The clip would show a vague blur.")
            if some
            else self.tr("There is nothing to make a clip of.")
        )
        parts = [f"{self._sentence(card.title, words)}.", escape(told)]
        if known_words(card, window_language()):
            parts.append(f'<a href="{KNOWN}">{escape(self.tr("What it knows"))}</a>')
        return " ".join(parts)

    def _word(self, word: str) -> str:
        better = self._session.suggest(word)
        if better is None:
            return escape(word)
        link = QUrl.toPercentEncoding(word).toStdString() + "/" + QUrl.toPercentEncoding(better).toStdString()
        offered = f'<a href="{link}">{escape(better)}</a>'
        return self.tr("{0} ({1}?)", "an unknown word, and the one that was meant").format(
            escape(word), offered
        )

    @Slot(str)
    def _replace(self, link: str) -> None:
        if link == KNOWN:
            self.asked.emit()
            return
        word, better = (QUrl.fromPercentEncoding(part.encode()) for part in link.split("/"))
        self.replace.emit(word, better)
