"""The base class of walt's dialogs: layout, Close button, titled sections."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.core.theme import AROUND, BETWEEN, INSIDE
from app.core.widgets import button, caption, note

LABEL = 184
"""Width of the column of labels, logical pixels."""


class BaseDialog(QDialog):
    """A dialog that does not block the window; Escape and Close close it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(False)
        self.body = QVBoxLayout()
        self.body.setSpacing(INSIDE)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(INSIDE)
        self.done_button = button(self.tr("Close"))
        self.done_button.clicked.connect(self.accept)
        self.foot.addStretch()
        self.foot.addWidget(self.done_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(AROUND, AROUND, AROUND, AROUND)
        column.setSpacing(AROUND)
        column.addLayout(self.body, 1)
        column.addLayout(self.foot)

    def section(self, words: str) -> None:
        """Begin a section."""
        if self.body.count():
            self.body.addSpacing(INSIDE)
        self.body.addWidget(caption(words))

    def row(self, words: str, field: QWidget, *more: QWidget) -> QLabel:
        """A label and its field."""
        label = note(words, role="")
        label.setFixedWidth(LABEL)
        label.setBuddy(field)
        line = QHBoxLayout()
        line.setSpacing(BETWEEN)
        line.addWidget(label)
        fixed = field.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Fixed
        line.addWidget(field, 0 if fixed else 1)
        for widget in more:
            line.addWidget(widget)
        if fixed:
            line.addStretch()
        self.body.addLayout(line)
        return label

    def words(self, text: str, role: str = "secondary") -> QLabel:
        """A paragraph."""
        label = note(text, role=role)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(label)
        return label
