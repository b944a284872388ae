"""Every action of the window in one registry, which menus, shortcuts, buttons and tests read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

Name = Literal[
    "open_still", "paste_still", "clear_still", "export", "quit",
    "generate", "generate_first", "cancel", "pause_queue", "watch", "find", "new_seed",
    "new_film", "open_film", "save_film", "save_film_as", "undo", "redo",
    "continue", "retake", "add_to_film", "split", "delete_segment", "move_earlier", "move_later",
    "trim_start", "trim_end", "mark_in", "mark_out", "clear_marks", "next_segment", "previous_segment",
    "look_base", "look_sr1", "look_sr2", "compare", "wipe_left", "wipe_right", "actual_size", "full_screen",
    "show_clip", "show_film", "backwards", "hold", "forwards", "zoom_in", "zoom_out", "zoom_fit",
    "play", "previous_frame", "next_frame", "first_frame", "last_frame", "loop",
    "composer", "side_panel", "theme_system", "theme_dark", "theme_light",
    "preferences", "packs", "teach", "help", "shortcuts", "diagnostics", "about",
]  # fmt: skip
_ROLES: dict[Name, QAction.MenuRole] = {
    "quit": QAction.MenuRole.QuitRole,
    "preferences": QAction.MenuRole.PreferencesRole,
    "about": QAction.MenuRole.AboutRole,
}
"""Actions that macOS puts into its application menu."""
Menu = Literal["file", "edit", "clip", "film", "view", "help"]


@dataclass(frozen=True, slots=True)
class Spec:
    """One action. ``soft`` keys (Space, arrows) act only when no field or button handles them."""

    name: Name
    menu: Menu
    text: str
    keys: tuple[str, ...] = ()
    soft: bool = False
    checkable: bool = False
    separator: bool = False
    """Whether a separator stands before it in the menu."""


class Actions(QObject):
    """The window's actions by name."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._specs = self._all_specs()
        self._actions: dict[Name, QAction] = {spec.name: self._make(spec, window) for spec in self._specs}
        self._possible: dict[Name, Callable[[], bool]] = {}
        self._groups = [QActionGroup(self), QActionGroup(self)]
        for name in ("theme_system", "theme_dark", "theme_light"):
            self._groups[0].addAction(self._actions[name])
        for name in ("show_clip", "show_film"):
            self._groups[1].addAction(self._actions[name])

    def __getitem__(self, name: Name) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[Spec]:
        return iter(self._specs)

    def bind(self, name: Name, call: Callable[[], object], possible: Callable[[], bool]) -> None:
        """Say what an action does, and when it can be done."""
        self._actions[name].triggered.connect(lambda: call())
        self.allow(name, possible)

    def allow(self, name: Name, possible: Callable[[], bool]) -> None:
        """Say when an action can be done."""
        self._possible[name] = possible
        self._actions[name].setEnabled(possible())

    @Slot()
    def refresh(self) -> None:
        """Enable each action of which is known when it can be done, or disable it."""
        for name, possible in self._possible.items():
            self._actions[name].setEnabled(possible())

    def fill(self, bar: QMenuBar) -> None:
        """Build the menus."""
        menus: dict[Menu, QMenu] = {name: bar.addMenu(title) for name, title in self.titles().items()}
        for spec in self._specs:
            menu = menus[spec.menu]
            if spec.separator:
                menu.addSeparator()
            menu.addAction(self._actions[spec.name])

    def titles(self) -> dict[Menu, str]:
        """The menus in order."""
        return {
            "file": self.tr("&File"),
            "edit": self.tr("&Edit"),
            "clip": self.tr("&Clip"),
            "film": self.tr("F&ilm"),
            "view": self.tr("&View"),
            "help": self.tr("&Help"),
        }

    def press(self, event: QKeyEvent) -> bool:
        """Trigger the soft action of a key that nothing else handled; return whether there was one."""
        pressed = QKeySequence(event.keyCombination())
        for spec in self._specs:
            action = self._actions[spec.name]
            if spec.soft and action.isEnabled() and pressed in action.shortcuts():
                action.trigger()
                return True
        return False

    def _make(self, spec: Spec, window: QWidget) -> QAction:
        action = QAction(spec.text, window)
        action.setObjectName(spec.name)
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        action.setCheckable(spec.checkable)
        if spec.soft:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        if spec.name in _ROLES:
            action.setMenuRole(_ROLES[spec.name])
        window.addAction(action)
        return action

    def _all_specs(self) -> tuple[Spec, ...]:
        return (
            Spec("open_still", "file", self.tr("Open Picture or Video…"), ("Ctrl+O",)),
            Spec("new_film", "file", self.tr("New Film"), ("Ctrl+N",), separator=True),
            Spec("open_film", "file", self.tr("Open Film…"), ("Ctrl+Shift+O",)),
            Spec("save_film", "file", self.tr("Save Film"), ("Ctrl+S",)),
            Spec("save_film_as", "file", self.tr("Save Film As…"), ("Ctrl+Shift+S",)),
            Spec("export", "file", self.tr("Export Clip…"), ("Ctrl+E",)),
            Spec("quit", "file", self.tr("Quit"), ("Ctrl+Q",), separator=True),
            Spec("undo", "edit", self.tr("Undo"), ("Ctrl+Z",)),
            Spec("redo", "edit", self.tr("Redo"), ("Ctrl+Shift+Z", "Ctrl+Y")),
            Spec("paste_still", "edit", self.tr("Paste Picture"), ("Ctrl+Shift+V",), separator=True),
            Spec("clear_still", "edit", self.tr("Remove Picture")),
            Spec("find", "edit", self.tr("Find Clip"), ("Ctrl+F",), separator=True),
            Spec("new_seed", "edit", self.tr("New Seed"), ("Ctrl+R",), separator=True),
            Spec("preferences", "edit", self.tr("Preferences…"), ("Ctrl+,",), separator=True),
            Spec("generate", "clip", self.tr("Generate"), ("Ctrl+Return", "Ctrl+Enter")),
            Spec(
                "generate_first", "clip", self.tr("Generate Next"), ("Ctrl+Shift+Return", "Ctrl+Shift+Enter")
            ),
            Spec("cancel", "clip", self.tr("Cancel"), ("Ctrl+Alt+Return", "Ctrl+Alt+Enter")),
            Spec("pause_queue", "clip", self.tr("Pause Queue"), ("Ctrl+Alt+P",), checkable=True),
            Spec("watch", "clip", self.tr("Show Clip in Progress"), ("Ctrl+B",)),
            Spec("play", "clip", self.tr("Play"), ("Space",), soft=True, separator=True),
            Spec("previous_frame", "clip", self.tr("Previous Frame"), ("Left",), soft=True),
            Spec("next_frame", "clip", self.tr("Next Frame"), ("Right",), soft=True),
            Spec("first_frame", "clip", self.tr("First Frame"), ("Home",), soft=True),
            Spec("last_frame", "clip", self.tr("Last Frame"), ("End",), soft=True),
            Spec("backwards", "clip", self.tr("Play Backwards"), ("J",), soft=True),
            Spec("hold", "clip", self.tr("Pause"), ("K",), soft=True),
            Spec("forwards", "clip", self.tr("Play Forwards"), ("L",), soft=True),
            Spec("loop", "clip", self.tr("Loop"), ("Ctrl+L",), checkable=True),
            Spec("mark_in", "clip", self.tr("Set In Point"), ("I",), soft=True, separator=True),
            Spec("mark_out", "clip", self.tr("Set Out Point"), ("O",), soft=True),
            Spec("clear_marks", "clip", self.tr("Clear In and Out"), ("X",), soft=True),
            Spec("continue", "film", self.tr("Continue"), ("Ctrl+K",)),
            Spec("retake", "film", self.tr("New Take with Another Seed"), ("Ctrl+T",)),
            Spec("add_to_film", "film", self.tr("Add Clip to Film"), ("E",), soft=True),
            Spec("split", "film", self.tr("Split at Playhead"), ("S",), soft=True, separator=True),
            Spec("trim_start", "film", self.tr("Trim Start to Playhead"), ("[",), soft=True),
            Spec("trim_end", "film", self.tr("Trim End to Playhead"), ("]",), soft=True),
            Spec("delete_segment", "film", self.tr("Delete Segment"), ("Delete", "Backspace"), soft=True),
            Spec("move_earlier", "film", self.tr("Move Earlier"), ("Alt+Left",), soft=True, separator=True),
            Spec("move_later", "film", self.tr("Move Later"), ("Alt+Right",), soft=True),
            Spec("previous_segment", "film", self.tr("Previous Segment"), ("Up",), soft=True),
            Spec("next_segment", "film", self.tr("Next Segment"), ("Down",), soft=True),
            Spec("look_base", "view", self.tr("Show Stage 1"), ("1",), soft=True),
            Spec("look_sr1", "view", self.tr("Show Stage 2"), ("2",), soft=True),
            Spec("look_sr2", "view", self.tr("Show Stage 3"), ("3",), soft=True),
            Spec("compare", "view", self.tr("Compare Stages"), ("W",), soft=True, checkable=True),
            Spec("wipe_left", "view", self.tr("Move Divider Left"), ("Shift+Left",), soft=True),
            Spec("wipe_right", "view", self.tr("Move Divider Right"), ("Shift+Right",), soft=True),
            Spec("actual_size", "view", self.tr("Actual Size, 100 %"), ("Z",), soft=True, checkable=True),
            Spec("full_screen", "view", self.tr("Full Screen"), ("F11",)),
            Spec("show_clip", "view", self.tr("Clip"), ("Ctrl+1",), checkable=True, separator=True),
            Spec("show_film", "view", self.tr("Film"), ("Ctrl+2",), checkable=True),
            Spec("zoom_in", "view", self.tr("Zoom In Timeline"), ("Ctrl++", "Ctrl+="), separator=True),
            Spec("zoom_out", "view", self.tr("Zoom Out Timeline"), ("Ctrl+-",)),
            Spec("zoom_fit", "view", self.tr("Fit Timeline"), ("Ctrl+0",)),
            Spec("composer", "view", self.tr("Composer"), ("F4",), checkable=True, separator=True),
            Spec("side_panel", "view", self.tr("Library and Queue"), ("F5",), checkable=True),
            Spec("theme_system", "view", self.tr("System Colours"), checkable=True, separator=True),
            Spec("theme_dark", "view", self.tr("Dark"), checkable=True),
            Spec("theme_light", "view", self.tr("Light"), checkable=True),
            Spec("help", "help", self.tr("Help"), ("F1",)),
            Spec("shortcuts", "help", self.tr("Shortcuts"), ("Ctrl+/",)),
            Spec("packs", "help", self.tr("Packs…"), ("Ctrl+Shift+P",), separator=True),
            Spec("teach", "help", self.tr("Finetune a Pack…"), ("Ctrl+Shift+T",)),
            Spec("diagnostics", "help", self.tr("Copy Diagnostics"), separator=True),
            Spec("about", "help", self.tr("About walt")),
        )
