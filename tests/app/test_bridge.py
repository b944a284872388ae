"""Where two threads meet: nothing lost, nothing stale, nothing held."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core.bridge import Chunk, EngineBridge, StepPreview
from engine.api.errors import WaltError
from engine.api.events import FramesReady, JobStarted, StepDone
from engine.api.request import ClipRequest
from tests.app.fake_engine import FakeEngine, frames_of, preview_of


@pytest.fixture
def bridge(qtbot: QtBot) -> EngineBridge:
    return EngineBridge()


def burst(bridge: EngineBridge, steps: int) -> None:
    for step in range(1, steps + 1):
        bridge.listen(StepDone("job", "base", step, steps, 0.0, 0.0, preview_of(step)))


def from_a_thread(bridge: EngineBridge, steps: int) -> None:
    thread = threading.Thread(target=burst, args=(bridge, steps))
    thread.start()
    thread.join()


def test_every_state_change_arrives_in_order_and_only_the_newest_preview(
    qtbot: QtBot, bridge: EngineBridge
) -> None:
    news: list[int] = []
    previews: list[StepPreview] = []
    bridge.news.connect(lambda event: news.append(event.step))
    bridge.preview.connect(previews.append)
    from_a_thread(bridge, 200)
    qtbot.waitUntil(lambda: len(news) == 200)
    assert news == list(range(1, 201))
    assert [seen.frames[0, 0, 0, 2] for seen in previews] == [200]


def test_a_burst_costs_one_wake_up(qtbot: QtBot, bridge: EngineBridge) -> None:
    woken: list[int] = []
    bridge._woken.connect(lambda: woken.append(1), Qt.ConnectionType.DirectConnection)
    from_a_thread(bridge, 50)
    assert len(woken) == 1
    qtbot.waitUntil(lambda: not bridge._awake)
    from_a_thread(bridge, 50)
    assert len(woken) == 2


def test_no_lock_is_held_while_it_wakes_the_window(bridge: EngineBridge) -> None:
    free: list[bool] = []

    def try_lock() -> None:
        free.append(bridge._lock.acquire(blocking=False))
        bridge._lock.release()

    bridge._woken.connect(try_lock, Qt.ConnectionType.DirectConnection)
    bridge.listen(JobStarted("job"))
    assert free == [True]


def test_news_is_told_in_the_window_s_thread(qtbot: QtBot, bridge: EngineBridge) -> None:
    threads: list[threading.Thread] = []
    bridge.news.connect(lambda _event: threads.append(threading.current_thread()))
    from_a_thread(bridge, 3)
    qtbot.waitUntil(lambda: len(threads) == 3)
    assert set(threads) == {threading.main_thread()}


def test_thumbnails_own_their_pixels(qtbot: QtBot, bridge: EngineBridge) -> None:
    chunks: list[Chunk] = []
    bridge.news.connect(chunks.append)
    frames = frames_of("sr2")[:2]
    bridge.listen(FramesReady("job", "sr2", 0, 17, frames))
    qtbot.waitUntil(lambda: len(chunks) == 1)
    before = chunks[0].thumbs[1].pixelColor(3, 3)
    frames[:] = 255
    assert chunks[0].thumbs[1].pixelColor(3, 3) == before
    assert before.green() == 10


def test_an_engine_that_is_not_there_refuses_politely(bridge: EngineBridge) -> None:
    with pytest.raises(WaltError, match="not running"):
        bridge.submit(ClipRequest(prompt="x"))
    bridge.cancel("job")
    assert bridge.stopped


def test_closing_stops_the_engine_and_takes_no_more(qtbot: QtBot, bridge: EngineBridge) -> None:
    engines: list[FakeEngine] = []

    def factory(listener: object) -> FakeEngine:
        engines.append(FakeEngine(listener))  # pyright: ignore[reportArgumentType]
        return engines[0]

    bridge.start(factory)
    assert bridge.running
    assert not bridge.stopped
    with qtbot.waitSignal(bridge.closed):
        bridge.close()
        bridge.close()
    bridge.wait_closed()
    assert bridge.stopped
    assert not engines[0]._thread.is_alive()
    with pytest.raises(WaltError):
        bridge.submit(ClipRequest(prompt="x"))
