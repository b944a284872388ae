"""The queue by hand: keys, order, pause, retry; and what is left of it after the window was closed or killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from app.jobs.queue import FAILURES, MIME, Queue
from app.jobs.queue_list import QueueList, places
from app.jobs.queue_panel import QueuePanel
from app.jobs.state import Done, Failed, Running
from app.library.files import LibraryPaths
from app.library.records import State, read_request
from app.library.store import Store
from engine.api.errors import WaltError
from engine.api.events import Event
from engine.api.request import ClipRequest
from tests.app.conftest import OpenStudio, Studio
from tests.app.fake_engine import Gate, failing, gated, held, whole_clip
from tests.at_once import AtOnce

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def ask(studio: Studio, *prompts: str) -> None:
    studio.session.ask([ClipRequest.parse(prompt=prompt) for prompt in prompts])


def waiting(studio: Studio) -> list[str]:
    return [job.prompt for job in studio.session.queue.waiting]


def states(studio: Studio) -> dict[str, State]:
    return {job.prompt: job.state for job in studio.session.queue.rows}


def panel_of(studio: Studio) -> QueuePanel:
    panel = studio.window.side_panel
    panel.turn_to(panel.queue)
    return panel.queue


def choose(jobs: QueueList, *rows: int) -> None:
    jobs.setFocus()
    jobs.clearSelection()
    for row in rows:
        index = jobs.model().index(row, 0)
        jobs.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.Select)


@pytest.fixture
def busy(qtbot: QtBot, open_studio: OpenStudio) -> Studio:
    """A window that makes one clip, held at a gate, while three others wait."""
    studio = open_studio(gated(Gate(), before="sr1"))
    ask(studio, "running", "one", "two", "three")
    qtbot.waitUntil(lambda: len(studio.engine.requests) == 1)
    return studio


def test_ctrl_enter_queues_last_and_ctrl_shift_enter_first(qtbot: QtBot, busy: Studio) -> None:
    prompt = busy.window.composer.prompt
    prompt.setPlainText("a horse")
    qtbot.keyClick(prompt, Qt.Key.Key_Return, CONTROL)
    prompt.setPlainText("a robot")
    qtbot.keyClick(prompt, Qt.Key.Key_Return, CONTROL | SHIFT)
    assert waiting(busy) == ["a robot", "one", "two", "three", "a horse"]
    assert len(busy.engine.requests) == 1


def test_one_job_at_a_time_in_order(qtbot: QtBot, studio: Studio) -> None:
    ask(studio, "one", "two", "three")
    qtbot.waitUntil(lambda: len(studio.session.queue.ended) == 3)
    assert [request.prompt for request in studio.engine.requests] == ["one", "two", "three"]
    qtbot.waitUntil(lambda: len(studio.session.library.clips) == 3)
    assert all(job.clip for job in studio.session.queue.ended)


def test_the_request_and_its_id_go_to_the_engine_as_they_are(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ClipRequest("a horse", seed=3)
    monkeypatch.delattr(ClipRequest, "parse")  # whoever parses a request on its way fails
    studio.session.ask([request])
    qtbot.waitUntil(lambda: len(studio.session.library.clips) == 1)
    (job,), (clip,) = studio.session.queue.ended, studio.session.library.clips
    assert studio.engine.requests[0] is job.request is clip.request is request
    assert studio.engine.jobs == [job.id]
    assert job.clip == clip.id


def test_a_job_tried_again_keeps_its_id(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(failing(WaltError("x", "It failed.")))
    ask(studio, "one")
    qtbot.waitUntil(lambda: states(studio) == {"one": "failed"})
    studio.engine.script = whole_clip
    studio.session.queue.retry(studio.session.queue.ended[0].id)
    qtbot.waitUntil(lambda: states(studio) == {"one": "done"})
    assert studio.engine.jobs == [studio.session.queue.ended[0].id] * 2


def test_a_wish_is_recorded_twice_before_its_first_step(tmp_path: Path) -> None:
    store, worker, statements = Store(LibraryPaths(tmp_path / "data", tmp_path / "cache")), AtOnce(), list[str]()
    store.open()
    queue = Queue(store, worker)  # pyright: ignore[reportArgumentType]
    assert store._connection is not None
    store._connection.set_trace_callback(statements.append)
    for prompt in ("one", "two"):
        queue.add([ClipRequest(prompt)], first=True)
    first = queue.next()
    assert first is not None
    assert statements.count("COMMIT") == 2
    queue.start(first, lambda _: None)
    assert statements.count("COMMIT") == 3
    assert [job.prompt for job in store._jobs()] == ["one", "two"]
    store.close()


def test_ctrl_alt_enter_cancels_and_the_next_begins(qtbot: QtBot, open_studio: OpenStudio) -> None:
    turn = iter([gated(Gate(), before="sr1"), whole_clip])

    def script(job: str, request: ClipRequest) -> Iterator[Event | Gate]:
        return next(turn)(job, request)

    studio = open_studio(script)
    ask(studio, "one", "two")
    qtbot.waitUntil(lambda: any(run.done for run in getattr(studio.session.state, "stages", ())))
    qtbot.keyClick(studio.window.composer.prompt, Qt.Key.Key_Return, CONTROL | ALT)
    qtbot.waitUntil(lambda: len(studio.session.library.clips) == 2)
    assert states(studio) == {"one": "cancelled", "two": "done"}
    kept = {clip.prompt: (clip.stage, clip.complete) for clip in studio.session.library.clips}
    assert kept == {"one": ("base", False), "two": ("sr2", True)}


def test_a_job_that_is_cancelled_before_it_was_recorded_never_starts(qtbot: QtBot, studio: Studio) -> None:
    ask(studio, "one")
    assert isinstance(studio.session.state, Running)
    studio.session.cancel()
    qtbot.waitUntil(lambda: states(studio) == {"one": "cancelled"})
    assert studio.engine.requests == []


def test_keys_move_jobs_up_and_down_and_to_the_front(qtbot: QtBot, busy: Studio) -> None:
    jobs = panel_of(busy).jobs
    choose(jobs, 3)
    qtbot.keyClick(jobs, Qt.Key.Key_Up, ALT)
    assert waiting(busy) == ["one", "three", "two"]
    assert [job.prompt for job in jobs.selected()] == ["three"]
    qtbot.keyClick(jobs, Qt.Key.Key_Down, ALT)
    assert waiting(busy) == ["one", "two", "three"]
    choose(jobs, 2, 3)
    qtbot.keyClick(jobs, Qt.Key.Key_Home, ALT)
    assert waiting(busy) == ["two", "three", "one"]


def test_a_job_is_dragged_before_another(qtbot: QtBot, busy: Studio) -> None:
    jobs = panel_of(busy).jobs
    mime = busy.session.queue.mimeData([jobs.model().index(3, 0)])
    assert mime.formats() == [MIME]
    move = Qt.DropAction.MoveAction
    assert not busy.session.queue.dropMimeData(mime, move, 1, 0, jobs.rootIndex())  # the view removes nothing
    assert waiting(busy) == ["three", "one", "two"]


def test_the_running_job_is_neither_moved_nor_removed(qtbot: QtBot, busy: Studio) -> None:
    jobs = panel_of(busy).jobs
    choose(jobs, 0)
    qtbot.keyClick(jobs, Qt.Key.Key_Delete)
    qtbot.keyClick(jobs, Qt.Key.Key_Down, ALT)
    assert busy.session.queue.running is not None
    assert waiting(busy) == ["one", "two", "three"]


def test_delete_removes_and_goes_on_to_the_next(qtbot: QtBot, busy: Studio) -> None:
    jobs = panel_of(busy).jobs
    choose(jobs, 1)
    qtbot.keyClick(jobs, Qt.Key.Key_Delete)
    qtbot.keyClick(jobs, Qt.Key.Key_Delete)
    assert waiting(busy) == ["three"]


def test_the_small_cross_removes(qtbot: QtBot, busy: Studio) -> None:
    jobs = panel_of(busy).jobs
    index = jobs.model().index(2, 0)
    job = busy.session.queue.row_at(index)
    assert job is not None
    cross = places(jobs.visualRect(index), job)["remove"]
    qtbot.mouseClick(jobs.viewport(), Qt.MouseButton.LeftButton, pos=cross.center())
    assert waiting(busy) == ["one", "three"]


def test_a_paused_queue_finishes_what_runs_and_starts_nothing(qtbot: QtBot, open_studio: OpenStudio) -> None:
    gate = Gate()
    studio = open_studio(gated(gate, before="sr1"))
    ask(studio, "one", "two")
    panel = panel_of(studio)
    qtbot.mouseClick(panel.pause, Qt.MouseButton.LeftButton)
    assert panel.pause.text() == "Resume"
    gate.open.set()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    assert waiting(studio) == ["two"]
    assert studio.window.actions_["pause_queue"].isChecked()
    qtbot.mouseClick(panel.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(studio.engine.requests) == 2)


def test_a_failed_job_is_tried_again(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(failing(WaltError("out-of-memory", "Not enough memory.", "Close programs.")))
    ask(studio, "one")
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Failed))
    panel = panel_of(studio)
    (job,) = studio.session.queue.ended
    assert studio.session.queue.sentence(job) == "Not enough memory."
    studio.engine.script = whole_clip
    choose(panel.jobs, 0)
    panel.verbs["retry"].trigger()
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    assert states(studio) == {"one": "done"}


def test_failure_after_failure_pauses_the_queue(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(failing(WaltError("pack-damaged", "The pack is damaged.")))
    ask(studio, *(str(number) for number in range(FAILURES + 2)))
    qtbot.waitUntil(lambda: studio.session.queue.paused)
    assert len(studio.engine.requests) == FAILURES
    assert "failed" in panel_of(studio).count.text()
    assert studio.window.actions_["pause_queue"].isChecked()


def test_settings_that_nobody_understands_any_more_fail_the_job(qtbot: QtBot, studio: Studio) -> None:
    queue = studio.session.queue
    queue.pause(True)
    ask(studio, "one", "two")
    from dataclasses import replace

    queue._waiting[0] = replace(queue._waiting[0], request=read_request('{"prompt": "one", "from_the_future": 1}'))
    queue.pause(False)
    qtbot.waitUntil(lambda: states(studio) == {"one": "failed", "two": "done"})


def test_closing_interrupts_the_running_job_and_keeps_the_queue(
    qtbot: QtBot, open_studio: OpenStudio, busy: Studio
) -> None:
    qtbot.waitUntil(lambda: any(run.done for run in getattr(busy.session.state, "stages", ())))
    with qtbot.waitSignal(busy.bridge.closed):
        busy.window.leave()
    busy.window.shut_down()
    again = open_studio()
    assert states(again) == {"one": "queued", "two": "queued", "three": "queued", "running": "interrupted"}
    assert waiting(again) == ["one", "two", "three"]
    assert [clip.stage for clip in again.session.library.clips] == ["base"]
    assert again.engine.requests == []
    panel = again.window.side_panel.queue
    assert again.window.side_panel.pages.currentWidget() is panel
    assert panel.waiting.isVisible()
    assert "3 clip(s) are left" in panel.waiting.text.text()
    assert "1 clip(s) were interrupted" in panel.waiting.text.text()
    assert panel.waiting.act.text() == "Make them now"
    ask(again, "new")  # what is asked for now is made; what waits from last time goes on waiting
    qtbot.waitUntil(lambda: states(again)["new"] == "done")
    assert waiting(again) == ["one", "two", "three"]
    qtbot.mouseClick(panel.waiting.act, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(again.session.queue.ended) == 5)
    made = [request.prompt for request in again.engine.requests]
    assert made == ["new", "running", "one", "two", "three"]
    assert set(states(again).values()) == {"done"}
    assert not panel.waiting.isVisible()
    assert not panel.count.isVisible(), "that none waits is not worth a line"


def test_one_clip_that_broke_off_is_one(qtbot: QtBot, open_studio: OpenStudio) -> None:
    first = open_studio(gated(Gate(), "sr1"))
    ask(first, "running")
    qtbot.waitUntil(lambda: any(run.done for run in getattr(first.session.state, "stages", ())))
    with qtbot.waitSignal(first.bridge.closed):
        first.window.leave()
    first.window.shut_down()
    panel = open_studio().window.side_panel.queue
    assert panel.waiting.isVisible()
    assert panel.waiting.act.text() == "Make it now"
    assert not panel.count.isVisible()


def test_what_broke_off_can_be_left_at_that(qtbot: QtBot, open_studio: OpenStudio, busy: Studio) -> None:
    busy.session.queue.remove([job.id for job in busy.session.queue.waiting])
    with qtbot.waitSignal(busy.bridge.closed):
        busy.window.leave()
    busy.window.shut_down()
    again = open_studio()
    panel = again.window.side_panel.queue
    assert panel.waiting.isVisible()
    qtbot.mouseClick(panel.waiting.cross, Qt.MouseButton.LeftButton)
    assert not panel.waiting.isVisible()
    assert states(again) == {"running": "interrupted"}
    assert again.engine.requests == []


def test_variations_are_queued_with_a_seed_each(qtbot: QtBot, open_studio: OpenStudio) -> None:
    studio = open_studio(held(Gate()))
    studio.session.edit(prompt="a horse", variations=3, seed=5, seed_fixed=True)
    studio.session.generate()
    seeds = [job.seed for job in studio.session.queue.rows]
    assert seeds == [5, 6, 7]


def test_two_hundred_jobs_are_one_widget(qtbot: QtBot, busy: Studio) -> None:
    jobs = panel_of(busy).jobs
    before = len(jobs.findChildren(object))
    ask(busy, *(f"clip {number}" for number in range(200)))
    qtbot.waitUntil(lambda: jobs.model().rowCount() == 204)
    jobs.scrollToBottom()
    jobs.grab()
    assert len(jobs.findChildren(object)) == before
    busy.session.queue.shift([busy.session.queue.waiting[-1].id], -1)
    assert waiting(busy)[-2:] == ["clip 199", "clip 198"]


def test_a_job_that_cannot_be_recorded_is_made_all_the_same(
    qtbot: QtBot, open_studio: OpenStudio, tmp_path: Path
) -> None:
    studio = open_studio()
    store = studio.session.library._store
    with qtbot.waitSignal(studio.session.trouble):
        studio.session.library._worker.run(store.close, lambda _: None, lambda _: None)
        ask(studio, "one")
    qtbot.waitUntil(lambda: isinstance(studio.session.state, Done))
    assert studio.session.current_clip.clip is not None
    qtbot.waitUntil(lambda: states(studio) == {"one": "failed"})


def test_an_empty_queue_says_so(studio: Studio) -> None:
    panel = panel_of(studio)
    assert panel.pages.currentWidget() is panel.empty
    assert panel.empty.title.text()


def test_the_queue_is_a_plain_list_model(studio: Studio) -> None:
    from PySide6.QtTest import QAbstractItemModelTester

    queue: Queue = studio.session.queue
    tester = QAbstractItemModelTester(queue, QAbstractItemModelTester.FailureReportingMode.Fatal)
    queue.pause(True)
    ask(studio, "one", "two", "three")
    queue.shift([queue.waiting[2].id], -1)
    queue.remove([queue.waiting[0].id])
    queue.start(queue.waiting[0], lambda _: None)
    queue.end("failed", WaltError("x", "y"))
    queue.retry(queue.ended[0].id)
    assert len(queue.waiting) == 2
    tester.deleteLater()
