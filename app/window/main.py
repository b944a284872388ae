"""Opens the window. It is on screen before torch is loaded: the engine loads it later, on its own thread."""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.resources import files
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.compose.prompt_history import PromptHistory
from app.core.background_tasks import BackgroundTasks
from app.core.bridge import EngineBridge, EngineFactory
from app.core.i18n import Translators, spoken
from app.core.settings import Settings
from app.core.theme import CHOICES, Theme
from app.jobs.queue import Queue
from app.library.files import LibraryPaths, default_places
from app.library.library import Library
from app.library.store import Store
from app.preferences.preferences import PreferenceFile
from app.window.main_window import MainWindow
from app.window.screen import make_application
from app.window.session import Session
from app.window.single_instance import Application, Call, Door
from engine.runtime.places import user_folder

if TYPE_CHECKING:
    from app.core.bridge import EngineLike, Listener
    from engine.packs.store import PackStore

_log = logging.getLogger(__name__)

LOG_BYTES = 2**20
LOGS_KEPT = 3
"""Older logs beside the one that is written: all of them together stay under four megabytes."""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the window's flags."""
    parser = argparse.ArgumentParser(prog="walt", description="Open the window.")
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda", "mps"), help="where to compute; as preferred if left out"
    )
    parser.add_argument("--pack", help="which pack to use; as last time if left out")
    parser.add_argument("--prompt", default="", help="what to write into the prompt")
    parser.add_argument("files", nargs="*", type=Path, help="a film, a picture, a video, a clip of walt's, a pack")
    parser.add_argument("--theme", choices=CHOICES, help="colours; as last time if left out")
    return parser.parse_args(argv)


def engine_factory(device: str, threads: int = 0, memory_mb: int = 0) -> EngineFactory:
    """Makes the real engine; its module is imported only when it is called."""

    def make(listener: Listener) -> EngineLike:
        from engine.worker import Engine

        return Engine(
            listener, device=device, warm=True, threads=threads or None, memory_mb=memory_mb or None
        )

    return make


def build(
    app: QApplication, settings: Settings, *, preferences: PreferenceFile | None = None,
    pack: str = "starter", store: PackStore | None = None, theme: Theme | None = None,
    places: LibraryPaths | None = None, clock: Callable[[], float] = time.monotonic,
) -> tuple[MainWindow, EngineBridge]:  # fmt: skip
    """The window and the bridge behind it, not yet shown, the engine not yet made."""
    preferences = preferences or PreferenceFile()
    tasks = BackgroundTasks()
    store_worker = BackgroundTasks(name="store", drain_on_close=True)
    library_store = Store(places or default_places(preferences.now.library_folder))
    bridge = EngineBridge()
    library, queue = Library(library_store, store_worker), Queue(library_store, store_worker)
    session = Session(bridge, tasks, library, queue, store, pack, clock=clock)
    theme = theme or Theme(app, preferences.now.theme)
    window = MainWindow(session, bridge, tasks, theme, settings, preferences, PromptHistory())
    for part in (session, library, queue, bridge, tasks, store_worker):
        part.setParent(window)
    return window, bridge


def keep_log(folder: Path) -> Path | None:
    """Warnings and crashes go to a file on this machine, and nowhere else; prompts are never logged.

    Returns:
        The report of a crash that nobody was told of yet.
    """
    crash, report = folder / "crash.log", None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if crash.exists() and crash.stat().st_size:
            report = crash.replace(folder / "crash-report.log")
        crashes = crash.open("a", encoding="utf-8")
    except OSError:
        return None  # no place to write: the window works without
    faulthandler.enable(crashes)
    handler = RotatingFileHandler(
        folder / "walt.log", maxBytes=LOG_BYTES, backupCount=LOGS_KEPT, delay=True, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    return report


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window and stay until it is closed.

    Returns:
        The exit status: 0.

    Raises:
        WaltError: ``no-home``.
    """
    args = parse(sys.argv[1:] if argv is None else argv)
    logs = user_folder("logs")
    app = QApplication.instance() or make_application(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("walt")
    app.setDesktopFileName("walt")
    call = Call(tuple(str(file.absolute()) for file in args.files), args.prompt)
    door = Door()
    if door.knock(call):
        return 0
    door.open()
    if isinstance(app, Application):
        app.called.connect(door.called)
    crash = keep_log(logs)
    preferences = PreferenceFile()
    if args.theme:
        preferences.change(theme=args.theme)
    theme = Theme(app, preferences.now.theme)
    translators = Translators()
    again = True
    while again:
        translators.speak(spoken(preferences.now.language))
        again = _serve(app, preferences, theme, args, door, call, crash)
        call, crash = Call(), None
    door.close()
    return 0


def _serve(
    app: QApplication, preferences: PreferenceFile, theme: Theme, args: argparse.Namespace,
    door: Door, call: Call, crash: Path | None,
) -> bool:  # fmt: skip
    """One window, from its opening to its end; whether another is to follow, with other preferences."""
    device, pack = args.device or preferences.now.device, args.pack or preferences.now.pack
    window, bridge = build(app, Settings(), preferences=preferences, pack=pack, theme=theme)

    def wake_up() -> None:
        app.setWindowIcon(QIcon(str(files("resources") / "icons" / "walt.svg")))
        window.header.name_device(device)
        window.session.read_pack()
        window.session.library.open()
        bridge.start(engine_factory(device, preferences.now.threads, preferences.now.memory_mb))
        if call != Call():
            window.receive(call)
        if crash is not None:
            window.tell_of_crash(crash)

    door.called.connect(window.receive)
    window.seen.connect(wake_up)
    window.show()
    from app.core import loop

    loop.run(app, bridge)
    window.shut_down()
    if not bridge.stopped:
        _log.warning("the engine did not stop in time")
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)  # a thread inside torch must not meet a half-dismantled interpreter
    window.deleteLater()
    return window.reopening
