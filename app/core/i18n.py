"""The window's languages: English in the source, others in ``resources/i18n``, Qt's own words beside them."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

if TYPE_CHECKING:
    from app.preferences.preferences import LanguageChoice

Language = Literal["en", "fr"]


def spoken(choice: LanguageChoice) -> Language:
    """The language to use: the chosen one, or the first of the system's languages that walt supports."""
    if choice != "system":
        return choice
    for name in QLocale.system().uiLanguages():
        if name.startswith("fr"):
            return "fr"
        if name.startswith("en"):
            return "en"
    return "en"


def window_language() -> Language:
    """The language that the window uses now."""
    return "fr" if QLocale().language() == QLocale.Language.French else "en"


class Translators:
    """The installed translators; `speak` changes the language of everything that is built afterwards."""

    def __init__(self) -> None:
        self.language: Language = "en"
        self._installed: list[QTranslator] = []

    def speak(self, language: Language) -> None:
        """Use this language for numbers, dates and all widgets that are built from now on."""
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed = []
        self.language = language
        QLocale.setDefault(QLocale(QLocale.Language.French if language == "fr" else QLocale.Language.English))
        own = str(files("resources") / "i18n")
        # English has a file for its plurals; Qt's own words are English without one.
        for name, folder in ((f"qtbase_{language}", _qt_folder()), (f"walt_{language}", own)):
            translator = QTranslator()
            if translator.load(name, folder):
                QCoreApplication.installTranslator(translator)
                self._installed.append(translator)


def _qt_folder() -> str:
    return QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
