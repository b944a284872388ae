"""The cascade at a glance: a segment a stage, with its size, how far it is and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.formatting import clock_text, seconds_text
from app.core.theme import CAPTION_PX, INSIDE, figures
from app.jobs.state import Running, StageRun, waiting_stages
from app.playback.current_clip import FilmClip, LibraryClip

if TYPE_CHECKING:
    from app.jobs.job_runner import JobRunner
    from app.playback.current_clip import CurrentClip
    from engine.api.types import StageName

BAR = 4
GAP = 12
LINE = 20


class NextClip(Protocol):
    """What is known of the clip that the composer would ask for."""

    @property
    def last_stage(self) -> StageName:
        """How far it goes."""
        ...

    @property
    def has_still(self) -> bool:
        """Whether it begins with a picture."""
        ...

    def stage_size(self, stage: StageName) -> tuple[int, int] | None:
        """Width and height of a stage's picture, if known."""
        ...

    def stage_title(self, stage: StageName) -> str:
        """What a stage is for, in the window's language."""
        ...

    def pack_title(self, pack: str) -> str:
        """The name of a pack, as people know it."""
        ...


@dataclass(frozen=True, slots=True)
class ShownStage:
    """What the bar shows of a stage.

    Attributes:
        run: How far it is.
        name: Its name, with its number.
        facts: The size of its picture, and what it took or will take, as far as known; the more telling last.
        there: Whether its frames are on show, or can be.
        can_look: Whether one can look back at it.
        looked: Whether one does.
        working: Whether the engine is at it.
        faint: Whether its bar is faint: its frames are gone.
    """

    run: StageRun
    name: str
    facts: tuple[str, ...]
    there: bool
    can_look: bool
    looked: bool
    working: bool
    faint: bool

    @property
    def side(self) -> str:
        """All facts."""
        return "  ·  ".join(self.facts)


class StageBar(QWidget):
    """One segment a stage.

    A click on a stage that is there looks back at it; another click returns. Of a clip that was made before, only the
    last stage is there: the others are drawn faint.
    """

    def __init__(
        self, current: CurrentClip, job_runner: JobRunner, next_clip: NextClip, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._current = current
        self._job_runner = job_runner
        self._next_clip = next_clip
        self.shown: tuple[ShownStage, ...] = ()
        """The stages, as of the last `refresh`."""
        font = QFont(self.font())
        font.setPixelSize(CAPTION_PX)
        self.setFont(figures(font))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(LINE + BAR + 4)
        self.setAccessibleName(self.tr("Stages"))
        for signal in (current.changed, current.stages_changed, job_runner.progress_changed):
            signal.connect(self.refresh)
        self.setMouseTracking(True)
        self.refresh()

    def sizeHint(self) -> QSize:
        """Wide enough for three segments."""
        return QSize(480, LINE + BAR + 4)

    @Slot()
    def refresh(self) -> None:
        """Find out what is on show, and how far it is. Painting and pointing only look it up."""
        runs = self._current.stages or waiting_stages(self._next_clip.last_stage)
        self.shown = tuple(self._stage(run, number) for number, run in enumerate(runs, 1))
        self.setAccessibleDescription(", ".join(self._spoken(stage) for stage in self.shown))
        self.update()

    def _stage(self, run: StageRun, number: int) -> ShownStage:
        current = self._current
        running = isinstance(self._job_runner.state, Running)
        can_look = current.can_look(run.name)
        there = can_look or (run.past and run.size is not None)
        return ShownStage(
            run,
            f"{number}  {self._next_clip.stage_title(run.name)}",
            self._facts(run, running),
            there,
            can_look,
            looked=run.name in (current.looking, current.before if current.comparing else None),
            working=running and run.started and not run.done,
            faint=not (run.done and (there or running)),
        )

    def _facts(self, run: StageRun, running: bool) -> tuple[str, ...]:
        known = run.started or isinstance(self._current.reported, LibraryClip | FilmClip)
        size = run.size or (None if known else self._next_clip.stage_size(run.name))
        facts = (f"{size[0]} × {size[1]}",) if size else ()
        if run.seconds is not None:
            return (*facts, seconds_text(run.seconds))
        left = round(run.deadline - self._job_runner.now()) if run.deadline is not None else 0
        if left < 1 or not running:
            return facts
        return (*facts, self.tr("about {0} s").format(left) if left < 60 else clock_text(left))

    def _spoken(self, stage: ShownStage) -> str:
        if stage.run.past and not stage.there:
            return self.tr("{0} not kept").format(stage.name)
        return f"{stage.name} {stage.side} {round(stage.run.fraction * 100)} %"

    def segments(self) -> list[QRectF]:
        """Where each stage's segment is."""
        count = len(self.shown)
        width = (self.width() - GAP * (count - 1)) / count
        return [QRectF(index * (width + GAP), 0, width, self.height()) for index in range(count)]

    def stage_at(self, x: float) -> ShownStage | None:
        """The stage at a place."""
        placed = zip(self.segments(), self.shown, strict=True)
        return next((stage for box, stage in placed if box.left() <= x <= box.right()), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what can be clicked."""
        stage = self.stage_at(event.position().x())
        can_look = stage is not None and stage.can_look
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_look else Qt.CursorShape.ArrowCursor)
        words = ""
        if can_look:
            words = self.tr("Show this stage")
        elif stage is not None and stage.run.past and not stage.there:
            words = self.tr("Only the finished clip was kept, not its earlier stages")
        self.setToolTip(words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at a stage."""
        stage = self.stage_at(event.position().x())
        if stage is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current.look(stage.run.name)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names above, bars below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for box, stage in zip(self.segments(), self.shown, strict=True):
            self._paint_segment(painter, box, stage)

    def _paint_segment(self, painter: QPainter, box: QRectF, stage: ShownStage) -> None:
        colours = self.palette()
        faint = colours.color(QPalette.ColorRole.PlaceholderText)
        words = QRectF(box.left(), 0, box.width(), LINE - 2)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        lit = QPalette.ColorRole.Highlight if stage.looked else QPalette.ColorRole.WindowText
        painter.setPen(colours.color(lit) if stage.working or stage.looked or stage.there else faint)
        painter.drawText(words, left, stage.name)
        room = box.width() - self.fontMetrics().horizontalAdvance(stage.name) - INSIDE
        painter.setPen(faint)
        painter.drawText(words, right, self._fitting(stage, room))
        self._paint_bar(painter, QRectF(box.left(), LINE, box.width(), BAR), stage)

    def _fitting(self, stage: ShownStage, room: float) -> str:
        """The facts that there is room for."""
        words = ["  ·  ".join(stage.facts[first:]) for first in range(len(stage.facts) + 1)]
        return next(text for text in words if not text or self.fontMetrics().horizontalAdvance(text) <= room)

    def _paint_bar(self, painter: QPainter, bar: QRectF, stage: ShownStage) -> None:
        colours, roles = self.palette(), QPalette.ColorRole
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.color(roles.Mid))
        painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
        if stage.run.fraction <= 0:
            return
        lit = stage.working or stage.looked
        role = roles.Highlight if lit else roles.Light if stage.faint else roles.PlaceholderText
        painter.setBrush(colours.color(role))
        filled = QRectF(bar.left(), bar.top(), max(BAR, bar.width() * stage.run.fraction), bar.height())
        painter.drawRoundedRect(filled, BAR / 2, BAR / 2)
