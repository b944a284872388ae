"""The composer: what should happen, what it begins with, its shape, its seed, and Generate."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.actions import Actions
from app.model.session import Session
from app.model.still import offer_of
from app.theme import AROUND, BETWEEN, GRID, INSIDE
from app.ui.drop_zone import DropZone
from app.ui.fields import SeedField, ShapePicker
from app.ui.parts import ActionButton, caption
from app.ui.prompt_edit import PromptEdit
from app.ui.unknown_line import UnknownLine

WIDTH = 320
PROMPT_HEIGHT = 116


class Composer(QWidget):
    """The left panel. Its fields scroll when the window is low; Generate stays in sight."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self.prompt = PromptEdit()
        self.prompt.setPlaceholderText(self.tr("A horse walking on the beach at sunset"))
        self.prompt.setAccessibleName(self.tr("Prompt"))
        self.prompt.setFixedHeight(PROMPT_HEIGHT)
        self.unknown = UnknownLine(session)
        self.drop_zone = DropZone(session.still)
        self.shape = ShapePicker(session)
        self.seed = SeedField(session, actions["new_seed"])
        self.generate = self._generate_button(actions)
        self._lay_out()
        self.prompt.textChanged.connect(self._typed)
        self.prompt.picture_offered.connect(self._offered)
        self.unknown.found.connect(self.prompt.mark)
        self.unknown.replace.connect(self.prompt.replace_word)
        self.drop_zone.browse.connect(actions["open_still"].trigger)
        session.draft_changed.connect(self._refresh)

    def _generate_button(self, actions: Actions) -> ActionButton:
        action = actions["generate"]
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        words = self.tr("Generate") + "\u2003" + keys.replace("Return", "↵")
        return ActionButton(action, words, "primary")

    def _lay_out(self) -> None:
        fields = QWidget()
        column = QVBoxLayout(fields)
        column.setContentsMargins(AROUND, AROUND, AROUND, BETWEEN)
        column.setSpacing(INSIDE)
        prompt_head = caption(self.tr("Prompt"))
        prompt_head.setBuddy(self.prompt)
        column.addWidget(prompt_head)
        column.addWidget(self.prompt)
        column.addWidget(self.unknown)
        column.addSpacing(-GRID)  # the line below the prompt keeps its room while it is empty
        for words, field in (
            (self.tr("First frame"), self.drop_zone),
            (self.tr("Shape"), self.shape),
            (self.tr("Seed"), self.seed),
        ):
            column.addSpacing(INSIDE)
            head = caption(words)
            head.setBuddy(field)
            column.addWidget(head)
            column.addWidget(field)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("composer_scroll")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(fields)
        fields.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        foot = QVBoxLayout()
        foot.setContentsMargins(AROUND, BETWEEN, AROUND, AROUND)
        foot.addWidget(self.generate)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)

    @Slot()
    def _typed(self) -> None:
        self._session.edit(prompt=self.prompt.toPlainText())

    @Slot()
    def _refresh(self) -> None:
        if self.prompt.toPlainText() != self._session.draft.prompt:
            self.prompt.setPlainText(self._session.draft.prompt)
            self.prompt.moveCursor(self.prompt.textCursor().MoveOperation.End)

    @Slot(QMimeData)
    def _offered(self, mime: QMimeData) -> None:
        self._session.still.take(offer_of(mime))
