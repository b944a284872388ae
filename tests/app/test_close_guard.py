"""One window a person, a question before work is stopped, a notification when it is done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.compose.still import Ready
from app.core.i18n import Language, Translators
from app.jobs.state import Running
from app.window.single_instance import Call, Door, door_name
from engine.api.errors import WaltError
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import Gate, failing, gated
from tests.app.film_actions_by_hand import make_clip
from tests.app.test_i18n import translators
from tests.app.test_still import picture_of

__all__ = ["translators"]

ROOT = Path(__file__).resolve().parents[2]

# One window a person.


@pytest.fixture
def name(tmp_path: Path) -> str:
    return f"walt-test-{os.getpid()}-{abs(hash(tmp_path)) % 10**6}"


KNOCK = """
import sys
from PySide6.QtCore import QCoreApplication
from app.window.single_instance import Call, Door
app = QCoreApplication([])
sys.exit(0 if Door(sys.argv[1]).knock(Call((sys.argv[2],), sys.argv[3])) else 1)
"""


def test_a_second_start_hands_over_what_it_was_given(qtbot: QtBot, name: str, tmp_path: Path) -> None:
    door = Door(name)
    assert not door.knock(Call())
    assert door.open()
    call = Call((str(tmp_path / "ours.png"),), "un ours à la plage")
    command = [sys.executable, "-c", KNOCK, name, *call.files, call.prompt]
    with qtbot.waitSignal(door.called, timeout=30_000) as called:
        second = subprocess.Popen(command, cwd=ROOT)
    assert called.args == [call]
    assert second.wait(30) == 0
    door.close()


def test_a_socket_that_a_killed_walt_left_is_put_away(name: str) -> None:
    code = (
        "import os, sys; from PySide6.QtCore import QCoreApplication; from app.window.single_instance import Door;"
        "app = QCoreApplication([]); assert Door(sys.argv[1]).open(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, name], cwd=ROOT, check=False, timeout=60)
    door = Door(name)
    assert not door.knock(Call())
    assert door.open()
    door.close()


@pytest.mark.parametrize(
    "letter",
    [b"\n", b"{}x\n", b"[1]\n", b'{"files": 3}\n', b"\xff\xfe\n", b"[" * 5000 + b"\n", b"x" * (2**20 + 2)],
)
def test_nonsense_at_the_door_is_not_answered(qtbot: QtBot, name: str, letter: bytes) -> None:
    door = Door(name)
    assert door.open()
    socket = QLocalSocket()
    with qtbot.assertNotEmitted(door.called):
        socket.connectToServer(name)
        assert socket.waitForConnected(1000)
        with qtbot.waitSignal(socket.disconnected):
            socket.write(letter)
    door.close()
    QLocalServer.removeServer(name)


def test_relative_names_and_too_many_files_stay_outside(qtbot: QtBot, name: str) -> None:
    door = Door(name)
    assert door.open()
    socket = QLocalSocket()
    socket.connectToServer(name)
    assert socket.waitForConnected(1000)
    files = ["relative.png", 7, "/a\0b", *(f"/{index}" for index in range(200))]
    with qtbot.waitSignal(door.called) as called:
        socket.write(json.dumps({"files": files, "prompt": "p"}).encode() + b"\n")
    assert len(called.args[0].files) <= 64
    assert all(file.startswith("/") for file in called.args[0].files)
    socket.abort()
    door.close()


def test_each_configuration_has_a_door_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    one = door_name()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other"))
    assert door_name() != one
    assert door_name() == door_name()


def test_what_is_handed_over_arrives(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    picture = tmp_path / "bear.png"
    picture_of("#808080").save(str(picture))
    studio.window.showMinimized()
    studio.window.receive(Call((str(picture),), "a horse"))
    assert not studio.window.isMinimized()
    assert studio.session.draft.prompt == "a horse"
    qtbot.waitUntil(lambda: isinstance(studio.session.still.state, Ready))


# Closing.


@pytest.fixture
def busy(qtbot: QtBot, open_studio: OpenStudio) -> Studio:
    studio = open_studio(gated(Gate(), before="sr1"))
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: studio.session.monitor.thumb(0) is not None)
    return studio


def question(studio: Studio) -> QMessageBox:
    [box] = studio.window.findChildren(QMessageBox, "close_question")
    return box


def press(box: QMessageBox, role: QMessageBox.ButtonRole) -> None:
    next(button for button in box.buttons() if box.buttonRole(button) == role).click()


def test_closing_while_working_asks_and_can_be_declined(busy: Studio) -> None:
    busy.window.close()
    assert busy.window.isVisible()
    press(question(busy), QMessageBox.ButtonRole.RejectRole)
    assert busy.window.isVisible()
    assert isinstance(busy.session.state, Running)
    assert not busy.session.state.cancelling


def test_closing_while_working_really_stops(qtbot: QtBot, busy: Studio) -> None:
    busy.window.close()
    with qtbot.waitSignal(busy.bridge.closed):
        press(question(busy), QMessageBox.ButtonRole.AcceptRole)
    assert not busy.window.isVisible()
    busy.window.shut_down()
    assert not busy.engine._thread.is_alive()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("walt-")] == []


def test_escape_means_keep_working(qtbot: QtBot, busy: Studio) -> None:
    busy.window.reopen()
    qtbot.keyClick(question(busy), Qt.Key.Key_Escape)
    assert busy.window.isVisible()
    qtbot.waitUntil(lambda: not busy.window.reopening)


def test_an_idle_window_closes_at_once(qtbot: QtBot, studio: Studio) -> None:
    with qtbot.waitSignal(studio.bridge.closed):
        studio.window.close()
    assert studio.window.findChildren(QMessageBox) == []


# Telling.


def test_progress_is_announced_stage_by_stage_and_in_the_title(qtbot: QtBot, open_studio: OpenStudio) -> None:
    gate = Gate()
    studio = open_studio(gated(gate, before="sr1"))
    spoken: list[str] = []
    studio.window.notifications.announced.connect(spoken.append)
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: "Stage 2 of 3" in spoken)
    assert studio.window.windowTitle().startswith(("33", "44"))
    gate.open.set()
    qtbot.waitUntil(lambda: studio.session.current_clip.clip is not None)
    qtbot.waitUntil(lambda: "done" in spoken[-1])
    assert spoken[:4] == ["Making a clip", "Stage 1 of 3", "Stage 2 of 3", "Stage 3 of 3"]
    assert len(spoken) == 5
    assert studio.window.windowTitle() == "walt[*]"


def test_the_end_of_a_clip_is_told_only_in_the_background_and_only_if_wanted(
    qtbot: QtBot, open_studio: OpenStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio()
    told: list[str] = []
    studio.window.notifications.notified.connect(told.append)

    def make_one() -> None:
        studio.session.edit(prompt="a horse")
        with qtbot.waitSignal(
            studio.session.library.kept
            if hasattr(studio.session.library, "kept")
            else studio.session.state_changed
        ):
            studio.session.generate()
        qtbot.waitUntil(lambda: not isinstance(studio.session.state, Running))

    make_one()
    assert told == []  # the window is in front
    monkeypatch.setattr(type(studio.window), "isActiveWindow", lambda _window: False)
    studio.window.preferences.change(notify=False)
    make_one()
    assert told == []
    studio.window.preferences.change(notify=True)
    make_one()
    assert len(told) == 1


def test_a_failure_is_announced_in_words(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(
        failing(WaltError("out-of-memory", "There is not enough memory.", "Close programs."))
    )
    spoken: list[str] = []
    studio.window.notifications.announced.connect(spoken.append)
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.waitUntil(lambda: bool(spoken) and "not enough memory" in spoken[-1])


# Names.


@pytest.mark.parametrize("language", ["en", "fr"])
def test_names_contain_what_is_written_on_a_control(
    qtbot: QtBot, open_studio: OpenStudio, translators: Translators, language: Language
) -> None:
    """WCAG 2.5.3: whoever speaks to the computer says what is to be seen."""
    translators.speak(language)
    studio = open_studio()
    make_clip(qtbot, studio)
    studio.window.composer.advanced.open()
    for opened in ("preferences", "packs", "help", "about", "export"):
        studio.window.actions_[opened].trigger()
    wrong = [
        (button.text(), spoken)
        for button in studio.window.findChildren(QAbstractButton)
        if button.text()
        and (spoken := QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name))
        and plain(button.text()) not in plain(spoken)
    ]
    assert wrong == []
    draft = studio.window.composer.quality.button("draft")
    assert draft.accessibleDescription() == draft.toolTip() != ""


def plain(text: str) -> str:
    """Without what is not read out: mnemonics, a shortcut after a wide space, dots."""
    return text.split("\u2003")[0].replace("&", "").rstrip("…").lower()


def test_everything_that_can_be_reached_has_a_name(studio: Studio) -> None:
    for opened in ("preferences", "packs", "help", "about"):
        studio.window.actions_[opened].trigger()
    kinds = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QPlainTextEdit, QAbstractItemView)
    buddies = {label.buddy() for label in studio.window.findChildren(QLabel)}
    nameless = [
        f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}"
        for widget in studio.window.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisible()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith("qt_")
        and not isinstance(widget.parent(), QAbstractSpinBox | QComboBox)
        and not isinstance(widget.window(), QFrame)  # the lists of combo boxes
        and not (widget.accessibleName() or getattr(widget, "text", str)() or widget in buddies)
    ]
    assert nameless == []
