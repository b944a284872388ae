"""The window as a whole: opening light, closing clean, remembering, colours, verbs."""

from __future__ import annotations

import ast
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import SIGNAL, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainterPath
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.core import icons
from app.core import widgets as parts
from app.core.settings import Settings
from app.core.theme import DARK, LIGHT, Theme, Tokens, stylesheet
from app.jobs.state import Running
from app.preferences.preferences import PreferenceFile
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import Gate, gated

ROOT = Path(__file__).resolve().parents[2]

OPEN_AND_CLOSE = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
import app.window.main
HEAVY = {"torch", "numpy", "cv2", "av", "numba", "pydantic"}
assert not HEAVY & set(sys.modules), HEAVY & set(sys.modules)
loaded_before = []
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not loaded_before:
            loaded_before.append("torch" in sys.modules)
        return False
def look():
    [window] = [top for top in QApplication.topLevelWidgets() if isinstance(top, QMainWindow)]
    if not loaded_before:
        QTimer.singleShot(20, look)
        return
    print("torch came first" if loaded_before[0] else "looked", flush=True)
    window.close()
qt = QApplication(["walt"])
watch = Watch()
qt.installEventFilter(watch)
QTimer.singleShot(0, lambda: QTimer.singleShot(50, look))
status = app.window.main.main(["--device", "cpu"])
assert not [t for t in threading.enumerate() if t.name.startswith("walt-")]
sys.exit(status)
"""


def luminance(colour: str) -> float:
    channels = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_whole_program_opens_and_closes_without_torch(tmp_path: Path) -> None:
    folders = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    environment = {"QT_QPA_PLATFORM": "offscreen", "PATH": "", **folders}
    result = subprocess.run(
        [sys.executable, "-c", OPEN_AND_CLOSE],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "looked" in result.stdout


def test_the_window_answers_while_the_engine_works(qtbot: QtBot, open_studio: OpenStudio) -> None:
    gate = Gate()
    studio = open_studio(gated(gate, before="base"))
    studio.session.edit(prompt="a horse")
    studio.session.generate()
    qtbot.keyClicks(studio.window.composer.prompt, " and a robot")
    assert studio.session.draft.prompt == "a horse and a robot"
    assert isinstance(studio.session.state, Running)


def test_size_panels_and_theme_are_remembered(
    qtbot: QtBot, qapp: QApplication, open_studio: OpenStudio, tmp_path: Path
) -> None:
    first = open_studio()
    first.window.resize(1000, 640)
    first.window.actions_["theme_light"].trigger()
    with qtbot.waitSignal(first.bridge.closed):
        first.window.close()
    assert PreferenceFile().now.theme == "light"
    second = open_studio()
    assert second.window.height() == 640
    second.window.theme.choose("dark")


def test_damaged_settings_mean_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    file.write_bytes(b"\x00\xff[General\ntheme=plaid\nlayout\\window=nonsense")
    settings = Settings(file)
    assert settings.layout("window") is None


def test_the_window_fits_the_smallest_screen(qapp: QApplication, studio: Studio) -> None:
    window = studio.window
    for width, height in ((1024, 700), (1366, 768)):
        window.resize(width, height)
        qapp.processEvents()
        assert (window.width(), window.height()) == (width, height)
        edges = [
            part.mapTo(window, part.rect().bottomRight()).x()
            for part in (window.composer.prompt, window.composer.chips, window.composer.generate)
        ]
        assert len(set(edges)) == 1  # the fields end where Generate ends
        panel = window.playback_panel
        assert not panel.mode.geometry().intersects(panel.export.geometry())


def test_the_composer_can_be_folded_away(studio: Studio) -> None:
    studio.window.actions_["composer"].trigger()
    assert not studio.window.composer.isVisible()
    studio.window.actions_["composer"].trigger()
    assert studio.window.composer.isVisible()


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_every_text_and_control_has_contrast(tokens: Tokens) -> None:
    surfaces = (tokens.canvas, tokens.surface, tokens.raised, tokens.hover)
    for text in (tokens.text, tokens.secondary):
        assert all(contrast(text, surface) >= 4.5 for surface in surfaces)
    for text in (tokens.accent, tokens.error, tokens.good):
        assert all(contrast(text, surface) >= 4.5 for surface in surfaces[1:3])
    for fill in (tokens.accent, tokens.accent_hover):
        assert contrast(tokens.on_accent, fill) >= 4.5
    for line in (tokens.control, tokens.accent):
        assert all(contrast(line, surface) >= 3 for surface in surfaces[:3])


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_the_stylesheet_is_filled_in(tokens: Tokens) -> None:
    text = stylesheet(tokens)
    assert "$" not in text
    assert tokens.accent in text


@pytest.mark.parametrize("role", ["", "primary", "link", "example"])
def test_one_frame_says_where_the_focus_is(qtbot: QtBot, theme: Theme, role: str) -> None:
    """The style's own rectangle inside of the ring in the accent colour was one too many."""
    page = QWidget()
    qtbot.addWidget(page)
    row = QHBoxLayout(page)
    first, second = parts.button("Before"), parts.button("Export", role)
    row.addWidget(first)
    row.addWidget(second)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    first.setFocus()
    without = second.grab().toImage()
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    qtbot.waitUntil(second.hasFocus)
    page.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)  # what a key does that a keyboard sent
    focused = second.grab().toImage()
    ring = 4
    inside = focused.rect().adjusted(ring, ring, -ring, -ring)
    if role == "link":
        inside.adjust(4, 0, 0, 0)  # its margin
    assert focused != without
    assert focused.copy(inside) == without.copy(inside)


def test_the_theme_follows_the_system_until_one_is_chosen(qapp: QApplication, theme: Theme) -> None:
    hints = QGuiApplication.styleHints()
    theme.choose("system")
    for scheme, tokens in ((Qt.ColorScheme.Light, LIGHT), (Qt.ColorScheme.Dark, DARK)):
        hints.setColorScheme(scheme)
        if hints.colorScheme() == scheme:  # the off-screen platform may not know schemes
            theme._follow(scheme)
            assert theme.tokens is tokens
            assert qapp.palette().window().color() == QColor(tokens.surface)
    theme.choose("light")
    assert theme.tokens is LIGHT
    assert qapp.palette().window().color() == QColor(LIGHT.surface)
    theme.choose("dark")
    assert theme.tokens is DARK


def test_every_verb_is_wired_and_no_two_share_a_key(studio: Studio) -> None:
    keys: list[str] = []
    for spec in studio.window.actions_:
        action = studio.window.actions_[spec.name]
        assert action.text()
        assert action.receivers(SIGNAL("triggered(bool)")) + action.receivers(SIGNAL("toggled(bool)")) > 0
        keys += [shortcut.toString() for shortcut in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_every_icon_button_explains_itself(studio: Studio) -> None:
    for button in studio.window.findChildren(QToolButton):
        if button.isVisible() and not button.objectName().startswith("qt_"):
            assert button.toolTip()
            assert button.accessibleName()


def test_focus_goes_down_the_composer(qtbot: QtBot, studio: Studio) -> None:
    studio.session.edit(prompt="a horse")
    order = []
    studio.window.composer.prompt.setFocus()
    while len(order) < 60 and studio.window.composer.generate not in order:
        order.append(studio.window.focusWidget())
        studio.window.focusNextChild()
    ys = [widget.mapTo(studio.window, widget.rect().topLeft()).y() for widget in order]
    below = [widget for widget in order if studio.window.composer.isAncestorOf(widget)]
    assert studio.window.composer.generate in below
    assert all(a <= b for a, b in pairwise(ys[: len(below)]))


@pytest.mark.parametrize("name", icons.NAMES)
def test_icons_draw_inside_their_square_in_their_colour(qapp: QApplication, name: icons.Name) -> None:
    image = icons.pixmap(name, 20, QColor("#3366CC"), 2.0).toImage()
    colours = {image.pixelColor(x, y).name() for x in range(40) for y in range(40)}
    assert "#3366cc" in colours
    edge = [*range(2), *range(38, 40)]
    assert not any(image.pixelColor(x, y).alpha() for x in range(40) for y in edge)
    assert not any(image.pixelColor(x, y).alpha() for x in edge for y in range(40))


def test_every_icon_file_has_its_name() -> None:
    found = {file.stem for file in (ROOT / "resources" / "icons").glob("*.svg")}
    assert found == {*icons.NAMES, "walt", "check-dark", "check-light"}


def test_qt_does_not_wear_none_out(qapp: QApplication) -> None:
    """PySide6 6.12.0 drops a reference to None in each call that returns nothing: fatal up to 3.11."""
    path = QPainterPath()
    before = sys.getrefcount(None)
    for _ in range(500):
        path.lineTo(1, 1)
    assert sys.getrefcount(None) >= before - 50


def test_words_on_the_screen_go_through_tr() -> None:
    setters = {
        "setText",
        "setToolTip",
        "setPlaceholderText",
        "setAccessibleName",
        "setWindowTitle",
        "note",
        "button",
    }
    bare: list[str] = []
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            words = isinstance(first, ast.Constant) and isinstance(first.value, str) and " " in first.value
            if name in setters and words:
                bare.append(f"{file.name}:{node.lineno}")
            if name == "tr" and not isinstance(first, ast.Constant):
                bare.append(f"{file.name}:{node.lineno} tr of something that is not a plain string")
    assert bare == []
