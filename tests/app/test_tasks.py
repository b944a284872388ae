"""Answers from a worker: in order, in the window's thread, never inside `run`, none lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from app.core.background_tasks import BackgroundTasks
from engine.api.errors import WaltError


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[BackgroundTasks]:
    tasks = BackgroundTasks(name="answers")
    yield tasks
    tasks.close()


def unexpected(error: WaltError) -> None:
    raise AssertionError(error)


def until_done(tasks: BackgroundTasks) -> None:
    """Until the worker did all that it was given, without letting the window have an answer."""
    tasks._pool.submit(int).result()


def test_work_that_is_done_already_is_not_answered_inside_run(qtbot: QtBot) -> None:
    for _ in range(50):
        tasks, order = BackgroundTasks(name="answers"), list[object]()
        for number in range(3):
            tasks.run(lambda number=number: number, order.append, unexpected)
            order.append("returned")
        until_done(tasks)
        assert order == ["returned"] * 3
        qtbot.waitUntil(lambda order=order: len(order) == 6)
        assert order == ["returned"] * 3 + [0, 1, 2]
        tasks.close()


def test_an_answer_that_raises_takes_no_other_with_it(
    qtbot: QtBot, tasks: BackgroundTasks, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[int] = []

    def answer(number: int) -> None:
        if number == 1:
            raise LookupError("of the first answer")
        answers.append(number)

    with capture_exceptions() as exceptions:
        for number in (1, 2, 3):
            tasks.run(lambda number=number: number, answer, unexpected)
        until_done(tasks)
        qtbot.waitUntil(lambda: answers == [2, 3])
    assert [kind for kind, *_ in exceptions] == [LookupError]
    assert "an answer failed" in caplog.text


def test_the_order_stays_when_an_answer_has_an_event_loop_of_its_own(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    answers: list[int] = []

    def answer(number: int) -> None:
        answers.append(number)
        if number == 1:
            loop = QEventLoop()
            QTimer.singleShot(0, loop.quit)
            loop.exec()

    for number in (1, 2, 3):
        tasks.run(lambda number=number: number, answer, unexpected)
    until_done(tasks)
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers == [1, 2, 3]


@pytest.mark.parametrize(("drain", "expected"), [(True, [1, 2, 3]), (False, [])])
def test_what_waits_is_done_and_answered_on_close_or_dropped(
    qtbot: QtBot, drain: bool, expected: list[int]
) -> None:
    tasks, begun, go_on = BackgroundTasks(name="answers", drain_on_close=drain), threading.Event(), threading.Event()
    done: list[int] = []
    answers: list[int] = []

    def first() -> int:
        begun.set()
        go_on.wait()
        return 1

    def later(number: int) -> int:
        done.append(number)
        return number

    tasks.run(first, answers.append, unexpected)
    for number in (2, 3):
        tasks.run(lambda number=number: later(number), answers.append, unexpected)
    begun.wait()
    release = threading.Timer(0.5, go_on.set)
    release.start()
    tasks.close()
    release.join()
    assert (done, answers) == ([2, 3] if drain else [], expected)
    tasks.run(lambda: later(4), answers.append, unexpected)
    assert done == ([2, 3] if drain else [])
