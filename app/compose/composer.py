"""The composer: prompt, still, shape, length, quality, seed, and Generate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.compose.advanced import Advanced
from app.compose.chips import Chips
from app.compose.drop_zone import DropZone
from app.compose.estimate_line import EstimateLine
from app.compose.examples import examples
from app.compose.fields import (
    LengthField,
    QualityPicker,
    SeedField,
    ShapePicker,
    StrengthPicker,
    VariationsField,
)
from app.compose.known_words_panel import KnownWordsPanel
from app.compose.prompt_edit import PromptEdit
from app.compose.still import offer_of
from app.compose.unknown_words import UnknownLine
from app.core.actions import Actions
from app.core.option_widgets import Fold
from app.core.theme import AROUND, BETWEEN, GRID, INSIDE
from app.core.widgets import ActionButton, QuietBar, caption
from app.window.session import Session

if TYPE_CHECKING:
    from app.compose.prompt_history import PromptHistory
    from engine.api.types import StageName

WIDTH = 320
BAR = 10
"""Width of the scroll bar, as the stylesheet has it."""
PROMPT_HEIGHT, LOW_PROMPT_HEIGHT = 92, 64
ROOMY = 950
"""From this height on there is room for a large picture."""
NEGATIVE_HEIGHT = 56
SHORTEST_OFFERED = 3
"""Words shorter than this are typed faster than chosen."""


class Composer(QWidget):
    """The left panel. Its fields scroll when the window is low; Generate stays in sight."""

    def __init__(
        self, session: Session, actions: Actions, prompt_history: PromptHistory, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._size_told: StageName | None = None
        """The size that the fold was opened for: a smaller picture is not to surprise anyone the next day."""
        self.prompt = PromptEdit()
        self.prompt.setAccessibleName(self.tr("Prompt"))
        self.prompt.setFixedHeight(PROMPT_HEIGHT)
        self.prompt.remember_with(prompt_history)
        self.prompt.explain_with(self._explain)
        self.known = KnownWordsPanel(session, actions["generate"], self)
        self.what_it_knows = self._link(self.tr("What it knows"), self.tr("The words that the model knows"))
        self.examples = self._examples_button()
        self.unknown = UnknownLine(session)
        self.negative = self._negative_field()
        self.keep_away = Fold(self.tr("Negative prompt"), self.negative)
        self.chips = Chips(session)
        self.drop_zone = DropZone(session.still)
        self.strength = StrengthPicker(session)
        self.shape = ShapePicker(session)
        self.length = LengthField(session)
        self.variations = VariationsField(session)
        self.quality = QualityPicker(session)
        self.seed = SeedField(session, actions["new_seed"])
        self.advanced = Fold(self.tr("Advanced"), Advanced(session))
        self.estimate = EstimateLine(session, prompt_history)
        self.generate = self._generate_button(actions)
        self._lay_out()
        self._wire(actions)

    def _wire(self, actions: Actions) -> None:
        session = self._session
        self.prompt.textChanged.connect(self._typed)
        self.prompt.picture_offered.connect(self._offered)
        self.unknown.found.connect(self.prompt.mark)
        self.unknown.replace.connect(self.prompt.replace_word)
        self.unknown.asked.connect(self._show_known)
        self.what_it_knows.clicked.connect(self._show_known)
        self.known.written.connect(self.prompt.replace_all)
        self.unknown.spare(lambda: self.prompt.beginning)
        self.prompt.decided.connect(self.unknown.judge)
        self.chips.written.connect(self.prompt.replace_all)
        self.drop_zone.browse.connect(actions["open_still"].trigger)
        session.asked.connect(self.prompt.popup.hide)
        session.draft_changed.connect(self._refresh)
        session.pack_changed.connect(self._learn_pack)
        session.pack_changed.connect(self._show_still)
        session.still.changed.connect(self._show_still)
        self._show_still()

    def _generate_button(self, actions: Actions) -> ActionButton:
        action = actions["generate"]
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        words = self.tr("Generate") + "\u2003" + keys.replace("Return", "↵").replace("Retour", "↵")
        result = ActionButton(action, words, "primary")
        # A click leaves the caret in the prompt: Space after it is no second clip.
        result.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return result

    def _link(self, words: str, explanation: str) -> QToolButton:
        result = QToolButton()
        result.setProperty("role", "link")
        result.setCursor(Qt.CursorShape.PointingHandCursor)
        result.setText(words)
        result.setAccessibleName(words)
        result.setToolTip(explanation)
        result.setFixedWidth(result.fontMetrics().horizontalAdvance(words) + INSIDE)  # no room for an arrow
        return result

    def _examples_button(self) -> QToolButton:
        result = self._link(self.tr("Examples"), self.tr("Example prompts"))
        result.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(result)
        for sentence in examples():
            menu.addAction(sentence)
        menu.triggered.connect(self._take_example)
        result.setMenu(menu)
        return result

    def _negative_field(self) -> QPlainTextEdit:
        result = QPlainTextEdit()
        result.setAccessibleName(self.tr("Negative prompt"))
        result.setPlaceholderText(self.tr("What should not be in the clip"))
        result.setTabChangesFocus(True)
        result.setFixedHeight(NEGATIVE_HEIGHT)
        result.textChanged.connect(self._typed_negative)
        return result

    # Layout.

    def _lay_out(self) -> None:
        fields = QWidget()
        column = QVBoxLayout(fields)
        column.setContentsMargins(AROUND, AROUND, AROUND - BAR, BETWEEN)  # the bar stands in the margin
        column.setSpacing(INSIDE)
        column.addLayout(self._prompt_head())
        column.addWidget(self.prompt)
        column.addWidget(self.unknown)
        column.addSpacing(-GRID)  # the line below the prompt keeps its room while it is empty
        column.addLayout(self.keep_away.outdented())
        for words, field in (
            (self.tr("Motion and camera"), self.chips),
            (self.tr("First frame"), self.drop_zone),
            (self.tr("Camera move"), self.strength),
            (self.tr("Shape"), self.shape),
        ):
            head = self._add_field(column, words, field)
            if field is self.strength:
                self._strength_head = head
            if field is self.drop_zone:
                self._still_head = head
            if field is self.chips:
                self.chips.offered.connect(head.setVisible)
                self.chips.offered.connect(field.setVisible)
        pair = QHBoxLayout()
        pair.setSpacing(INSIDE)
        for words, field, share in (
            (self.tr("Length"), self.length, 2),
            (self.tr("Variations"), self.variations, 1),
        ):
            half = QVBoxLayout()
            half.setSpacing(INSIDE)
            self._add_field(half, words, field)
            pair.addLayout(half, share)
        column.addLayout(pair)
        self._quality_head = self._add_field(column, self.tr("Quality"), self.quality)
        self._add_field(column, self.tr("Seed"), self.seed)
        column.addLayout(self.advanced.outdented())
        column.addStretch(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(AROUND, INSIDE, AROUND, AROUND)
        foot.setSpacing(INSIDE)
        foot.addWidget(self.estimate)
        foot.addWidget(self.generate)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll(fields), 1)
        whole.addLayout(foot)

    def _prompt_head(self) -> QHBoxLayout:
        head = caption(self.tr("Prompt"))
        head.setBuddy(self.prompt)
        row = QHBoxLayout()
        row.addWidget(head)
        row.addStretch()
        row.addWidget(self.what_it_knows)
        row.addWidget(self.examples)
        return row

    def _add_field(self, column: QVBoxLayout, words: str, field: QWidget) -> QLabel:
        column.addSpacing(GRID)
        head = caption(words)
        head.setBuddy(field)
        column.addWidget(head)
        column.addWidget(field)
        return head

    def _scroll(self, fields: QWidget) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setObjectName("composer_scroll")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setVerticalScrollBar(QuietBar())
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(fields)
        fields.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        return scroll

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window everything that is chosen every day stays in sight, also beside a picture."""
        super().resizeEvent(event)
        low = event.size().height() < ROOMY
        self.drop_zone.set_compact(low)
        self.prompt.setFixedHeight(LOW_PROMPT_HEIGHT if low else PROMPT_HEIGHT)

    # What is typed and clicked.

    @Slot()
    def _typed(self) -> None:
        self._session.edit(prompt=self.prompt.toPlainText())

    @Slot()
    def _typed_negative(self) -> None:
        self._session.edit(negative=self.negative.toPlainText())

    @Slot(QAction)
    def _take_example(self, action: QAction) -> None:
        self.prompt.replace_all(action.text())
        self.prompt.setFocus()

    @Slot()
    def _refresh(self) -> None:
        draft = self._session.draft
        if self.prompt.toPlainText() != draft.prompt:
            self.prompt.replace_all(draft.prompt)
        if self.negative.toPlainText() != draft.negative:
            self.negative.setPlainText(draft.negative)
        if draft.negative and not self.negative.hasFocus():
            self.keep_away.open()
        if draft.upto != self._size_told:
            self._size_told = draft.upto
            self.advanced.open(self.advanced.head.isChecked() or draft.upto is not None)

    @Slot()
    def _show_still(self) -> None:
        """With a picture there is a strength to choose, and no prompt is needed."""
        moves = self._session.moves_still
        self.strength.setVisible(moves)
        self._strength_head.setVisible(moves)
        self.prompt.setPlaceholderText(
            self.tr("No words needed: the camera moves gently")
            if self._session.has_still
            else self.tr("A horse walking on the beach at sunset")
        )

    @Slot()
    def _show_known(self) -> None:
        self.known.open_beside(self.prompt)

    @Slot()
    def _learn_pack(self) -> None:
        """Offer the pack's words, and hide what it cannot do."""
        card = self._session.card
        self.what_it_knows.setVisible(self.known.offered)
        if card is not None:
            able = card.capabilities
            self.keep_away.setVisible(able.negative)
            for field in (self._still_head, self.drop_zone):
                field.setVisible(able.still != "no")
            for field in (self._quality_head, self.quality):
                field.setVisible(not able.steps.fixed)
        words = (*card.vocabulary.words, *card.vocabulary.aliases) if card else ()
        self.prompt.offer([word for word in words if len(word) >= SHORTEST_OFFERED])

    def _explain(self, word: str) -> str:
        card = self._session.card
        if card is None:
            return ""
        better = self._session.suggest(word)
        if better is None:
            return self.tr("{0} does not know “{1}”; it will have no effect.").format(card.title, word)
        words = self.tr("{0} does not know “{1}”; it will have no effect. Did you mean “{2}”?")
        return words.format(card.title, word, better)

    @Slot(QMimeData)
    def _offered(self, mime: QMimeData) -> None:
        self._session.still.take(offer_of(mime))
