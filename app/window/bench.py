"""Measures the window's start-up time and its latency while the engine computes.

Runs off screen unless QT_QPA_PLATFORM says otherwise, in folders of its own that are removed afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from collections.abc import Generator

    from app.core.bridge import EngineBridge
    from app.window.main_window import MainWindow
    from engine.api.request import ClipRequest

BEAT_MS = 5
TYPE_EVERY_MS = 200
PATIENCE_SECONDS = 600.0
PROMPT = "A horse walking on the beach at sunset"
START = """
import sys, time
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            print(time.monotonic(), flush=True)
            import os
            os._exit(0)
        return False
app = QApplication(["walt"])
watch = Watch()
app.installEventFilter(watch)
import app.window.main
app_main = sys.modules["app.window.main"]
app_main.main([])
"""


class Heartbeat(QObject):
    """A timer that measures its own delay."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._expected = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to beat."""
        self.late.clear()
        self._expected = time.perf_counter() + BEAT_MS / 1000
        self._timer.start()

    def stop(self) -> dict[str, float]:
        """Stop, and say how late it was: milliseconds."""
        self._timer.stop()
        late = sorted(self.late) or [0.0]
        at = [round(1000 * late[min(len(late) - 1, int(len(late) * share))], 1) for share in (0.5, 0.99)]
        return {
            "beats": len(self.late),
            "p50_ms": at[0],
            "p99_ms": at[1],
            "max_ms": round(1000 * late[-1], 1),
        }

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, now - self._expected))
        self._expected = now + BEAT_MS / 1000


class Typist(QObject):
    """Types letters and measures the time until the field is painted."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._field = window.composer.negative  # typing there leaves the prompt as it is
        window.composer.keep_away.open()
        self._pressed: float | None = None
        self._viewport: QWidget = self._field.viewport()
        self._viewport.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.setInterval(TYPE_EVERY_MS)
        self._timer.timeout.connect(self._type)

    def start(self) -> None:
        """Begin."""
        self._timer.start()

    def stop(self) -> dict[str, float]:
        """Stop, and say how long letters took: milliseconds."""
        self._timer.stop()
        self._viewport.removeEventFilter(self)
        waits = self.waits or [0.0]
        return {
            "letters": len(self.waits),
            "mean_ms": round(1000 * sum(waits) / len(waits), 1),
            "max_ms": round(1000 * max(waits), 1),
        }

    @Slot()
    def _type(self) -> None:
        if self._pressed is None:
            self._pressed = time.perf_counter()
            none = Qt.KeyboardModifier.NoModifier
            event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, none, "a")
            QCoreApplication.postEvent(self._field, event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field is painted."""
        if event.type() == QEvent.Type.Paint and self._pressed is not None:
            self.waits.append(time.perf_counter() - self._pressed)
            self._pressed = None
        return False


@dataclass
class Bench:
    """An open window and what is measured on it."""

    window: MainWindow
    bridge: EngineBridge
    figures: dict[str, Any] = field(default_factory=dict[str, Any])

    def wait(self, ready: Callable[[], bool]) -> None:
        """Run the event loop until a condition holds."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not ready():
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")
            QCoreApplication.processEvents()
            time.sleep(0.001)


def measure(parts: Sequence[str], clips: int, jobs: int, pack: str) -> dict[str, Any]:
    """Measure these parts: ``start``, ``engine``, ``library``, ``queue``."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures: dict[str, Any] = {"processors": os.cpu_count(), "platform": os.environ["QT_QPA_PLATFORM"]}
    with _own_folders():
        if "start" in parts:
            figures["start"] = _start()
        application = QApplication.instance() or QApplication(["walt"])
        assert isinstance(application, QApplication)
        if "library" in parts:
            figures["library"] = _library(application, clips, pack)
        if "queue" in parts:
            figures["queue"] = _queue(application, jobs, pack)
        if "engine" in parts:
            figures["engine"] = _engine(application, pack)
    return figures


@contextmanager
def _own_folders() -> Generator[Path]:
    names = (
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
        "HOME",
        "APPDATA",
        "LOCALAPPDATA",
    )
    before = {name: os.environ.get(name) for name in names}
    with tempfile.TemporaryDirectory(prefix="walt-bench-") as folder:
        os.environ.update(dict.fromkeys(names, folder))
        try:
            yield Path(folder)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def _start() -> dict[str, float]:
    """Seconds from the start of the program to the first painted window: cold, then with warm files."""
    seconds: list[float] = []
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}  # where the launcher has put walt's packages
    for _ in range(3):
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True, env=here)
        seconds.append(round(float(done.stdout.split()[-1]) - began, 3))
    return {"first_s": seconds[0], "warm_s": min(seconds[1:])}


@contextmanager
def _opened(application: QApplication, pack: str, *, real: bool) -> Generator[Bench]:
    from app.core.settings import Settings
    from app.window.main import build, engine_factory

    window, bridge = build(application, Settings(), pack=pack)
    bench = Bench(window, bridge)
    window.show()
    window.session.read_pack()
    bench.wait(lambda: window.session.card is not None or window.session.pack_error is not None)
    if real:
        bridge.start(engine_factory("auto"))
    try:
        yield bench
    finally:
        window.leave()
        bench.wait(lambda: bridge.stopped)
        window.shut_down()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _library(application: QApplication, clips: int, pack: str) -> dict[str, float]:
    """A library of many clips: opening it, and scrolling through it."""
    _fill_library(clips)
    with _opened(application, pack, real=False) as bench:
        heart, session = Heartbeat(), bench.window.session
        heart.start()
        began = time.perf_counter()
        session.library.open()
        bench.wait(lambda: session.library.ready)
        bench.window.side_panel.library.grid.viewport().repaint()
        opened = time.perf_counter() - began
        opening = heart.stop()
        bar = bench.window.side_panel.library.grid.verticalScrollBar()
        heart.start()
        for step in range(60):
            bar.setValue(bar.maximum() * step // 59)
            until = time.perf_counter() + 1 / 60
            bench.wait(lambda: time.perf_counter() >= until)  # noqa: B023
        return {"clips": clips, "open_s": round(opened, 3), "opening": opening, "scrolling": heart.stop()}  # pyright: ignore[reportReturnType]


def _fill_library(clips: int) -> None:
    from app.library.database import open_database
    from app.library.files import STRIP_FRAMES, default_places, save_strip
    from app.library.records import ClipRecord, columns, values_of
    from engine.api.request import ClipRequest

    places = default_places()
    places.make()
    connection, _ = open_database(places.database)
    names = columns(ClipRecord)
    request = ClipRequest("a horse")
    rows = [
        values_of(
            ClipRecord(
                f"{number:012x}",
                f"{number:012x}.mp4",
                request,
                f"a horse number {number} on the beach",
                "starter",
                "sr2",
                number,
                896,
                512,
                17,
                8.0,
                18.0,
                1.7e9 + number,
                10**6,
            )
        )
        for number in range(clips)
    ]
    marks = ", ".join("?" * len(names))
    with connection:
        connection.executemany(f"INSERT INTO clips ({', '.join(names)}) VALUES ({marks})", rows)
    connection.close()
    picture = QImage(896, 512, QImage.Format.Format_RGB32)
    picture.fill(0x31456B)
    save_strip(places, f"{0:012x}", [picture] * STRIP_FRAMES)
    for number in range(clips):
        (places.clips / f"{number:012x}.mp4").touch()
        if number:
            os.link(places.strip(f"{0:012x}"), places.strip(f"{number:012x}"))


def _queue(application: QApplication, jobs: int, pack: str) -> dict[str, Any]:
    """A queue of many jobs: adding them, reordering them."""
    with _opened(application, pack, real=False) as bench:
        session = bench.window.session
        session.library.open()
        bench.wait(lambda: session.library.ready)
        session.queue.pause(True)
        session.edit(prompt=PROMPT)
        bench.window.side_panel.turn_to(bench.window.side_panel.queue)
        heart = Heartbeat()
        heart.start()
        [request] = session.requests()
        session.queue.add([replace(request, seed=seed) for seed in range(jobs)])
        bench.wait(lambda: len(session.queue.waiting) >= jobs)
        for _ in range(20):
            session.queue.shift([session.queue.waiting[-1].id], -1)
            until = time.perf_counter() + 1 / 60
            bench.wait(lambda: time.perf_counter() >= until)  # noqa: B023
        return {"jobs": jobs, **heart.stop()}


def _engine(application: QApplication, pack: str) -> dict[str, Any]:
    """While the engine computes: how late the window is, how soon a picture is there, and what the window costs."""
    with _opened(application, pack, real=True) as bench:
        session = bench.window.session
        session.library.open()
        bench.wait(lambda: session.library.ready)
        session.edit(prompt=PROMPT, seed=7, seed_fixed=True)
        _make_one(bench)  # loads the pack and warms up
        heart, typist = Heartbeat(), Typist(bench.window)
        heart.start()
        typist.start()
        first, whole = _make_one(bench)
        figures = {
            "pack": pack,
            "heartbeat": heart.stop(),
            "typing": typist.stop(),
            "first_picture_s": first,
            "clip_s": whole,
        }
        [request] = session.requests()
    alone = _alone(request)
    return {**figures, "clip_without_window_s": alone, "cost": round(whole / alone, 2)}


def _alone(request: ClipRequest) -> float:
    """Seconds for the same clip by a warm engine without a window."""
    from engine.api.events import JobDone, JobFailed
    from engine.worker import Engine

    ended_events: SimpleQueue[JobDone | JobFailed] = SimpleQueue()
    engine = Engine(lambda event: ended_events.put(event) if isinstance(event, JobDone | JobFailed) else None)
    try:
        seconds: list[float] = []
        for _ in range(2):  # the first loads the pack
            began = time.perf_counter()
            engine.submit(request)
            if isinstance(ended := ended_events.get(), JobFailed):
                raise ended.error
            seconds.append(time.perf_counter() - began)
        return round(seconds[-1], 2)
    finally:
        engine.close()


def _make_one(bench: Bench) -> tuple[float, float]:
    """Seconds until the first picture of a clip, and until it is whole."""
    from app.jobs.state import Done, Failed

    session = bench.window.session
    began = time.perf_counter()
    session.generate()
    bench.wait(lambda: not session.monitor.empty and not isinstance(session.state, Done))
    first = time.perf_counter() - began
    bench.wait(lambda: isinstance(session.state, Done | Failed))
    if isinstance(session.state, Failed):
        raise session.state.error
    return round(first, 2), round(time.perf_counter() - began, 2)
