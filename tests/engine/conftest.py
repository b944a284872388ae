"""The tiny pack, written to disk once a session and loaded from there, and ears for what a job says."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from engine.api.clip import Clip
from engine.api.events import Event
from engine.api.request import ClipRequest
from engine.api.types import StageName
from engine.packs.load import LoadedPack, load_pack
from engine.packs.store import PackStore
from engine.pipeline.cascade import Cascade
from engine.runtime.devices import resolve
from engine.text.vocabulary import Vocabulary
from engine.training.precision import avoid_amx
from tests.tiny_pack import tiny_vocabulary, write_tiny_pack

avoid_amx()  # tokenizers are trained in this process


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return tiny_vocabulary()


@pytest.fixture(scope="session")
def packs_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the pack ``tiny``."""
    return write_tiny_pack(tmp_path_factory.mktemp("packs")).parent


@pytest.fixture(scope="session")
def store(packs_folder: Path) -> PackStore:
    return PackStore([packs_folder])


@pytest.fixture(scope="session")
def pack(packs_folder: Path) -> LoadedPack:
    return load_pack(packs_folder / "tiny", resolve("cpu"))


class Recorder:
    """Listens to a cascade or an engine; ``stop_at`` is asked after each event whether to cancel."""

    def __init__(self, stop_at: Callable[[Event], bool] = lambda event: False) -> None:
        self.events: list[Event] = []
        self.stopped = False
        self._stop_at = stop_at

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self.stopped = self.stopped or self._stop_at(event)

    def cancelled(self) -> bool:
        return self.stopped

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="session")
def make(pack: LoadedPack) -> Callable[..., Clip]:
    """Make a clip with the tiny pack: ``make(recorder, ["base"], seed=3)``, of which the base is looked at."""
    cascade = Cascade(pack)

    def run(
        listener: Recorder | None = None, looked_at: Collection[StageName] = (), **wishes: object
    ) -> Clip:
        listener = listener if listener is not None else Recorder()
        request = ClipRequest.parse(**{"prompt": "a horse", "pack": "tiny", **wishes})
        return cascade.generate(request, listener, listener.cancelled, "job", looked_at=lambda: looked_at)

    return run
