"""A monkey at the window: real events in a seeded order, anywhere, and a look at the whole after each few of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QMenu,
    QMenuBar,
    QMessageBox,
    QWidget,
)

from app.core.actions import Name
from app.core.base_dialog import BaseDialog
from app.jobs.state import Running
from engine.api.errors import WaltError
from engine.api.events import Event, JobFailed, JobStarted
from engine.api.request import ClipRequest
from engine.media.export import write_mp4
from tests.app.conftest import Studio
from tests.app.fake_engine import frames_of, play_stage, whole_clip

LOOK_EVERY = 20
"""Events between two looks at whether everything still fits together."""
NEVER: frozenset[Name] = frozenset({"quit"})
TEXTS = ("a horse", "robot ", "on the beach ", "x" * 40, "é漢\u202e\u0000", "\t", "castle, ")
KEYS = (
    Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab,
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_PageDown, Qt.Key.Key_J, Qt.Key.Key_K, Qt.Key.Key_L,
    Qt.Key.Key_I, Qt.Key.Key_O, Qt.Key.Key_S, Qt.Key.Key_E, Qt.Key.Key_W, Qt.Key.Key_Z, Qt.Key.Key_BracketLeft,
)  # fmt: skip
MODIFIERS = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip
SIZES = ((640, 480), (1024, 700), (1280, 800), (1366, 768), (1920, 1080))


def moody(seed: int) -> Callable[[str, ClipRequest], Iterator[Event]]:
    """A script of jobs that go well, fail, or go on for long."""
    mood = random.Random(seed)

    def script(job: str, request: ClipRequest) -> Iterator[Event]:
        turn = mood.random()
        if turn < 0.15:
            yield JobStarted(job)
            yield from list(play_stage(job, "base", request.new_frames))[:3]
            yield JobFailed(job, WaltError("out-of-memory", "There is not enough memory."), "")
        else:
            yield from whole_clip(job, request)

    return script


class Monkey:
    """Does ``events`` things to a window; every choice comes from ``seed``.

    Files of every kind that people drop lie in ``folder``. Dialogs are answered, whatever they ask.
    """

    def __init__(self, studio: Studio, seed: int, folder: Path) -> None:
        self.studio = studio
        self.window = studio.window
        self.choice = random.Random(seed)
        self.folder = folder
        self.done: list[str] = []
        """What it did, for whoever has to find out what went wrong."""
        self.files = self._bring_files()
        window = self.window
        for view in (window.side_panel.library.grid, window.side_panel.queue.jobs):
            view.startDrag = lambda _actions: None  # the system's own drag would wait for a real mouse
        self.ways: tuple[tuple[Callable[[], None], int], ...] = (
            (self.click, 10), (self.press_key, 8), (self.shortcut, 10), (self.write, 5), (self.drag, 4),
            (self.drop, 4), (self.wheel, 3), (self.resize, 1), (self.paint, 1), (self.generate, 3),
            (self.wait, 3), (self.double_click, 2), (self.menu, 2), (self.paste, 1), (self.choose, 2),
        )  # fmt: skip

    def play(self, events: int) -> None:
        """Do so many things, and look after each few of them whether the whole still fits together."""
        ways, weights = zip(*self.ways, strict=True)
        for number in range(events):
            self.answer()
            way = self.choice.choices(ways, weights)[0]
            self.done.append(way.__name__)
            way()
            QCoreApplication.processEvents()
            assert self.window.isVisible(), f"the window is gone after {self.done[-3:]}"
            if number % LOOK_EVERY == 0:
                self.look()
        self.answer()
        self.look()

    # What it does.

    def _target(self) -> QWidget:
        """A visible, enabled part of whatever is on top."""
        tops = [top for top in QApplication.topLevelWidgets() if top.isVisible() and isinstance(top, BaseDialog)]
        root: QWidget = self.choice.choice([self.window, *tops])
        parts = [part for part in root.findChildren(QWidget) if part.isVisible() and part.isEnabled()]
        parts = [part for part in parts if part.window() is root and part.width() > 2 and part.height() > 2]
        return self.choice.choice(parts) if parts else root

    def _safe(self, part: QWidget) -> bool:
        """Whether a click here cannot end the window: only that is not the monkey's to decide."""
        return part.objectName() not in ("reopen", "quit")

    def _spot(self, part: QWidget) -> QPoint:
        return QPoint(self.choice.randrange(part.width()), self.choice.randrange(part.height()))

    def click(self) -> None:
        part = self._target()
        if self._safe(part):
            self.done[-1] += f" {type(part).__name__} {part.accessibleName()}"
            QTimer.singleShot(0, self.menu)  # a button's own menu would wait for an answer
            button = self.choice.choices((Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton), (5, 1))[0]
            QTest.mouseClick(part, button, self.choice.choice(MODIFIERS), self._spot(part))

    def double_click(self) -> None:
        part = self._target()
        if self._safe(part):
            QTimer.singleShot(0, self.menu)
            left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            QTest.mouseDClick(part, left, none, self._spot(part))

    def drag(self) -> None:
        part = self.choice.choice((self._target(), self.window.timeline_panel.timeline, self.window.viewer.preview))
        if (
            part.isVisible()
            and self._safe(part)
            and not isinstance(part, QAbstractButton | QComboBox | QMenuBar)
        ):
            left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            QTest.mousePress(part, left, none, self._spot(part))
            for _ in range(3):
                QTest.mouseMove(part, self._spot(part))
            QTest.mouseRelease(part, left, none, self._spot(part))

    def press_key(self) -> None:
        part = QApplication.focusWidget() or self.window
        if self.choice.random() < 0.3:
            part = self.choice.choice((self.window, self.window.timeline_panel.timeline, self.window.composer.prompt))
        if isinstance(part, QAbstractButton) and not self._safe(part):
            return
        QTimer.singleShot(0, self.menu)
        key, modifier = self.choice.choice(KEYS), self.choice.choice(MODIFIERS)
        self.done[-1] += f" {key.name} {modifier.name}"
        QTest.keyClick(part, key, modifier)

    def shortcut(self) -> None:
        names = [spec.name for spec in self.window.actions_ if spec.name not in NEVER]
        name = self.choice.choice([*names, "undo", "redo", "undo", "continue", "add_to_film", "split"])
        action = self.window.actions_[name]  # pyright: ignore[reportArgumentType]
        if action.isEnabled():
            self.done[-1] += f" {name}"
            action.trigger()

    def write(self) -> None:
        for letter in self.choice.choice(TEXTS):  # QTest's own keys are Latin ones
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
                QApplication.sendEvent(self.window.composer.prompt, event)

    def generate(self) -> None:
        prompt = self.choice.choice(("a horse", "a robot walking on the beach", ""))
        self.window.session.edit(prompt=prompt)
        self.shortcut_named("generate" if self.choice.random() < 0.8 else "cancel")

    def shortcut_named(self, name: Name) -> None:
        if self.window.actions_[name].isEnabled():
            self.window.actions_[name].trigger()

    def choose(self) -> None:
        """Another theme, another row of a box."""
        boxes = [box for box in QApplication.allWidgets() if isinstance(box, QComboBox) and box.isVisible()]
        boxes = [box for box in boxes if box.count() and box.isEnabled()]
        if boxes:
            box = self.choice.choice(boxes)
            box.setCurrentIndex(self.choice.randrange(box.count()))
            box.activated.emit(box.currentIndex())

    def menu(self) -> None:
        """Choose from the menu that is open, or close it; what waits for it goes on."""
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            actions = [action for action in popup.actions() if action.isEnabled() and not action.menu()]
            actions = [action for action in actions if action.objectName() not in NEVER and action.text()]
            if actions and self.choice.random() < 0.5:
                self.choice.choice(actions).trigger()
        if popup is not None:
            popup.close()

    def paste(self) -> None:
        mime = self._mime()
        QGuiApplication.clipboard().setMimeData(mime)
        self.shortcut_named("paste_still")

    def drop(self) -> None:
        window = self.window
        part = self.choice.choice(
            (window.composer.drop_zone, window.viewer, window.timeline_panel.timeline, window.composer.prompt, window)
        )
        mime, spot = self._mime(), self._spot(part)
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        self.done[-1] += f" {[url.fileName() for url in mime.urls()]} on {type(part).__name__}"
        enter = QDragEnterEvent(spot, copy, mime, left, none)
        enter.ignore()
        QApplication.sendEvent(part, enter)
        if enter.isAccepted():
            QApplication.sendEvent(part, QDragMoveEvent(spot, copy, mime, left, none))
            QApplication.sendEvent(part, QDropEvent(QPointF(spot), copy, mime, left, none))

    def wheel(self) -> None:
        part = self._target()
        QTest.wheelEvent(
            self.window.windowHandle(),
            QPointF(part.mapTo(part.window(), self._spot(part))),
            QPoint(0, self.choice.choice((-120, 120))),
            QPoint(),
            self.choice.choice((Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier)),
        )

    def resize(self) -> None:
        self.window.resize(*self.choice.choice(SIZES))

    def paint(self) -> None:
        self.window.grab()

    def wait(self) -> None:
        QTest.qWait(self.choice.randrange(12))

    # What it finds.

    def _bring_files(self) -> tuple[Path, ...]:
        picture = QImage(320, 240, QImage.Format.Format_RGB32)
        picture.fill(0x3060C0)
        still, junk, film = (self.folder / name for name in ("still.png", "junk.mp4", "broken.walt"))
        picture.save(str(still))
        junk.write_bytes(bytes(range(256)) * 8)
        film.write_text('{"walt": 1, "segments": "none"}', "utf-8")
        foreign, own = self.folder / "foreign.mp4", self.folder / "own.mp4"
        write_mp4(foreign, frames_of("sr1"))
        request = ClipRequest.parse(prompt="a robot", seed=3)
        write_mp4(own, frames_of("sr1"), metadata={"walt": request.to_json()})
        return still, junk, film, foreign, own, self.folder / "gone.png", self.folder

    def _mime(self) -> QMimeData:
        mime = QMimeData()
        turn = self.choice.random()
        clips = self.window.session.library.clips
        if turn < 0.25 and clips:
            path = self.window.session.library.path(self.choice.choice(clips))
            mime.setUrls([QUrl.fromLocalFile(str(path))])
        elif turn < 0.8:
            mime.setUrls([QUrl.fromLocalFile(str(self.choice.choice(self.files)))])
        elif turn < 0.9:
            mime.setText(self.choice.choice(TEXTS))
        else:
            picture = QImage(64, 48, QImage.Format.Format_RGB32)
            picture.fill(0xC03060)
            mime.setImageData(picture)
        return mime

    # The fake that answers what asks.

    def answer(self) -> None:
        """Answer dialogs: a file, a button, or no."""
        self.menu()
        for dialog in [top for top in QApplication.topLevelWidgets() if isinstance(top, QDialog)]:
            if not dialog.isVisible():
                continue
            if isinstance(dialog, QMessageBox):
                self._answer_box(dialog)
            elif isinstance(dialog, QFileDialog):
                self._answer_files(dialog)
            elif self.choice.random() < 0.15:
                dialog.reject()

    def _answer_box(self, box: QMessageBox) -> None:
        buttons = [button for button in box.buttons() if button.isEnabled()]
        if box.objectName() == "close_question" or not buttons:
            box.reject()
        else:
            self.choice.choice(buttons).click()

    def _answer_files(self, dialog: QFileDialog) -> None:
        if self.choice.random() < 0.6:
            saving = dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
            name = f"made-{self.choice.randrange(5)}{self.choice.choice(('.walt', '.gif', ''))}"
            file = self.folder / name if saving else self.choice.choice(self.files)
            dialog.fileSelected.emit(str(file))
        dialog.reject()

    # Whether the whole still fits together.

    def look(self) -> None:
        """What must be true of the window whatever was done to it."""
        window, session = self.window, self.window.session
        queue, film, monitor = session.queue, session.film_generator.film, session.monitor
        # The composer and the draft say the same.
        assert window.composer.prompt.toPlainText() == session.draft.prompt
        assert window.actions_["generate"].isEnabled() == session.can_generate
        # One job at most is being made, and every job is in one place.
        assert (queue.running is not None) or not isinstance(session.state, Running) or session.state.job
        jobs = [*([queue.running] if queue.running else []), *queue.waiting, *queue.ended]
        assert len({job.id for job in jobs}) == len(jobs)
        assert all(job.state == "queued" for job in queue.waiting)
        assert [row.id for row in queue.rows][: len(queue.waiting)] or not queue.waiting
        # What the side panel shows is in the library.
        known = {clip.id for clip in session.library.clips}
        assert {clip.id for clip in window.side_panel.library.clips.rows} <= known
        # Segments lie inside their takes, and the playhead inside what is on show.
        for segment in film.segments:
            take = film.take_of(segment)
            assert 0 <= segment.start < segment.stop <= take.frames
        assert len({segment.id for segment in film.segments}) == len(film.segments)
        assert film.selected is None or film.selected in film.segments
        assert monitor.mode in ("clip", "film")
        assert 0 <= session.player.position <= max(0, session.player.total - 1)
        assert window.actions_["undo"].isEnabled() == film.history.canUndo()
