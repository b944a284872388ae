"""Help on one page, and the shortcuts on another, made from the registry of actions."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QTabWidget, QWidget

from app.core.actions import Actions, Menu
from app.core.base_dialog import BaseDialog
from app.core.widgets import page

SIZE = (640, 600)


class HelpDialog(BaseDialog):
    """The dialog with both pages."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Help"))
        self.resize(*SIZE)
        self._actions = actions
        self.tabs = QTabWidget()
        self.help = page(self.tabs, self.tr("Help"))
        self.shortcuts = page(self.tabs, self.tr("Shortcuts"))
        self.body.addWidget(self.tabs, 1)
        self.fill()

    def show_page(self, shortcuts: bool) -> None:
        """Turn to the help or to the shortcuts."""
        self.tabs.setCurrentWidget(self.shortcuts if shortcuts else self.help)

    def fill(self) -> None:
        """Write both pages."""
        self.help.setHtml(
            "".join(f"<h3>{escape(head)}</h3><p>{escape(text)}</p>" for head, text in self._topics())
        )
        self.shortcuts.setHtml(self._table())

    def changeEvent(self, event: QEvent) -> None:
        """Rich text keeps its old colours when the palette changes, so write it again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.fill()

    def _topics(self) -> tuple[tuple[str, str], ...]:
        return (
            (
                self.tr("A first clip"),
                self.tr(
                    "Write what should happen, in English or French, and press Generate. You see the clip "
                    "from its first sketch to the finished version. Words that the model does not know are "
                    "underlined; they have no effect."
                ),
            ),
            (
                self.tr("From a picture"),
                self.tr(
                    "Drop a picture on the window, paste it, or browse for it: the clip starts with it. If "
                    "it has another shape, drag the bright part to choose what is used; scroll to zoom in. "
                    "For a video, the last frame is used, or the one that you choose with the slider. A "
                    "clip made by walt also loads its prompt, settings and seed."
                ),
            ),
            (
                self.tr("The seed"),
                self.tr(
                    "The same prompt, settings and seed give the same clip. Lock the seed to try one "
                    "change at a time; when it is unlocked, every clip gets a new one. Variations make "
                    "several clips, each with its own seed."
                ),
            ),
            (
                self.tr("Quality and time"),
                self.tr(
                    "Draft uses half the steps, Best twice as many. Size, steps and guidance are under "
                    "Advanced. Cancelling keeps the last finished stage."
                ),
            ),
            (
                self.tr("A film"),
                self.tr(
                    "Continue generates what comes after the clip. Drop clips from the library on the "
                    "timeline to add them. Drag the edge of a segment to trim it, or the segment itself to "
                    "move it; S splits it at the playhead, Delete removes it. Ctrl+Z undoes any of these."
                ),
            ),
            (
                self.tr("Where clips are stored"),
                self.tr(
                    "Every clip is kept in the library with its prompt and seed. Export writes a file that "
                    "you can share. Nothing leaves this computer unless you send it."
                ),
            ),
            (
                self.tr("Packs"),
                self.tr(
                    "A pack is a trained model. The starter pack knows only a small drawn world; Help > "
                    "Packs lists what it knows. To install another pack, drop its folder or archive there."
                ),
            ),
        )

    def _table(self) -> str:
        titles: dict[Menu, str] = self._actions.titles()
        rows: list[str] = []
        for menu, title in titles.items():
            lines = [
                f"<tr><td>{escape(words)}</td><td align='right'>{escape(keys)}</td></tr>"
                for words, keys in self._lines(menu)
            ]
            if lines:
                rows.append(f"<tr><td colspan='2'><h3>{escape(title.replace('&', ''))}</h3></td></tr>")
                rows += lines
        return f"<table width='100%' cellpadding='3'>{''.join(rows)}</table>"

    def _lines(self, menu: Menu) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for spec in self._actions:
            shortcuts = self._actions[spec.name].shortcuts()
            if spec.menu == menu and shortcuts:
                keys = QKeySequence.listToString(shortcuts, QKeySequence.SequenceFormat.NativeText)
                found.append((spec.text.replace("&", "").rstrip("…"), keys.replace("; ", self.tr(" or "))))
        return found
