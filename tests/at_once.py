"""The store's tasks without a thread, for tests that decide what happens when."""

from __future__ import annotations

from collections.abc import Callable

from engine.api.errors import WaltError


class AtOnce:
    """Tasks without a thread: the order is that of the real ones."""

    def run(
        self,
        work: Callable[[], object],
        done: Callable[[object], None],
        failed: Callable[[WaltError], None],
    ) -> None:
        try:
            result = work()
        except WaltError as error:
            failed(error)
        else:
            done(result)
