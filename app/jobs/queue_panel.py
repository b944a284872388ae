"""The queue panel: what is being made, what waits, what became of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.core.banner import Banner, EmptyNote
from app.core.theme import BETWEEN, INSIDE
from app.core.widgets import ActionButton, button, note
from app.jobs.queue_list import QueueList
from app.jobs.state import Running
from app.library.records import Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.core.actions import Actions
    from app.window.session import Session


class QueuePanel(QWidget):
    """The jobs. Those that wait can be moved, by mouse or by keys; all but the running one can be removed."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._queue = session.queue
        self._pause = actions["pause_queue"]
        self.pause = ActionButton(self._pause, "")
        self.clear = button(self.tr("Clear finished"))
        self.count = note()
        self.waiting = Banner()
        self.jobs = QueueList(self._queue)
        self.jobs.setAccessibleName(self.tr("Queue"))
        self.empty = EmptyNote()
        self.empty.say(
            self.tr("The queue is empty"),
            self.tr("Generate as often as you like: clips are made one after the other."),
        )
        self.pages = QStackedWidget()
        self._offered = (0, 0)
        self.verbs = self._make_verbs(actions)
        self._lay_out()
        self._wire()
        self.refresh()

    def _make_verbs(self, actions: Actions) -> dict[str, QAction]:
        def verb(text: str, keys: str, do: Callable[[], None]) -> QAction:
            action = QAction(text, self.jobs)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(do)
            self.jobs.addAction(action)
            return action

        return {
            "show": verb(self.tr("Show"), "", self._show),
            "retry": verb(self.tr("Try Again"), "", self._retry),
            "up": verb(self.tr("Move Up"), "Alt+Up", lambda: self._shift(-1)),
            "down": verb(self.tr("Move Down"), "Alt+Down", lambda: self._shift(1)),
            "first": verb(self.tr("Move to Front"), "Alt+Home", self._to_front),
            "remove": verb(self.tr("Remove"), "Del", self._remove),
            "cancel": actions["cancel"],
        }

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(INSIDE)
        row.addWidget(self.pause)
        row.addStretch()
        row.addWidget(self.clear)
        head = QVBoxLayout()
        head.setContentsMargins(BETWEEN, BETWEEN, BETWEEN, INSIDE)
        head.setSpacing(INSIDE)
        head.addLayout(row)
        head.addWidget(self.count)
        head.addWidget(self.waiting)
        self.pages.addWidget(self.jobs)
        self.pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.pages, 1)

    def _wire(self) -> None:
        self.clear.clicked.connect(self._queue.clear_ended)
        self.waiting.act.clicked.connect(self._queue.resume_interrupted)
        self.waiting.closed.connect(self._queue.dismiss_interrupted)
        self.jobs.activated.connect(self._show)
        self.jobs.retry.connect(self._queue.retry)
        self.jobs.remove.connect(self._drop)
        self.jobs.customContextMenuRequested.connect(self._menu)
        self.jobs.selectionModel().selectionChanged.connect(self._allow)
        self._queue.changed.connect(self.refresh)
        self._session.progress_changed.connect(self._progress)

    @Slot()
    def refresh(self) -> None:
        """Show what there is, and what can be done about it."""
        queue = self._queue
        waiting = len(queue.waiting)
        self.pause.setText(self.tr("Resume") if queue.paused else self.tr("Pause"))
        self.clear.setEnabled(bool(queue.ended))
        self.count.setText(self._sentence(waiting))
        self.count.setVisible(bool(self.count.text()))
        self._offer()
        self.pages.setCurrentWidget(self.jobs if queue.rowCount() else self.empty)
        self._allow()

    def _offer(self) -> None:
        """What is left from last time starts only when it is told to."""
        left_over, interrupted = len(self._queue.left_over), len(self._queue.interrupted)
        parts: list[str] = []
        if interrupted:
            parts.append(self.tr("%n clip(s) were interrupted when walt closed last time.", "", interrupted))
        if left_over:
            parts.append(self.tr("%n clip(s) are left from last time.", "", left_over))
        if not parts:
            self.waiting.hide()
        elif self._offered != (left_over, interrupted):
            all_of_them = self.tr("Make it now") if left_over + interrupted == 1 else self.tr("Make them now")
            self.waiting.say(" ".join(parts), all_of_them)
        self._offered = (left_over, interrupted)

    def _sentence(self, waiting: int) -> str:
        if self._queue.paused_by_failures:
            return self.tr("Paused, because several clips in a row failed.")
        if not waiting:
            return self.tr("Paused") if self._queue.paused else ""
        if self._queue.paused:
            return self.tr("Paused · %n clip(s) waiting", "", waiting)
        return self.tr("%n clip(s) waiting", "", waiting)

    @Slot()
    def _allow(self) -> None:
        chosen = self.jobs.selected()
        movable = [job for job in chosen if job.state == "queued"]
        possible = {
            "show": len(chosen) == 1 and (chosen[0].clip is not None or chosen[0].state == "running"),
            "retry": any(job.can_retry for job in chosen),
            "up": bool(movable),
            "down": bool(movable),
            "first": bool(movable),
            "remove": any(job.state != "running" for job in chosen),
        }
        for name, yes in possible.items():
            self.verbs[name].setEnabled(yes)

    @Slot()
    def _progress(self) -> None:
        state = self._session.state
        self.jobs.set_progress(state.fraction if isinstance(state, Running) else 0.0)

    # Verbs.

    @Slot(QPoint)
    def _menu(self, place: QPoint) -> None:
        if not self.jobs.selected():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        running = any(job.state == "running" for job in self.jobs.selected())
        for name, action in self.verbs.items():
            if name in ("up", "remove"):
                menu.addSeparator()
            if name != "cancel" or running:
                menu.addAction(action)
        menu.popup(self.jobs.viewport().mapToGlobal(place))

    @Slot()
    def _show(self) -> None:
        chosen = self.jobs.selected()
        job = chosen[0] if len(chosen) == 1 else None
        if job is None:
            return
        clip = self._session.library.get(job.clip) if job.clip else None
        if clip is not None:
            self._session.open_clip(clip)
        elif job.state == "running":
            self._session.current_clip.watch()
        elif job.can_retry:
            self._queue.retry(job.id)

    @Slot()
    def _retry(self) -> None:
        for job in reversed(self.jobs.selected()):
            self._queue.retry(job.id)

    @Slot()
    def _remove(self) -> None:
        at = self.jobs.currentIndex().row()
        self._queue.remove([job.id for job in self.jobs.selected()])
        left = self._queue.rowCount()
        if left:  # so that Delete can be pressed again
            self._choose(self._queue.rows[min(at, left - 1)])

    @Slot(str)
    def _drop(self, job: str) -> None:
        self._queue.remove([job])

    def _shift(self, by: int) -> None:
        self._queue.shift([job.id for job in self.jobs.selected()], by)

    @Slot()
    def _to_front(self) -> None:
        self._queue.move([job.id for job in self.jobs.selected()], 0)

    def _choose(self, job: Job) -> None:
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.jobs.selectionModel().setCurrentIndex(self._queue.index_of(job.id), flags)
