"""Renders the window off screen in its states, dark and light, English and French, to PNG files.

    python packaging/screenshots.py OUT [--clip CLIP.mp4] [--only done] [--languages en] [--size 1280x800]
    python packaging/screenshots.py docs/screenshots --selection --clip CLIP.mp4

``--selection`` makes the few that the README and the docs show.
Without ``--clip`` the pictures in it are test pictures, and say so.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from app.bridge import Listener
from app.i18n import Language, Translators
from app.main import build
from app.model.job import Running
from app.model.keeping import Places
from app.model.records import State
from app.settings import Settings
from app.theme import Theme
from app.ui.export_dialog import ExportDialog
from engine.clip import Clip
from engine.errors import UsageError, WaltError
from engine.events import (
    FramesReady,
    JobCancelled,
    JobDone,
    JobFailed,
    JobStarted,
    StageName,
    StageStarted,
    StepDone,
)  # fmt: skip
from engine.models.vocabulary import Vocabulary
from engine.packs.manifest import Manifest, StageSpec
from engine.packs.store import InstalledPack
from engine.request import Aspect, ClipRequest

PROMPT = "A horse walking on the beach at sunset, a castle far away"
SCALE: dict[StageName, int] = {"base": 1, "sr1": 2, "sr2": 4}
STEPS: dict[StageName, int] = {"base": 24, "sr1": 12, "sr2": 8}
SECONDS = {"base": 11.2, "sr1": 9.6, "sr2": 21.4, "decode": 4.1, "total": 46.3}
LANGUAGES: tuple[Language, ...] = ("en", "fr")
FONTS = ("Inter", "Noto Sans", "DejaVu Sans")


def pattern(index: int, total: int, width: int, height: int) -> np.ndarray:
    """One frame of a plainly artificial clip: a dusk gradient, a sun that travels, a label."""
    image = QImage(width, height, QImage.Format.Format_RGB888)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    sky = QLinearGradient(0, 0, 0, height)
    for stop, colour in (
        (0, "#31456B"),
        (0.45, "#B7788A"),
        (0.62, "#F0B27A"),
        (0.63, "#6E5A58"),
        (1, "#2A2B33"),
    ):
        sky.setColorAt(stop, QColor(colour))
    painter.fillRect(image.rect(), sky)
    travelled = index / max(total - 1, 1)
    sun = QPointF(width * (0.2 + 0.6 * travelled), height * (0.42 - 0.1 * np.sin(np.pi * travelled)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#FFE3B0"))
    painter.drawEllipse(sun, height * 0.09, height * 0.09)
    font = QFont()
    font.setPixelSize(max(6, height // 20))
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255, 190))
    below = QRectF(0, height * 0.8, width, height * 0.1)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"test picture {index + 1} of {total}")
    painter.end()
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return lines[:, : width * 3].reshape(height, width, 3).copy()


def pattern_clip(width: int, height: int, total: int = 17) -> np.ndarray:
    """All frames of the artificial clip."""
    return np.stack([pattern(index, total, width, height) for index in range(total)])


def shrunk(frames: np.ndarray, factor: int) -> np.ndarray:
    """Frames averaged down by a whole factor."""
    count, height, width, _ = frames.shape
    blocks = frames.reshape(count, height // factor, factor, width // factor, factor, 3)
    return np.ascontiguousarray(blocks.mean((2, 4)).round().astype(np.uint8))


def card_of(title: str) -> tuple[InstalledPack, Vocabulary]:
    """A pack's face without a pack: enough for the header, the sizes and the unknown words."""
    stages = {
        stage: StageSpec(transformer={}, steps=STEPS[stage], low_res_noise=None if stage == "base" else 100)
        for stage in SCALE
    }
    manifest = Manifest(
        name="starter",
        title=title,
        version="0",
        licence="Apache-2.0",
        description="A stand-in for pictures.",
        sizes={"16:9": (128, 224), "9:16": (224, 128), "1:1": (128, 128)},
        tokenizer={},
        text={},
        stages=stages,
    )
    words = ("a", "an", "horse", "robot", "walking", "on", "the", "beach", "at", "sunset", "in", "snow")
    return InstalledPack(Path("starter"), manifest), Vocabulary.build(words)


class Stage:
    """A window on which scenes are played by hand, event by event."""

    def __init__(
        self, app: QApplication, theme: Theme, frames: np.ndarray, folder: Path, size: tuple[int, int]
    ):
        from app.model.pack import PackCard

        self.app = app
        self.frames = frames
        self.shown: QWidget | None = None
        """What is pictured, if not the window."""
        settings = Settings(folder / "window.ini")
        places = Places(folder / "data", folder / "cache")
        self.window, self.bridge = build(app, settings, theme=theme, places=places)
        self.window.header.name_device("cpu")
        self.session = self.window.session
        self.bridge.start(lambda listener: Puppet(listener))
        self.session._take_card(PackCard(*card_of("Starter")))  # pyright: ignore[reportPrivateUsage]
        self.session.library.open()
        self.wait(lambda: self.session.library.ready)
        self.window.resize(*size)
        self.window.show()
        self.settle()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Let threads answer."""
        while not condition():
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)

    def settle(self) -> None:
        """Let signals and timers that are due run."""
        for _ in range(20):
            self.app.processEvents()

    def type(self, prompt: str, aspect: Aspect = "16:9", seed: int = 7) -> None:
        """Fill the composer."""
        self.session.edit(prompt=prompt, aspect=aspect, seed=seed, seed_fixed=True)
        self.window.composer.unknown.judge()

    def begin(self) -> None:
        """Press Generate."""
        self.window.actions_["generate"].trigger()
        self.wait(lambda: isinstance(self.session.state, Running) and bool(self.session.state.job))
        self.bridge.listen(JobStarted("job"))

    def stage(self, name: StageName, upto_step: int | None = None, decoded: int = 17) -> None:
        """Play a stage, or its first steps."""
        frames = shrunk(self.frames, 4 // SCALE[name])
        steps = STEPS[name]
        _, height, width, _ = frames.shape
        self.bridge.listen(StageStarted("job", name, width, height, len(frames), steps))
        look = shrunk(frames[::4], 8)
        left = {"base": 44.0, "sr1": 31.0, "sr2": 17.0}[name]
        for step in range(1, (steps if upto_step is None else upto_step) + 1):
            self.bridge.listen(StepDone("job", name, step, steps, 5.0, left, look))
        if upto_step is None:
            self.bridge.listen(FramesReady("job", name, 0, len(frames), frames[:decoded]))
        self.settle()

    def clip(self, stage: StageName) -> Clip:
        """The clip as it is after a stage."""
        request = ClipRequest.parse(prompt=self.session.draft.prompt or "x", seed=7)
        return Clip(shrunk(self.frames, 4 // SCALE[stage]), request, stage, "starter", SECONDS)

    def rest_at(self, index: int) -> None:
        """Pause on a frame."""
        self.session.player.pause()
        self.session.player.seek(index)
        self.settle()

    def close(self) -> None:
        """Take the window down."""
        self.window.leave()
        self.window.shut_down()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.settle()


class Puppet:
    """An engine that says only what it is told to."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def submit(self, _request: ClipRequest) -> str:
        """Take any request."""
        return "job"

    def cancel(self, job: str) -> None:
        """Wait for the scene to say so."""

    def close(self, _timeout: float = 5.0) -> bool:
        """Nothing to end."""
        return True


def empty(stage: Stage) -> None:
    """First run."""


def typing(stage: Stage) -> None:
    """A prompt with unknown words, and a still."""
    stage.type("A hrse walking on the beach at sunset, behind it a castle")
    from app.model.crop import Crop
    from app.model.still import Opened, Ready

    picture = shrunk(pattern_clip(1024, 1024, 2)[:1], 2)[0]
    opened = Opened(Path("holiday.jpg"), picture, (1024, 1024))
    ready = Ready(opened.file, "holiday.jpg", picture, opened, Crop(0.5, 0.4, 1.2))
    stage.session.still._set(ready)  # pyright: ignore[reportPrivateUsage]
    stage.window._refresh()  # pyright: ignore[reportPrivateUsage]


def wrong_still(stage: Stage) -> None:
    """A file that is no picture was dropped."""
    stage.type("A robot walking in the snow")
    error = UsageError("image-unknown", "notes.pdf is not a picture.", "PNG, JPEG and WebP pictures work.")
    stage.session.still.take(error)


def waking(stage: Stage) -> None:
    """The models are being loaded."""
    stage.type(PROMPT)
    stage.begin()


def sketch(stage: Stage) -> None:
    """The base stage is at work."""
    waking(stage)
    stage.stage("base", upto_step=9)
    stage.rest_at(6)


def finish(stage: Stage) -> None:
    """The last stage is at work."""
    waking(stage)
    stage.stage("base")
    stage.stage("sr1")
    stage.stage("sr2", upto_step=3)
    stage.rest_at(6)


def done(stage: Stage) -> None:
    """A whole clip."""
    finish(stage)
    stage.stage("sr2")
    stage.bridge.listen(JobDone("job", stage.clip("sr2")))
    stage.settle()
    stage.rest_at(8)


def saved(stage: Stage) -> None:
    """A whole clip that was exported."""
    done(stage)
    stage.window.exports.exporter.saved.emit(Path("/videos/a-horse-walking-7.mp4"))


def stopped(stage: Stage) -> None:
    """Cancelled, with what was finished."""
    finish(stage)
    stage.session.cancel()
    stage.bridge.listen(JobCancelled("job", stage.clip("sr1")))
    stage.settle()
    stage.rest_at(8)


def failed(stage: Stage) -> None:
    """Something went wrong."""
    waking(stage)
    error = WaltError(
        "out-of-memory",
        "There is not enough memory for this clip.",
        "Close other programs, or make a smaller clip.",
    )
    stage.bridge.listen(JobFailed("job", error))


def upright(stage: Stage) -> None:
    """A clip in 9:16."""
    stage.frames = pattern_clip(512, 896)
    stage.type("A horse walking on the beach at sunset", "9:16")
    stage.begin()
    stage.stage("base")
    stage.stage("sr1", upto_step=5)
    stage.rest_at(4)


PROMPTS = (
    "A horse walking on the beach at sunset",
    "A dragon breathing fire over the sea at night",
    "A polar bear walking in the snow",
    "A fox running through a meadow",
    "A whale swimming, seen from above",
    "A red balloon over the desert",
    "An asteroid striking the Earth",
)


def library(stage: Stage) -> None:
    """Clips in the library, one of them selected."""
    shelf = stage.window.shelf.library
    for number, prompt in enumerate(PROMPTS):
        upright = number == 3
        name: StageName = "base" if number == 4 else "sr1"
        frames = pattern_clip(128, 224) if upright else shrunk(stage.frames, 4 // SCALE[name])
        request = ClipRequest.parse(prompt=prompt, seed=40 + number)
        clip = Clip(frames, request, name, "starter", SECONDS)
        stage.session.library.keep(clip, "", "cancelled" if name == "base" else "done")
        stage.wait(lambda: len(stage.session.library.clips) == number + 1)  # noqa: B023
    favourites = [clip.id for clip in stage.session.library.clips[1:3]]
    stage.session.library.set_favourite(favourites, True)
    shelf.grid.setCurrentIndex(shelf.clips.index(2, 0))
    stage.settle()
    wanted = len(PROMPTS)
    thumbs = stage.session.library.thumbs
    stage.wait(lambda: sum(thumbs.strip(clip) is not None for clip in shelf.clips.rows) == wanted)
    shelf.clips.refresh()


def nothing_found(stage: Stage) -> None:
    """A search without an answer, right after a clip was deleted."""
    library(stage)
    shelf = stage.window.shelf.library
    shelf.undo.say("1 clip in the trash", "Undo")
    shelf.limit.say("The library takes 21.3 GB, more than the 20 GB it may.", "Tidy up…")
    shelf.search.setText("castle")


def queue(stage: Stage) -> None:
    """Jobs in every state."""
    stage.window.shelf.turn_to(stage.window.shelf.queue)
    jobs = stage.session.queue
    kinds: tuple[State, ...] = ("done", "failed", "cancelled", "interrupted")
    error = WaltError("out-of-memory", "There is not enough memory for this clip.", "Close other programs.")
    for number, state in enumerate(kinds):
        request = ClipRequest.parse(prompt=PROMPTS[number + 3], seed=number)
        jobs.pause(True)
        jobs.add([request])
        jobs.start(jobs.waiting[0], lambda _job: None)
        jobs.end(state, error if state == "failed" else None)
    jobs.pause(False)
    stage.type(PROMPTS[0])
    stage.begin()
    for prompt in PROMPTS[1:3]:
        stage.type(prompt)
        stage.session.generate()
    stage.stage("base")
    stage.stage("sr1", upto_step=5)
    stage.window.shelf.queue.jobs.setCurrentIndex(jobs.index_of(jobs.waiting[1].id))
    stage.rest_at(6)


def queue_empty(stage: Stage) -> None:
    """Nothing waits."""
    stage.window.shelf.turn_to(stage.window.shelf.queue)


def preferences(stage: Stage) -> None:
    """The preferences."""
    stage.window.dialogs.open_preferences()
    stage.shown = stage.window.dialogs.preferences


def packs(stage: Stage) -> None:
    """The packs that are really installed."""
    stage.window.dialogs.open_packs()
    stage.shown = sheet = stage.window.dialogs.packs
    assert sheet is not None
    while not sheet.list.count():
        stage.settle()


def shortcuts(stage: Stage) -> None:
    """The page of shortcuts."""
    stage.window.dialogs.open_shortcuts()
    stage.shown = stage.window.dialogs.help


def guide(stage: Stage) -> None:
    """The page of help."""
    stage.window.dialogs.open_help()
    stage.shown = stage.window.dialogs.help


def about(stage: Stage) -> None:
    """What walt is."""
    stage.window.dialogs.open_about()
    stage.shown = stage.window.dialogs.about


def export(stage: Stage) -> None:
    """How the clip is to be exported."""
    done(stage)
    stage.window.actions_["export"].trigger()
    stage.settle()
    stage.shown = stage.window.findChild(ExportDialog)


def film(stage: Stage) -> None:
    """Two clips in a row, on the timeline."""
    library(stage)
    clips = [clip for clip in stage.session.library.clips if clip.width > clip.height][:2]
    for clip in clips:
        stage.session.room.add(clip, len(stage.session.room.film.segments))
    stage.session.monitor.show("film")
    monitor = stage.session.monitor
    stage.wait(lambda: monitor.frame(2) is not None and monitor.frame(20) is not None)
    stage.rest_at(20)


def folds(stage: Stage) -> None:
    """The composer with all its folds open, in a tall window."""
    stage.window.resize(stage.window.width(), 1000)
    stage.type("A horse walking on the beach")
    stage.window.composer.keep_away.open()
    stage.window.composer.advanced.open()


SCENES: dict[str, Callable[[Stage], None]] = {
    scene.__name__: scene
    for scene in (
        empty, typing, wrong_still, waking, sketch, finish, done, saved, stopped, failed, upright,
        library, nothing_found, queue, queue_empty,
        export, film, preferences, packs, shortcuts, guide, about, folds,
    )
}  # fmt: skip


SELECTION = ("empty", "sketch", "done", "library", "film", "export")
"""What the README and the docs show."""


def shoot(
    app: QApplication, frames: np.ndarray, out: Path, only: Sequence[str], size: tuple[int, int],
    languages: Sequence[Language],
) -> None:  # fmt: skip
    """Play every scene in both themes and the languages, and keep its picture: NAME-LOOK-LANGUAGE.png."""
    theme, translators = Theme(app, "dark"), Translators()
    for language in languages:
        translators.speak(language)
        for look in ("dark", "light"):
            theme.choose(look)
            for name in only or SCENES:
                with tempfile.TemporaryDirectory() as folder:
                    stage = Stage(app, theme, frames, Path(folder), size)
                    SCENES[name](stage)
                    stage.settle()
                    QApplication.sendPostedEvents()
                    (stage.shown or stage.window).grab().save(str(out / f"{name}-{look}-{language}.png"))
                    stage.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Render the window's states."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--clip", type=Path, help="a 512 x 896 clip of walt's to show instead of test pictures"
    )
    parser.add_argument("--only", nargs="*", choices=list(SCENES), default=[])
    parser.add_argument("--selection", action="store_true", help="only what the README and the docs show")
    parser.add_argument("--languages", nargs="*", choices=LANGUAGES, default=list(LANGUAGES))
    parser.add_argument("--size", default="1280x800")
    args = parser.parse_args(argv)
    app = QApplication.instance() or QApplication(["walt"])
    assert isinstance(app, QApplication)
    family = next((name for name in FONTS if name in QFontDatabase.families()), None)
    if family:
        app.setFont(QFont(family))
    if args.clip:
        from engine.media.clips import read_clip

        frames = read_clip(args.clip).frames
    else:
        frames = pattern_clip(896, 512)
    args.out.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in args.size.split("x"))
    only = args.only or (SELECTION if args.selection else ())
    shoot(app, frames, args.out, only, (width, height), args.languages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
