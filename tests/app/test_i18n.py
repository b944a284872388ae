"""Languages: every word goes through tr, every word has its French, and the window speaks it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QAbstractButton, QApplication, QDoubleSpinBox, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from app.compose.crop import Crop
from app.compose.examples import examples
from app.compose.still import Checking, NoStill, Ready, Recalled, Refused
from app.compose.still_files import Opened, Video
from app.core.error_messages import sentence, tables
from app.core.formatting import count_text, seconds_text, size_text, time_code
from app.core.i18n import Language, Translators, spoken
from app.export.export_dialog import ExportDialog
from app.export.export_formats import table
from app.library.records import Job
from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.kinds.registry import kind_of
from engine.media.presets import load_presets
from engine.packs.store import PackStore
from tests.app.conftest import OpenStudio
from tests.app.film_actions_by_hand import make_clip

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging" / "i18n"))

import translate  # noqa: E402  (the same checks that packaging/i18n/translate.py --check makes)


@pytest.fixture
def translators() -> Iterator[Translators]:
    before = QLocale()
    result = Translators()
    yield result
    for translator in result._installed:
        QCoreApplication.removeTranslator(translator)
    QLocale.setDefault(before)


@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_every_word_is_gathered_translated_and_compiled(language: str) -> None:
    assert translate.check(language) == []  # else: python packaging/i18n/translate.py, and fill in the .ts


def test_translations_keep_their_placeholders() -> None:
    import xml.etree.ElementTree as ElementTree

    root = ElementTree.parse(translate.FOLDER / "walt_fr.ts").getroot()
    for message in root.iter("message"):
        source = message.findtext("source") or ""
        forms = [form.text or "" for form in message.iter("numerusform")] or [
            message.findtext("translation") or ""
        ]
        for form in forms:
            assert set(re.findall(r"\{\d\}", form)) == set(re.findall(r"\{\d\}", source)), source


def test_nothing_is_translated_that_was_put_together_first() -> None:
    """An f-string, a sum or a name inside tr or translate is never found by lupdate."""
    wrong: list[str] = []
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            words = node.args[:1] if name == "tr" else node.args[1:2] if name == "translate" else []
            if ast.unparse(node.func) == "QTransform().translate" or "QTransform" in ast.unparse(node.func):
                continue
            if name == "translate" and not isinstance(node.args[0], ast.Constant):
                continue  # a painter's
            if name == "translate" and not isinstance(node.args[0].value, str):
                continue
            wrong += [
                f"{file.name}:{node.lineno}"
                for word in words
                if not (isinstance(word, ast.Constant) and isinstance(word.value, str))
            ]
    assert wrong == []


def test_every_word_in_the_source_was_found_by_lupdate() -> None:
    """It does not look inside f-strings, for one."""
    import xml.etree.ElementTree as ElementTree

    root = ElementTree.parse(translate.FOLDER / "walt_fr.ts").getroot()
    gathered = {message.findtext("source") for message in root.iter("message")}
    missed: list[str] = []
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "tr":
                word = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
                missed += [] if word in gathered else [f"{file.name}:{node.lineno} {word}"]
    assert missed == []


def test_the_window_speaks_french(qtbot: QtBot, open_studio: OpenStudio, translators: Translators) -> None:
    translators.speak("fr")
    studio = open_studio()
    buttons = {button.text().split("\u2003")[0] for button in studio.window.findChildren(QAbstractButton)}
    labels = {label.text() for label in studio.window.findChildren(QLabel)}
    assert {"Générer", "Exemples", "À éviter"} <= buttons
    assert {"Graine", "Durée", "Format"} <= labels
    assert studio.window.actions_["preferences"].text() == "Préférences…"
    qtbot.keyClicks(studio.window.composer.prompt, "x")
    studio.window.composer.chips.cameras["zoom_in"].setVisible(True)
    studio.window.composer.chips.cameras["zoom_in"].click()
    assert studio.session.draft.prompt == "x, la caméra zoome"
    assert "," in studio.window.composer.length.itemText(0)  # 2,1 s


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_composer_s_fields_fit_its_narrowest_width(
    open_studio: OpenStudio, translators: Translators, language: Language
) -> None:
    translators.speak(language)
    studio = open_studio(store=PackStore())
    composer, still = studio.window.composer, studio.session.still
    scroll = composer.findChildren(QScrollArea)[0]
    composer.advanced.open()
    composer.keep_away.open()
    room = composer.minimumWidth() - scroll.verticalScrollBar().sizeHint().width()
    name = "a-very-long-name-of-a-picture-from-last-summer.png"
    look = np.zeros((90, 160, 3), np.uint8)
    ready = Ready(Path(name), name, look, Opened(Path(name), look, (160, 90)), Crop())
    video = replace(ready, opened=replace(ready.opened, video=Video(Path(name), 24_000, 25), at=20_000))
    refused = Refused(name, WaltError("image-not-supported", f"{name} is no picture.", "PNG works."))
    for state in (NoStill(), Checking(name), ready, video, Recalled(Path(name), name), refused):
        still._set(state)
        QApplication.processEvents()
        assert scroll.widget().minimumSizeHint().width() <= room, state


def test_a_long_notice_can_be_read_to_its_end(open_studio: OpenStudio, translators: Translators) -> None:
    translators.speak("fr")
    studio = open_studio()
    studio.window.resize(1024, 700)
    studio.window.tell_of_crash(Path("/somewhere/crash-report.log"))
    QApplication.processEvents()
    line = studio.window.status.line
    assert "Afficher dans le dossier" in line.text()
    assert line.heightForWidth(line.width()) <= line.height()


def test_numbers_and_old_errors_are_french_too(
    qtbot: QtBot, open_studio: OpenStudio, translators: Translators
) -> None:
    translators.speak("fr")
    assert (seconds_text(4.84), size_text(3 * 2**29)) == ("4,8 s", "1,5\u00a0Go")
    assert (time_code(9, 8), count_text(12_345)) == ("00:01,125", "12\u202f345")
    studio = open_studio()
    studio.window.composer.advanced.open()
    assert studio.window.playback_panel.time.text() == "00:00,000"
    assert "," in studio.window.composer.advanced.content.findChildren(QDoubleSpinBox)[0].text()
    queue = studio.session.queue
    job = Job("1", "failed", ClipRequest("x"), "x", 7, 0.0, code="out-of-memory", message="Not enough memory.")
    assert queue.sentence(job) == "Il n’y a pas assez de mémoire pour ce clip."
    translators.speak("en")
    assert queue.sentence(job) == "Not enough memory."
    assert (seconds_text(4.84), size_text(790 * 2**20)) == ("4.8 s", "790\u00a0MB")


def test_qt_s_own_words_are_french_too(translators: Translators) -> None:
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
    translators.speak("fr")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Annuler"
    translators.speak("en")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_plurals_are_right_in_both_languages(translators: Translators) -> None:
    def clips(count: int) -> str:
        return QCoreApplication.translate("LibraryPanel", "%Ln clip(s)", None, count)

    translators.speak("en")
    assert [clips(1), clips(2), clips(10_000)] == ["1 clip", "2 clips", "10,000 clips"]
    translators.speak("fr")
    assert [clips(0), clips(1), clips(2)] == ["0 clip", "1 clip", "2 clips"]
    assert clips(10_000) == "10\u202f000 clips"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_starter_knows_every_word_of_the_examples(translators: Translators, language: str) -> None:
    translators.speak(language)  # pyright: ignore[reportArgumentType]
    starter = PackStore().find("starter")
    vocabulary = kind_of(starter).vocabulary(starter)
    assert len(examples()) == 5
    for example in examples():
        assert vocabulary.unknown(example) == []


def test_errors_are_said_in_the_window_s_language(translators: Translators) -> None:
    error = WaltError("output-exists", "There is /x/y.mp4 already.", "Give another name.")
    translators.speak("en")
    assert sentence(error) == (error.message, error.hint)
    translators.speak("fr")
    assert sentence(error).message == "Un fichier de ce nom existe déjà."
    odd = WaltError("never-heard-of", "Odd.")
    assert sentence(odd).message == "Odd."


NOT_IN_THE_WINDOW = ("cli", "training", "evaluation", "worlds")
"""Parts of the engine that only the command line reaches, which speaks English."""


def codes() -> Iterator[str]:
    """Every code of an error that the engine or the window raises, where the window can meet it."""
    engine = [path for path in (ROOT / "engine").iterdir() if path.name not in NOT_IN_THE_WINDOW]
    for part in (*engine, ROOT / "engine" / "training" / "finetuning", ROOT / "app"):
        for file in [part] if part.suffix == ".py" else part.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error") and node.args:
                    code = node.args[0]
                    if isinstance(code, ast.Constant) and re.fullmatch(r"[a-z]+(-[a-z]+)*", str(code.value)):
                        yield str(code.value)


def test_every_error_the_window_can_meet_has_its_french(translators: Translators) -> None:
    translators.speak("fr")
    met = set(codes())
    assert len(met) > 50
    assert [
        code for code in sorted(met) if sentence(WaltError(code, "In English.")).message == "In English."
    ] == []


def test_no_error_has_two_sentences() -> None:
    every = [code for table in tables() for code in table]
    assert len(every) == len(set(every))


def test_every_export_format_is_said_in_french(
    qtbot: QtBot, open_studio: OpenStudio, translators: Translators
) -> None:
    """Presets are data files: a new one has to be put into the window's own table too."""
    presets = {preset.name: (preset.title, preset.about) for preset in load_presets()}
    assert len(presets) >= 8
    translators.speak("en")
    assert table() == presets
    translators.speak("fr")
    french = table()
    names = {title for title, _ in presets.values() if re.fullmatch(r"[A-Za-z0-9]+ · [A-Za-z0-9.]+", title)}
    for name, (title, about) in presets.items():
        assert french[name].about != about
        assert french[name].title != title or title in names - {"Still · PNG"}  # names of codecs are the same
    studio = open_studio()
    make_clip(qtbot, studio)
    with qtbot.waitSignal(studio.window.exports.exporter.formats_known):
        studio.window.actions_["export"].trigger()
    [dialog] = studio.window.findChildren(ExportDialog)
    shown = {dialog.format.itemText(index) for index in range(dialog.format.count())}
    assert {"GIF animé", "WebP animé", "Images PNG", "Image fixe · PNG"} <= shown


def test_the_language_is_the_one_chosen_or_one_that_walt_speaks() -> None:
    assert spoken("fr") == "fr"
    assert spoken("en") == "en"
    assert spoken("system") in ("en", "fr")
