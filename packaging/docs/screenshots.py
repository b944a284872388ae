"""Renders the window off screen in its states, dark and light, English and French.

    python packaging/docs/screenshots.py OUT [--real] [--only done] [--languages en] [--size 1280x800]
    python packaging/docs/screenshots.py --docs

The first draws every panel, state and theme: OUT/SCENE-LOOK-LANGUAGE.png, with test pictures that say so, or with
``--real`` with clips that the starter makes for it. The second makes the pictures of docs/window.md and the README
anew, with the starter's clips; run it whenever the starter is replaced.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication
from scenes import clip as clip_scenes
from scenes import dialogs as dialog_scenes
from scenes import side_panel as side_panel_scenes
from scenes.recordings import Source, drawn, make_source
from scenes.stage import Stage

from app.core.i18n import Language, Translators
from app.core.theme import Theme

LANGUAGES: tuple[Language, ...] = ("en", "fr")
LOOKS = ("dark", "light")
FONTS = ("Inter", "Noto Sans", "DejaVu Sans")
SCENES: dict[str, Callable[[Stage], None]] = {
    scene.__name__: scene for scene in (*clip_scenes.SCENES, *side_panel_scenes.SCENES, *dialog_scenes.SCENES)
}
DOCS = Path(__file__).resolve().parents[2] / "docs" / "window"
SELECTION = (
    "empty-dark-en", "empty-light-fr", "dropped_video-light-en", "sketch-dark-en", "done-dark-en", "done-light-en",
    "done-dark-fr", "library-light-fr", "queue-dark-en", "film-dark-fr", "film-light-en", "export-light-en",
    "failed-dark-en", "preferences-light-fr",
)  # fmt: skip
"""What the docs show."""
LOSSY = 88
"""Quality of the docs' WebP files: under 2 MB in all."""


def names(scenes: Sequence[str], languages: Sequence[Language]) -> Iterator[str]:
    """Every scene in both themes and the languages."""
    yield from (f"{scene}-{look}-{language}" for language in languages for look in LOOKS for scene in scenes)


def shoot(
    app: QApplication, source: Source, wanted: Sequence[str], out: Path, size: tuple[int, int], suffix: str
) -> None:
    """Play scenes and keep their pictures."""
    theme, translators = Theme(app, "dark"), Translators()
    for name in wanted:
        scene, look, language = name.split("-")
        translators.speak("fr" if language == "fr" else "en")
        theme.choose("light" if look == "light" else "dark")
        with tempfile.TemporaryDirectory() as folder:
            stage = Stage(app, theme, source, Path(folder), size)
            SCENES[scene](stage)
            stage.settle()
            QApplication.sendPostedEvents()
            file = out / f"{name}{suffix}"
            if not (stage.shown or stage.window).grab().save(str(file), quality=LOSSY if suffix == ".webp" else -1):
                raise SystemExit(f"{file} could not be written")
            stage.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Render the window's states."""
    parser = argparse.ArgumentParser(description="Renders the window's states.")
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--docs", action="store_true", help="only what the docs show, to where they show it")
    parser.add_argument("--real", action="store_true", help="with clips that the starter makes")
    parser.add_argument("--only", nargs="*", choices=list(SCENES), default=list(SCENES))
    parser.add_argument("--languages", nargs="*", choices=LANGUAGES, default=list(LANGUAGES))
    parser.add_argument("--size", default="1280x800")
    args = parser.parse_args(argv)
    if (args.out is None) == (not args.docs):
        parser.error("say a folder, or --docs")
    app = QApplication.instance() or QApplication(["walt"])
    assert isinstance(app, QApplication)
    family = next((name for name in FONTS if name in QFontDatabase.families()), None)
    if family:
        app.setFont(QFont(family))
    source = make_source() if args.docs or args.real else drawn
    out = DOCS if args.docs else args.out
    out.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in args.size.split("x"))
    every = SELECTION if args.docs else names(list(SCENES), args.languages)
    wanted = [name for name in every if name.split("-")[0] in args.only]
    shoot(app, source, wanted, out, (width, height), ".webp" if args.docs else ".png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
